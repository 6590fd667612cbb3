/**
 * @file The time-stamp authority of practice mode: RFC 3161 from request to token, with a key nobody trusts outside practice.
 * So that an officer in training sees the very steps that the government's authority takes later.
 */
import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import {
  Asn1Error,
  childOf,
  der,
  derInteger,
  derOid,
  derSequence,
  derUnsignedInteger,
  readAsn1,
  readOid,
  readSmallInteger,
} from './asn1.ts';
import type { Certificate } from './certificate.ts';
import { encodeSignedAttributes, encodeSignedData } from './cms/encode-signed-data.ts';
import { OID } from './object-identifiers.ts';

/** `.invalid` is no name of any network (RFC 2606): it can never lead anywhere else. */
export const PRACTICE_STAMP_URL = 'http://dau-thoi-gian.thuc-hanh.invalid/';

/** Under the arc that ITU-T keeps for examples (X.660, A.7). */
const PRACTICE_POLICY = '2.999.1';
const GRANTED = 0;
const REJECTED = 2;
/** PKIFailureInfo (RFC 3161, 2.4.2): bit 0 badAlg, bit 2 badRequest. */
const BAD_ALGORITHM = Buffer.from([0x03, 0x02, 0x07, 0x80]);
const BAD_REQUEST = Buffer.from([0x03, 0x02, 0x05, 0x20]);
const SHA256_BYTES = 32;

/**
 * @param request DER of a TimeStampReq
 * @param certificates the authority's own first
 * @returns DER of a TimeStampResp; what cannot be stamped is rejected in its own words
 */
export function answerTimeStampRequest(
  request: Buffer,
  key: KeyObject,
  certificates: readonly Certificate[],
  nowMs: number,
): Buffer {
  try {
    const root = readAsn1(request);
    const imprint = childOf(root, 1, 0x30);
    if (root.raw.length !== request.length || readSmallInteger(childOf(root, 0, 0x02)) !== 1)
      return rejection(BAD_REQUEST);
    const algorithm = readOid(childOf(childOf(imprint, 0, 0x30), 0));
    if (algorithm !== OID.sha256 || childOf(imprint, 1, 0x04).content.length !== SHA256_BYTES)
      return rejection(BAD_ALGORITHM);
    const nonce = root.children.slice(2).find((child) => child.tag === 0x02);
    const information = derSequence(
      derInteger(1),
      derOid(PRACTICE_POLICY),
      imprint.raw,
      derUnsignedInteger(randomBytes(8)),
      der(0x18, Buffer.from(generalizedTime(nowMs), 'latin1')),
      ...(nonce ? [nonce.raw] : []),
    );
    return derSequence(derSequence(derInteger(GRANTED)), signInformation(information, key, certificates));
  } catch (cause) {
    if (cause instanceof Asn1Error) return rejection(BAD_REQUEST);
    throw cause;
  }
}

function signInformation(information: Buffer, key: KeyObject, certificates: readonly Certificate[]): Buffer {
  const [authority] = certificates;
  if (!authority) throw new Error('a time-stamp authority has a certificate');
  const digest = createHash('sha256').update(information).digest();
  const attributes = encodeSignedAttributes(digest, authority, [], OID.timeStampInfo);
  const content = { type: OID.timeStampInfo, bytes: information };
  return encodeSignedData(certificates, attributes, sign('sha256', attributes, key), content);
}

function rejection(failure: Buffer): Buffer {
  return derSequence(derSequence(derInteger(REJECTED), failure));
}

/** `20261122001500Z`. */
function generalizedTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
}
