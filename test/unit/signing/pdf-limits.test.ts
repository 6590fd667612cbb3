/** Files made to waste time or memory, or to lead a reader in circles, end in a named refusal. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../../main/rooms/failure.ts';
import { decodeStream } from '../../../main/signing/pdf/filters.ts';
import { openForSigning } from '../../../main/signing/pdf/signable.ts';
import { sourceObject, type NewObject } from '../../../main/signing/pdf/update.ts';
import { dict, name, PdfDamaged } from '../../../main/signing/pdf/values.ts';
import { appended, catalogWith } from '../../stand-ins/attack-pdfs.ts';
import { plainPdf } from '../../stand-ins/sample-pdfs.ts';
import { openSigningDesk, type SigningDesk } from '../../stand-ins/signing-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'pdf-limits-'));
let desk: SigningDesk;
beforeAll(async () => {
  desk = await openSigningDesk(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (source: string): Buffer => Buffer.from(source, 'latin1');

/** A file that is only a cross-reference stream with these entries and this content. */
function streamOnly(entries: string, content = ''): Buffer {
  const head = `%PDF-1.5\n1 0 obj\n<</Type /XRef /Root 1 0 R ${entries} /Length ${content.length}>>\nstream\n`;
  return bytes(`${head}${content}\nendstream\nendobj\nstartxref\n9\n%%EOF\n`);
}

/** Tables without entries, each naming the one before it. */
function manySections(count: number): Buffer {
  let file = '%PDF-1.4\n';
  let previous = '';
  let at = 0;
  for (let section = 0; section < count; section++) {
    at = file.length;
    file += `xref\n0 0\ntrailer\n<</Root 1 0 R${previous}>>\n`;
    previous = ` /Prev ${at}`;
  }
  return bytes(`${file}startxref\n${at}\n%%EOF\n`);
}

/** The catalog in an object stream whose length, or whose own place, is in that very stream. */
function packedCatalog(container: string, containerRow: string): Buffer {
  const packed = '1 0 <</Type /Catalog>>';
  const body = `2 0 obj\n<</Type /ObjStm /N 1 /First 4 ${container}>>\nstream\n${packed}\nendstream\nendobj\n`;
  const file = `%PDF-1.5\n${body}`;
  const start = file.length;
  const row = (type: number, second: number): string => String.fromCharCode(type, second >> 8, second & 255, 0);
  const rows = row(2, 2) + (containerRow === '' ? row(1, 9) : containerRow) + row(1, start);
  const head = `3 0 obj\n<</Type /XRef /Size 4 /W [1 2 1] /Index [1 3] /Root 1 0 R /Length ${rows.length}>>\nstream\n`;
  return bytes(`${file}${head}${rows}\nendstream\nendobj\nstartxref\n${start}\n%%EOF\n`);
}

const contentLength = (length: string): Buffer =>
  bytes(
    plainPdf()
      .toString('latin1')
      .replace(/\/Length \d\d/, length),
  );

describe('refused as damaged', () => {
  test.each<[string, () => Buffer, string]>([
    [
      'two billion objects that take no bytes',
      () => streamOnly('/W [0 0 0] /Index [0 2000000000]'),
      'too many objects',
    ],
    [
      'many lists of objects that take no bytes',
      () => streamOnly(`/W [0 0 0] /Index [${'0 1999999 '.repeat(1_000)}]`),
      'too many objects',
    ],
    [
      'a table that promises more than it has',
      () => bytes(plainPdf().toString('latin1').replace('xref\n0 11', 'xref\n0 1999999')),
      'expected',
    ],
    ['objects numbered beyond all readers', () => plainPdf({ trailer: ' /Size 99999999' }), 'objects numbered up to'],
    ['two thousand sections and one', () => manySections(2_001), 'in a circle'],
    ['more values than any document', () => plainPdf({ catalog: `/X [${'0 '.repeat(2_000_001)}]` }), 'too many values'],
    ['a string without end', () => plainPdf({ catalog: '/A (((' }), 'string without end'],
    ['an object stream whose length is inside it', () => packedCatalog('/Length 1 0 R', ''), 'depends on itself'],
    [
      'an object stream inside itself',
      () => packedCatalog('/Length 22', String.fromCharCode(2, 0, 2, 0)),
      'object stream 2 is missing',
    ],
    [
      'pages nested without end',
      () => {
        const levels = Array.from({ length: 80 }, (_, level) => `<</Kids [${11 + level} 0 R]>>`);
        return plainPdf({ page: '/Kids [10 0 R]', objects: levels });
      },
      'page tree is not a tree',
    ],
    [
      'form fields in a circle',
      () => plainPdf({ catalog: '/AcroForm <</Fields [10 0 R]>>', objects: ['<</T (a) /Kids [10 0 R]>>'] }),
      'form fields are not a tree',
    ],
  ])('%s', async (_, make, detail) => {
    await expect(desk.sign(make())).rejects.toMatchObject({
      code: 'pdf-damaged',
      detail: expect.stringContaining(detail),
    });
  });

  test.each(['/Length 9999999', '/Length 49', '/Length 4 0 R', '/Length -1', '/Nothing 1'])(
    'a structure stream that states %s',
    async (length) => {
      await expect(desk.sign(packedCatalog(length, ''))).rejects.toMatchObject({ code: 'pdf-damaged' });
    },
  );
});

describe('put behind a signature', () => {
  const bomb = deflateSync(Buffer.alloc(130 * 1024 * 1024)).toString('latin1');
  const packed = (entries = ''): string =>
    `<<${entries}/Filter /FlateDecode /Length ${bomb.length}>>\nstream\n${bomb}\nendstream`;
  let signed: Buffer;
  beforeAll(async () => {
    signed = await desk.sign(plainPdf({ pages: 2 }));
  });

  test.each<[string, () => NewObject[]]>([
    ['pages in a circle', () => [sourceObject(2, '<</Type /Pages /Kids [2 0 R] /Count 2>>')]],
    [
      'form fields in a circle',
      () => [catalogWith(signed, '/AcroForm <</Fields [40 0 R]>>'), sourceObject(40, '<</T (a) /Kids [40 0 R]>>')],
    ],
    ['arrays nested without end', () => [catalogWith(signed, `/Deep ${'['.repeat(100_000)}${']'.repeat(100_000)}`)]],
    ['a stream that inflates without end', () => [sourceObject(40, packed())]],
    ['an object stream that inflates without end', () => [sourceObject(40, packed('/Type /ObjStm /N 1 /First 4 '))]],
  ])('%s: altered, and said why', async (_, objects) => {
    const { verdict, reasons, signatures } = await desk.verify(appended(signed, objects()));
    expect(verdict).toBe('altered');
    expect([...reasons, ...signatures.flatMap((signature) => signature.reasons)].length).toBeGreaterThan(0);
  });

  test('validation data that inflates without end proves nothing and harms nothing', async () => {
    const list = `[${'40 0 R '.repeat(2_000)}]`;
    const store = catalogWith(signed, `/DSS <</Certs ${list} /OCSPs ${list} /CRLs ${list}>>`);
    const { verdict, signatures } = await desk.verify(appended(signed, [store, sourceObject(40, packed())]));
    expect(verdict).toBe('valid');
    expect(signatures).toMatchObject([{ level: 'B-B', changesAfter: 'validation-data' }]);
  });
});

test('a stream that inflates too far, or breaks off, is paid for: the same again is refused without work', () => {
  const budget = { remainingBytes: 1_000_000 };
  const inflate = (stored: Buffer): Buffer => {
    const stream = { kind: 'stream', dict: dict([['Filter', name('FlateDecode')]]), bytes: stored } as const;
    return decodeStream(stream, budget, (value) => value ?? { kind: 'null' });
  };
  expect(inflate(deflateSync(Buffer.alloc(400_000)))).toHaveLength(400_000);
  expect(budget.remainingBytes).toBe(600_000);
  expect(() => inflate(Buffer.alloc(1_000, 0x55))).toThrow(PdfDamaged);
  expect(budget.remainingBytes).toBeLessThan(600_000);
  expect(() => inflate(deflateSync(Buffer.alloc(700_000)))).toThrow(PdfDamaged);
  expect(budget.remainingBytes).toBe(0);
});

test("a page content with a wrong length is nobody's business here: it is not read", async () => {
  const signed = await desk.sign(contentLength('/Length 51'));
  expect((await desk.verify(signed)).verdict).toBe('valid');
});

test('whatever byte of a file is exchanged, it opens or is refused by name', () => {
  const file = plainPdf({
    pages: 2,
    catalog: '/AcroForm <</Fields [10 0 R]>>',
    page: '/Annots [10 0 R]',
    objects: ['<</FT /Sig /T (a) /Rect [1 1 9 9] /Lock <</Action /All>> /SV <</Ff 8 /Reasons [(x)]>> >>'],
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
      fc.option(fc.nat(file.length), { nil: file.length }),
      (changes, end) => {
        const changed = Buffer.from(file.subarray(0, end));
        for (const [at, byte] of changes) if (at < changed.length) changed[at] = byte;
        try {
          openForSigning(changed, { isVisible: true });
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Failure);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
