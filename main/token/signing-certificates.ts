/** @file Which of a token's certificates may sign, and how they are shown. */
import { Failure } from '../rooms/failure.ts';
import {
  allowsDocumentSigning,
  certificateFingerprint,
  orderChain,
  readCertificate,
  type Certificate,
} from '../signing/certificate.ts';
import type { Token } from './protocol.ts';

/** A certificate that may be an officer's: authorities are chain, not choice. */
export function describeCertificates(certificates: readonly Certificate[], nowMs: number): Token['certificates'] {
  return certificates
    .filter((certificate) => !certificate.isCa)
    .map((certificate) => ({
      id: certificateFingerprint(certificate),
      subject: certificate.subject,
      issuer: certificate.issuer,
      serialNumber: certificate.serialNumber,
      notBefore: new Date(certificate.notBefore).toISOString(),
      notAfter: new Date(certificate.notAfter).toISOString(),
      canSign: allowsDocumentSigning(certificate) && isWithinDates(certificate, nowMs) && isKnownKey(certificate),
      der: orderChain(certificate, certificates).map((link) => link.der.toString('base64')),
    }));
}

/** @throws Failure `certificate-missing`, `certificate-expired`, `certificate-not-for-signing` */
export function chooseCertificate(certificates: readonly Certificate[], id: string, nowMs: number): Certificate {
  const chosen = certificates.find((certificate) => certificateFingerprint(certificate) === id);
  if (!chosen) throw new Failure('certificate-missing', id);
  if (!isWithinDates(chosen, nowMs)) throw new Failure('certificate-expired', new Date(chosen.notAfter).toISOString());
  if (!allowsDocumentSigning(chosen) || !isKnownKey(chosen))
    throw new Failure('certificate-not-for-signing', chosen.subject);
  return chosen;
}

/** Undefined for bytes that are no certificate: one bad object must not hide the good ones. */
export function tryReadCertificate(bytes: Uint8Array | undefined): Certificate | undefined {
  try {
    return bytes === undefined ? undefined : readCertificate(bytes);
  } catch {
    return undefined;
  }
}

function isWithinDates(certificate: Certificate, nowMs: number): boolean {
  return certificate.notBefore <= nowMs && nowMs <= certificate.notAfter;
}

/** RSA from 2048 bits, ECDSA from 256 (TT 15/2025/TT-BKHCN, PL I). */
function isKnownKey({ publicKey }: Certificate): boolean {
  const details = publicKey.asymmetricKeyDetails;
  if (publicKey.asymmetricKeyType === 'rsa') return (details?.modulusLength ?? 0) >= 2048;
  return (
    publicKey.asymmetricKeyType === 'ec' && ['prime256v1', 'secp384r1', 'secp521r1'].includes(details?.namedCurve ?? '')
  );
}
