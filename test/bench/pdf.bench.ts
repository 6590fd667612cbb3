/**
 * @file Size and time of the archive PDF, page by page, without recognition: `npx node test/bench/pdf.bench.ts [images…]`.
 * Time is per page of one process; run it on a quiet machine.
 */
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildReceiptForm } from '../../main/forms/receipt-form.ts';
import { composeFormPdf } from '../../main/imaging/pdf/form/compose-form.ts';
import { composeScans } from '../../main/imaging/pdf/compose-scans.ts';
import { CONTEXT, makeLargeDossier } from '../fixtures/forms/dossiers.ts';

const PAGES_FOLDER = 'test/fixtures/pages';
const ROUNDS = 3;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

async function measure(run: () => Promise<{ bytes: Buffer }>): Promise<{ sizeBytes: number; ms: number }> {
  const times: number[] = [];
  let sizeBytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    sizeBytes = (await run()).bytes.length;
    times.push(performance.now() - start);
  }
  return { sizeBytes, ms: median(times) };
}

const named = process.argv.slice(2);
const files =
  named.length > 0
    ? named
    : (await readdir(PAGES_FOLDER)).filter((name) => name.endsWith('.jpg')).map((name) => join(PAGES_FOLDER, name));
const results: { sizeBytes: number; ms: number }[] = [];
for (const file of files) {
  const image = await readFile(file);
  const dpi = file.includes('.300.') ? 300 : 200;
  const description = { title: basename(file), metadata: {}, createdAt: '2026-11-21T09:10:05+07:00' };
  const result = await measure(() =>
    composeScans(
      description,
      (async function* () {
        yield { image, dpi, rotation: 0 as const, skewDeg: 0.8, lines: [] };
      })(),
    ),
  );
  results.push(result);
  console.log(
    `${basename(file).padEnd(44)} ${(image.length / 1000).toFixed(0).padStart(5)} KB → ${(result.sizeBytes / 1000).toFixed(1).padStart(6)} KB  ${result.ms.toFixed(0).padStart(5)} ms`,
  );
}
const form = await measure(() => composeFormPdf(buildReceiptForm(makeLargeDossier(), CONTEXT), 'resources'));
console.log(
  `pages: median ${(median(results.map((result) => result.sizeBytes)) / 1000).toFixed(1)} KB, largest ${(Math.max(...results.map((result) => result.sizeBytes)) / 1000).toFixed(1)} KB, median ${median(results.map((result) => result.ms)).toFixed(0)} ms`,
);
console.log(`receipt of two pages: ${(form.sizeBytes / 1000).toFixed(1)} KB, ${form.ms.toFixed(0)} ms`);
