/**
 * @file The CMS of a PAdES or CAdES B-B signature (EN 319 142-1, 5; EN 319 122-1, 6; RFC 5652): signed attributes for the
 * token, and the finished SignedData around its answer.
 */
import { createHash } from 'node:crypto';
import { der, DER_NULL, derInteger, derOctetString, derOid, derSequence, derSetOf } from '../asn1.ts';
import type { Certificate } from '../certificate.ts';
import { OID } from '../object-identifiers.ts';

/**
 * DER of the signed attributes as SET OF, which is what gets signed: content-type, message-digest and ESS
 * signing-certificate-v2 with issuerSerial (RFC 5035). No signing-time: PAdES keeps that in `/M` (EN 319 142-1, 6.3).
 * @param others further attributes, as CAdES wants them
 */
export function encodeSignedAttributes(
  messageDigest: Uint8Array,
  signer: Certificate,
  others: readonly Buffer[] = [],
  contentType: string = OID.data,
): Buffer {
  const issuerSerial = derSequence(derSequence(der(0xa4, signer.issuerDer)), signer.serialDer);
  const certificateId = derSequence(derOctetString(createHash('sha256').update(signer.der).digest()), issuerSerial);
  return derSetOf(
    attribute(OID.contentType, derOid(contentType)),
    attribute(OID.messageDigest, derOctetString(messageDigest)),
    attribute(OID.signingCertificateV2, derSequence(derSequence(certificateId))),
    ...others,
  );
}

/** Attribute with one value. */
export function attribute(oid: string, value: Buffer): Buffer {
  return derSequence(derOid(oid), der(0x31, value));
}

/**
 * @param certificates the signer's first, then every intermediate
 * @param signature PKCS#1 v1.5 value, or DER of ECDSA's r and s
 * @param content travels inside and is not plain data; left out for a detached signature
 */
export function encodeSignedData(
  certificates: readonly Certificate[],
  signedAttributes: Buffer,
  signature: Uint8Array,
  content?: { readonly type: string; readonly bytes: Uint8Array },
): Buffer {
  const signer = certificates[0];
  if (!signer) throw new Error('a signature needs its certificate');
  const sha256 = derSequence(derOid(OID.sha256), DER_NULL);
  const algorithm =
    signer.publicKey.asymmetricKeyType === 'ec'
      ? derSequence(derOid(OID.ecdsaWithSha256))
      : derSequence(derOid(OID.sha256WithRsa), DER_NULL);
  const implicitAttributes = Buffer.from(signedAttributes);
  implicitAttributes[0] = 0xa0;
  const signerInfo = derSequence(
    derInteger(1),
    derSequence(signer.issuerDer, signer.serialDer),
    sha256,
    implicitAttributes,
    algorithm,
    derOctetString(signature),
  );
  const signedData = derSequence(
    derInteger(content ? 3 : 1),
    der(0x31, sha256),
    content
      ? derSequence(derOid(content.type), der(0xa0, derOctetString(content.bytes)))
      : derSequence(derOid(OID.data)),
    der(0xa0, ...certificates.map((certificate) => certificate.der).sort(Buffer.compare)),
    der(0x31, signerInfo),
  );
  return derSequence(derOid(OID.signedData), der(0xa0, signedData));
}
