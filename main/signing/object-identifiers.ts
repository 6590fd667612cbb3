/** Object identifiers of CMS, CAdES and X.509 that signing and verification use. */
export const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  /** id-aa-ets-mimeType: what kind of file a detached signature is about (EN 319 122-1, 5.2.5). */
  mimeType: '0.4.0.1733.2.1',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signatureTimeStamp: '1.2.840.113549.1.9.16.2.14',
  timeStampInfo: '1.2.840.113549.1.9.16.1.4',
  /** Adobe's container for OCSP answers and CRLs among the signed attributes (ISO 32000-2, 12.8.3.3.2). */
  revocationInfoArchival: '1.2.840.113583.1.1.8',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  rsaEncryption: '1.2.840.113549.1.1.1',
  mgf1: '1.2.840.113549.1.1.8',
  rsaPss: '1.2.840.113549.1.1.10',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  ecPublicKey: '1.2.840.10045.2.1',
  sha256: '2.16.840.1.101.3.4.2.1',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  subjectKeyIdentifier: '2.5.29.14',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  crlDistributionPoints: '2.5.29.31',
  authorityInformationAccess: '1.3.6.1.5.5.7.1.1',
  accessOcsp: '1.3.6.1.5.5.7.48.1',
  accessIssuers: '1.3.6.1.5.5.7.48.2',
  purposeServer: '1.3.6.1.5.5.7.3.1',
  purposeCodeSigning: '1.3.6.1.5.5.7.3.3',
  purposeTimeStamping: '1.3.6.1.5.5.7.3.8',
  purposeOcspSigning: '1.3.6.1.5.5.7.3.9',
  purposeAny: '2.5.29.37.0',
  ocspBasic: '1.3.6.1.5.5.7.48.1.1',
  ocspArchiveCutoff: '1.3.6.1.5.5.7.48.1.6',
  ocspNonce: '1.3.6.1.5.5.7.48.1.2',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  reasonCode: '2.5.29.21',
  certificateIssuer: '2.5.29.29',
  crlNumber: '2.5.29.20',
  expiredCertificatesOnList: '2.5.29.60',
  deltaCrl: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
} as const;

/** Digest algorithms by OID, with node:crypto's name. */
export const DIGESTS: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.7': 'sha3-224',
  '2.16.840.1.101.3.4.2.8': 'sha3-256',
  '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512',
  // Always with 64 octets of output where a signature names it (RFC 8419, 3.1; RFC 8702, 3.1).
  '2.16.840.1.101.3.4.2.12': 'shake256',
  '2.16.840.1.101.3.4.2.18': 'shake256',
};

/** Signature algorithms that name their digest, by OID. */
export const SIGNATURES: Readonly<Record<string, { readonly key: 'rsa' | 'ec' | 'dsa'; readonly digest: string }>> = {
  '1.2.840.113549.1.1.5': { key: 'rsa', digest: 'sha1' },
  '1.2.840.113549.1.1.11': { key: 'rsa', digest: 'sha256' },
  '1.2.840.113549.1.1.12': { key: 'rsa', digest: 'sha384' },
  '1.2.840.113549.1.1.13': { key: 'rsa', digest: 'sha512' },
  '1.2.840.10045.4.1': { key: 'ec', digest: 'sha1' },
  '1.2.840.10045.4.3.2': { key: 'ec', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { key: 'ec', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { key: 'ec', digest: 'sha512' },
  '1.2.840.113549.1.1.14': { key: 'rsa', digest: 'sha224' },
  '1.2.840.10045.4.3.1': { key: 'ec', digest: 'sha224' },
  '2.16.840.1.101.3.4.3.10': { key: 'ec', digest: 'sha3-256' },
  '2.16.840.1.101.3.4.3.11': { key: 'ec', digest: 'sha3-384' },
  '2.16.840.1.101.3.4.3.12': { key: 'ec', digest: 'sha3-512' },
  '2.16.840.1.101.3.4.3.14': { key: 'rsa', digest: 'sha3-256' },
  '2.16.840.1.101.3.4.3.15': { key: 'rsa', digest: 'sha3-384' },
  '2.16.840.1.101.3.4.3.16': { key: 'rsa', digest: 'sha3-512' },
  '1.2.840.10040.4.3': { key: 'dsa', digest: 'sha1' },
  '2.16.840.1.101.3.4.3.2': { key: 'dsa', digest: 'sha256' },
};

/** RFC 8419: pure EdDSA, each curve with its one digest for the message-digest attribute. */
export const EDWARDS_SIGNATURES: Readonly<Record<string, { readonly key: string; readonly digest: string }>> = {
  '1.3.101.112': { key: 'ed25519', digest: 'sha512' },
  '1.3.101.113': { key: 'ed448', digest: 'shake256' },
};
