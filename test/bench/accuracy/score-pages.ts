/** @file How exactly pages are read: letters, numbers, dates, fields, type of paper, by kind of page. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCodes } from '../../../main/imaging/codes/read-codes.ts';
import type { RecognisedPage } from '../../../main/imaging/protocol.ts';
import { loadDocumentTypes } from '../../../main/imaging/recognition/document-types.ts';
import { createRecogniser } from '../../../main/imaging/recognition/recogniser.ts';
import { missingNumbers, scoreText } from '../../fixtures/score-text.ts';
import { drawPapers, textOfPaper, type PrintStyle } from './draw-papers.ts';
import { pick, randomOf, varyPaper, type Paper, type Random } from './vary-paper.ts';
import { worsen, type Condition } from './worsen.ts';

/** Rules are written and thresholds chosen on `tuning`; `held-out` has other fonts, people, numbers and damage. */
export type Half = 'tuning' | 'held-out';

export interface PageScore {
  readonly name: string;
  readonly condition: Condition;
  readonly font: string;
  readonly seconds: number;
  readonly characters: number;
  readonly errors: number;
  readonly numbers: number;
  readonly numbersFound: number;
  readonly dates: number;
  readonly datesFound: number;
  readonly isTypeRight: boolean;
  readonly fields: number;
  /** Those that were not read exactly, and those that the paper does not have. */
  readonly wrongFields: readonly WrongField[];
}

export interface WrongField {
  readonly name: string;
  readonly wanted: string;
  readonly read: string | undefined;
  readonly confidence: number | undefined;
  readonly candidates: readonly string[];
}

export interface JudgedPage {
  readonly name: string;
  readonly condition: Condition;
  readonly font: string;
  readonly bytes: Buffer;
  readonly text: string;
  readonly paper: Paper;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Only faces that have every Vietnamese letter: DejaVu Sans Mono, for one, sets the marks beside theirs. */
const FONTS: Readonly<Record<Half, readonly string[]>> = {
  tuning: ['Liberation Serif', 'Liberation Serif', 'Liberation Sans', 'DejaVu Sans', 'Liberation Mono'],
  'held-out': ['Liberation Serif', 'Noto Serif', 'Noto Sans', 'DejaVu Serif', 'Liberation Mono'],
};
const SIZES_PT = [10, 11, 12, 13, 13, 14];
const INKS = ['#111', '#111', '#17307c', '#1d2a52'];
const CONDITIONS: readonly Condition[] = ['office', 'poor', 'seal'];
const RARE_NAMES: Readonly<Record<Half, number>> = { tuning: 0, 'held-out': 0.15 };
const SEEDS: Readonly<Record<Half, number>> = { tuning: 1, 'held-out': 7_001 };

/**
 * Pages of every type of paper, drawn once and kept in the temporary folder.
 * @param rounds how often every paper is drawn; each round takes the next condition
 */
export async function drawJudgedPages(half: Half, rounds: number): Promise<JudgedPage[]> {
  const types = await loadDocumentTypes(join(ROOT, 'resources/document-types'));
  const fixtures = join(ROOT, 'test/fixtures/papers');
  const plans: { paper: Paper; style: PrintStyle; condition: Condition; random: Random }[] = [];
  for (let round = 0; round < rounds; round++) {
    readdirSync(fixtures).forEach((file, index) => {
      const original = JSON.parse(readFileSync(join(fixtures, file), 'utf8')) as Paper;
      const rules = types.find((type) => type.code === original.type);
      if (!rules) throw new Error(original.type);
      const random = randomOf(SEEDS[half] + round * 1_000 + index);
      const condition = CONDITIONS[(index + round) % CONDITIONS.length] as Condition;
      const style = styleOf(half, condition, random);
      plans.push({ paper: varyPaper(original, rules, random, RARE_NAMES[half]), style, condition, random });
    });
  }
  const digest = createHash('sha256').update(JSON.stringify(plans));
  for (const source of ['draw-papers.ts', 'worsen.ts']) digest.update(readFileSync(join(import.meta.dirname, source)));
  const folder = join(tmpdir(), `judged-pages-${digest.digest('hex').slice(0, 16)}`);
  if (!existsSync(join(folder, 'complete'))) {
    mkdirSync(folder, { recursive: true });
    const drawn = drawPapers(plans);
    for (const [index, { condition, random }] of plans.entries())
      writeFileSync(join(folder, `${index}.jpg`), await worsen(drawn[index] as Buffer, condition, random));
    writeFileSync(join(folder, 'complete'), '');
  }
  return plans.map(({ paper, style, condition }, index) => ({
    name: `${index} ${paper.type}`,
    condition,
    font: `${style.font} ${style.sizePt}`,
    bytes: readFileSync(join(folder, `${index}.jpg`)),
    text: textOfPaper(paper),
    paper,
  }));
}

function styleOf(half: Half, condition: Condition, random: Random): PrintStyle {
  const font = pick(random, FONTS[half]);
  // Wide faces at their largest would not leave room for the lines of the forms.
  const isWide = /Mono|DejaVu/.test(font);
  return {
    font,
    sizePt: Math.min(pick(random, SIZES_PT), isWide ? 11 : 14),
    blanks: pick(random, ['none', 'dotted-line', 'dots-behind']),
    ink: pick(random, INKS),
    hasSeals: condition === 'seal',
  };
}

/** Reads the pages, two at a time, and scores each. */
export async function scorePages(pages: readonly JudgedPage[], workers = 2): Promise<PageScore[]> {
  const recogniser = await createRecogniser({ resourcesFolder: join(ROOT, 'resources'), workers, readCodes });
  try {
    const scores: PageScore[] = [];
    let next = 0;
    const readOn = async (): Promise<void> => {
      for (let at = next++; at < pages.length; at = next++) {
        const page = pages[at] as JudgedPage;
        const start = process.hrtime.bigint();
        const read = await recogniser.recogniseBytes(page.bytes, 200, true);
        scores[at] = scorePage(page, read, Number(process.hrtime.bigint() - start) / 1e9);
      }
    };
    await Promise.all(Array.from({ length: workers }, readOn));
    return scores;
  } finally {
    await recogniser.close();
  }
}

function scorePage(page: JudgedPage, read: RecognisedPage, seconds: number): PageScore {
  const { characters, errors } = scoreText(page.text, read.text);
  const missing = missingNumbers(page.text, read.text);
  const numbers = page.text.match(/\b\d{12}\b/g)?.length ?? 0;
  const dates = page.text.match(/\b\d{1,2}\/\d{1,2}\/\d{4}\b/g)?.length ?? 0;
  const missingDates = missing.filter((text) => text.includes('/')).length;
  const known = new Map(read.fields.filter((field) => field.source === 'ocr').map((field) => [field.name, field]));
  const wrongFields: WrongField[] = [];
  for (const name of new Set([...Object.keys(page.paper.fields), ...known.keys()])) {
    const wanted = page.paper.fields[name] ?? '(nothing)';
    const field = known.get(name);
    if (field?.value === wanted) continue;
    wrongFields.push({
      name,
      wanted,
      read: field?.value,
      confidence: field?.confidence,
      candidates: field?.candidates ?? [],
    });
  }
  return {
    name: page.name,
    condition: page.condition,
    font: page.font,
    seconds,
    characters,
    errors,
    numbers,
    numbersFound: numbers - (missing.length - missingDates),
    dates,
    datesFound: dates - missingDates,
    isTypeRight: read.documentType?.code === page.paper.type,
    fields: Object.keys(page.paper.fields).length,
    wrongFields,
  };
}

/** One row for each condition and one for all, as printed by the benchmark. */
export function tabulate(scores: readonly PageScore[]): string {
  const rows = ['pages            CER %   12 digits       dates           fields            types        s/page'];
  for (const condition of [...CONDITIONS, null]) {
    const some = scores.filter((score) => condition === null || score.condition === condition);
    if (some.length === 0) continue;
    const sum = (value: (score: PageScore) => number): number => some.reduce((total, score) => total + value(score), 0);
    const share = (part: number, whole: number): string =>
      `${part}/${whole}`.padEnd(9) + `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`.padEnd(7);
    const fields = sum((score) => score.fields);
    rows.push(
      [
        `${condition ?? 'all'} ${some.length}`.padEnd(15),
        ((100 * sum((score) => score.errors)) / sum((score) => score.characters)).toFixed(2).padStart(6),
        share(
          sum((score) => score.numbersFound),
          sum((score) => score.numbers),
        ),
        share(
          sum((score) => score.datesFound),
          sum((score) => score.dates),
        ),
        share(fields - sum((score) => score.wrongFields.length), fields),
        share(
          sum((score) => Number(score.isTypeRight)),
          some.length,
        ),
        (sum((score) => score.seconds) / some.length).toFixed(2),
      ].join('  '),
    );
  }
  return rows.join('\n');
}
