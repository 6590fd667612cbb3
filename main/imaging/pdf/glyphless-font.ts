/**
 * @file The font of the invisible text layer: two glyphs of half an em. Every character is drawn with glyph 1, a line
 * without area: it paints nothing, its width is known, and it still has a box, because MuPDF leaves out text that occupies
 * no room. `ToUnicode` says what it means (ISO 19005-2, level U). A real Vietnamese font would cost 30–100 KB a file.
 */
import { toUnicodeMap } from '../../pdf/font.ts';
import { deflatedStream, hexUtf16, pdfReference, type ObjectList } from '../../pdf/objects.ts';

/** Advance of every character as a part of the font size. */
export const GLYPHLESS_ADVANCE = 0.5;

export interface GlyphlessFont {
  /** Hex string operand for `Tj`. */
  encode(text: string): string;
  /** Number of characters that `encode` will write. */
  countOf(text: string): number;
  /** Writes the font objects into `list` under the number that pages refer to. */
  write(list: ObjectList, fontNumber: number): void;
}

export function createGlyphlessFont(): GlyphlessFont {
  const used = new Set<number>();
  return {
    countOf: (text) => cleanText(text).length,
    encode(text) {
      const clean = cleanText(text);
      for (let index = 0; index < clean.length; index++) used.add(clean.charCodeAt(index));
      return `<${hexUtf16(clean)}>`;
    },
    write(list, fontNumber) {
      const codes = used.size > 0 ? used : new Set([0x20]);
      const program = buildGlyphlessTrueType();
      const file = list.add(deflatedStream(`/Length1 ${program.length}`, program));
      const descriptor = list.add(
        '<</Type /FontDescriptor /FontName /GlyphLessFont /Flags 5 /FontBBox [0 -200 500 800] /ItalicAngle 0 ' +
          `/Ascent 800 /Descent -200 /CapHeight 800 /StemV 80 /FontFile2 ${pdfReference(file)}>>`,
      );
      const glyphOfCode = Buffer.alloc((Math.max(...codes) + 1) * 2);
      for (let at = 1; at < glyphOfCode.length; at += 2) glyphOfCode[at] = 1;
      const mapping = list.add(deflatedStream('', glyphOfCode));
      const toUnicode = list.add(deflatedStream('', toUnicodeMap(new Map([...codes].map((code) => [code, code])))));
      const descendant = list.add(
        '<</Type /Font /Subtype /CIDFontType2 /BaseFont /GlyphLessFont ' +
          '/CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> ' +
          `/FontDescriptor ${pdfReference(descriptor)} /DW 500 /CIDToGIDMap ${pdfReference(mapping)}>>`,
      );
      list.set(
        fontNumber,
        '<</Type /Font /Subtype /Type0 /BaseFont /GlyphLessFont /Encoding /Identity-H ' +
          `/DescendantFonts [${pdfReference(descendant)}] /ToUnicode ${pdfReference(toUnicode)}>>`,
      );
    },
  };
}

/** Composed letters; nothing outside the basic plane, no controls, no byte order marks (ISO 19005-2, 6.2.11.7.2). */
function cleanText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\ufffe\uffff]/gu, '');
}

function buildGlyphlessTrueType(): Buffer {
  const head = Buffer.alloc(54);
  head.writeUInt32BE(0x00010000, 0);
  head.writeUInt32BE(0x00010000, 4);
  head.writeUInt32BE(0x5f0f3cf5, 12);
  head.writeUInt16BE(1000, 18);
  head.writeInt16BE(-200, 38);
  head.writeInt16BE(500, 40);
  head.writeInt16BE(800, 42);
  head.writeUInt16BE(8, 46);
  head.writeInt16BE(2, 48);
  const hhea = Buffer.alloc(36);
  hhea.writeUInt32BE(0x00010000, 0);
  hhea.writeInt16BE(800, 4);
  hhea.writeInt16BE(-200, 6);
  hhea.writeUInt16BE(500, 10);
  hhea.writeInt16BE(1, 18);
  hhea.writeUInt16BE(1, 34);
  const maxp = Buffer.alloc(32);
  maxp.writeUInt32BE(0x00010000, 0);
  maxp.writeUInt16BE(2, 4);
  maxp.writeUInt16BE(2, 6);
  maxp.writeUInt16BE(1, 8);
  maxp.writeUInt16BE(1, 14);
  const hmtx = Buffer.alloc(6);
  hmtx.writeUInt16BE(500, 0);
  // One contour from (0, -200) to (500, 800) and back: contours, box, end point, no instructions, two flags, steps.
  const glyph = Buffer.alloc(24);
  for (const [index, value] of [1, 0, -200, 500, 800, 1, 0].entries()) glyph.writeInt16BE(value, index * 2);
  glyph.writeUInt16BE(0x0101, 14);
  for (const [index, value] of [0, 500, -200, 1000].entries()) glyph.writeInt16BE(value, 16 + index * 2);
  const loca = Buffer.alloc(6);
  loca.writeUInt16BE(glyph.length / 2, 4);
  return assembleTrueType([
    ['glyf', glyph],
    ['head', head],
    ['hhea', hhea],
    ['hmtx', hmtx],
    ['loca', loca],
    ['maxp', maxp],
  ]);
}

function assembleTrueType(tables: readonly (readonly [string, Buffer])[]): Buffer {
  const directory = Buffer.alloc(12 + tables.length * 16);
  directory.writeUInt32BE(0x00010000, 0);
  directory.writeUInt16BE(tables.length, 4);
  const largestPower = 2 ** Math.floor(Math.log2(tables.length));
  directory.writeUInt16BE(largestPower * 16, 6);
  directory.writeUInt16BE(Math.log2(largestPower), 8);
  directory.writeUInt16BE((tables.length - largestPower) * 16, 10);
  const bodies: Buffer[] = [];
  let offset = directory.length;
  let headAt = 0;
  for (const [index, [tag, body]] of tables.entries()) {
    const padded = Buffer.alloc(Math.ceil(body.length / 4) * 4);
    body.copy(padded);
    const entry = 12 + index * 16;
    directory.write(tag, entry, 'latin1');
    directory.writeUInt32BE(checksum(padded), entry + 4);
    directory.writeUInt32BE(offset, entry + 8);
    directory.writeUInt32BE(body.length, entry + 12);
    if (tag === 'head') headAt = offset;
    bodies.push(padded);
    offset += padded.length;
  }
  const font = Buffer.concat([directory, ...bodies]);
  font.writeUInt32BE((0xb1b0afba - checksum(font)) >>> 0, headAt + 8);
  return font;
}

function checksum(padded: Buffer): number {
  let sum = 0;
  for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0;
  return sum;
}
