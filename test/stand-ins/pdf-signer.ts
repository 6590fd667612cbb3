/** @file Signs a PDF in this process with a key from a file: level B-B, nothing drawn. For tests of what comes after signing. */
import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readCertificate, type Certificate } from '../../main/signing/certificate.ts';
import { encodeSignedAttributes, encodeSignedData } from '../../main/signing/cms/encode-signed-data.ts';
import { signatureEntries, writeDraft } from '../../main/signing/pdf/draft.ts';
import { meetSeedValues } from '../../main/signing/pdf/seed-values.ts';
import { openForSigning } from '../../main/signing/pdf/signable.ts';
import { fillGap } from '../../main/signing/pdf/signature-gap.ts';

export interface PdfSigner {
  readonly key: KeyObject;
  /** The signer's first, then the issuing ones. */
  readonly certificates: readonly Certificate[];
}

export function pdfSigner(keyPath: string, ...der: readonly Buffer[]): PdfSigner {
  return { key: createPrivateKey(readFileSync(keyPath)), certificates: der.map(readCertificate) };
}

export interface SigningOptions {
  readonly signedAt?: string;
  readonly password?: string;
  /** Room for the CMS; the program's own is 16 KB. */
  readonly reservedBytes?: number;
}

export function signPdf(bytes: Buffer, signer: PdfSigner, options: SigningOptions = {}): Buffer {
  const [certificate] = signer.certificates;
  if (!certificate) throw new Error('a signer has a certificate');
  const { signedAt = new Date().toISOString(), password, reservedBytes = 16 * 1024 } = options;
  const { document, pages, field, place } = openForSigning(bytes, { password, isVisible: false });
  const page = pages[0];
  if (!page) throw new Error('no page');
  const terms = meetSeedValues(document, field, null, [...signer.certificates]);
  const draft = writeDraft(document, {
    entries: signatureEntries(document, terms, signedAt, certificate.commonName, field),
    page,
    appearance: null,
    field,
    widget: place?.widget ?? null,
    reservedBytes,
    seed: signedAt,
  });
  const attributes = encodeSignedAttributes(draft.digest, certificate);
  const whole = Buffer.concat([bytes, draft.tail]);
  fillGap(
    whole,
    draft.byteRange,
    encodeSignedData(signer.certificates, attributes, sign('sha256', attributes, signer.key)),
  );
  return whole;
}
