/** Files that every reader opens without mending them are signed; files that two readers may open as two documents are not. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PdfDocument } from '../../../main/signing/pdf/document.ts';
import { listPages } from '../../../main/signing/pdf/pages.ts';
import { plainPdf, QPDF_MISSING } from '../../stand-ins/sample-pdfs.ts';
import { openSigningDesk, type SigningDesk } from '../../stand-ins/signing-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'pdf-tolerance-'));
let desk: SigningDesk;
beforeAll(async () => {
  desk = await openSigningDesk(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = (pdf: Buffer): string => pdf.toString('latin1');
const bytes = (source: string): Buffer => Buffer.from(source, 'latin1');

interface StreamFileOptions {
  /** Of the cross-reference stream, beside `/FlateDecode`. */
  readonly filter?: string;
  readonly encode?: (rows: Buffer) => Buffer;
  readonly widths?: readonly [number, number, number];
  /** Marks this object as in use at byte 0. */
  readonly atZero?: number;
}

/** Catalog, page tree and page as plain objects, found by a cross-reference stream. */
function streamPdf({ filter = '', encode = (rows) => rows, widths = [1, 4, 2], atZero }: StreamFileOptions): Buffer {
  const bodies = [
    '<</Type /Catalog /Pages 2 0 R>>',
    '<</Type /Pages /Kids [3 0 R] /Count 1>>',
    '<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources <<>> >>',
  ];
  let file = '%PDF-1.5\n';
  const offsets = bodies.map((body, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return at;
  });
  const start = file.length;
  const row = (type: number, second: number, third: number): Buffer => {
    const fields = [type, second, third].map((value, index) => {
      const width = widths[index] ?? 0;
      const field = Buffer.alloc(width);
      field.writeUIntBE(value, Math.max(0, width - 6), Math.min(6, width));
      return field;
    });
    return Buffer.concat(fields);
  };
  const rows = [row(0, 0, 0xffff), ...offsets.map((offset) => row(1, offset, 0)), row(1, start, 0)];
  if (atZero !== undefined) rows[atZero] = row(1, 0, 0);
  const content = encode(Buffer.concat(rows));
  const size = rows.length;
  const head = `${file}4 0 obj\n<</Type /XRef /Size ${size} /W [${widths.join(' ')}] /Root 1 0 R ${filter} /Length ${content.length}>>\nstream\n`;
  return Buffer.concat([bytes(head), content, bytes(`\nendstream\nendobj\nstartxref\n${start}\n%%EOF\n`)]);
}

function base85(content: Buffer): Buffer {
  let out = '';
  for (let at = 0; at < content.length; at += 4) {
    const part = content.subarray(at, at + 4);
    let value = Buffer.concat([part, Buffer.alloc(4 - part.length)]).readUInt32BE(0);
    const digits: string[] = [];
    for (let digit = 0; digit < 5; digit++) {
      digits.unshift(String.fromCharCode(0x21 + (value % 85)));
      value = Math.floor(value / 85);
    }
    const group = digits.slice(0, part.length + 1).join('');
    out += group === '!!!!!' ? 'z' : group;
  }
  return bytes(`${out}~>`);
}

const withoutChecksum = (rows: Buffer): Buffer => {
  const deflated = deflateSync(rows);
  return deflated.subarray(0, deflated.length - 4);
};

const differences = (rows: Buffer): Buffer =>
  deflateSync(rows.map((byte, index) => (index % 7 === 0 ? byte : byte - (rows[index - 1] ?? 0))));

const MAIL_HEADER = 'Content-Type: application/pdf\r\n\r\n';

describe('what every reader opens as it is', () => {
  test.each<[string, () => Buffer]>([
    ['spaces and zeros after the end', () => Buffer.concat([plainPdf(), Buffer.alloc(5_000), bytes('  \r\n')])],
    ['a little rubbish after the end', () => Buffer.concat([plainPdf(), bytes('<!-- sent by fax -->')])],
    ['no mark of the end', () => bytes(text(plainPdf()).replace(/%%EOF\n$/, ''))],
    ['something before the header, offsets from the header', () => bytes(MAIL_HEADER + text(plainPdf()))],
    [
      'before the header as much as white space before the table',
      () => bytes(`junk\n${text(plainPdf()).replace(/xref\n0/, '          xref\n0')}`),
    ],
    ['table rows that end in one line feed', () => bytes(text(plainPdf()).replaceAll(' n \n', ' n\n'))],
    ['a key twice with the same value', () => plainPdf({ catalog: '/Pages 2 0 R' })],
    ['a cross-reference stream', () => streamPdf({})],
    [
      'in hexadecimal',
      () => streamPdf({ filter: '/Filter /ASCIIHexDecode', encode: (rows) => bytes(`${rows.toString('hex')}>`) }),
    ],
    ['in base 85', () => streamPdf({ filter: '/Filter /ASCII85Decode', encode: base85 })],
    [
      'deflated and in base 85',
      () => streamPdf({ filter: '/Filter [/A85 /Fl]', encode: (rows) => base85(deflateSync(rows)) }),
    ],
    ['deflated without checksum', () => streamPdf({ filter: '/Filter /FlateDecode', encode: withoutChecksum })],
    [
      'deflated differences as TIFF has them',
      () =>
        streamPdf({
          filter: '/Filter /FlateDecode /DecodeParms <</Predictor 2 /Columns 7>>',
          encode: differences,
        }),
    ],
    ['offsets of eight bytes', () => streamPdf({ widths: [1, 8, 2] })],
  ])('%s', async (_, make) => {
    const input = make();
    const signed = await desk.sign(input, { kind: 'officer' });
    expect(signed.subarray(0, input.length).equals(input)).toBe(true);
    const twice = await desk.sign(signed);
    expect((await desk.verify(twice)).signatures.map(({ verdict }) => verdict)).toEqual(['valid', 'valid']);
    expect(listPages(new PdfDocument(twice))).toHaveLength(1);
    if (QPDF_MISSING) return;
    const path = join(folder, 'tolerated.pdf');
    writeFileSync(path, twice);
    expect(spawnSync('qpdf', ['--show-npages', path], { encoding: 'utf8' }).stdout).toBe('1\n');
  });

  test('an object in use at byte 0 counts as free, in streams as in tables', async () => {
    const input = streamPdf({ atZero: 4 });
    expect(new PdfDocument(input).entries.get(4)?.kind).toBe('free');
    await desk.sign(input);
  });
});

describe('what may be two documents at once', () => {
  test.each<[string, () => Buffer]>([
    ['offsets that lead somewhere from both places', () => ambiguous(text(plainPdf()))],
    [
      'something before the header that offsets count too',
      () => bytes(shiftOffsets(MAIL_HEADER + text(plainPdf()), MAIL_HEADER.length)),
    ],
    ['a key of the catalog twice with different values', () => plainPdf({ catalog: '/Lang (vi) /Lang (en)' })],
    ['the beginning of another section', () => Buffer.concat([plainPdf(), bytes('12 0 obj\n<<')])],
    ['a whole other file behind the end', () => Buffer.concat([plainPdf(), bytes('%PDF-1.4')])],
    ['much rubbish after the end', () => Buffer.concat([plainPdf(), bytes('x'.repeat(1_025))])],
    ['offsets beyond all files', () => oversized()],
  ])('%s: refused', async (_, make) => {
    await expect(desk.sign(make())).rejects.toMatchObject({ code: 'pdf-damaged' });
  });
});

/** Junk before the header that is as long as the distance of one object to the table: both places hold something. */
function ambiguous(inner: string): Buffer {
  const at = Number(/startxref\n(\d+)/.exec(inner)?.[1]);
  const target = inner.lastIndexOf(' 0 obj', at);
  const header = inner.slice(0, target).lastIndexOf('\n', target - 1) + 1;
  // The byte at `at` from the start of the file is `at - junk` of the original: aim it at the last object's header.
  return bytes(' '.repeat(at - header) + inner);
}

function shiftOffsets(source: string, by: number): string {
  return source
    .replaceAll(/(\d{10}) 00000 n/g, (_, offset: string) => `${String(Number(offset) + by).padStart(10, '0')} 00000 n`)
    .replace(/startxref\n(\d+)/, (_, offset: string) => `startxref\n${Number(offset) + by}`);
}

function oversized(): Buffer {
  return streamPdf({
    widths: [1, 8, 2],
    encode: (rows) => {
      rows[11 + 1] = 1;
      return rows;
    },
  });
}
