/** @file OCSP (RFC 6960): the question, and whether an answer is the right authority's word about this certificate. */
import { createHash } from 'node:crypto';
import { DER_NULL, der, derOctetString, derOid, derSequence } from '../asn1.ts';
import { isIssuedBy, type Certificate } from '../certificate.ts';
import { OID } from '../object-identifiers.ts';
import { readOcspResponse, type OcspResponse, type OcspSingle } from './ocsp-response.ts';
import { checkSignature, EvidenceRefused } from './signed-structure.ts';
import type { StatusProof } from './status-proof.ts';

const SHA1 = '1.3.14.3.2.26';

/**
 * SHA-1 names the issuer because every responder understands that; it identifies and protects nothing.
 * @param nonce up to 32 octets (RFC 8954); null asks without, so that a responder may answer from stock
 */
export function encodeOcspRequest(certificate: Certificate, issuer: Certificate, nonce: Buffer | null): Buffer {
  const sha1 = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest();
  const certificateId = derSequence(
    derSequence(derOid(SHA1), DER_NULL),
    derOctetString(sha1(issuer.subjectDer)),
    derOctetString(sha1(issuer.publicKeyBits)),
    certificate.serialDer,
  );
  const list = derSequence(derSequence(certificateId));
  if (nonce === null) return derSequence(derSequence(list));
  const extension = derSequence(derOid(OID.ocspNonce), derOctetString(derOctetString(nonce)));
  return derSequence(derSequence(list, der(0xa2, derSequence(extension))));
}

/** RFC 6960, A.1: GET is for short requests, and for responders that answer from a stock behind a web cache. */
export function ocspGetUrl(responderUrl: string, request: Buffer): string | null {
  const url = `${responderUrl.replace(/\/$/, '')}/${encodeURIComponent(request.toString('base64'))}`;
  return url.length <= MAX_GET_LENGTH ? url : null;
}
const MAX_GET_LENGTH = 255;

export interface OcspProof extends StatusProof {
  /** Whoever signed; the issuer itself or whom it delegated. */
  readonly responder: Certificate;
  readonly isDelegated: boolean;
  readonly producedAtMs: number;
  /** Made for this very question. */
  readonly echoesNonce: boolean;
}

/**
 * What the answer says about `certificate`, signature and delegation checked; whether its times fit is for the asker.
 * @param pool certificates among which the responder's may be when the answer leaves it out
 * @param nonce what the question carried; an answer may leave it out but not change it
 * @throws EvidenceRefused (Vietnamese), or an Error of the DER reader
 */
export function checkOcspResponse(
  bytes: Buffer,
  certificate: Certificate,
  issuer: Certificate,
  pool: readonly Certificate[] = [],
  nonce: Buffer | null = null,
): OcspProof {
  const response = readOnce(bytes);
  const single = response.singles.find((candidate) => isAbout(candidate, certificate, issuer));
  if (!single) throw new EvidenceRefused('câu trả lời OCSP nói về chứng thư khác');
  if (nonce !== null && response.nonce !== null && !response.nonce.equals(derOctetString(nonce)))
    throw new EvidenceRefused('câu trả lời OCSP mang số ngẫu nhiên (nonce) của câu hỏi khác');
  const { responder, digest } = findResponder(response, issuer, pool);
  const isDelegated = !isSameKey(responder, issuer);
  return {
    kind: 'ocsp',
    bytes,
    status: single.status,
    revokedAtMs: single.revokedAtMs,
    reason: single.reason,
    thisUpdateMs: single.thisUpdateMs,
    nextUpdateMs: single.nextUpdateMs,
    remembersSinceMs: single.archiveCutoffMs,
    usesSha1: digest === 'sha1' || (isDelegated && responder.signatureDigest === 'sha1'),
    responder,
    isDelegated,
    producedAtMs: response.producedAtMs,
    echoesNonce: nonce !== null && response.nonce !== null,
  };
}

/** A file's answers are looked through for every link of every chain in it. */
const alreadyRead = new WeakMap<Buffer, OcspResponse>();

function readOnce(bytes: Buffer): OcspResponse {
  const response = alreadyRead.get(bytes) ?? readOcspResponse(bytes);
  alreadyRead.set(bytes, response);
  return response;
}

function isAbout(single: OcspSingle, certificate: Certificate, issuer: Certificate): boolean {
  if (!['sha1', 'sha256', 'sha384', 'sha512'].includes(single.digest)) return false;
  const hash = (bytes: Buffer): Buffer => createHash(single.digest).update(bytes).digest();
  return (
    single.serialDer.equals(certificate.serialDer) &&
    single.issuerNameHash.equals(hash(issuer.subjectDer)) &&
    single.issuerKeyHash.equals(hash(issuer.publicKeyBits))
  );
}

/** RFC 6960, 4.2.2.2: the issuer, or whom the issuer itself certified for answering. */
function findResponder(
  response: OcspResponse,
  issuer: Certificate,
  pool: readonly Certificate[],
): { responder: Certificate; digest: string } {
  const candidates = [issuer, ...response.certificates, ...pool].filter((candidate) => isNamed(response, candidate));
  if (candidates.length === 0) throw new EvidenceRefused('không có chứng thư của máy chủ OCSP đã ký câu trả lời');
  let refusal = new EvidenceRefused('máy chủ OCSP không được nơi cấp ủy quyền trả lời');
  for (const responder of candidates) {
    if (!isSameKey(responder, issuer) && !isDelegate(responder, issuer, response.producedAtMs)) continue;
    try {
      return { responder, digest: checkSignature(response, responder.publicKey) };
    } catch (cause) {
      if (!(cause instanceof EvidenceRefused)) throw cause;
      refusal = new EvidenceRefused(`câu trả lời OCSP của "${responder.commonName}": ${cause.message}`, { cause });
    }
  }
  throw refusal;
}

function isNamed({ responderName, responderKeyHash }: OcspResponse, candidate: Certificate): boolean {
  if (responderName !== null) return candidate.subjectDer.equals(responderName);
  return responderKeyHash?.equals(createHash('sha1').update(candidate.publicKeyBits).digest()) ?? false;
}

function isSameKey(left: Certificate, right: Certificate): boolean {
  return left.subjectDer.equals(right.subjectDer) && left.publicKeyBits.equals(right.publicKeyBits);
}

function isDelegate(responder: Certificate, issuer: Certificate, atMs: number): boolean {
  return (
    (responder.extendedKeyUsage?.purposes.includes(OID.purposeOcspSigning) ?? false) &&
    (responder.keyUsage === null || responder.keyUsage.digitalSignature || responder.keyUsage.nonRepudiation) &&
    responder.signatureDigest !== null &&
    responder.unknownCritical.length === 0 &&
    atMs >= responder.notBefore &&
    atMs <= responder.notAfter &&
    isIssuedBy(responder, issuer)
  );
}
