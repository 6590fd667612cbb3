/** @file Time-stamps of RFC 3161: the check of a token, and the request for one. Trust in the authority is the chain's matter. */
import { randomBytes } from 'node:crypto';
import { Failure } from '../../rooms/failure.ts';
import {
  childOf,
  DER_NULL,
  der,
  derInteger,
  derOctetString,
  derOid,
  derSequence,
  derUnsignedInteger,
  readAsn1,
  readSmallInteger,
  type Asn1Node,
} from '../asn1.ts';
import { allowsTimeStamping, type Certificate } from '../certificate.ts';
import { DIGESTS, OID } from '../object-identifiers.ts';
import { vietnamTime } from './wording.ts';
import { signedContent } from '../cms/signed-content.ts';
import { CmsBroken, readSignedAttributes, readSignedData } from '../cms/signed-data.ts';
import { fitsKey } from '../cms/signature-value.ts';
import { checkSigningCertificate } from '../cms/signing-certificate.ts';
import type { TimeStampCheck } from './evidence.ts';
import type { TimeStampAuthority, ValidationFetch } from './policy.ts';
import { readTimeStampInfo, type TimeStampInfo } from './time-stamp-info.ts';

class StampRefused extends Error {}

/**
 * Never throws.
 * @param token DER of the ContentInfo; zeros after it are padding
 * @param digestOf answers the digest of what should be stamped, by an algorithm of node:crypto
 * @param pool where the authority's certificate may be when the token leaves it out
 */
export function checkTimeStamp(
  token: Buffer,
  digestOf: (algorithm: string) => Buffer,
  pool: readonly Certificate[] = [],
): TimeStampCheck {
  try {
    const { info, authority, certificates, usesSha1 } = readToken(token, pool);
    const reasons = imprintProblems(info, digestOf);
    if (usesSha1) reasons.push('Dấu thời gian được ký bằng SHA-1, không còn đủ an toàn.');
    reasons.push(...authorityProblems(authority, info.timeMs));
    return { isIntact: reasons.length === 0, timeMs: info.timeMs, authority, certificates, reasons };
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    const isExplained = cause instanceof StampRefused || cause instanceof CmsBroken;
    const reason = isExplained ? `Dấu thời gian không đúng: ${detail}` : `Dấu thời gian không đọc được (${detail}).`;
    return { isIntact: false, timeMs: null, authority: null, certificates: [], reasons: [reason] };
  }
}

interface Token {
  readonly info: TimeStampInfo;
  readonly authority: Certificate;
  readonly certificates: readonly Certificate[];
  readonly usesSha1: boolean;
}

/** Everything that its CMS proves: RFC 5652, 5.4–5.6, with the ESS attribute that RFC 3161, 2.4.1 demands. */
function readToken(padded: Buffer, pool: readonly Certificate[]): Token {
  const token = readAsn1(padded).raw;
  if (padded.subarray(token.length).some((byte) => byte !== 0)) throw new StampRefused('có dữ liệu lạ phía sau.');
  const data = readSignedData(token);
  if (data.contentOid !== OID.timeStampInfo || !data.content) throw new StampRefused('nội dung không phải TSTInfo.');
  const { signer } = data;
  const digestName = DIGESTS[signer.digestOid];
  if (!digestName) throw new StampRefused(`thuật toán băm ${signer.digestOid} không được hỗ trợ.`);
  const isUsual = data.version === 3 && signer.version === (signer.isById ? 3 : 1);
  if (!data.isInOrder || !isUsual || !data.digestOids.includes(signer.digestOid))
    throw new StampRefused('phần đầu (phiên bản hoặc danh sách thuật toán) không đúng chuẩn CMS.');
  const authority = [...data.certificates, ...pool].find((certificate) => signer.isSignedBy(certificate));
  if (!authority) throw new StampRefused('không kèm chứng thư của máy chủ dấu thời gian.');

  if (!signer.signedAttributes) throw new StampRefused('thiếu thuộc tính được ký.');
  const attributes = readSignedAttributes(signer.signedAttributes);
  const contentType = attributes.get(OID.contentType);
  if (!contentType?.raw.equals(derOid(OID.timeStampInfo))) throw new StampRefused('thuộc tính content-type sai.');
  const digest = attributes.get(OID.messageDigest);
  if (digest?.tag !== 0x04 || !digest.content.equals(signedContent([data.content]).digest(digestName)))
    throw new StampRefused('nội dung đã bị thay đổi sau khi máy chủ ký.');
  const signed = der(0x31, ...signer.signedAttributes.children.map((child) => child.raw));
  if (!fitsKey(authority.publicKey, signer, digestName, signedContent([signed])))
    throw new StampRefused('giá trị chữ ký không đúng với khóa của máy chủ dấu thời gian.');
  if (checkSigningCertificate(attributes, authority) !== 'right')
    throw new StampRefused('máy chủ không ký kèm đúng chứng thư của mình (ESS signing-certificate).');
  const info = readTimeStampInfo(data.content);
  return { info, authority, certificates: data.certificates, usesSha1: digestName === 'sha1' };
}

function imprintProblems(info: TimeStampInfo, digestOf: (algorithm: string) => Buffer): string[] {
  const name = DIGESTS[info.digestOid];
  if (!name) return [`Dấu thời gian dùng thuật toán băm ${info.digestOid} không được hỗ trợ.`];
  if (!digestOf(name).equals(info.digest)) return ['Dấu thời gian được cấp cho nội dung khác: giá trị băm không khớp.'];
  return name === 'sha1' ? ['Dấu thời gian gắn với nội dung bằng SHA-1, không còn đủ an toàn.'] : [];
}

function authorityProblems(authority: Certificate, timeMs: number): string[] {
  const { commonName } = authority;
  const problems: string[] = [];
  if (!allowsTimeStamping(authority))
    problems.push(
      `Chứng thư "${commonName}" không được cấp riêng để đóng dấu thời gian (thiếu id-kp-timeStamping đánh dấu critical).`,
    );
  if (timeMs < authority.notBefore || timeMs > authority.notAfter)
    problems.push(
      `Dấu thời gian ghi ${vietnamTime(timeMs)}, ngoài thời hạn của chứng thư "${commonName}" ` +
        `(${vietnamTime(authority.notBefore)} – ${vietnamTime(authority.notAfter)}).`,
    );
  return problems;
}

export interface ObtainedTimeStamp {
  /** DER of the ContentInfo, exactly as the authority made it. */
  readonly token: Buffer;
  /** What the authority's clock said; a counter whose clock is off shows it here. */
  readonly timeMs: number;
  readonly authorityUrl: string;
}

/** Tokens with a long chain measured 4–8 KB. */
const MAX_ANSWER_BYTES = 128 * 1024;

/**
 * Asks the authorities in their order until one answers with a token that is right. Whether the authority is trusted is
 * for the validator to say.
 * @param digest SHA-256 of what is to be stamped
 * @throws Failure `authority-unreachable` when trying again may help, `time-stamp-refused` when every authority refused or
 * answered wrongly; the detail names each
 */
export async function requestTimeStamp(
  fetch: ValidationFetch,
  authorities: readonly TimeStampAuthority[],
  digest: Buffer,
): Promise<ObtainedTimeStamp> {
  if (authorities.length === 0) throw new Failure('time-stamp-refused', 'no time-stamp authority is configured');
  const problems: string[] = [];
  let mayRecover = false;
  for (const authority of authorities) {
    const nonce = randomBytes(16);
    try {
      const body = encodeRequest(digest, nonce);
      const { url, timeoutMs } = authority;
      const contentType = 'application/timestamp-query';
      const answer = await fetch({ url, method: 'POST', contentType, body, timeoutMs, maxBytes: MAX_ANSWER_BYTES });
      if (answer.status !== 200) throw new Failure('authority-unreachable', `HTTP ${answer.status}`);
      if (/^text\/html/i.test(answer.contentType ?? ''))
        throw new Failure('authority-unreachable', 'a web page instead of a time-stamp');
      const { token, timeMs } = readAnswer(Buffer.from(answer.body), digest, nonce);
      return { token, timeMs, authorityUrl: url };
    } catch (cause) {
      const isUnreachable = cause instanceof Failure && cause.code === 'authority-unreachable';
      if (!isUnreachable && !(cause instanceof StampRefused)) throw cause;
      mayRecover ||= isUnreachable;
      problems.push(`${authority.url}: ${isUnreachable ? (cause.detail ?? cause.code) : cause.message}`);
    }
  }
  throw new Failure(mayRecover ? 'authority-unreachable' : 'time-stamp-refused', problems.join('; '));
}

/** TimeStampReq (RFC 3161, 2.4.1) with certReq, so that the token can be checked by itself. */
function encodeRequest(digest: Buffer, nonce: Buffer): Buffer {
  const imprint = derSequence(derSequence(derOid(OID.sha256), DER_NULL), derOctetString(digest));
  return derSequence(derInteger(1), imprint, derUnsignedInteger(nonce), Buffer.from([0x01, 0x01, 0xff]));
}

function readAnswer(bytes: Buffer, digest: Buffer, nonce: Buffer): { token: Buffer; timeMs: number } {
  let status: number;
  let answer: Asn1Node;
  try {
    answer = readAsn1(bytes);
    status = readSmallInteger(childOf(childOf(answer, 0, 0x30), 0, 0x02));
  } catch (cause) {
    throw new StampRefused(`câu trả lời không đọc được (${cause instanceof Error ? cause.message : String(cause)})`);
  }
  const token = answer.children[1]?.raw;
  if (status > 1 || !token) throw new StampRefused(refusalOf(childOf(answer, 0), status));
  const check = checkTimeStamp(token, (algorithm) => (algorithm === 'sha256' ? digest : Buffer.alloc(0)));
  if (!check.isIntact || check.timeMs === null) throw new StampRefused(check.reasons.join(' '));
  const { info } = readToken(token, []);
  if (!info.nonce || !derUnsignedInteger(nonce).subarray(2).equals(info.nonce))
    throw new StampRefused('số ngẫu nhiên (nonce) không khớp: câu trả lời của một yêu cầu khác');
  return { token: Buffer.from(token), timeMs: check.timeMs };
}

/** RFC 3161, 2.4.2, by number of the bit. */
const FAILURES: Readonly<Record<number, string>> = {
  0: 'badAlg',
  2: 'badRequest',
  5: 'badDataFormat',
  14: 'timeNotAvailable',
  15: 'unacceptedPolicy',
  16: 'unacceptedExtension',
  17: 'addInfoNotAvailable',
  25: 'systemFailure',
};

function refusalOf(statusInfo: Asn1Node, status: number): string {
  const texts = statusInfo.children.find((child) => child.tag === 0x30)?.children ?? [];
  const bits = statusInfo.children.find((child) => child.tag === 0x03)?.content.subarray(1) ?? Buffer.alloc(0);
  const names = Object.entries(FAILURES)
    .filter(([bit]) => (bits[Math.floor(Number(bit) / 8)] ?? 0) & (0x80 >> (Number(bit) % 8)))
    .map(([, name]) => name);
  const text = texts
    .map((node) => node.content.toString('utf8'))
    .join(' ')
    .slice(0, 200);
  return ['máy chủ từ chối', `status ${status}`, ...names, text].filter((part) => part !== '').join(', ');
}
