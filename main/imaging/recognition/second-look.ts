/**
 * @file Doubtful values are cut out of the page and read again, by themselves and at other sizes; the readings decide
 * together. Where they agree the value is surer than before; where they do not, the officer gets a low confidence and the
 * other readings beside it. Only what was read somewhere on the ink can become a value: no name of
 * a person is mended from a list, and of others their marks alone (`listed-names.ts`).
 */
import type { Box } from '../../../preload/types.ts';
import { contradictions } from './contradictions.ts';
import { cropLevel, smooth } from './crop.ts';
import { eraseZeroDots } from './dotted-zeros.ts';
import type { FieldWord, InkField } from './fields.ts';
import type { PageGeometry } from './geometry.ts';
import type { TextLine } from './lines.ts';
import { asOneOf } from './listed-names.ts';
import type { OcrPool } from './ocr-pool.ts';
import { familiarityOfName, nearbyNames } from './person-names.ts';
import { shrink, type GreyImage } from './raster.ts';
import { CONTESTED_CEILING, misspellings, settle, textOf, type Version } from './settle-readings.ts';
import { readTyped, type ReaderKind } from './typed-readers.ts';

export interface LookedAt {
  /** Working size, unturned, flattened. */
  readonly plane: GreyImage;
  readonly geometry: PageGeometry;
  /** Of the prepared page, on which the boxes lie. */
  readonly dpi: number;
  /** Zeros have dots in them, which are painted over before a value is read again. */
  readonly hasDottedZeros: boolean;
}

/** A page with more doubtful values than this is a bad page, and the officer reads it himself. */
const MAX_VALUES = 10;
/** Below this a value is looked at again. */
const SURE_FROM = 85;
/** Enlargements of the prepared page: smaller hides the grain and the dots in zeros, larger keeps the marks apart. */
const SCALES = [0.75, 1.33] as const;
const MARGIN_ABOVE = 0.32;
const MARGIN_BELOW = 0.22;
const MARGIN_SIDE = 0.3;
const BORDER_PX = 14;
const STRANGE_CEILING = 80;

/**
 * @param fields of the page's type, none when it has none
 * @returns the fields in their order, those looked at with settled value, confidence and candidates, those without a value left
 *   out; and the lines with the words that were read better, numbers and dates outside all fields included
 */
export async function lookAgain(
  fields: readonly InkField[],
  lines: readonly TextLine[],
  page: LookedAt,
  pool: OcrPool,
  signal: AbortSignal,
): Promise<{ fields: InkField[]; lines: readonly TextLine[] }> {
  const suspects = contradictions(fields.filter(isRead));
  const doubtful = [
    ...fields.filter((field) => isDoubtful(field) || (suspects.has(field) && !UNLOOKED.has(field.kind))),
    ...looseNumbers(lines, fields),
  ]
    .sort((a, b) => a.confidence - b.confidence)
    .slice(0, MAX_VALUES);
  const settled = new Map<InkField, InkField>();
  for (const field of doubtful) settled.set(field, await lookAt(field, page, pool, signal));
  const judged = fields.map((field) => asChosen(judgeSpelling(settled.get(field) ?? field))).filter(isRead);
  const contradicted = contradictions(judged);
  return {
    fields: judged.map((field) =>
      contradicted.has(field) ? { ...field, confidence: Math.min(field.confidence, CONTESTED_CEILING) } : field,
    ),
    lines: rewrite(lines, settled),
  };
}

function isRead(field: InkField): boolean {
  return field.value !== '';
}

const LIKE_NUMBER = /^[(]?[\dOoØ]{11,13}[),.;]*$/;
const LIKE_DATE = /^[(]?[\dOoØ]{1,2}\/[\dOoØ]{1,2}\/[\dOoØ]{4}[),.;]*$/;

/** Personal numbers and dates in the text that fail their rules or were read badly, and that no field looks at. */
function looseNumbers(lines: readonly TextLine[], fields: readonly InkField[]): InkField[] {
  const known = new Set(fields.flatMap((field) => field.words.map(placeOf)));
  return lines.flatMap((line) =>
    line.words.flatMap((word): InkField[] => {
      const kind = LIKE_NUMBER.test(word.text) ? 'personal-number' : LIKE_DATE.test(word.text) ? 'date' : null;
      if (kind === null || known.has(placeOf(word))) return [];
      const reading = readTyped(kind, word.text);
      const field: InkField = {
        name: '',
        value: reading?.value ?? '',
        confidence: word.confidence,
        box: word.box,
        kind,
        isSure: reading?.isSure ?? false,
        words: [word],
      };
      return isDoubtful(field) ? [field] : [];
    }),
  );
}

/** Puts the settled words where they were read; a value of more or fewer words than before leaves its lines alone. */
function rewrite(lines: readonly TextLine[], settled: ReadonlyMap<InkField, InkField>): readonly TextLine[] {
  /** By the place of the word; null for the pieces that went into the word before them. */
  const better = new Map<string, Pick<FieldWord, 'text' | 'box'> | null>();
  for (const [before, after] of settled) {
    const isJoined = before.value === '' && isRead(after) && after.words.length === 1;
    if (!isJoined && after.words.length !== before.words.length) continue;
    for (const [at, word] of before.words.entries()) better.set(placeOf(word), after.words[at] ?? null);
  }
  return lines.map((line) => ({
    ...line,
    words: line.words.flatMap((word) => {
      const settledWord = better.get(placeOf(word));
      if (settledWord === null) return [];
      return [settledWord === undefined ? word : { ...word, text: settledWord.text, box: settledWord.box }];
    }),
  }));
}

function placeOf(word: FieldWord): string {
  return `${word.box.join(' ')} ${word.text}`;
}

/** Kinds of values whose ink says all of it; a date in words or an address over three lines is confirmed elsewhere. */
const UNLOOKED: ReadonlySet<ReaderKind> = new Set(['date-in-words', 'money-in-words', 'sex']);

function isDoubtful(field: InkField): boolean {
  if (UNLOOKED.has(field.kind) || field.words.length === 0) return false;
  if (field.confidence < SURE_FROM || !field.isSure) return true;
  if (field.kind === 'name') return familiarityOfName(field.value) !== 'usual';
  return misspellings(field.kind, field.value) > 0;
}

async function lookAt(field: InkField, page: LookedAt, pool: OcrPool, signal: AbortSignal): Promise<InkField> {
  const versions: Version[] = [{ words: field.words }];
  for (const scale of SCALES) {
    const version = await readPiece(field.words, page, scale, pool, signal);
    if (version) versions.push(version);
    if (versions.length > 1 && versions.every((other) => textOf(other) === textOf(versions[0] as Version))) break;
  }
  return settle(field, versions);
}

/** The words of a value, line by line, each line cut out and read by itself. */
async function readPiece(
  words: readonly FieldWord[],
  page: LookedAt,
  scale: number,
  pool: OcrPool,
  signal: AbortSignal,
): Promise<Version | null> {
  const read: { text: string; confidence: number }[] = [];
  for (const line of intoLines(words)) {
    const piece = cropValue(line, page, scale);
    if (!piece) return null;
    const { rows } = await pool.recognise(smooth(piece, scale > 1 ? 2 : 1), page.dpi * scale, signal, 'line');
    read.push(...rows.flatMap((row) => row.words).filter((word) => /[\p{L}\p{N}]/u.test(word.text)));
  }
  // The edge of the next letter or of a dotted line becomes a quotation mark at either end.
  const trimmed = read.map(({ text, confidence }) => ({
    text: text.replace(/\/?\u2044+\/?/gu, '/').replace(/^[“”"'‘’_.|]+(?=[\p{L}\p{N}])|[“”"'‘’_|]+$/gu, ''),
    confidence,
  }));
  return trimmed.length === 0 ? null : { words: trimmed };
}

/** Dots in zeros are painted over at a size at which they stand apart from their rings. */
function cropValue(words: readonly FieldWord[], page: LookedAt, scale: number): GreyImage | null {
  const box = pieceBox(words);
  if (page.hasDottedZeros && words.some((word) => /\d/.test(word.text))) {
    const times = scale < 1 ? 2 : 1;
    const piece = cropLevel(page.plane, page.geometry, box, scale * times, BORDER_PX * times);
    const letterPx = Math.max(...words.map((word) => word.box[3])) * scale * times;
    if (piece && eraseZeroDots(piece, [0, 0, piece.width, piece.height], letterPx) > 0) return shrink(piece, times);
  }
  return cropLevel(page.plane, page.geometry, box, scale, BORDER_PX);
}

function intoLines(words: readonly FieldWord[]): FieldWord[][] {
  const lines: FieldWord[][] = [];
  for (const word of words) {
    const last = lines.at(-1)?.at(-1);
    const isBeside = last && word.box[0] > last.box[0] && word.box[1] < last.box[1] + last.box[3];
    if (isBeside) lines.at(-1)?.push(word);
    else lines.push([word]);
  }
  return lines;
}

function pieceBox(words: readonly FieldWord[]): Box {
  const left = Math.min(...words.map(({ box }) => box[0]));
  const right = Math.max(...words.map(({ box }) => box[0] + box[2]));
  const bottom = Math.max(...words.map(({ box }) => box[1] + box[3]));
  const top = Math.min(...words.map(({ box }) => box[1]));
  const height = bottom - top;
  return [
    left - height * MARGIN_SIDE,
    top - height * MARGIN_ABOVE,
    right - left + 2 * height * MARGIN_SIDE,
    height * (1 + MARGIN_ABOVE + MARGIN_BELOW),
  ];
}

function asChosen(field: InkField): InkField {
  if (field.oneOf === undefined) return field;
  const { candidates = [], ...rest } = field;
  const value = asOneOf(field.value, field.oneOf);
  const others = candidates.filter((other) => other !== value);
  return { ...rest, value, ...(others.length > 0 ? { candidates: others } : {}) };
}

/** What is spelled as nothing is stays as it is; the officer is told, and offered what a name may have been. */
function judgeSpelling(field: InkField): InkField {
  if (misspellings(field.kind, field.value) > 0)
    return { ...field, confidence: Math.min(field.confidence, STRANGE_CEILING) };
  if (field.kind !== 'name' || !field.isSure || familiarityOfName(field.value) === 'usual') return field;
  const offered = [...(field.candidates ?? []), ...nearbyNames(field.value)];
  const candidates = [...new Set(offered)].filter((name) => name !== field.value).slice(0, 3);
  const ceiling = familiarityOfName(field.value) === 'foreign' || candidates.length > 0 ? STRANGE_CEILING : 100;
  return {
    ...field,
    confidence: Math.min(field.confidence, ceiling),
    ...(candidates.length > 0 ? { candidates } : {}),
  };
}
