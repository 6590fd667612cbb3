/** @file The signatures and time-stamps that stand in a document, as far as prolonging them needs to know. */
import type { PdfDocument } from '../pdf/document.ts';
import { listSignatureFields } from '../pdf/signature-fields.ts';
import { readPdfDate } from '../vietnam-time.ts';
import { readByteRange, type CoveredRange } from '../verification/byte-range.ts';
import { checkCms, type CmsCheck } from '../verification/cms/cms-check.ts';

export interface ExistingSignature {
  readonly kind: 'signature' | 'time-stamp';
  readonly fieldName: string;
  readonly range: CoveredRange;
  /** The value of `/Contents` with its padding: what a VRI key is the hash of. */
  readonly contents: Buffer;
  /** Of a signature; null for a document time-stamp. */
  readonly cms: CmsCheck | null;
  /** Milliseconds, as the signer states. */
  readonly claimedAtMs: number | null;
}

/**
 * Oldest first. Left out: formats without a CMS of their own, and values whose byte range does not add up. Nothing that is
 * not right is prolonged.
 */
export function listExistingSignatures(document: PdfDocument): ExistingSignature[] {
  const found: ExistingSignature[] = [];
  for (const field of listSignatureFields(document)) {
    const dictionary = document.dictionary(field.value ?? undefined);
    if (!dictionary) continue;
    const subFilter = document.entry(dictionary, 'SubFilter');
    const format = subFilter.kind === 'name' ? subFilter.name : '';
    if (format !== 'ETSI.RFC3161' && format !== 'ETSI.CAdES.detached' && format !== 'adbe.pkcs7.detached') continue;
    const owner = field.value?.kind === 'reference' ? field.value : null;
    const range = readByteRange(document, dictionary, owner);
    if ('problem' in range) continue;
    const isTimeStamp = format === 'ETSI.RFC3161';
    const form = format === 'ETSI.CAdES.detached' ? 'pades' : 'detached';
    const cms = isTimeStamp ? null : checkCms(range.contents, range.content, form);
    const stated = document.entry(dictionary, 'M');
    const claimedAtMs = stated.kind === 'string' ? readPdfDate(stated.bytes.toString('latin1')) : undefined;
    found.push({
      kind: isTimeStamp ? 'time-stamp' : 'signature',
      fieldName: field.fullName,
      range,
      contents: Buffer.from(digitsOf(document.bytes, range), 'hex'),
      cms,
      claimedAtMs: claimedAtMs ?? cms?.claimedTime ?? null,
    });
  }
  return found.sort((a, b) => a.range.end - b.range.end);
}

/** The new value in place of the old one, padded with zeros to the same length; undefined when it does not fit. */
export function replaceContents(
  bytes: Buffer,
  { range, contents }: ExistingSignature,
  cms: Buffer,
): Buffer | undefined {
  if (cms.length > contents.length) return undefined;
  const digits = cms.toString('hex').padEnd(contents.length * 2, '0');
  const hasCapitals = /[A-F]/.test(digitsOf(bytes, range));
  const changed = Buffer.from(bytes);
  changed.write(hasCapitals ? digits.toUpperCase() : digits, range.numbers[1] + 1, 'latin1');
  return changed;
}

function digitsOf(bytes: Buffer, { numbers }: CoveredRange): string {
  return bytes.toString('latin1', numbers[1] + 1, numbers[2] - 1);
}
