import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAddress, isPublicAddress } from '../../../main/bridge/transfer-policy.ts';
import { Failure } from '../../../main/rooms/failure.ts';

const PAGE = 'https://motcua.example.vn';
const none = { allowedOrigins: [], allowedHosts: [] };
const check = (address: string, policy = none as { allowedOrigins: string[]; allowedHosts: string[] }, origin = PAGE) =>
  checkAddress(address, origin, policy);

describe('addresses a page may name', () => {
  it('its own host, query kept, fragment not', () => {
    const { url, mayBePrivate } = check(`${PAGE}/a/b.pdf?token=1&x=%20#top`);
    expect(url.href).toBe(`${PAGE}/a/b.pdf?token=1&x=%20`);
    expect(mayBePrivate).toBe(false);
  });

  it('a host of the administrator’s list, there also without TLS and inside the office', () => {
    const policy = { allowedOrigins: [], allowedHosts: ['tep.example.vn', '10.1.2.3:8080'] };
    expect(check('http://10.1.2.3:8080/a.pdf', policy).mayBePrivate).toBe(true);
    expect(check('https://tep.example.vn/a.pdf', policy).mayBePrivate).toBe(true);
  });

  it('a page of the administrator’s list may lie inside the office, a page an officer allowed may not', () => {
    expect(check(`${PAGE}/a`, { allowedOrigins: [PAGE], allowedHosts: [] }).mayBePrivate).toBe(true);
    expect(() => check('https://10.0.0.5/a', none, 'https://10.0.0.5')).toThrow(Failure);
    expect(() => check('https://[::1]/a', none, 'https://[::1]')).toThrow(Failure);
  });

  it.each([
    'https://evil.example/a.pdf',
    'https://motcua.example.vn:8443/a.pdf',
    'https://motcua.example.vn.evil.example/a.pdf',
    'https://motcua.example.vn@evil.example/a.pdf',
    'https://user:pass@motcua.example.vn/a.pdf',
    'http://motcua.example.vn/a.pdf',
    'ftp://motcua.example.vn/a.pdf',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:application/pdf;base64,JVBERi0=',
    '\\\\server\\share\\a.pdf',
    'a.pdf',
    '',
  ])('%j is refused', (address) => {
    expect(() => check(address)).toThrow(expect.objectContaining({ code: 'bridge-address-refused' }) as Error);
  });

  it('a redirect is read against where it came from and judged the same', () => {
    const base = new URL(`${PAGE}/a/b`);
    expect(checkAddress('../c.pdf', PAGE, none, base).url.href).toBe(`${PAGE}/c.pdf`);
    expect(() => checkAddress('//evil.example/c.pdf', PAGE, none, base)).toThrow(Failure);
    expect(() => checkAddress('http://169.254.169.254/', PAGE, none, base)).toThrow(Failure);
  });
});

describe('public addresses', () => {
  it.each(['8.8.8.8', '103.1.2.3', '1.1.1.1', '172.32.0.1', '2001:4860:4860::8888', '2402:800::1'])(
    '%s is one',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.0.9',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:127.0.0.1',
    '64:ff9b::a00:1',
    'fc00::1',
    'fd12::1',
    'fe80::1%eth0',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
  ])('%s is none', (address) => expect(isPublicAddress(address)).toBe(false));

  it('no IPv4 address wrapped in IPv6 is one', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(false);
      }),
    );
  });
});
