/**
 * @file Where validation data comes from: memory, the cache, the network, in this order. One request for each thing however
 * many signatures need it, and a server that did not answer is left alone for a while.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Failure } from '../../rooms/failure.ts';
import { readCertificate, readPemCertificates, type Certificate } from '../certificate.ts';
import { childOf, readAsn1, readOid } from '../asn1.ts';
import { OID } from '../object-identifiers.ts';
import { encodeOcspRequest, ocspGetUrl } from './ocsp.ts';
import type { ValidationAnswer, ValidationFetch, ValidationPolicy, ValidationRequest } from './policy.ts';
import { MAX_LIST_BYTES } from './revocation-list.ts';
import { EvidenceRefused } from './signed-structure.ts';
import type { ValidationCache } from './validation-cache.ts';

export interface StoredAnswer {
  readonly bytes: Buffer;
  /** What the question carried; null for an answer from stock. */
  readonly nonce: Buffer | null;
}

export interface EvidenceSource {
  /** False: nothing can be fetched, only what is in stock. */
  readonly isOnline: boolean;
  readonly storedOcsp: (certificate: Certificate, issuer: Certificate) => Promise<Buffer | null>;
  /** @throws EvidenceRefused (Vietnamese) */
  readonly fetchOcsp: (
    certificate: Certificate,
    issuer: Certificate,
    url: string,
    nowMs: number,
  ) => Promise<StoredAnswer>;
  readonly storedList: (url: string) => Promise<Buffer | null>;
  /** @throws EvidenceRefused (Vietnamese) */
  readonly fetchList: (url: string, nowMs: number) => Promise<Buffer>;
  /** Puts by what was checked and found right. */
  readonly keepOcsp: (
    certificate: Certificate,
    issuer: Certificate,
    bytes: Buffer,
    isLasting: boolean,
  ) => Promise<void>;
  readonly keepList: (url: string, bytes: Buffer) => Promise<void>;
  /** Candidates only: an issuer is whoever's key fits. @throws EvidenceRefused (Vietnamese) */
  readonly fetchIssuers: (url: string, nowMs: number) => Promise<readonly Certificate[]>;
}

const OCSP_LIMITS = { timeoutMs: 10_000, maxBytes: 128 * 1024 };
const LIST_LIMITS = { timeoutMs: 60_000, maxBytes: MAX_LIST_BYTES };
const ISSUER_LIMITS = { timeoutMs: 10_000, maxBytes: 256 * 1024 };
/** One machine may answer for one and be dead for another. */
type Service = 'ocsp' | 'list' | 'issuer';
/** How long a server that failed is not asked again. */
const REST_MS = 60_000;
const MAX_RECENT = 64;
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;

export function createEvidenceSource(
  policy: ValidationPolicy,
  fetch: ValidationFetch | null,
  cache: ValidationCache | null,
): EvidenceSource {
  const memory = createMemory();
  const askOcsp = asking<StoredAnswer>();
  const askBytes = asking<Buffer>();
  const resting = new Map<string, { readonly untilMs: number; readonly refusal: EvidenceRefused }>();
  const send = policy.isOffline ? null : fetch;

  async function stored(key: string): Promise<Buffer | null> {
    const known = memory.read(key);
    if (known || !cache) return known;
    const bytes = await cache.read(key);
    if (bytes) memory.write(key, bytes);
    return bytes;
  }

  async function keep(key: string, bytes: Buffer, isLasting: boolean): Promise<void> {
    memory.write(key, bytes);
    if (isLasting) await cache?.write(key, bytes);
  }

  async function request(service: Service, question: ValidationRequest, nowMs: number): Promise<ValidationAnswer> {
    if (!send) throw new EvidenceRefused('máy đang ở chế độ ngoại tuyến');
    const url = rewritten(question.url, policy);
    const server = `${service} ${new URL(url).host}`;
    const rest = resting.get(server);
    if (rest && nowMs < rest.untilMs && nowMs >= rest.untilMs - REST_MS) throw rest.refusal;
    try {
      return await send({ ...question, url });
    } catch (cause) {
      if (!(cause instanceof Failure) || cause.code !== 'authority-unreachable') throw cause;
      const refusal = new EvidenceRefused(`không trả lời (${cause.detail ?? 'không kết nối được'})`, { cause });
      resting.set(server, { untilMs: nowMs + REST_MS, refusal });
      throw refusal;
    }
  }

  async function post(url: string, body: Buffer, nowMs: number): Promise<ValidationAnswer> {
    return request(
      'ocsp',
      { url, method: 'POST', contentType: 'application/ocsp-request', body, ...OCSP_LIMITS },
      nowMs,
    );
  }

  async function get(
    service: Service,
    url: string,
    limits: typeof OCSP_LIMITS,
    nowMs: number,
  ): Promise<ValidationAnswer> {
    return request(service, { url, method: 'GET', contentType: null, body: null, ...limits }, nowMs);
  }

  async function askResponder(
    certificate: Certificate,
    issuer: Certificate,
    url: string,
    nowMs: number,
  ): Promise<StoredAnswer> {
    const nonce = randomBytes(16);
    const first = await post(url, encodeOcspRequest(certificate, issuer, nonce), nowMs);
    if (first.status === 200 && !dislikesRequest(first)) return { bytes: bodyOf(first), nonce };
    const plain = encodeOcspRequest(certificate, issuer, null);
    const getUrl = ocspGetUrl(url, plain);
    if (first.status === 200) return { bytes: bodyOf(await post(url, plain, nowMs)), nonce: null };
    if (getUrl === null || first.status >= 500) return { bytes: bodyOf(first), nonce };
    return { bytes: bodyOf(await get('ocsp', getUrl, OCSP_LIMITS, nowMs)), nonce: null };
  }

  return {
    isOnline: send !== null,
    storedOcsp: (certificate, issuer) => stored(ocspKey(certificate, issuer)),
    keepOcsp: (certificate, issuer, bytes, isLasting) => keep(ocspKey(certificate, issuer), bytes, isLasting),
    fetchOcsp: (certificate, issuer, url, nowMs) =>
      askOcsp(`${ocspKey(certificate, issuer)} ${url}`, nowMs, () => askResponder(certificate, issuer, url, nowMs)),
    storedList: (url) => stored(`list ${url}`),
    keepList: (url, bytes) => keep(`list ${url}`, bytes, true),
    fetchList: (url, nowMs) =>
      askBytes(`list ${url}`, nowMs, async () => bodyOf(await get('list', url, LIST_LIMITS, nowMs))),
    async fetchIssuers(url, nowMs) {
      const key = `issuer ${url}`;
      const known = await stored(key);
      if (known) return readIssuers(known);
      const bytes = await askBytes(key, nowMs, async () => bodyOf(await get('issuer', url, ISSUER_LIMITS, nowMs)));
      const certificates = readIssuers(bytes);
      await keep(key, bytes, true);
      return certificates;
    },
  };
}

/** Whoever asks for the same shortly after gets the same, a refusal included. */
function asking<T>(): (key: string, nowMs: number, work: () => Promise<T>) => Promise<T> {
  const recent = new Map<string, { readonly sinceMs: number; readonly answer: Promise<T> }>();
  return (key, nowMs, work) => {
    for (const [oldKey, { sinceMs }] of recent) {
      const isOver = nowMs < sinceMs || nowMs >= sinceMs + REST_MS;
      if (isOver || recent.size > MAX_RECENT) recent.delete(oldKey);
    }
    const known = recent.get(key);
    if (known) return known.answer;
    const answer = work();
    recent.set(key, { sinceMs: nowMs, answer });
    answer.catch((cause: unknown) => {
      if (!(cause instanceof EvidenceRefused)) recent.delete(key);
    });
    return answer;
  };
}

function ocspKey(certificate: Certificate, issuer: Certificate): string {
  const issuerKey = createHash('sha256').update(issuer.publicKeyBits).digest('hex');
  return `ocsp ${issuerKey} ${certificate.serialDer.toString('hex')}`;
}

/** `malformedRequest` and `internalError` are how old responders greet a nonce. */
function dislikesRequest({ body }: ValidationAnswer): boolean {
  return (
    Buffer.from(body).equals(Buffer.from('30030a0101', 'hex')) ||
    Buffer.from(body).equals(Buffer.from('30030a0102', 'hex'))
  );
}

function bodyOf({ status, contentType, body }: ValidationAnswer): Buffer {
  if (status !== 200) throw new EvidenceRefused(`trả lời lỗi HTTP ${status}`);
  if (/^text\/html/i.test(contentType ?? ''))
    throw new EvidenceRefused('trả về một trang web thay vì dữ liệu (mạng có thể đang đòi đăng nhập)');
  if (body.length === 0) throw new EvidenceRefused('trả về nội dung rỗng');
  return Buffer.from(body);
}

/** One certificate, PEM, or a certificates-only SignedData (RFC 5280, 4.2.2.1). */
function readIssuers(bytes: Buffer): Certificate[] {
  try {
    if (bytes.subarray(0, 11).equals(Buffer.from('-----BEGIN '))) return readPemCertificates(bytes.toString('latin1'));
    const root = readAsn1(bytes);
    if (root.children[0]?.tag !== 0x06) return [readCertificate(bytes)];
    if (readOid(childOf(root, 0)) !== OID.signedData) throw new Error('not a list of certificates');
    const data = childOf(childOf(root, 1, 0xa0), 0, 0x30);
    const list = data.children.find((child) => child.tag === 0xa0)?.children ?? [];
    return list.slice(0, 20).map((node) => readCertificate(node.raw));
  } catch (cause) {
    throw new EvidenceRefused('không phải chứng thư của nơi cấp', { cause });
  }
}

/** A prefix ends where a part of the address ends, so that `ocsp.ca.ptc` is not also `ocsp.ca.ptc.example`. */
export function rewritten(url: string, policy: Pick<ValidationPolicy, 'urlRewrites'>): string {
  for (const { from, to } of policy.urlRewrites) {
    if (!url.startsWith(from)) continue;
    const rest = url.slice(from.length);
    if (rest !== '' && !/[/:?#]$/.test(from) && !/^[/:?#]/.test(rest)) continue;
    const replaced = to + rest;
    if (URL.canParse(replaced)) return replaced;
  }
  return url;
}

interface Memory {
  readonly read: (key: string) => Buffer | null;
  readonly write: (key: string, bytes: Buffer) => void;
}

function createMemory(): Memory {
  const entries = new Map<string, Buffer>();
  let total = 0;
  return {
    read: (key) => entries.get(key) ?? null,
    write(key, bytes) {
      total += bytes.length - (entries.get(key)?.length ?? 0);
      entries.delete(key);
      entries.set(key, bytes);
      for (const [oldest, { length }] of entries) {
        if (total <= MAX_MEMORY_BYTES || oldest === key) break;
        entries.delete(oldest);
        total -= length;
      }
    },
  };
}
