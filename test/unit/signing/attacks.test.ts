/** No attack is ever called valid: the published ones and their near relatives, each with the verdict it deserves. */
import { createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import forge from 'node-forge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensurePracticeKeys, PRACTICE_PIN } from '../../../main/signing/practice-keys.ts';
import { readCertificate } from '../../../main/signing/certificate.ts';
import { PdfDocument } from '../../../main/signing/pdf/document.ts';
import { sourceObject } from '../../../main/signing/pdf/update.ts';
import { serialise } from '../../../main/signing/pdf/values.ts';
import type { SignatureReport, VerificationResult } from '../../../main/signing/verification/report.ts';
import {
  appended,
  cadesBy,
  catalogWith,
  certified,
  exchanged,
  forgedSignatures,
  gapOf,
  handSigned,
  incrementalSaving,
  laterStart,
  NO_RECT,
  OTHER_CONTENT,
  overlappingRange,
  PAGE_RECT,
  paint,
  redirectedTable,
  shadowFont,
  shadowHide,
  shadowHideAndReplace,
  shadowHideStream,
  shadowReplace,
  signatureWrapping,
  spoofedReason,
  tooWideRange,
  uncoveredTail,
  widenedGap,
  withAnnotation,
  withField,
} from '../../stand-ins/attack-pdfs.ts';
import type { PdfSigner } from '../../stand-ins/pdf-signer.ts';
import { plainPdf } from '../../stand-ins/sample-pdfs.ts';
import { openSigningDesk, type SigningDesk } from '../../stand-ins/signing-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'attacks-'));
let desk: SigningDesk;
/** Another desk whose authority nobody imported: what anybody can make at home. */
let stranger: SigningDesk;
let signed: Buffer;
let officer: PdfSigner;

beforeAll(async () => {
  desk = await openSigningDesk(join(folder, 'desk'));
  stranger = await openSigningDesk(join(folder, 'stranger'));
  signed = await desk.sign(plainPdf({ pages: 2 }));
  officer = practiceSigner(join(folder, 'desk', 'keys'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The officer's key itself, for signatures that the program would never write. */
function practiceSigner(keys: string): PdfSigner {
  const { p12Path = '' } = ensurePracticeKeys(keys).officers[0] ?? {};
  const p12 = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(readFileSync(p12Path).toString('latin1')), PRACTICE_PIN);
  const bags = p12.safeContents.flatMap((content) => content.safeBags);
  const key = bags.find((bag) => bag.key)?.key;
  const certificates = bags.flatMap((bag) =>
    bag.cert
      ? [readCertificate(Buffer.from(forge.asn1.toDer(forge.pki.certificateToAsn1(bag.cert)).getBytes(), 'latin1'))]
      : [],
  );
  if (!key) throw new Error('no key');
  const own = certificates.filter((certificate) => !certificate.isCa);
  return { key: createPrivateKey(forge.pki.privateKeyToPem(key)), certificates: own };
}
const cms = (): ((covered: Buffer) => Buffer) => cadesBy(officer);
const first = (result: VerificationResult): SignatureReport | undefined => result.signatures[0];

describe('what the attacks start from is valid', () => {
  test.each<[string, () => Buffer]>([
    ['signed by the program', () => signed],
    ['written by hand', () => handSigned({}, cms())],
    ['certified, nothing allowed', () => handSigned(certified(1), cms())],
    ['certified, annotations allowed', () => handSigned(certified(3), cms())],
    ['with a form', () => shadowReplace(cms()).signed],
    ['with a picture over the text', () => shadowHide(cms()).signed],
    ['with a second document among its objects', () => shadowHideAndReplace(cms(), 'kid').signed],
  ])('%s', async (_, bytes) => {
    const result = await desk.verify(bytes());
    expect(
      result.signatures
        .flatMap(({ reasons }) => reasons)
        .filter((reason) => !/thu hồi|không ghi thời điểm/.test(reason)),
    ).toEqual([]);
    expect(result.verdict).toBe('valid');
  });
});

describe('changed after signing', () => {
  test.each<[string, () => Buffer, string]>([
    ['incremental saving: an object with table and trailer', () => incrementalSaving(signed, 1), 'altered'],
    ['incremental saving: a trailer without table', () => incrementalSaving(signed, 2), 'altered'],
    ['incremental saving: an object alone', () => incrementalSaving(signed, 3), 'altered'],
    ['incremental saving: a table without the object', () => incrementalSaving(signed, 4), 'altered'],
    ['signature wrapping with a second ByteRange', () => signatureWrapping(signed), 'altered'],
    ['a gap that holds more than the value', () => widenedGap(signed), 'altered'],
    ['a spoofed reason', () => spoofedReason(signed), 'altered'],
    ['a tail that nothing covers', () => uncoveredTail(officer), 'altered'],
    ['parts of the range that overlap', () => overlappingRange(officer), 'altered'],
    ['a range that begins later', () => laterStart(officer), 'altered'],
    ['a range that leaves out more than the value', () => tooWideRange(officer), 'altered'],
    ['shadow: what hid the text is taken away', () => shadowHide(cms()).attacked, 'altered'],
    ['shadow: what hid the text becomes empty', () => shadowHideStream(cms()).attacked, 'altered'],
    ['shadow: the font is exchanged', () => shadowFont(signed), 'altered'],
    ['shadow: another catalog', () => shadowHideAndReplace(cms(), 'root').attacked, 'altered'],
    ['shadow: another page tree', () => shadowHideAndReplace(cms(), 'pages').attacked, 'altered'],
    ['shadow: other pages', () => shadowHideAndReplace(cms(), 'kid').attacked, 'altered'],
    ['a table that points into a stream', () => redirectedTable(cms()), 'altered'],
    ['an edited byte of a page', () => exchanged(signed, '(Can cuoc', '(Can cuop'), 'broken'],
    ['cut off inside the last table', () => signed.subarray(0, signed.length - 30), 'unreadable'],
    [
      'an action on opening',
      () => appended(signed, [catalogWith(signed, '/OpenAction <</S /JavaScript /JS (1)>>')]),
      'altered',
    ],
    [
      'actions of the document',
      () => appended(signed, [catalogWith(signed, '/AA <</WC <</S /JavaScript /JS (1)>>>>')]),
      'altered',
    ],
    [
      'scripts among the names',
      () =>
        appended(signed, [catalogWith(signed, '/Names <</JavaScript <</Names [(a) <</S /JavaScript /JS (1)>>]>>>>')]),
      'altered',
    ],
    ['layers', () => appended(signed, [catalogWith(signed, '/OCProperties <</OCGs [] /D <<>>>>')]), 'altered'],
    [
      'a note',
      () => withAnnotation(signed, '<</Type /Annot /Subtype /FreeText /Rect [9 9 90 90] /Contents (x)>>'),
      'altered',
    ],
    [
      'a link',
      () => withAnnotation(signed, '<</Type /Annot /Subtype /Link /Rect [9 9 90 90] /A <</S /URI /URI (http://x)>>>>'),
      'altered',
    ],
    [
      'a text field',
      () => withField(signed, () => '<</Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (b) /Rect [9 9 90 30]>>'),
      'altered',
    ],
    [
      'validation data that is a form',
      () => appended(signed, [catalogWith(signed, '/DSS <</Certs [40 0 R]>>'), sourceObject(40, paint())]),
      'altered',
    ],
    [
      'validation data with more in it',
      () => appended(signed, [catalogWith(signed, '/DSS <</Type /DSS /Kids [4 0 R]>>')]),
      'altered',
    ],
  ])('%s', async (_, attack, verdict) => {
    const result = await desk.verify(attack());
    expect(result.verdict).toBe(verdict);
    expect(result.signatures.flatMap(({ reasons }) => reasons).length + result.reasons.length).toBeGreaterThan(0);
  });

  test('nothing that only looks like a signature is valid', async () => {
    for (const [name, bytes] of forgedSignatures(signed)) {
      const { verdict } = await desk.verify(bytes);
      expect([name, verdict]).not.toEqual([name, 'valid']);
      expect([name, ['broken', 'altered', 'unreadable', 'unsigned', 'indeterminate'].includes(verdict)]).toEqual([
        name,
        true,
      ]);
    }
  });

  test('a value filled in later is shown with before and after, and left to a person', async () => {
    const result = await desk.verify(shadowReplace(cms()).attacked);
    expect(result).toMatchObject({
      verdict: 'indeterminate',
      signatures: [{ changesAfter: 'form-filling', fieldChanges: [{ field: 'SoTien', before: '100', after: '900' }] }],
    });
    expect(first(result)?.reasons.join()).toContain('"SoTien" đổi sau khi ký: "100" thành "900"');
  });
});

describe('fields and their appearances', () => {
  const field = (name: string, entries: string): string =>
    `<</Type /Annot /Subtype /Widget /FT /Sig /T (${name}) /Rect [50 50 200 90] /F 4 ${entries}>>`;
  const twoFields = (catalog = ''): { catalog: string; page: string } => ({
    catalog: `/AcroForm <</Fields [10 0 R 11 0 R] /SigFlags 3>> ${catalog}`,
    page: '/Annots [10 0 R 11 0 R]',
  });

  test('an empty field signed later may write over its own appearance', async () => {
    const form = await desk.sign(
      plainPdf({ ...twoFields(), objects: [field('A', ''), field('B', '/AP <</N 12 0 R>>'), paint()] }),
      { kind: 'none' },
      undefined,
      { fieldName: 'A' },
    );
    const second = await desk.sign(form, { kind: 'officer' }, undefined, { fieldName: 'B' });
    const over = appended(second, [sourceObject(12, paint('[0 0 1 1]'))]);
    expect((await desk.verify(second)).verdict).toBe('valid');
    // What comes after the second signature is explained by nothing any more.
    expect((await desk.verify(over)).verdict).toBe('altered');
  });

  test('an appearance that something else uses, too, is not its field’s to change (sneaky update)', async () => {
    const objects = [field('A', ''), field('B', '/AP 12 0 R'), '<</N 13 0 R>>', paint('[0 0 9 9]')];
    const form = await desk.sign(
      plainPdf({ ...twoFields('/PieceInfo 12 0 R'), objects }),
      { kind: 'none' },
      undefined,
      {
        fieldName: 'A',
      },
    );
    expect((await desk.verify(form)).verdict).toBe('valid');
    const { size } = new PdfDocument(form);
    const sneaky = appended(form, [sourceObject(12, `<</N ${size} 0 R>>`), sourceObject(size, paint())]);
    const both = await desk.sign(sneaky, { kind: 'none' }, undefined, { fieldName: 'B' });
    expect((await desk.verify(both)).signatures.map(({ verdict }) => verdict)).toContain('altered');
    expect((await desk.verify(both)).verdict).toBe('altered');
  });

  test('an appearance alone, changed without its value, is no filling in', async () => {
    const { signed: form } = shadowReplace(cms());
    const [, gapEnd] = gapOf(form);
    expect(gapEnd).toBeLessThan(form.length);
    const changed =
      '<</Type /Annot /Subtype /Widget /FT /Tx /T (SoTien) /V (100) /Rect [9 9 90 30] /F 4 /AP <</N 4 0 R>>>>';
    expect((await desk.verify(appended(form, [sourceObject(12, changed)]))).verdict).toBe('indeterminate');
  });

  test('a field that moves, is renamed or changes its type is altered', async () => {
    const { signed: form } = shadowReplace(cms());
    const widget = '<</Type /Annot /Subtype /Widget /FT /Tx /T (SoTien) /V (100) /Rect [9 9 90 30] /F 4>>';
    for (const [from, to] of [
      ['[9 9 90 30]', PAGE_RECT],
      ['(SoTien)', '(Ten)'],
      ['/FT /Tx', '/FT /Btn'],
    ] as const)
      expect((await desk.verify(appended(form, [sourceObject(12, widget.replace(from, to))]))).verdict).toBe('altered');
  });

  test('fonts added for filling in are no change of content, exchanged ones are a doubt', async () => {
    const { signed: form } = shadowReplace(cms());
    const entries = '/Fields [10 0 R 12 0 R] /SigFlags 3';
    const withForm = (more: string): Buffer =>
      appended(form, [sourceObject(1, `<</Type /Catalog /Pages 2 0 R /AcroForm <<${entries} ${more}>>>>`)]);
    expect((await desk.verify(withForm('/DR <</Font <</Helv 3 0 R>>>>'))).verdict).toBe('valid');
    expect((await desk.verify(withForm('/NeedAppearances true'))).verdict).toBe('indeterminate');
    expect((await desk.verify(withForm('/XFA (x)'))).verdict).toBe('altered');
  });
});

describe('what is not drawn', () => {
  test('another date in the document’s information is allowed even where nothing is', async () => {
    const bytes = handSigned({ ...certified(1), trailer: ' /Info 12 0 R', objects: ['<</ModDate (D:2026)>>'] }, cms());
    const dated = appended(bytes, [sourceObject(12, '<</ModDate (D:2027)>>')]);
    expect(await desk.verify(dated)).toMatchObject({
      verdict: 'valid',
      signatures: [{ changesAfter: 'validation-data' }],
    });
  });

  test('a tag for a new signature is left to a person, a page that hangs in the tags is no tag', async () => {
    const tags = '<</Type /StructTreeRoot /K 13 0 R>>';
    const tagged = handSigned(
      { catalog: '/StructTreeRoot 12 0 R', objects: [tags, '<</Type /StructElem /S /P>>'] },
      cms(),
    );
    expect((await desk.verify(tagged)).verdict).toBe('valid');
    const more = appended(tagged, [sourceObject(13, '<</Type /StructElem /S /P /ActualText (x)>>')]);
    expect(await desk.verify(more)).toMatchObject({
      verdict: 'indeterminate',
      signatures: [{ changesAfter: 'form-filling' }],
    });
    const page = handSigned(
      { catalog: '/StructTreeRoot 12 0 R', objects: ['<</Type /StructTreeRoot /K 4 0 R>>'] },
      cms(),
    );
    expect((await desk.verify(appended(page, [sourceObject(4, OTHER_CONTENT)]))).verdict).toBe('altered');
  });
});

describe('certified documents', () => {
  const note = '<</Type /Annot /Subtype /FreeText /Rect [0 0 595 842] /Contents (x)>>';

  test.each([
    [1, 'altered'],
    [2, 'altered'],
    [3, 'indeterminate'],
  ] as const)('an evil annotation at level %i is %s', async (level, verdict) => {
    const result = await desk.verify(withAnnotation(handSigned(certified(level), cms()), note));
    expect(result.verdict).toBe(verdict);
    expect(first(result)).toMatchObject({ kind: 'certification', changesAfter: 'annotations' });
  });

  test.each([
    [1, 'altered'],
    [2, 'indeterminate'],
    [3, 'indeterminate'],
  ] as const)('a value filled in at level %i is %s', async (level, verdict) => {
    const { signature, catalog } = certified(level);
    const field = '<</Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (1) /Rect [9 9 90 30] /F 4>>';
    const form = handSigned(
      {
        signature: signature ?? '',
        catalog: `/AcroForm <</Fields [10 0 R 12 0 R] /SigFlags 3>> ${catalog}`,
        page: '/Annots [10 0 R 12 0 R]',
        objects: [field],
      },
      cms(),
    );
    const filled = appended(form, [sourceObject(12, field.replace('(1)', '(2)'))]);
    expect((await desk.verify(filled)).verdict).toBe(verdict);
  });

  test('a sneaky signature: a stranger’s, visible, over a document certified for filling in', async () => {
    const value = (next: number): string => `/V ${next} 0 R /AP <</N ${next + 1} 0 R>>`;
    const certifiedPdf = handSigned(certified(2), cms());
    const sneaky = withField(
      certifiedPdf,
      (next) => `<</Type /Annot /Subtype /Widget /FT /Sig /T (S) /Rect ${PAGE_RECT} /F 4 ${value(next)}>>`,
      [
        '<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /Contents <00> /ByteRange [0 1 2 3]>>',
        paint(),
      ],
    );
    expect((await desk.verify(sneaky)).verdict).toBe('altered');
  });

  test('permissions are those of the signed revision: taking the certification out changes nothing', async () => {
    const certifiedPdf = handSigned(certified(1), cms());
    const without = '<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [10 0 R] /SigFlags 3>>>>';
    expect((await desk.verify(appended(certifiedPdf, [sourceObject(1, without)]))).verdict).toBe('altered');
  });

  test('validation data is allowed at every level', async () => {
    const bytes = handSigned(certified(1), cms());
    const { size } = new PdfDocument(bytes);
    const extended = appended(bytes, [
      catalogWith(bytes, `/DSS <</Type /DSS /Certs [${size} 0 R]>>`),
      sourceObject(size, '<</Length 1>>\nstream\nx\nendstream'),
    ]);
    expect(await desk.verify(extended)).toMatchObject({
      verdict: 'valid',
      signatures: [{ changesAfter: 'validation-data' }],
    });
  });
});

describe('locked fields', () => {
  const lock = (parameters: string): string =>
    `/Reference [<</Type /SigRef /TransformMethod /FieldMDP /TransformParams <</Type /TransformParams /V /1.2 ${parameters}>>>>]`;
  const field = '<</Type /Annot /Subtype /Widget /FT /Tx /T (SoTien) /V (1) /Rect [9 9 90 30] /F 4>>';
  const form = (options: { signature?: string; field?: string }): Buffer =>
    handSigned(
      {
        ...options,
        catalog: '/AcroForm <</Fields [10 0 R 12 0 R] /SigFlags 3>>',
        page: '/Annots [10 0 R 12 0 R]',
        objects: [field],
      },
      cms(),
    );

  test.each<[string, { signature?: string; field?: string }, string]>([
    ['all', { signature: lock('/Action /All') }, 'altered'],
    ['this one by name', { signature: lock('/Action /Include /Fields [(SoTien)]') }, 'altered'],
    ['another by name', { signature: lock('/Action /Include /Fields [(Khac)]') }, 'indeterminate'],
    ['all but this one', { signature: lock('/Action /Exclude /Fields [(SoTien)]') }, 'indeterminate'],
    ['all but another', { signature: lock('/Action /Exclude /Fields [(Khac)]') }, 'altered'],
    ['by an action nobody knows', { signature: lock('/Action /Nothing') }, 'altered'],
    ['without an action', { signature: lock('') }, 'altered'],
    ['with a level and no action', { field: '/Lock <</Type /SigFieldLock /P 3>>' }, 'indeterminate'],
    ['by the field itself', { field: '/Lock <</Type /SigFieldLock /Action /All>>' }, 'altered'],
    [
      'by the level of the field’s lock',
      { field: '/Lock <</Type /SigFieldLock /Action /Include /Fields [(x)] /P 1>>' },
      'altered',
    ],
  ])('%s: a value changed later', async (_, options, verdict) => {
    const filled = appended(form(options), [sourceObject(12, field.replace('(1)', '(2)'))]);
    expect((await desk.verify(filled)).verdict).toBe(verdict);
  });
});

describe('a second signature by somebody nobody knows', () => {
  const visible = { kind: 'officer' as const, page: 1, rect: [0, 0, 595, 842] as [number, number, number, number] };

  test('explains its field, but what it draws over the page has nobody’s word', async () => {
    const result = await desk.verify(await stranger.sign(signed, visible));
    expect(result.verdict).toBe('untrusted');
    expect(result.signatures.map(({ verdict }) => verdict)).toEqual(['indeterminate', 'untrusted']);
    expect(first(result)?.reasons.join()).toMatch(/không phải của người được tin cậy/);
  });

  test('without anything to see it leaves the first valid, and the file untrusted', async () => {
    const result = await desk.verify(await stranger.sign(signed));
    expect(result.verdict).toBe('untrusted');
    expect(result.signatures.map(({ verdict }) => verdict)).toEqual(['valid', 'untrusted']);
  });

  test('a field of a name that is there already is none of its own', async () => {
    const result = await desk.verify(await overWholePage(`/Rect ${NO_RECT}`, 'Signature1'));
    expect(result.verdict).toBe('altered');
  });

  test('a script in the widget of a new signature is no signature', async () => {
    const script = `/Rect ${NO_RECT} /AA <</PO <</S /JavaScript /JS (1)>>>>`;
    expect((await desk.verify(await overWholePage(script))).verdict).toBe('altered');
    expect((await desk.verify(await overWholePage(`/Rect ${NO_RECT}`))).verdict).toBe('valid');
  });

  test('even a trusted one needs no whole page', async () => {
    const widget = `/Rect ${PAGE_RECT}`;
    const result = await desk.verify(await overWholePage(widget));
    expect(first(result)?.verdict).toBe('indeterminate');
    expect(first(result)?.reasons.join()).toContain('che 100 % một trang');
  });

  async function overWholePage(entries: string, name = 'Lon'): Promise<Buffer> {
    const room = 8_000;
    const value = (): string =>
      `<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 1111111111 2222222222 3333333333] /Contents <${'0'.repeat(room)}>>>`;
    const blank = withField(
      signed,
      (next) =>
        `<</Type /Annot /Subtype /Widget /FT /Sig /T (${name}) ${entries} /F 4 /V ${next} 0 R /AP <</N ${next + 1} 0 R>>>>`,
      [value(), paint()],
    );
    const gapStart = blank.lastIndexOf('/Contents <0') + '/Contents '.length;
    const gapEnd = gapStart + room + 2;
    const numbers = [gapStart, gapEnd, blank.length - gapEnd].map((number) => String(number).padStart(10)).join(' ');
    const bytes = exchanged(blank, '1111111111 2222222222 3333333333', numbers);
    const covered = Buffer.concat([bytes.subarray(0, gapStart), bytes.subarray(gapEnd)]);
    bytes.write(cms()(covered).toString('hex'), gapStart + 1, 'latin1');
    return bytes;
  }
});

describe('the value itself', () => {
  test('a signature over other bytes, moved into this file, is broken', async () => {
    const other = await desk.sign(plainPdf({ pages: 1 }));
    const [start, end] = gapOf(other);
    const [ownStart, ownEnd] = gapOf(signed);
    const moved = Buffer.from(signed);
    other.copy(moved, ownStart, start, Math.min(end, start + ownEnd - ownStart));
    expect((await desk.verify(moved)).verdict).toBe('broken');
  });

  test('a certificate exchanged for another of the same key is noticed', async () => {
    const bytes = handSigned({}, (covered) => {
      const value = cms()(covered);
      const [certificate] = officer.certificates;
      const at = value.indexOf(certificate?.der ?? '');
      const last = at + (certificate?.der.length ?? 0) - 1;
      value[last] = (value[last] ?? 0) ^ 1;
      return value;
    });
    expect((await desk.verify(bytes)).verdict).not.toBe('valid');
  });

  test('a signature without signed attributes is not taken for PAdES', async () => {
    const bytes = handSigned({}, (covered) => sign('sha256', covered, officer.key));
    expect(['broken', 'altered']).toContain((await desk.verify(bytes)).verdict);
  });
});

test('a page written again with a key twice is another page, whatever the second says', async () => {
  const document = new PdfDocument(signed);
  const page = [...document.entries.keys()].find((number) => number >= 10 && isPage(document, number)) ?? 0;
  const source = serialise(document.object(page)).toString('latin1');
  const twice = source.replace('/Font <<', '/Font <</F1 4 0 R>> /Font <<');
  expect(twice).not.toBe(source);
  expect((await desk.verify(appended(signed, [sourceObject(page, source)]))).verdict).toBe('altered');
  expect(first(await desk.verify(appended(signed, [sourceObject(page, twice)])))?.changesAfter).toBe('other');
});

test('objects in comments between the parts of an update are not overlooked', async () => {
  const hidden = Buffer.concat([signed, Buffer.from('% 4 0 obj << >> endobj\n')]);
  const { size } = new PdfDocument(signed);
  const update = appended(signed, [sourceObject(size, '<<>>')])
    .subarray(signed.length)
    .toString('latin1');
  const start = Number(/startxref\n(\d+)/.exec(update)?.[1]) + hidden.length - signed.length;
  const moved = update
    .replace(/startxref\n\d+/, `startxref\n${start}`)
    .replace(/\d{10} 00000 n/, `${String(hidden.length).padStart(10, '0')} 00000 n`);
  const result = await desk.verify(Buffer.concat([hidden, Buffer.from(moved, 'latin1')]));
  expect(first(result)?.reasons.join()).toContain('dữ liệu lạ');
});

test('a table for old readers beside a stream for new ones is no innocent update', async () => {
  const { size, startXref, entries } = new PdfDocument(signed);
  const content = entries.get(4);
  const row = Buffer.alloc(5);
  row[0] = 1;
  row.writeUIntBE(content?.kind === 'plain' ? content.offset : 0, 1, 3);
  const dict = `<</Type /XRef /W [1 3 1] /Index [4 1] /Size ${size + 1} /Root 1 0 R /Length 5>>`;
  const head = Buffer.from(`${size} 0 obj\n${dict}\nstream\n`);
  const stream = Buffer.concat([head, row, Buffer.from('\nendstream\nendobj\n')]);
  const at = signed.length + stream.length;
  const trailer = `<</Size ${size + 1} /Root 1 0 R /Prev ${startXref} /XRefStm ${signed.length}>>`;
  const table = `xref\n0 1\n0000000000 65535 f \ntrailer\n${trailer}\nstartxref\n${at}\n%%EOF\n`;
  const result = await desk.verify(Buffer.concat([signed, stream, Buffer.from(table)]));
  expect(result.verdict).toBe('altered');
  expect(first(result)?.reasons.join()).toContain('hai bảng tham chiếu');
});

function isPage(document: PdfDocument, number: number): boolean {
  const type = document.dictionary({ kind: 'reference', number, generation: 0 })?.entries.get('Type');
  return type?.kind === 'name' && type.name === 'Page';
}

test('content changed by overwriting is the same attack whatever is written', async () => {
  for (const number of [1, 2, 3, 4])
    expect((await desk.verify(appended(signed, [sourceObject(number, OTHER_CONTENT)]))).verdict).not.toBe('valid');
  expect(NO_RECT).toBe('[0 0 0 0]');
});
