/** Whoever changes one byte of a signed file, of any kind of byte, does not get it called valid. */
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAsn1, type Asn1Node } from '../../../main/signing/asn1.ts';
import { PdfDocument } from '../../../main/signing/pdf/document.ts';
import { examineDocument } from '../../../main/signing/verification/examine-document.ts';
import { gapOf, signatureNumber } from '../../stand-ins/attack-pdfs.ts';
import { plainPdf, QPDF_MISSING, throughQpdf } from '../../stand-ins/sample-pdfs.ts';
import { openSigningDesk, type SigningDesk } from '../../stand-ins/signing-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
let desk: SigningDesk;
/** Signed once, and signed twice: there the first signature no longer covers the end of the file. */
let files: Readonly<Record<'once' | 'twice', Buffer>>;

beforeAll(async () => {
  desk = await openSigningDesk(folder);
  const once = await desk.sign(plainPdf({ pages: 2 }), { kind: 'officer' });
  files = { once, twice: await desk.sign(once) };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Span = readonly [number, number];

/** Every kind of byte of a signed file, by name: where it stands. */
function spansOf(bytes: Buffer): Readonly<Record<string, readonly Span[]>> {
  const document = new PdfDocument(bytes);
  const [gapStart, gapEnd] = gapOf(bytes);
  const range = bytes.lastIndexOf('/ByteRange [', gapStart);
  const objects: Span[] = [];
  const streams: Span[] = [];
  for (const [number, entry] of document.entries) {
    if (entry.kind !== 'plain') continue;
    const { start, end, value } = document.located(number);
    if (start < gapStart && end > gapStart) continue;
    if (value.kind === 'stream') streams.push([bytes.indexOf('stream', start), end]);
    else objects.push([start, end]);
  }
  const cms = readAsn1(Buffer.from(bytes.toString('latin1', gapStart + 1, gapEnd - 1), 'hex'));
  const der = elementsOf(cms, 0);
  const inGap = (span: Span): Span => [gapStart + 1 + span[0] * 2, gapStart + 1 + span[1] * 2];
  const cmsEnd = gapStart + 1 + cms.raw.length * 2;
  return {
    header: [[0, 9]],
    'object bodies': objects,
    'stream content': streams,
    tables: document.sections.map(({ start, end }) => [start, end] as const),
    trailers: document.sections.map(({ end }) => [end - 60, end] as const),
    'startxref and %%EOF': [[bytes.lastIndexOf('startxref'), bytes.length]],
    'digits of the ByteRange': [[range + 11, bytes.indexOf(']', range) + 1]],
    'delimiters of Contents': [
      [gapStart, gapStart + 1],
      [gapEnd - 1, gapEnd],
    ],
    'tags of the CMS': der.tags.map(inGap),
    'lengths of the CMS': der.lengths.map(inGap),
    'values of the CMS': der.values.map(inGap),
    'padding after the CMS': [[cmsEnd, gapEnd - 1]],
  };
}

interface Elements {
  readonly tags: Span[];
  readonly lengths: Span[];
  readonly values: Span[];
}

function elementsOf(node: Asn1Node, start: number): Elements {
  const header = node.raw.length - node.content.length;
  const found: Elements = { tags: [[start, start + 1]], lengths: [[start + 1, start + header]], values: [] };
  let position = start + header;
  if (node.children.length === 0) found.values.push([position, start + node.raw.length]);
  for (const child of node.children) {
    const below = elementsOf(child, position);
    found.tags.push(...below.tags);
    found.lengths.push(...below.lengths);
    found.values.push(...below.values);
    position += child.raw.length;
  }
  return found;
}

/**
 * What the CMS does not sign but that decides nothing either: the signature algorithm may be spelt two ways (RFC 3370, 3.2):
 * as the key's algorithm, or together with the hash.
 */
function isSpelling(bytes: Buffer, position: number): boolean {
  const [gapStart] = gapOf(bytes);
  const rsa = '2a864886f70d01010';
  const last = bytes.lastIndexOf(`${rsa}b`, bytes.indexOf('0'.repeat(400), gapStart));
  return position === last + rsa.length || position === last + rsa.length - 1;
}

const CLASSES = [
  'header',
  'object bodies',
  'stream content',
  'tables',
  'trailers',
  'startxref and %%EOF',
  'digits of the ByteRange',
  'delimiters of Contents',
  'tags of the CMS',
  'lengths of the CMS',
  'values of the CMS',
  'padding after the CMS',
];

describe.each(['once', 'twice'] as const)('a file signed %s', (name) => {
  test.each(CLASSES)('one byte of: %s', async (kind) => {
    const bytes = files[name];
    expect((await desk.verify(bytes)).verdict).toBe('valid');
    const spans = (spansOf(bytes)[kind] ?? []).filter(([start, end]) => end > start);
    expect(spans.length).toBeGreaterThan(0);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, where, difference) => {
        const [start, end] = spans[which % spans.length] ?? [0, 1];
        const position = start + (where % (end - start));
        if (isSpelling(bytes, position)) return;
        const changed = Buffer.from(bytes);
        changed[position] = (changed[position] ?? 0) ^ difference;
        const { verdict } = await desk.verify(changed);
        if (verdict === 'valid')
          throw new Error(`byte ${position} from ${bytes[position]} to ${changed[position]} is called valid`);
      }),
      { numRuns: 120 },
    );
  });

  test('another hexadecimal digit in the same place of the value', async () => {
    const bytes = files[name];
    const [gapStart, gapEnd] = gapOf(bytes);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 0, max: 15 }), async (where, digit) => {
        const position = gapStart + 1 + (where % (gapEnd - gapStart - 2));
        const other = digit.toString(16).charCodeAt(0);
        if (isSpelling(bytes, position) || bytes[position] === other) return;
        const changed = Buffer.from(bytes);
        changed[position] = other;
        expect((await desk.verify(changed)).verdict).not.toBe('valid');
      }),
      { numRuns: 300 },
    );
  });

  test('bytes appended, inserted or taken out', async () => {
    const bytes = files[name];
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 400 }),
        fc.nat(200),
        async (where, more, less) => {
          const at = where % (bytes.length + 1);
          const inserted = Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
          expect((await desk.verify(inserted)).verdict).not.toBe('valid');
          const shortened = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + less + 1)]);
          if (at < bytes.length) expect((await desk.verify(shortened)).verdict).not.toBe('valid');
        },
      ),
      { numRuns: 80 },
    );
  });

  test('cut off anywhere', async () => {
    const bytes = files[name];
    // A file signed twice, cut back to the end of its first signature, is what was signed then.
    const ends = new Set(
      [...bytes.toString('latin1').matchAll(/\/ByteRange \[0 +\d+ +(\d+) +(\d+)/g)].map(
        (match) => Number(match[1]) + Number(match[2]),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (where) => {
        const length = where % bytes.length;
        const { verdict } = await desk.verify(bytes.subarray(0, length));
        expect(verdict === 'valid').toBe(ends.has(length));
      }),
      { numRuns: 150 },
    );
  });
});

describe('nothing crashes', () => {
  test('bytes of chance', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.boolean(), (chance, isNamed) => {
        const bytes = isNamed
          ? Buffer.concat([Buffer.from('%PDF-1.7\n'), chance, Buffer.from('\nstartxref\n9\n%%EOF')])
          : Buffer.from(chance);
        expect(examineDocument(bytes).document === null).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('many bytes changed at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 2, maxLength: 60 }),
        async (changes) => {
          const changed = Buffer.from(files.twice);
          for (const [where, value] of changes) changed[where % changed.length] = value;
          if (changed.equals(files.twice)) return;
          expect((await desk.verify(changed)).verdict).not.toBe('valid');
        },
      ),
      { numRuns: 150 },
    );
  });
});

test('signed 25 times in turn: 25 valid signatures, each followed by signing alone', async () => {
  let bytes = plainPdf({ pages: 3 });
  for (let count = 0; count < 25; count++)
    bytes = await desk.sign(bytes, { kind: count % 5 === 0 ? 'officer' : 'none' });
  const { verdict, signatures } = await desk.verify(bytes);
  expect(verdict).toBe('valid');
  expect(signatures.map((signature) => signature.verdict)).toEqual(Array(25).fill('valid'));
  expect(signatures.map(({ changesAfter }) => changesAfter)).toEqual([...Array(24).fill('form-filling'), 'none']);
}, 60_000);

describe.skipIf(QPDF_MISSING)(`the same document in other forms${QPDF_MISSING ? ` (${QPDF_MISSING})` : ''}`, () => {
  test.each<[string, readonly string[]]>([
    ['cross-reference and object streams', ['--object-streams=generate']],
    ['linearised', ['--linearize']],
    ['encrypted, opened by nobody’s password', ['--encrypt', '', 'owner', '256', '--']],
  ])('%s: valid, and not after a change', async (_, options) => {
    const signed = await desk.sign(await desk.sign(throughQpdf(folder, plainPdf({ pages: 2 }), options)));
    const { verdict, signatures } = await desk.verify(signed);
    expect([verdict, signatures.map((signature) => signature.verdict)]).toEqual(['valid', ['valid', 'valid']]);
    const changed = Buffer.from(signed);
    changed[200] = (changed[200] ?? 0) ^ 1;
    expect((await desk.verify(changed)).verdict).not.toBe('valid');
  });

  test('padding that was encrypted with the rest is no foreign data, anything else is (PDFBox)', async () => {
    const signed = await desk.sign(throughQpdf(folder, plainPdf(), ['--encrypt', '', 'owner', '256', '--']));
    const document = new PdfDocument(signed);
    const [start, end] = gapOf(signed);
    const cms = readAsn1(Buffer.from(signed.toString('latin1', start + 1, end - 1), 'hex')).raw;
    const room = (end - start - 2) / 2;
    const sealed = document.security?.encryptString(Buffer.alloc(room - 32), {
      number: signatureNumber(signed),
      generation: 0,
    });
    expect(sealed).toHaveLength(room);
    const likePdfBox = Buffer.from(signed);
    likePdfBox.write(sealed?.toString('hex') ?? '', start + 1, 'latin1');
    likePdfBox.write(cms.toString('hex'), start + 1, 'latin1');
    expect((await desk.verify(likePdfBox)).verdict).toBe('valid');
    const position = end - 200;
    likePdfBox[position] = likePdfBox[position] === 0x30 ? 0x31 : 0x30;
    expect((await desk.verify(likePdfBox)).verdict).toBe('altered');
  });

  test('encrypted with a password: asks for it, and is valid with it', async () => {
    const encrypted = throughQpdf(folder, plainPdf(), ['--encrypt', 'mở', 'owner', '256', '--']);
    const signed = await desk.sign(encrypted, { kind: 'none' }, undefined, { password: 'mở' });
    await expect(desk.verify(signed)).rejects.toThrow('pdf-password');
    expect((await desk.verify(signed, undefined, undefined, 'mở')).verdict).toBe('valid');
  });
});
