import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PdfDocument } from '../../../main/signing/pdf/document.ts';
import { listPages } from '../../../main/signing/pdf/pages.ts';
import { array, reference, serialise, withEntries } from '../../../main/signing/pdf/values.ts';
import { appendUpdate, sourceObject, type NewObject } from '../../../main/signing/pdf/update.ts';
import { plainPdf } from '../../stand-ins/sample-pdfs.ts';
import { openSigningDesk, type SigningDesk } from '../../stand-ins/signing-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'verify-pdf-'));
let desk: SigningDesk;
let signed: Buffer;
/** `<` of `/Contents` and the byte after its `>`. */
let gap: readonly [number, number];

beforeAll(async () => {
  desk = await openSigningDesk(folder);
  signed = await desk.sign(plainPdf({ pages: 2 }), { kind: 'officer' });
  const numbers = /\/ByteRange \[0 +(\d+) +(\d+)/.exec(signed.toString('latin1'));
  gap = [Number(numbers?.[1]), Number(numbers?.[2])];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const first = async (bytes: Buffer) => (await desk.verify(bytes)).signatures[0];
function update(bytes: Buffer, objects: readonly NewObject[]): Buffer {
  return Buffer.concat([bytes, appendUpdate(new PdfDocument(bytes), objects, 'attack').bytes]);
}
function replaced(bytes: Buffer, from: string, to: string): Buffer {
  const text = bytes.toString('latin1');
  if (!text.includes(from) || from.length !== to.length) throw new Error(`cannot replace ${from}`);
  return Buffer.from(text.replace(from, to), 'latin1');
}

test('a file as it was signed is valid, and says honestly what was not checked', async () => {
  expect(await desk.verify(signed)).toMatchObject({
    verdict: 'valid',
    signatures: [
      {
        field: 'Signature1',
        signer: desk.officerName,
        level: 'B-B',
        coverage: 'whole',
        integrity: 'intact',
        trust: 'trusted',
        revocation: 'not-checked',
        timestamp: 'none',
        changesAfter: 'none',
      },
    ],
  });
  expect((await first(signed))?.reasons.join(' ')).toContain('có bị thu hồi hay không');
  expect((await first(signed))?.signedAt).toMatch(/\+07:00$/);
});

test.each<[string, () => Buffer, string]>([
  ['without signature', () => plainPdf(), 'unsigned'],
  ['no PDF', () => Buffer.from('hello'), 'unreadable'],
  ['empty', () => Buffer.alloc(0), 'unreadable'],
  ['cut in the middle of the signature', () => signed.subarray(0, gap[0] + 100), 'unreadable'],
])('a file %s', async (_, bytes, verdict) => expect((await desk.verify(bytes())).verdict).toBe(verdict));

describe('whoever changes a signed file is found out', () => {
  test('any byte outside /Contents, changed to anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (where, difference) => {
        const covered = signed.length - (gap[1] - gap[0]);
        const offset = where % covered;
        const position = offset < gap[0] ? offset : offset + gap[1] - gap[0];
        const changed = Buffer.from(signed);
        changed[position] = (changed[position] ?? 0) ^ difference;
        return (await desk.verify(changed)).verdict !== 'valid';
      }),
      { numRuns: 400 },
    );
  });

  test('any byte inside /Contents, the padding included', async () => {
    const cmsEnd = gap[0] + 1 + 2 * (4 + Number.parseInt(signed.toString('latin1', gap[0] + 5, gap[0] + 9), 16));
    // What the CMS does not sign but that decides nothing either: the algorithm's name may be spelt two ways (RFC 3370, 3.2).
    const spelling = signed.indexOf('2a864886f70d01010b0500048201', gap[0]) + 16;
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (inCms, where, difference) => {
        const [from, to] = inCms ? [gap[0], cmsEnd] : [cmsEnd, gap[1]];
        const position = from + (where % (to - from));
        if (position === spelling || position === spelling + 1) return true;
        const changed = Buffer.from(signed);
        changed[position] = (changed[position] ?? 0) ^ difference;
        return (await desk.verify(changed)).verdict !== 'valid';
      }),
      { numRuns: 600 },
    );
  });

  test('bytes appended, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 3_000 }), async (tail) => {
        expect(['altered', 'broken']).toContain((await desk.verify(Buffer.concat([signed, tail]))).verdict);
      }),
      { numRuns: 60 },
    );
    expect((await desk.verify(Buffer.concat([signed, Buffer.from('\n')]))).verdict).toBe('altered');
  });

  test('bytes cut off the end', async () => {
    for (const count of [1, 2, 7, 40, 500])
      expect((await desk.verify(signed.subarray(0, signed.length - count))).verdict).not.toBe('valid');
  });
});

describe('known attacks on incremental updates', () => {
  const page = (entries: string): string => `<</Type /Page /Parent 2 0 R /Resources <<>> ${entries}>>`;
  const attacks: [string, () => Buffer, string, string][] = [
    [
      'a page that shows other content',
      () => update(signed, [sourceObject(10, page('/Contents 4 0 R /Annots [12 0 R]'))]),
      'altered',
      'other',
    ],
    [
      'a content stream that is replaced',
      () => update(signed, [sourceObject(4, '<</Length 0>>\nstream\n\nendstream')]),
      'altered',
      'other',
    ],
    [
      'an object that is freed by a shorter table',
      () => replaced(update(signed, [sourceObject(3, '<<>>')]), ' 00000 n \ntrailer', ' 00000 f \ntrailer'),
      'altered',
      'other',
    ],
    [
      'a catalog that opens something',
      () => update(signed, [sourceObject(1, '<</Type /Catalog /Pages 2 0 R /AcroForm 20 0 R /OpenAction 3 0 R>>')]),
      'altered',
      'other',
    ],
    [
      'a page more',
      () =>
        update(signed, [
          sourceObject(2, '<</Type /Pages /Kids [10 0 R 11 0 R 10 0 R] /Count 3 /MediaBox [0 0 595 842]>>'),
        ]),
      'altered',
      'other',
    ],
    ['an empty update', () => update(signed, []), 'altered', 'other'],
    [
      'objects that no table shows (incremental saving)',
      () => Buffer.concat([signed, Buffer.from('4 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n')]),
      'altered',
      'other',
    ],
    ['objects hidden before a proper update', () => hiddenBeforeUpdate(), 'altered', 'other'],
    ['another file appended as a whole', () => Buffer.concat([signed, plainPdf()]), 'altered', 'other'],
  ];
  function hiddenBeforeUpdate(): Buffer {
    const hidden = Buffer.concat([signed, Buffer.from('4 0 obj\n<<>>\nendobj\nstartxref\n')]);
    const start = new PdfDocument(signed).startXref;
    const whole = Buffer.concat([hidden, Buffer.from(`${start}\n%%EOF\n`)]);
    return update(whole, [sourceObject(40, '<<>>')]);
  }

  test.each(attacks)('%s', async (_, attacked, verdict, kind) => {
    const result = await desk.verify(attacked());
    expect(result.verdict).toBe(verdict);
    if (result.signatures[0]?.integrity !== 'not-checked') expect(result.signatures[0]?.changesAfter).toBe(kind);
  });

  test('a signature that is taken out is missed', async () => {
    const attacked = update(signed, [
      sourceObject(1, '<</Type /Catalog /Pages 2 0 R>>'),
      sourceObject(10, page('/Contents 4 0 R')),
    ]);
    expect(await desk.verify(attacked)).toMatchObject({ verdict: 'altered', signatures: [{ field: 'Signature1' }] });
  });

  test('a range of bytes that leaves out more than the signature', async () => {
    const text = signed.toString('latin1');
    const start = String(gap[0]).padStart(10);
    expect((await desk.verify(replaced(signed, `[0 ${start}`, `[0 ${String(gap[0] - 5).padStart(10)}`))).verdict).toBe(
      'altered',
    );
    expect((await desk.verify(Buffer.from(text.replace(/\/ByteRange \[0 /, '/ByteRange [1 '), 'latin1'))).verdict).toBe(
      'altered',
    );
    expect((await desk.verify(Buffer.from(text.replace(/\/ByteRange /, '/ByteXange '), 'latin1'))).verdict).toBe(
      'broken',
    );
  });

  test('a comment added afterwards is an annotation, a form value afterwards is shown with before and after', async () => {
    const field = '<</Type /Annot /Subtype /Widget /FT /Tx /T (SoTien) /V (100) /Rect [9 9 90 30] /F 4>>';
    const form = await desk.sign(
      plainPdf({ catalog: '/AcroForm <</Fields [10 0 R]>>', page: '/Annots [10 0 R]', objects: [field] }),
    );
    expect((await desk.verify(form)).verdict).toBe('valid');
    const filled = update(form, [sourceObject(10, field.replace('(100)', '(900)'))]);
    expect(await desk.verify(filled)).toMatchObject({
      verdict: 'indeterminate',
      signatures: [{ changesAfter: 'form-filling' }],
    });
    expect((await first(filled))?.reasons[0]).toBe('Giá trị biểu mẫu "SoTien" đổi sau khi ký: "100" thành "900".');

    const document = new PdfDocument(form);
    const size = document.size;
    const annots =
      /\/Annots (\[[^\]]*)\]/.exec(form.subarray(form.lastIndexOf('11 0 obj')).toString('latin1'))?.[1] ?? '';
    const withNote = update(form, [
      sourceObject(size, '<</Type /Annot /Subtype /Text /Rect [1 1 9 9] /Contents (x)>>'),
      sourceObject(
        11,
        `<</Type /Page /Parent 2 0 R /Resources <</Font <</F1 3 0 R>>>> /Contents 4 0 R /Annots ${annots} ${size} 0 R]>>`,
      ),
    ]);
    expect(await desk.verify(withNote)).toMatchObject({
      verdict: 'altered',
      signatures: [{ changesAfter: 'annotations' }],
    });
  });

  test('validation data added later leaves the signature valid', async () => {
    const catalog =
      /1 0 obj\n(<<.*>>)\nendobj/.exec(signed.subarray(signed.lastIndexOf('\n1 0 obj')).toString('latin1'))?.[1] ?? '';
    const size = new PdfDocument(signed).size;
    const extended = update(signed, [
      sourceObject(1, catalog.replace(/>>$/, `/DSS ${size} 0 R>>`)),
      sourceObject(size, `<</Type /DSS /Certs [${size + 1} 0 R]>>`),
      sourceObject(size + 1, '<</Length 1>>\nstream\nx\nendstream'),
    ]);
    expect(await desk.verify(extended)).toMatchObject({
      verdict: 'valid',
      signatures: [{ changesAfter: 'validation-data', coverage: 'revision' }],
    });
  });
});

describe('a signature field proves nothing by being one', () => {
  const PAGE = '[0 0 595 842]';
  const EMPTY = '[0 0 0 0]';
  const paint = '1 g 0 0 595 842 re f';
  const painted = `<</Type /XObject /Subtype /Form /BBox ${PAGE} /Length ${paint.length}>>\nstream\n${paint}\nendstream`;
  const rangeOf = (numbers: readonly number[]): string =>
    `[${numbers.map((number) => String(number).padStart(10)).join(' ')}]`;
  /** A time-stamp that covers its file as a real one does, with a token that is none. */
  const STAMP = `<</Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161 /ByteRange ${rangeOf([0, 0, 0, 0])} /Contents <3000>>>`;

  /** The widget as the newest field of the form and the topmost thing on page 1, with the objects it names. */
  function withField(bytes: Buffer, widget: (next: number) => string, objects: readonly string[]): Buffer {
    const document = new PdfDocument(bytes);
    const [page] = listPages(document);
    const form = document.catalog.entries.get('AcroForm');
    const dict = document.dictionary(form);
    if (!page || form?.kind !== 'reference' || !dict) throw new Error('no page or no form');
    const own = reference(document.size);
    const longer = (list: ReturnType<typeof document.resolve>) =>
      array([...(list.kind === 'array' ? list.items : []), own]);
    const fields = withEntries(dict, { Fields: longer(document.entry(dict, 'Fields')) });
    const annots = withEntries(page.dict, { Annots: longer(document.entry(page.dict, 'Annots')) });
    return update(bytes, [
      sourceObject(form.number, fields),
      sourceObject(page.reference.number, annots),
      sourceObject(own.number, widget(own.number + 1)),
      ...objects.map((body, index) => sourceObject(own.number + 1 + index, body)),
    ]);
  }
  function covered(bytes: Buffer): Buffer {
    const start = bytes.lastIndexOf('/Contents <3000>') + '/Contents '.length;
    const end = start + '<3000>'.length;
    const at = bytes.lastIndexOf(rangeOf([0, 0, 0, 0]));
    const whole = Buffer.from(bytes);
    whole.write(rangeOf([0, start, end, bytes.length - end]), at, 'latin1');
    return whole;
  }
  const widget = (rect: string, entries: string): string =>
    `<</Type /Annot /Subtype /Widget /FT /Sig /T (Signature9) /Rect ${rect} /F 4 ${entries}>>`;

  test('a new field without signature that paints over the page is an annotation', async () => {
    const attacked = withField(signed, (next) => widget(PAGE, `/AP <</N ${next} 0 R>>`), [painted]);
    expect(await desk.verify(attacked)).toMatchObject({
      verdict: 'altered',
      signatures: [{ changesAfter: 'annotations' }],
    });
  });

  test.each([
    ['a rectangle alone', PAGE, ''],
    ['an appearance alone', EMPTY, '/AP <</N 4 0 R>>'],
  ])('so is a new field without signature with %s', async (_, rect, entries) => {
    expect((await desk.verify(withField(signed, () => widget(rect, entries), []))).verdict).toBe('altered');
  });

  test('an empty field that only gets an appearance is an annotation', async () => {
    const field = (name: string, entries = ''): string =>
      `<</Type /Annot /Subtype /Widget /FT /Sig /T (${name}) /Rect ${PAGE} /F 4 ${entries}>>`;
    const options = { catalog: '/AcroForm <</Fields [10 0 R 11 0 R]>>', page: '/Annots [10 0 R 11 0 R]' };
    const form = await desk.sign(plainPdf({ ...options, objects: [field('A'), field('B')] }));
    expect((await desk.verify(form)).verdict).toBe('valid');
    const { size } = new PdfDocument(form);
    const attacked = update(form, [
      sourceObject(10, field('A', `/AP <</N ${size} 0 R>>`)),
      sourceObject(size, painted),
    ]);
    expect(await desk.verify(attacked)).toMatchObject({
      verdict: 'altered',
      signatures: [{ changesAfter: 'annotations' }],
    });
  });

  test('the widget below an empty field that only gets an appearance is an annotation', async () => {
    const kid = `/Type /Annot /Subtype /Widget /Parent 10 0 R /Rect ${PAGE} /F 4`;
    const options = { catalog: '/AcroForm <</Fields [10 0 R 12 0 R]>>', page: '/Annots [11 0 R]' };
    const objects = ['<</FT /Sig /T (A) /Kids [11 0 R]>>', `<<${kid}>>`, '<</FT /Sig /T (B)>>'];
    const form = await desk.sign(plainPdf({ ...options, objects }));
    expect((await desk.verify(form)).verdict).toBe('valid');
    const { size } = new PdfDocument(form);
    const attacked = update(form, [sourceObject(11, `<<${kid} /AP <</N ${size} 0 R>>>>`), sourceObject(size, painted)]);
    expect(await desk.verify(attacked)).toMatchObject({
      verdict: 'altered',
      signatures: [{ changesAfter: 'annotations' }],
    });
  });

  test('a time-stamp that is none and paints over the page is broken, and an annotation to the signature before it', async () => {
    const entries = (next: number): string => `/V ${next} 0 R /AP <</N ${next + 1} 0 R>>`;
    const attacked = covered(withField(signed, (next) => widget(PAGE, entries(next)), [STAMP, painted]));
    expect(await desk.verify(attacked)).toMatchObject({
      verdict: 'broken',
      signatures: [
        { verdict: 'altered', changesAfter: 'annotations' },
        { level: 'time-stamp', verdict: 'broken' },
      ],
    });
  });

  test('a time-stamp that is none and shows nothing harms the file all the same', async () => {
    const stamped = covered(withField(signed, (next) => widget(EMPTY, `/V ${next} 0 R`), [STAMP]));
    expect(await desk.verify(stamped)).toMatchObject({
      verdict: 'broken',
      signatures: [
        { verdict: 'valid', changesAfter: 'validation-data' },
        { level: 'time-stamp', verdict: 'broken' },
      ],
    });
  });

  test.each(['Signature1', 'Signature9'])(
    'a field %s that borrows the value of a real signature is no signature',
    async (name) => {
      const value = new PdfDocument(signed);
      const number = [...value.entries.keys()].find((key) =>
        value.dictionary(reference(key))?.entries.has('ByteRange'),
      );
      const borrowed = (next: number): string =>
        widget(PAGE, `/V ${number} 0 R /AP <</N ${next} 0 R>>`).replace('Signature9', name);
      const result = await desk.verify(withField(signed, borrowed, [painted]));
      expect(result.signatures.map(({ verdict }) => verdict)).toEqual(['altered', 'altered']);
    },
  );

  test('a second signature whose value was tampered with does not explain its field', async () => {
    const both = await desk.sign(signed, { kind: 'officer' });
    expect((await desk.verify(both)).verdict).toBe('valid');
    const start = both.lastIndexOf('/Contents <') + 1_500;
    const digit = both[start] === 0x30 ? '1' : '0';
    both.write(digit, start, 'latin1');
    expect((await desk.verify(both)).signatures.map(({ verdict }) => verdict)).toEqual(['altered', 'broken']);
  });

  test('five signatures, each on top of the other, leave one another valid', async () => {
    let bytes = plainPdf({ pages: 2 });
    for (let count = 0; count < 5; count++)
      bytes = await desk.sign(bytes, { kind: count % 2 === 0 ? 'officer' : 'none' });
    expect((await desk.verify(bytes)).signatures.map(({ verdict }) => verdict)).toEqual(Array(5).fill('valid'));
  });
});

describe('what a page shows is not passed off as something that is not shown', () => {
  const blank = '<</Length 0>>\nstream\n\nendstream';
  const catalogWith = (entries: string): NewObject => {
    const { catalog } = new PdfDocument(signed);
    return sourceObject(1, Buffer.from(serialise(catalog).toString('latin1').replace(/>>$/, `${entries}>>`), 'latin1'));
  };

  test.each<[string, () => Buffer]>([
    ['metadata', () => update(signed, [catalogWith('/Metadata 4 0 R'), sourceObject(4, blank)])],
    ['validation data', () => update(signed, [catalogWith('/DSS <</VRI 3 0 R>>'), sourceObject(3, '<</Type /Font>>')])],
    [
      'information about the document',
      () => {
        const attacked = update(signed, [sourceObject(4, blank)]);
        const trailer = attacked.lastIndexOf('/Root 1 0 R');
        const text = attacked.toString('latin1');
        return Buffer.from(`${text.slice(0, trailer)}/Info 4 0 R ${text.slice(trailer)}`, 'latin1');
      },
    ],
  ])('as %s', async (_, attacked) => {
    expect(await desk.verify(attacked())).toMatchObject({
      verdict: 'altered',
      signatures: [{ changesAfter: 'other' }],
    });
  });

  test('an object that a page names but that did not exist when signed', async () => {
    const prepared = await desk.sign(plainPdf({ page: '/Annots [60 0 R]' }));
    expect((await desk.verify(prepared)).verdict).toBe('valid');
    const { catalog, size } = new PdfDocument(prepared);
    const store = withEntries(catalog, { DSS: reference(size) });
    const note = '<</Type /Annot /Subtype /FreeText /Rect [0 0 595 842] /Contents (x)>>';
    const attacked = update(prepared, [sourceObject(1, store), sourceObject(60, note), sourceObject(size, '<<>>')]);
    expect(await desk.verify(attacked)).toMatchObject({ verdict: 'altered', signatures: [{ changesAfter: 'other' }] });
  });
});

describe('who vouches for the signer', () => {
  test('without a root, or with another, the signer is not trusted', async () => {
    expect((await desk.verify(signed, [])).verdict).toBe('untrusted');
    expect((await desk.verify(signed, [])).signatures[0]?.integrity).toBe('intact');
  });

  test('a signature from before the certificate was valid is not trusted', async () => {
    const early = await desk.sign(plainPdf(), { kind: 'none' }, '2020-01-01T00:00:00Z');
    expect((await desk.verify(early)).verdict).toBe('untrusted');
  });

  test('a certificate that has expired since, without time-stamp, leaves the question open', async () => {
    const result = await desk.verify(signed, [desk.caPem], '2034-01-01T00:00:00Z');
    expect(result).toMatchObject({
      verdict: 'indeterminate',
      signatures: [{ trust: 'indeterminate', integrity: 'intact' }],
    });
  });

  test('a signing time in the future is not believed', async () => {
    expect((await desk.verify(signed, [desk.caPem], '2020-01-01T00:00:00Z')).verdict).not.toBe('valid');
  });

  test('roots or times that cannot be read are a mistake of the caller', async () => {
    const root = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
    await expect(desk.verify(signed, [root])).rejects.toThrow('bad-request');
    await expect(desk.verify(signed, [desk.caPem], 'gestern')).rejects.toThrow('bad-request');
  });
});
