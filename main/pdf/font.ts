/**
 * @file Puts the used part of a TrueType font into a PDF (Type 0, Identity-H, CIDFontType2, ToUnicode). Works for new
 * files and for the new section of an existing one:
 *
 * ```ts
 * const bytes = await readFile(join(resourcesFolder, 'fonts/LiberationSerif-Regular.ttf'));
 * const font = await embedFontSubset(bytes, everyCharacterThatWillBeShown);
 * const objects = font.fontObjects(nextFreeNumber); // PdfObject[]; write each with wrapObject() of objects.ts
 * // in resources:  /Font <</F1 ${objects[0].number} 0 R>>      the first object is the font dictionary
 * // in content:    BT /F1 10 Tf 1 0 0 1 x y Tm ${font.encode('Nguyễn Văn A')} Tj ET
 * const width = font.widthOf('Nguyễn Văn A', 10); // points
 * ```
 * The result depends on nothing but its input, so signing the same document twice prepares the same bytes.
 */
import { createHash } from 'node:crypto';
import subsetFont from 'subset-font';
import { deflatedStream, hexUtf16, pdfName, pdfNumber, pdfReference, type PdfObject } from './objects.ts';
import { readTrueType, type TrueTypeFont } from './truetype.ts';

export interface EmbeddedFont {
  /** Above and below the baseline as parts of the font size; `descent` is negative. */
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  /** Five objects numbered from `firstNumber`; the first is what `/Font` refers to. */
  fontObjects(firstNumber: number): PdfObject[];
  /** Hex string operand for `Tj`. @throws Error for a character that was not in the text the subset was made for. */
  encode(text: string): string;
  /** Points. */
  widthOf(text: string, sizePt: number): number;
}

/** Shown for what the font cannot draw: PDF/A forbids `.notdef` (ISO 19005-2, 6.2.11.8), and a gap would hide the loss. */
const SUBSTITUTE = '□';
const ALWAYS_KEPT = ` ?${SUBSTITUTE}`;

/** One spelling per character, and nothing that has no shape: controls, joiners, marks of direction. */
export function normaliseForPrint(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\s\u00a0\u202f]/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, '');
}

/** The glyph that stands for a character: its own, or the substitute's. */
export function printableGlyph(font: TrueTypeFont, codePoint: number): number {
  return font.glyphOf(codePoint) || font.glyphOf(SUBSTITUTE.codePointAt(0) ?? 0) || font.glyphOf(0x3f);
}

export function measureText(font: TrueTypeFont, text: string, sizePt: number): number {
  let units = 0;
  for (const character of normaliseForPrint(text)) {
    units += font.advanceOf(printableGlyph(font, character.codePointAt(0) ?? 0));
  }
  return (units * sizePt) / font.unitsPerEm;
}

export async function embedFontSubset(ttfBytes: Uint8Array, text: string): Promise<EmbeddedFont> {
  const kept = [...new Set(normaliseForPrint(text) + ALWAYS_KEPT)].sort().join('');
  const program = await subsetFont(Buffer.from(ttfBytes), kept, {
    targetFormat: 'truetype',
    noHinting: true,
    noLayoutClosure: true,
    dropTables: ['GSUB', 'GPOS', 'GDEF', 'kern', 'DSIG', 'FFTM'],
  });
  const font = readTrueType(program);
  const codePointOf = new Map<number, number>();
  for (const character of kept) {
    const codePoint = character.codePointAt(0) ?? 0;
    const glyph = font.glyphOf(codePoint);
    if (glyph !== 0 && !codePointOf.has(glyph)) codePointOf.set(glyph, codePoint);
  }
  const known = new Set(kept);
  const fullName = readTrueType(ttfBytes).postScriptName;
  return {
    ascent: font.ascent / font.unitsPerEm,
    descent: font.descent / font.unitsPerEm,
    capHeight: font.capHeight / font.unitsPerEm,
    fontObjects: (firstNumber) =>
      describeFont(font, program, `${subsetTag(kept)}+${fullName}`, codePointOf, firstNumber),
    encode(shown) {
      let hex = '';
      for (const character of normaliseForPrint(shown)) {
        if (!known.has(character)) throw new Error(`the subset was made without ${JSON.stringify(character)}`);
        hex += printableGlyph(font, character.codePointAt(0) ?? 0)
          .toString(16)
          .padStart(4, '0');
      }
      return `<${hex.toUpperCase()}>`;
    },
    widthOf: (shown, sizePt) => measureText(font, shown, sizePt),
  };
}

/** Six capitals that name the subset (ISO 32000-1, 9.6.4). */
function subsetTag(kept: string): string {
  const digest = createHash('sha256').update(kept).digest();
  return [...digest.subarray(0, 6)].map((byte) => String.fromCharCode(65 + (byte % 26))).join('');
}

function describeFont(
  font: TrueTypeFont,
  program: Uint8Array,
  name: string,
  codePointOf: ReadonlyMap<number, number>,
  firstNumber: number,
): PdfObject[] {
  const [type0, descendant, descriptor, file, toUnicode] = [0, 1, 2, 3, 4].map((step) => firstNumber + step) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const scale = (units: number): string => pdfNumber((units * 1000) / font.unitsPerEm);
  const widths = Array.from({ length: font.glyphCount }, (_, glyph) => scale(font.advanceOf(glyph)));
  const object = (number: number, body: string | Buffer): PdfObject => ({
    number,
    body: typeof body === 'string' ? Buffer.from(body, 'latin1') : body,
  });
  return [
    object(
      type0,
      `<</Type /Font /Subtype /Type0 /BaseFont ${pdfName(name)} /Encoding /Identity-H ` +
        `/DescendantFonts [${pdfReference(descendant)}] /ToUnicode ${pdfReference(toUnicode)}>>`,
    ),
    object(
      descendant,
      `<</Type /Font /Subtype /CIDFontType2 /BaseFont ${pdfName(name)} ` +
        `/CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> ` +
        `/FontDescriptor ${pdfReference(descriptor)} /DW 1000 /W [0 [${widths.join(' ')}]] /CIDToGIDMap /Identity>>`,
    ),
    object(
      descriptor,
      `<</Type /FontDescriptor /FontName ${pdfName(name)} /Flags ${font.italicAngle === 0 ? 6 : 70} ` +
        `/FontBBox [${font.boundingBox.map(scale).join(' ')}] /ItalicAngle ${pdfNumber(font.italicAngle)} ` +
        `/Ascent ${scale(font.ascent)} /Descent ${scale(font.descent)} /CapHeight ${scale(font.capHeight)} ` +
        `/StemV ${font.weight >= 600 ? 140 : 80} /FontFile2 ${pdfReference(file)}>>`,
    ),
    object(file, deflatedStream(`/Length1 ${program.length}`, program)),
    object(toUnicode, deflatedStream('', toUnicodeMap(codePointOf))),
  ];
}

/** Maps two-byte codes to text (ISO 32000-1, 9.10.3), a hundred lines to a block as the CMap specification wants. */
export function toUnicodeMap(codePointOf: ReadonlyMap<number, number>): string {
  const entries = [...codePointOf]
    .sort(([a], [b]) => a - b)
    .map(
      ([code, point]) =>
        `<${code.toString(16).padStart(4, '0').toUpperCase()}> <${hexUtf16(String.fromCodePoint(point))}>`,
    );
  const blocks: string[] = [];
  for (let start = 0; start < entries.length; start += 100) {
    const block = entries.slice(start, start + 100);
    blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`);
  }
  return [
    '/CIDInit /ProcSet findresource begin',
    '12 dict begin',
    'begincmap',
    '/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def',
    '/CMapName /Adobe-Identity-UCS def',
    '/CMapType 2 def',
    '1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange',
    ...blocks,
    'endcmap',
    'CMapName currentdict /CMap defineresource pop',
    'end',
    'end',
  ].join('\n');
}
