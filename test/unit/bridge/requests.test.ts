import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BridgeRequest } from '../../../main/bridge/protocol.ts';
import { readRequest } from '../../../main/bridge/requests.ts';
import { Failure } from '../../../main/rooms/failure.ts';

const OPERATIONS = ['SignApproved', 'SignFiles', 'SignMsg', 'VerifyPDF', 'Auth', 'GetCertInfo', 'Config', 'x'];
const whole = {
  FileUploadHandler: 'https://a.vn/up?id=1',
  SessionId: '',
  JWTToken: '',
  FileName: 'https://a.vn/f.pdf',
  DocNumber: '79',
  IssuedDate: '',
  MetaData: [{ Key: 'abc', Value: 'abc' }],
};
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.code;
    throw thrown;
  }
  return 'none';
};

describe('what a page asks for', () => {
  it('is read from the documented form', () => {
    expect(readRequest('SignIssued', JSON.stringify(whole))).toEqual({
      kind: 'sign',
      operation: 'SignIssued',
      files: [{ fileId: null, name: null, url: 'https://a.vn/f.pdf' }],
      uploadUrl: 'https://a.vn/up?id=1',
      credentials: { sessionId: null, bearer: null },
      documentNumber: '79',
      issuedOn: '',
      metaData: [{ key: 'abc', value: 'abc' }],
    });
  });

  it('takes a missing token, null, numbers, an empty object for a date, and what it does not know', () => {
    const odd = {
      ...whole,
      JWTToken: undefined,
      SessionId: null,
      DocNumber: 79,
      IssuedDate: {},
      MetaData: null,
      X: [1],
    };
    expect(readRequest('SignApproved', JSON.stringify(odd))).toMatchObject({
      credentials: { sessionId: null, bearer: null },
      documentNumber: '79',
      issuedOn: '',
      metaData: [],
    });
  });

  it('takes the word Bearer off a token that has it already', () => {
    expect(readRequest('SignPDF', JSON.stringify({ ...whole, JWTToken: 'Bearer abc.def' }))).toMatchObject({
      credentials: { bearer: 'abc.def' },
    });
  });

  it.each([
    ['[object Object]', 'SignApproved'],
    ['', 'SignApproved'],
    ['[]', 'SignApproved'],
    ['"text"', 'SignPDF'],
    ['{"FileName":', 'SignPDF'],
    ['{}', 'SignPDF'],
    ['{"FileName":"https://a.vn/f.pdf"}', 'SignPDF'],
    ['{"FileName":"","FileUploadHandler":"https://a.vn/up"}', 'SignPDF'],
    ['{"FileUploadHandler":"https://a.vn/up","Files":[]}', 'SignFiles'],
    ['{"FileUploadHandler":"https://a.vn/up","Files":["x"]}', 'SignFiles'],
    ['{"HashAlg":"SHA256","HashValue":"AAAA"}', 'SignMsg'],
    ['dGV4dA==', 'SignMsg'],
    ['', 'Auth'],
  ])('refuses %j for %s by name', (frame, operation) => {
    expect(codeOf(() => readRequest(operation, frame))).toBe('bridge-request-unreadable');
  });

  it.each([
    ['SHA1', 'RSA'],
    ['MD5', 'RSA'],
    ['SHA256', 'XML'],
  ])('does not sign a digest of %s as %s', (algorithm, encoding) => {
    const frame = JSON.stringify({
      HashAlg: algorithm,
      HashValue: Buffer.alloc(32).toString('base64'),
      Encode: encoding,
    });
    expect(codeOf(() => readRequest('SignMsg', frame))).toBe('bridge-not-supported');
  });

  it('a nest of brackets never reaches the parser', () => {
    for (const frame of ['{"a":'.repeat(100_000), `{"a":${'['.repeat(50_000)}`, `{"a":[${'1,'.repeat(30_000)}1]}`])
      expect(codeOf(() => readRequest('SignPDF', frame))).toBe('bridge-request-unreadable');
  });

  it('brackets inside a text are text', () => {
    const frame = JSON.stringify({ ...whole, DocNumber: '{[{[{[{[{[{[{[{[\\"]}' });
    expect(readRequest('SignPDF', frame)).toMatchObject({ documentNumber: '{[{[{[{[{[{[{[{[\\"]}' });
  });

  it('a challenge is text that can be read: DER of signed attributes has control characters in every identifier', () => {
    expect(readRequest('Auth', 'Đăng nhập 2026-11-21 #7f3a')).toMatchObject({ kind: 'challenge' });
    for (const frame of ['a\u0006b', 'a\nb', 'a\u202eb', 'x'.repeat(1_025)])
      expect(codeOf(() => readRequest('Auth', frame))).toBe('bridge-request-unreadable');
  });

  it('whatever comes, the answer is a valid request or a named refusal', () => {
    const frame = fc.oneof(
      fc.string(),
      fc.json(),
      fc.anything().map((value) => JSON.stringify({ ...whole, ...(value as object) }) ?? ''),
    );
    fc.assert(
      fc.property(fc.constantFrom(...OPERATIONS), frame, (operation, text) => {
        try {
          BridgeRequest.parse(readRequest(operation, text));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Failure);
          expect((thrown as Failure).code).toMatch(/^bridge-(request-unreadable|not-supported)$/);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
