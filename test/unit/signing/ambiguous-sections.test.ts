/** Sections after a signature in which one reader finds what was signed and another something else: never valid. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newestTable, placesOf, tableRow, withRawSection, withRawStream } from '../../stand-ins/raw-section.ts';
import { plainPdf, QPDF_MISSING } from '../../stand-ins/sample-pdfs.ts';
import { openSigningDesk, type SigningDesk } from '../../stand-ins/signing-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'ambiguous-sections-'));
let desk: SigningDesk;
/** An earlier revision shows another text than the one that was signed. */
let signed: Buffer;
let draft: number;
let current: number;

beforeAll(async () => {
  desk = await openSigningDesk(join(folder, 'desk'));
  const twice = withRawSection(plainPdf(), { objects: new Map([[4, content('Tra 100')]]) });
  signed = await desk.sign(twice);
  [draft = 0, current = 0] = placesOf(signed, 4);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function content(text: string): string {
  const drawing = `BT /F1 24 Tf 72 700 Td (${text}) Tj ET`;
  return `<</Length ${drawing.length}>>\nstream\n${drawing}\nendstream`;
}
const other = (): ReadonlyMap<number, string> => new Map([[4, content('Tra 900')]]);
const row = (place: number): string => tableRow(4, place);
const restored = (tail = ''): Buffer =>
  withRawSection(withRawSection(signed, { objects: other() }), { rows: row(current), tail });
/** An innocent update, spelled so that some readers mend the file. */
const respelled = (from: RegExp, to: string): Buffer => {
  const added = withRawSection(signed, {}).toString('latin1', signed.length);
  return Buffer.concat([signed, Buffer.from(added.replace(from, to), 'latin1')]);
};
const catalog = new Map([[60, '<</Type /Catalog /Pages 2 0 R>>']]);

describe('what every reader finds the same stays valid', () => {
  test.each<[string, () => Buffer]>([
    ['a new document information in a table', () => withRawSection(signed, {})],
    ['the same in a cross-reference stream', () => withRawStream(signed, [])],
    ['a row said twice in the same words', () => withRawSection(signed, { rows: row(current) + row(current) })],
    ['a little white space at the end', () => withRawSection(signed, { tail: '\n'.repeat(500) })],
    ['an object that two updates write anew', () => withRawSection(withRawSection(signed, {}), {})],
  ])('%s', async (_, bytes) => {
    expect((await desk.verify(bytes())).verdict).toBe('valid');
  });
});

describe('readers that disagree', () => {
  test.each<[string, () => Buffer]>([
    ['a draft in the first of two rows', () => withRawSection(signed, { rows: row(draft) + row(current) })],
    ['a draft in the last of two rows', () => withRawSection(signed, { rows: row(current) + row(draft) })],
    [
      'an object that is free in the first of two rows',
      () => withRawSection(signed, { rows: tableRow(4, 0, 'f') + row(current) }),
    ],
    [
      'a draft in the first of two rows of a stream',
      () =>
        withRawStream(signed, [
          [4, 1, draft, 0],
          [4, 1, current, 0],
        ]),
    ],
    ['a row of a type that means null', () => withRawStream(signed, [[4, 9, draft, 0]])],
    [
      'a trailer with two roots, the signed one last',
      () => withRawSection(signed, { objects: catalog, before: '/Root 60 0 R' }),
    ],
    ['a cross-reference stream with two roots', () => withRawStream(signed, [], '/Root 4 0 R')],
    [
      'a trailer with two earlier tables, the signed one last',
      () => withRawSection(signed, { before: `/Prev ${newestTable(plainPdf())}` }),
    ],
    ['an earlier table whose offset is no integer', () => withRawSection(signed, { prev: `${newestTable(signed)}.0` })],
    ['an earlier table whose offset is mended', () => withRawSection(signed, { prev: `${newestTable(signed)}-7` })],
    ['a size that leaves out what was signed', () => withRawSection(signed, { size: 4 })],
    ['another content that a later table takes back', () => restored()],
    ['the same behind so much white space that readers mend the file', () => restored('\n'.repeat(5_000))],
    ['an end that readers do not find', () => withRawSection(signed, { tail: '\0'.repeat(5_000) })],
    ['a comment in a row', () => respelled(/ n \n/, ' %z\nn \n')],
    ['a row of another length', () => respelled(/\n0000(\d+) 00000 n/, '\n$1 00000 n')],
    ['a comment before the offset of the table', () => respelled(/startxref\n/, 'startxref %z\n')],
    [
      'a number that each reader mends in its own way',
      () => {
        const [place = 0] = placesOf(signed, 2);
        const body = /obj\n(.*)\nendobj/.exec(signed.toString('latin1', place))?.[1] ?? '';
        return withRawSection(signed, { objects: new Map([[2, body.replace('595 842', '595 842-0')]]) });
      },
    ],
  ])('%s', async (_, bytes) => {
    const result = await desk.verify(bytes());
    expect(result.verdict).toBe('altered');
    expect(result.signatures.flatMap(({ reasons }) => reasons).length).toBeGreaterThan(0);
  });

  test.skipIf(QPDF_MISSING)('a table whose extra stream is one that was signed', async () => {
    writeFileSync(join(folder, 'plain.pdf'), plainPdf());
    execFileSync('qpdf', ['--object-streams=generate', join(folder, 'plain.pdf'), join(folder, 'packed.pdf')]);
    const packed = await desk.sign(readFileSync(join(folder, 'packed.pdf')));
    expect((await desk.verify(withRawSection(packed, {}))).verdict).toBe('valid');
    const stream = `/XRefStm ${newestTable(packed)}`;
    expect((await desk.verify(withRawSection(packed, { after: stream }))).verdict).toBe('altered');
  });

  test('fonts added to a form whose values readers draw anew are left to a person', async () => {
    const form = '<</Fields [11 0 R] /DA (/Helv 12 Tf) /NeedAppearances true>>';
    const widget = '<</Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (100) /DA (/Helv 12 Tf) /Rect [9 9 90 30]>>';
    const file = await desk.sign(
      plainPdf({ catalog: '/AcroForm 10 0 R', page: '/Annots [11 0 R]', objects: [form, widget] }),
    );
    const place = placesOf(file, 10).at(-1) ?? 0;
    const body = /obj\n(.*)\nendobj/.exec(file.toString('latin1', place))?.[1] ?? '';
    const objects = new Map([
      [10, body.replace('/DA', '/DR <</Font <</Helv 80 0 R>>>> /DA')],
      [80, '<</Type /Font /Subtype /Type1 /BaseFont /Symbol>>'],
    ]);
    expect((await desk.verify(withRawSection(file, { objects, size: 90 }))).verdict).toBe('indeterminate');
  });
});

describe('annotations that were signed', () => {
  const drawing = '<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 12>>\nstream\n0 0 9 9 re f\nendstream';
  const stamp = '<</Type /Annot /Subtype /Stamp /Rect [9 9 90 30] /AP <</N 10 0 R>>>>';
  test.each([
    ['change places, so that another one is on top', '12 0 R 11 0 R'],
    ['are named once more, on top', '11 0 R 12 0 R 11 0 R'],
  ])('%s', async (_, list) => {
    const file = await desk.sign(plainPdf({ page: '/Annots [11 0 R 12 0 R]', objects: [drawing, stamp, stamp] }));
    const number = 13; // the page, behind three more objects
    const place = placesOf(file, number).at(-1) ?? 0;
    const body = /obj\n(.*)\nendobj/.exec(file.toString('latin1', place))?.[1] ?? '';
    expect(body).toContain('11 0 R 12 0 R');
    const changed = (annots: string): Buffer =>
      withRawSection(file, { objects: new Map([[number, body.replace('11 0 R 12 0 R', annots)]]) });
    expect((await desk.verify(changed('11 0 R 12 0 R'))).verdict).toBe('valid');
    expect((await desk.verify(changed(list))).verdict).toBe('altered');
  });
});

test('a file whose tables say two things of one object is not signed', async () => {
  const plain = withRawSection(plainPdf(), { objects: new Map([[4, content('Tra 100')]]) });
  const [first = 0, second = 0] = placesOf(plain, 4);
  await expect(desk.sign(withRawSection(plain, { rows: row(first) + row(second) }))).rejects.toMatchObject({
    code: 'pdf-damaged',
  });
  await expect(desk.sign(withRawSection(plain, { before: '/Root 4 0 R' }))).rejects.toMatchObject({
    code: 'pdf-damaged',
  });
});
