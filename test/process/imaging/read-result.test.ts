import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldText } from '../../../main/dossiers/fold-text.ts';
import type { ResultReading } from '../../../main/dossiers/result-check.ts';
import { buildPracticeResultForm } from '../../../main/forms/practice-result.ts';
import { readCodes } from '../../../main/imaging/codes/read-codes.ts';
import { composeFormPdf } from '../../../main/imaging/pdf/form/compose-form.ts';
import { createRecogniser, type Recogniser } from '../../../main/imaging/recognition/recogniser.ts';
import { readResult } from '../../../main/imaging/results/read-result.ts';
import { CONTEXT, makeDossier } from '../../fixtures/forms/dossiers.ts';
import { makePdf } from '../../stand-ins/tiny-pdf.ts';
import { run } from '../pdf/tools.ts';

const RESOURCES = join(import.meta.dirname, '../../../resources');
const folder = mkdtempSync(join(tmpdir(), 'read-result-'));
const dossier = makeDossier();
let recogniser: Recogniser;
let printed: Uint8Array;

beforeAll(async () => {
  recogniser = await createRecogniser({ resourcesFolder: RESOURCES, workers: 1, readCodes });
  const form = buildPracticeResultForm(dossier, {
    ...CONTEXT,
    number: 57,
    signerName: 'Trần Văn Minh',
    issuedAt: '2026-11-21T08:00:00Z',
  });
  printed = (await composeFormPdf(form, RESOURCES)).bytes;
});
afterAll(async () => {
  await recogniser.close();
  rmSync(folder, { recursive: true, force: true });
});

function read(bytes: Uint8Array): Promise<ResultReading> {
  return readResult(bytes, recogniser, new AbortController().signal);
}

/** The same sheet as a scanner delivers it: one picture, no text. */
function scanned(): Buffer {
  writeFileSync(join(folder, 'printed.pdf'), printed);
  run('pdftoppm', ['-r', '200', '-jpeg', join(folder, 'printed.pdf'), join(folder, 'page')]);
  const picture = readFileSync(join(folder, 'page-1.jpg'));
  return makePdf([{ width: 595, height: 842, jpeg: { bytes: picture, width: 1654, height: 2339 } }]);
}

describe('a result is read', () => {
  test('from the text it carries', async () => {
    const reading = await read(printed);
    expect(reading).toMatchObject({ source: 'text', number: '57/QĐ-LT', issuedOn: '2026-11-21' });
    expect(foldText(reading.authority ?? '')).toContain(foldText(CONTEXT.agencyName));
    expect(foldText(reading.text)).toContain(foldText(dossier.applicant?.fullName ?? 'nobody'));
    expect(reading.text).toContain(dossier.code);
  });

  test('from its picture, when it is a scan', async () => {
    const reading = await read(scanned());
    expect(reading).toMatchObject({ source: 'recognition', number: '57/QĐ-LT', issuedOn: '2026-11-21' });
    expect(foldText(reading.text)).toContain(foldText(dossier.applicant?.fullName ?? 'nobody'));
  }, 60_000);

  test('as saying nothing, when it is an empty sheet', async () => {
    expect(await read(makePdf([{ width: 595, height: 842, content: ' ' }]))).toEqual({
      source: 'nothing',
      text: '',
      number: null,
      issuedOn: null,
      authority: null,
    });
  }, 60_000);

  test('only in its first pages and the last, however long it is', async () => {
    writeFileSync(join(folder, 'printed.pdf'), printed);
    const pages = Array.from({ length: 40 }, () => join(folder, 'printed.pdf'));
    run('qpdf', ['--empty', '--pages', ...pages, '--', join(folder, 'long.pdf')]);
    const reading = await read(readFileSync(join(folder, 'long.pdf')));
    expect(reading.text.split('57/QĐ-LT')).toHaveLength(5);
  }, 60_000);
});
