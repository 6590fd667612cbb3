import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit } from '../../../main/bridge/gate.ts';

const PAGE = 'https://motcua.example.vn';
const at = (host: string | undefined, origin: string | undefined, target = '/SignApproved', list: string[] = []) =>
  admit({ host, origin, target }, 8987, list);

describe('who may open a socket', () => {
  it.each(['127.0.0.1:8987', 'localhost:8987', '[::1]:8987'])('a page that dialled %s', (host) => {
    expect(at(host, PAGE)).toEqual({ isAdmitted: true, origin: PAGE, operation: 'SignApproved' });
  });

  it.each([
    undefined,
    '',
    '127.0.0.1',
    '127.0.0.1:8988',
    'localhost.:8987',
    'evil.example:8987',
    '127.0.0.1:8987.evil',
    '2130706433:8987',
  ])('nobody who dialled %j', (host) => expect(at(host, PAGE)).toMatchObject({ isAdmitted: false, status: 421 }));

  it.each([
    undefined,
    '',
    'null',
    'file://',
    'https://motcua.example.vn/',
    'https://motcua.example.vn:443',
    'https://MotCua.example.vn',
    'https://a@motcua.example.vn',
    'https://motcua.example.vn, https://evil.example',
    'chrome-extension://abcdef',
    'app://counter',
    `https://${'a'.repeat(400)}.vn`,
  ])('not an origin: %j', (origin) => {
    expect(at('127.0.0.1:8987', origin)).toMatchObject({ isAdmitted: false, status: 403 });
  });

  it('a page without TLS only when the administrator named it', () => {
    expect(at('127.0.0.1:8987', 'http://noi-bo.example')).toMatchObject({ status: 403 });
    expect(at('127.0.0.1:8987', 'http://noi-bo.example', '/Auth', ['http://noi-bo.example'])).toMatchObject({
      isAdmitted: true,
    });
  });

  it('nobody off the administrator’s list, however much the name looks like one on it', () => {
    fc.assert(
      fc.property(fc.webUrl(), fc.constantFrom('', '.evil.example', ':444', '/'), (url, tail) => {
        const origin = new URL(url).origin + tail;
        expect(at('127.0.0.1:8987', origin, '/SignPDF', [PAGE]).isAdmitted).toBe(origin === PAGE);
      }),
    );
  });

  it.each([
    ['/SignApproved', 'SignApproved'],
    ['/SignApproved/', 'SignApproved'],
    ['/GetVersion?x=1', 'GetVersion'],
  ])('reads the operation from %s', (target, operation) => {
    expect(at('localhost:8987', PAGE, target)).toMatchObject({ operation });
  });

  it.each(['/', '', '/a/b', '/../x', '/%53ignPDF', `/${'x'.repeat(41)}`])('no operation in %j', (target) => {
    expect(at('localhost:8987', PAGE, target)).toMatchObject({ isAdmitted: false, status: 400 });
  });
});
