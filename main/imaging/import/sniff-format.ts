/** @file What a file is by its first bytes. Names and media types given by others are never trusted. */

export type FileFormat = 'pdf' | 'tiff' | 'jpeg' | 'png' | 'heic';

const HEIC_BRANDS = new Set(['heic', 'heix', 'hevc', 'hevx', 'mif1', 'msf1']);
/** The PDF header may stand behind up to a kilobyte of other bytes (ISO 32000-1, annex H.3.4.1). */
const PDF_HEADER_WITHIN_BYTES = 1024;

export function sniffFormat(bytes: Uint8Array): FileFormat | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PDF_HEADER_WITHIN_BYTES));
  const start = head.subarray(0, 8).toString('latin1');
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (start === '\x89PNG\r\n\x1a\n') return 'png';
  if (/^(II[*+]\0|MM\0[*+])/.test(start)) return 'tiff';
  if (head.subarray(4, 8).toString('latin1') === 'ftyp') {
    return HEIC_BRANDS.has(head.subarray(8, 12).toString('latin1')) ? 'heic' : null;
  }
  return head.includes('%PDF-') ? 'pdf' : null;
}
