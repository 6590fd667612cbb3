import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { accessToDeposit, depositBlob } from '../../../main/blobs/blob-file.ts';
import { findField } from '../../../main/signatures/find-field.ts';
import { plainPdf, type PlainPdfOptions } from '../../stand-ins/sample-pdfs.ts';

const folder = mkdtempSync(join(tmpdir(), 'find-field-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function find(bytes: Buffer) {
  return findField({ pdf: accessToDeposit(folder, await depositBlob(folder, bytes, 'application/pdf')) });
}

/** A form with one empty signature field, shown on every page. */
function withField(rect: string, page = ''): PlainPdfOptions {
  const widget = `<</Type /Annot /Subtype /Widget /FT /Sig /T (Ky) /Rect [${rect}] /F 4>>`;
  return { catalog: '/AcroForm <</Fields [10 0 R]>>', objects: [widget], page: `/Annots [10 0 R] ${page}` };
}

test('a document without a field leaves the place to the officer', async () => {
  expect(await find(plainPdf())).toEqual({ kind: 'none' });
});

test('an empty field is told with its page and its place as displayed', async () => {
  expect(await find(plainPdf(withField('300 100 500 160')))).toEqual({
    kind: 'shown',
    page: 1,
    rect: [300, 100, 200, 60],
  });
  expect(await find(plainPdf(withField('300 100 500 160', '/Rotate 90')))).toEqual({
    kind: 'shown',
    page: 1,
    rect: [100, 95, 60, 200],
  });
});

test('a field without an area shows nothing', async () => {
  expect(await find(plainPdf(withField('0 0 0 0')))).toEqual({ kind: 'hidden' });
});

test('what could not be signed is told before anybody types a PIN', async () => {
  const broken = Buffer.concat([plainPdf(), Buffer.from('1 0 obj\n<<>>\nendobj\n')]);
  await expect(find(broken)).rejects.toMatchObject({ code: 'pdf-damaged' });
});
