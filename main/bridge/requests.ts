/**
 * @file One frame of a page → what it asks for. Clients of ten years send the same thing in many ways: missing and unknown
 * members, `null`, numbers for texts, `{}` for a date. All of that is taken; a frame that means nothing is refused by name.
 */
import { Failure } from '../rooms/failure.ts';
import { parseObject } from './json-limits.ts';
import { BridgeRequest, SigningOperation } from './protocol.ts';

const MAX_FILES = 200;

/** @throws Failure `bridge-request-unreadable` or `bridge-not-supported`, with a Vietnamese detail */
export function readRequest(operation: string, frame: string): BridgeRequest {
  return checked(requestOf(operation, frame));
}

function requestOf(operation: string, frame: string): BridgeRequest {
  switch (operation) {
    case 'GetCertInfo':
      return { kind: 'certificate' };
    case 'Auth':
      return { kind: 'challenge', text: readChallenge(frame) };
    case 'SignMsg':
      return readHash(frame);
    case 'VerifyPDF': {
      const members = parseObject(frame);
      return {
        kind: 'verify',
        url: requireAddress(members['FileName'], 'FileName'),
        credentials: credentialsOf(members),
      };
    }
    default: {
      const signing = SigningOperation.safeParse(operation);
      if (!signing.success) throw new Failure('bridge-not-supported', operation);
      return readSigning(signing.data, parseObject(frame));
    }
  }
}

/** Printable text only: nothing that could also be read as the signed attributes of a document, which are binary. */
function readChallenge(frame: string): string {
  if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]{1,1024}$/u.test(frame))
    throw new Failure('bridge-request-unreadable', 'mã đăng nhập phải là chữ đọc được, tối đa 1024 ký tự');
  return frame;
}

function readHash(frame: string): BridgeRequest {
  const members = parseObject(frame);
  const algorithm = textOf(members['HashAlg']).toUpperCase().replace('-', '');
  if (algorithm !== 'SHA256') throw new Failure('bridge-not-supported', `HashAlg ${algorithm.slice(0, 20)}`);
  const value = textOf(members['HashValue']);
  const digest = Buffer.from(value, 'base64');
  if (digest.length !== 32 || digest.toString('base64') !== value)
    throw new Failure('bridge-request-unreadable', 'HashValue phải là 32 byte dạng base64');
  const encoding = textOf(members['Encode']).toUpperCase();
  if (encoding !== '' && encoding !== 'RSA' && encoding !== 'CMS')
    throw new Failure('bridge-not-supported', `Encode ${encoding.slice(0, 20)}`);
  return { kind: 'hash', digest: value, form: encoding === 'RSA' ? 'rsa' : 'cms' };
}

function readSigning(operation: SigningOperation, members: Readonly<Record<string, unknown>>): BridgeRequest {
  return {
    kind: 'sign',
    operation,
    files: operation === 'SignFiles' ? readFiles(members['Files']) : [readFile(members)],
    uploadUrl: requireAddress(members['FileUploadHandler'], 'FileUploadHandler'),
    credentials: credentialsOf(members),
    documentNumber: textOf(members['DocNumber']),
    issuedOn: textOf(members['IssuedDate']),
    metaData: metaDataOf(members['MetaData']),
  };
}

type Files = Extract<BridgeRequest, { kind: 'sign' }>['files'];

function readFile(members: Readonly<Record<string, unknown>>): Files[number] {
  return { fileId: null, name: null, url: requireAddress(members['FileName'], 'FileName') };
}

function readFiles(value: unknown): Files {
  if (!Array.isArray(value) || value.length === 0)
    throw new Failure('bridge-request-unreadable', 'Files phải là danh sách có ít nhất một tệp');
  if (value.length > MAX_FILES) throw new Failure('bridge-request-unreadable', `Files quá ${MAX_FILES} tệp`);
  return value.map((file: unknown) => {
    if (typeof file !== 'object' || file === null)
      throw new Failure('bridge-request-unreadable', 'mỗi phần tử của Files phải là một đối tượng');
    const { FileID: id, FileName: name, URL: url } = file as Record<string, unknown>;
    const shown = textOf(name);
    // Some name the address itself as FileName and leave URL out.
    const address = textOf(url) === '' ? shown : textOf(url);
    return {
      fileId: typeof id === 'number' || typeof id === 'string' ? id : null,
      name: shown === '' || shown === address ? null : shown,
      url: requireAddress(address, 'URL'),
    };
  });
}

function credentialsOf(members: Readonly<Record<string, unknown>>): {
  sessionId: string | null;
  bearer: string | null;
} {
  return {
    sessionId: textOf(members['SessionId']) || null,
    bearer: textOf(members['JWTToken']).replace(/^Bearer\s+/i, '') || null,
  };
}

function metaDataOf(value: unknown): { key: string; value: string }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { Key: key, Value: content } = entry as Record<string, unknown>;
    return textOf(key) === '' ? [] : [{ key: textOf(key), value: textOf(content) }];
  });
}

function requireAddress(value: unknown, name: string): string {
  const text = textOf(value);
  if (text === '') throw new Failure('bridge-request-unreadable', `thiếu ${name}`);
  return text;
}

/** Numbers and booleans as their text; everything that is no single value counts as left out. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Lengths, once for all kinds. */
function checked(request: BridgeRequest): BridgeRequest {
  const parsed = BridgeRequest.safeParse(request);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new Failure('bridge-request-unreadable', `${place} dài quá giới hạn`);
}
