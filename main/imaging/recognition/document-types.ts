/**
 * @file The papers the program knows: one JSON file each in `resources/document-types`, read and checked when the room
 * opens, so that a province can add its own without a new version.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { allowedErrors, editDistance, matchBeginning, squeeze } from './fuzzy.ts';
import { textOf, type TextLine } from './lines.ts';

const Reader = z.enum([
  'text',
  'name',
  'date',
  'date-time',
  'year',
  'personal-number',
  'phone',
  'email',
  'money',
  'document-number',
  'sex',
  'number',
  'birth-date',
  'date-in-words',
  'money-in-words',
  'identity-number',
  'tax-code',
  'parcel-number',
  'area',
  'ethnicity',
]);

/** Label → value to its right. */
const LabelRule = z.strictObject({
  name: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
  labels: z.array(z.string().min(2)).min(1),
  read: Reader,
  /** False for labels inside sentences and table cells, which have no colon. */
  hasColon: z.boolean().default(true),
  /** The value may run on over lines that are full. */
  runsOn: z.boolean().default(false),
  /** The value may stand on the line below the label, as on identity cards. */
  isBelow: z.boolean().default(false),
  /**
   * Says again what an earlier field of this name says ("Bằng chữ: …"). Is that field's value where the digits could not be
   * read; where both were read and differ, the field is doubtful.
   */
  confirms: z.boolean().default(false),
  /** The only values the form knows. One that was read with other marks is written as it stands here; others stay as read. */
  oneOf: z
    .array(z.string().min(1))
    .min(2)
    .refine((values) => new Set(values.map(squeeze)).size === values.length, 'two values have the same letters')
    .optional(),
});

/** Two columns side by side, each under its heading. */
const ColumnRule = z.strictObject({
  headings: z.tuple([z.string(), z.string()]),
  use: z.enum(['left', 'right']),
  /**
   * `left`: a column begins where its heading begins, and has labels of its own; `centre`: a table with centred headings
   * whose labels stand in a third column at the left.
   */
  align: z.enum(['left', 'centre']),
});
export type ColumnRule = z.infer<typeof ColumnRule>;

/** Things every official paper has at a known place. */
const PlaceRule = z.strictObject({
  name: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
  /**
   * `authority`: heading at the top left above the number; `dateline`: "<place>, ngày … tháng … năm …", first or last of
   * the page; `signer`: the name under one of the given titles; `signer-title`: that title; `members`: the table of CT01.
   */
  find: z.enum(['authority', 'dateline-first', 'dateline-last', 'signer', 'signer-title', 'members']),
  titles: z.array(z.string()).default([]),
});

export const DocumentType = z.strictObject({
  code: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  /** Titles as printed; compared unaccented. */
  titlePatterns: z.array(z.string().min(6)).min(1),
  /** Model code of the form ("CT01"), found anywhere in the first lines. */
  formCodes: z.array(z.string().min(3)).default([]),
  /** Words by which a procedure's component list may ask for this paper. */
  componentKeywords: z.array(z.string()),
  /** Labels that end a value but are not read themselves. */
  otherLabels: z.array(z.string()).default([]),
  /**
   * Parts of the form in order. A part begins at the label it names; its fields are sought only inside it, so that "Nơi cư
   * trú" of the mother is never taken for the father's.
   */
  sections: z.array(
    z.strictObject({
      /** One wording or several; the first that is on the page counts. */
      start: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
      /** Reads one column by itself; `start` is then sought in that column. */
      column: ColumnRule.optional(),
      fields: z.array(z.union([LabelRule, PlaceRule])),
    }),
  ),
});
export type DocumentType = z.infer<typeof DocumentType>;
export type LabelRule = z.infer<typeof LabelRule>;
export type PlaceRule = z.infer<typeof PlaceRule>;

export interface FoundType {
  readonly type: DocumentType;
  /** 0–100. */
  readonly confidence: number;
}

/** @throws Error naming the file when one does not fit the schema: a broken installation, not bad input. */
export async function loadDocumentTypes(folder: string): Promise<readonly DocumentType[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => {
      const parsed = DocumentType.safeParse(JSON.parse(await readFile(join(folder, name), 'utf8')));
      if (!parsed.success) throw new Error(`${name}: ${parsed.error.message}`);
      return parsed.data;
    }),
  );
}

const FIRST_LINES = 25;
const FORM_CODE_LINES = 6;
const HEAD_LINES = 10;
const SHORT_TITLE = 12;
const HEADS = ['cộng hòa xã hội chủ nghĩa việt nam', 'độc lập tự do hạnh phúc'].map(squeeze);

/** The state's name, its motto, or the number of a paper. */
function isHeadLine(text: string): boolean {
  const squeezed = squeeze(text);
  const holds = (head: string): boolean => {
    for (let from = 0; from + head.length <= squeezed.length + 2; from++)
      if (matchBeginning(squeezed.slice(from), head) !== null) return true;
    return false;
  };
  return HEADS.some(holds) || /^s[ốôo]\s*:/iu.test(text.normalize('NFC'));
}

/** The type whose title stands on the page in capitals, best match first; papers named in running text do not count. */
export function findDocumentType(lines: readonly TextLine[], types: readonly DocumentType[]): FoundType | null {
  let best: FoundType | null = null;
  const candidates = titleCandidates(lines.slice(0, FIRST_LINES));
  const hasHead = lines.slice(0, HEAD_LINES).some((line) => isHeadLine(textOf(line.words)));
  for (const type of types) {
    const confidence = Math.max(
      scoreTitles(candidates, hasHead, type),
      scoreFormCodes(lines.slice(0, FORM_CODE_LINES), type),
    );
    if (confidence > (best?.confidence ?? 0)) best = { type, confidence };
  }
  // Rounded last: titles that contain each other differ by less than one.
  return best && { ...best, confidence: Math.round(best.confidence) };
}

/** Each line in capitals, also joined with the next one: long titles break. */
function titleCandidates(lines: readonly TextLine[]): string[] {
  const texts = lines.map((line) => textOf(line.words));
  return texts.flatMap((text, index) => {
    if (!isCapitals(text)) return [];
    const next = texts[index + 1];
    return next !== undefined && isCapitals(next) ? [squeeze(text), squeeze(`${text} ${next}`)] : [squeeze(text)];
  });
}

function isCapitals(text: string): boolean {
  const letters = text.match(/\p{L}/gu) ?? [];
  const capitals = text.match(/\p{Lu}/gu) ?? [];
  return letters.length >= 6 && capitals.length >= letters.length * 0.75;
}

function scoreTitles(candidates: readonly string[], hasHead: boolean, type: DocumentType): number {
  let best = 0;
  for (const pattern of type.titlePatterns.map(squeeze)) {
    for (const candidate of candidates) {
      // Short titles ("QUYẾT ĐỊNH") must be the whole line; long ones may be followed by more. And the following page of a
      // decision may begin with "QUYẾT ĐỊNH:": a short title is one only under the head of a paper.
      const isShort = pattern.length < SHORT_TITLE;
      if (isShort && !hasHead) continue;
      const distance = isShort ? wholeDistance(candidate, pattern) : matchBeginning(candidate, pattern);
      if (distance === null) continue;
      // Of two titles that fit, the longer one says more ("tờ khai đăng ký khai sinh" against "tờ khai").
      best = Math.max(best, 100 * (1 - distance / pattern.length) - 100 / (pattern.length + 10));
    }
  }
  return best;
}

function wholeDistance(candidate: string, pattern: string): number | null {
  const limit = Math.max(1, allowedErrors(pattern.length));
  const distance = editDistance(candidate, pattern, limit);
  return distance <= limit ? distance : null;
}

function scoreFormCodes(lines: readonly TextLine[], type: DocumentType): number {
  const words = new Set(lines.flatMap((line) => line.words.map((word) => squeeze(word.text))));
  return type.formCodes.some((code) => words.has(squeeze(code))) ? 90 : 0;
}
