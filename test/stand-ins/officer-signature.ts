/** @file A real signature of an officer for tests of the store: an own certificate, made once a process. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { readPemCertificates } from '../../main/signing/certificate.ts';
import type { SignatureInfo } from '../../preload/types.ts';
import { signPdf, type PdfSigner } from './pdf-signer.ts';
import { plainPdf } from './sample-pdfs.ts';

const known = new Map<string, PdfSigner>();

export function officerSigner(name: string): PdfSigner {
  const before = known.get(name);
  if (before) return before;
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '-', '-out', '-'];
  const use = ['-addext', 'keyUsage=critical,digitalSignature', '-addext', 'basicConstraints=critical,CA:FALSE'];
  const args = ['req', '-x509', ...curve, '-utf8', '-days', '365', '-subj', `/C=VN/O=UBND xã Thử/CN=${name}`, ...use];
  const pem = execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString('utf8');
  const signer = { key: createPrivateKey(pem), certificates: readPemCertificates(pem) };
  known.set(name, signer);
  return signer;
}

export const OFFICER_NAME = 'Nguyễn Thị Lan';

/** What is said of a signature by {@link signedByOfficer}. */
export function officerSignature(signedAt = '2026-11-20T09:12:00+07:00', name = OFFICER_NAME): SignatureInfo {
  const certificateSerial = officerSigner(name).certificates[0]?.serialNumber ?? '';
  return { signerName: name, certificateSerial, signedAt, level: 'B-B' };
}

/** A PDF that differs from every other by `text`, which must be unaccented. */
export function pdfAbout(text: string): Buffer {
  return plainPdf({ catalog: `/About (${text.replace(/[()\\]/g, '')})` });
}

const signed = new Map<string, Buffer>();

/** The same text gives the same bytes, so that a lost answer can be handed in again. */
export function signedPdfAbout(text: string, name = OFFICER_NAME): Buffer {
  const key = `${name}\n${text}`;
  const before = signed.get(key);
  if (before) return before;
  const made = signPdf(pdfAbout(text), officerSigner(name), { signedAt: '2026-11-20T09:12:00+07:00' });
  signed.set(key, made);
  return made;
}
