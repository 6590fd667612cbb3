/**
 * @file Verdicts a second on typical files, without network: `npx node test/bench/verify.bench.ts`. Budget: 20 typical files
 * a second. Beside them, what the operating system's own SHA-256 of the same files takes, as the ratio that cannot be beaten.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeScans } from '../../main/imaging/pdf/compose-scans.ts';
import { createCertificateValidator } from '../../main/signing/validation/certificate-validator.ts';
import { ValidationPolicy } from '../../main/signing/validation/policy.ts';
import { verifyDocument } from '../../main/signing/verification/verify-document.ts';
import { openAugmentationDesk } from '../stand-ins/augmentation-desk.ts';
import { plainPdf } from '../stand-ins/sample-pdfs.ts';

const ROUNDS = 40;
const PAGE = 'test/fixtures/pages';

async function scannedPages(count: number): Promise<Buffer> {
  const image = readFileSync(join(PAGE, readdirSync(PAGE).find((name) => name.endsWith('.jpg')) ?? ''));
  const description = { title: 'Bản số hóa', metadata: {}, createdAt: '2026-11-21T09:10:05+07:00' };
  const composed = await composeScans(
    description,
    (async function* () {
      for (let page = 0; page < count; page++) yield { image, dpi: 200, rotation: 0 as const, skewDeg: 0, lines: [] };
    })(),
  );
  return composed.bytes;
}

const folder = mkdtempSync(join(tmpdir(), 'verify-bench-'));
const desk = await openAugmentationDesk(folder);
try {
  const prolonged = async (bytes: Buffer, level: 'B-T' | 'B-LT' | 'B-LTA'): Promise<Buffer> =>
    (await desk.augment(bytes, level)).bytes ?? bytes;
  const signed = desk.sign(await scannedPages(5));
  let many = plainPdf({ pages: 2 });
  for (let count = 0; count < 25; count++) many = desk.sign(many);
  const large = desk.sign(
    plainPdf({ objects: [`<</Length ${50 << 20}>>\nstream\n${'x'.repeat(50 << 20)}\nendstream`] }),
  );
  const files: readonly (readonly [string, Buffer])[] = [
    ['a page, B-B', desk.sign(plainPdf())],
    ['five scanned pages, B-B', signed],
    ['five scanned pages, B-T', await prolonged(signed, 'B-T')],
    ['five scanned pages, B-LTA', await prolonged(signed, 'B-LTA')],
    ['five scanned pages, two signatures', desk.sign(signed)],
    ['25 signatures', many],
    ['50 MB, B-B', large],
  ];
  const policy = ValidationPolicy.parse({ trustedRoots: [desk.authorities.pki.rootPem], isOffline: true });
  const at = new Date(Date.now() + 2_000).toISOString();
  for (const [name, bytes] of files) {
    const rounds = bytes.length > 10 << 20 ? 5 : ROUNDS;
    const verify = () => verifyDocument(bytes, { at }, policy, createCertificateValidator(policy, null, null));
    const { verdict } = await verify();
    const start = performance.now();
    for (let round = 0; round < rounds; round++) await verify();
    const each = (performance.now() - start) / rounds;
    const hashStart = performance.now();
    for (let round = 0; round < rounds; round++) createHash('sha256').update(bytes).digest();
    const hash = (performance.now() - hashStart) / rounds;
    const size = `${(bytes.length / 1000).toFixed(0)} KB`;
    console.log(
      `${name.padEnd(38)} ${size.padStart(9)}  ${verdict.padEnd(8)} ${(1_000 / each).toFixed(1).padStart(7)} files/s  ${(each / hash).toFixed(1).padStart(6)} × one SHA-256`,
    );
  }
} finally {
  await desk.stop();
  rmSync(folder, { recursive: true, force: true });
}
