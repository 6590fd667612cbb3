/**
 * @file Page images to a searchable PDF, end to end: the built `motcua digitise` against `ocrmypdf -l vie --deskew` and native
 * `tesseract` on the same pages, in turn and group by group, with two jobs each: `npm run bench -- digitise [pattern]`. What the
 * text layers hold is read back by `pdftotext`. Seconds are those of this machine at this moment; the ratios are what counts.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { countNumbers, scoreText } from '../fixtures/score-text.ts';
import { add, type Cost } from './digitise/process-tree.ts';
import { ocrmypdf, ours, tesseract, type Tool } from './digitise/tools.ts';

/** A dossier's worth of pages: each run of a command reads so many. */
const GROUP = 12;
const TOOLS: Readonly<Record<string, Tool>> = { 'motcua digitise': ours, 'ocrmypdf --deskew': ocrmypdf, tesseract };
const PAGES = process.env['BENCH_PAGES'] ?? join(import.meta.dirname, '../fixtures/pages');

interface Tally {
  cost: Cost;
  pages: number;
  bytes: number;
  kinds: Map<string, { errors: number; characters: number }>;
  ids: number;
  idsFound: number;
  dates: number;
  datesFound: number;
}

const pattern = new RegExp(process.argv[2] ?? '');
const names = readdirSync(PAGES).filter((name) => name.endsWith('.jpg') && pattern.test(name));
const folder = mkdtempSync(join(tmpdir(), 'digitise-bench-'));
const tallies = new Map<string, Tally>();
console.log(
  `${cpus()[0]?.model ?? '?'}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}, ${names.length} pages`,
);
try {
  for (const [dpi, ofDpi] of Map.groupBy(names, (name) => Number(name.split('.')[1])))
    for (let first = 0; first < ofDpi.length; first += GROUP) {
      const group = ofDpi.slice(first, first + GROUP).map((name) => join(PAGES, name));
      for (const [name, tool] of Object.entries(TOOLS)) await measure(name, tool, group, dpi);
    }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print();

async function measure(name: string, tool: Tool, images: readonly string[], dpi: number): Promise<void> {
  const { cost, texts, bytes } = await tool(images, dpi, folder);
  const tally = tallies.get(name) ?? emptyTally();
  tallies.set(name, tally);
  tally.cost = add(tally.cost, cost);
  tally.pages += images.length;
  tally.bytes += bytes;
  for (const [index, image] of images.entries()) {
    const [page = '', , kind = ''] = basename(image).split('.');
    const truth = readFileSync(join(PAGES, `${page}.txt`), 'utf8');
    const text = texts[index] ?? '';
    const { errors, characters } = scoreText(truth, text);
    const known = tally.kinds.get(`${kind} ${dpi}`) ?? { errors: 0, characters: 0 };
    tally.kinds.set(`${kind} ${dpi}`, { errors: known.errors + errors, characters: known.characters + characters });
    const found = countNumbers(truth, text);
    tally.ids += found.ids;
    tally.idsFound += found.idsFound;
    tally.dates += found.dates;
    tally.datesFound += found.datesFound;
  }
}

function emptyTally(): Tally {
  const cost: Cost = { wallSeconds: 0, processorSeconds: 0, peakMegabytes: 0, code: 0 };
  return { cost, pages: 0, bytes: 0, kinds: new Map(), ids: 0, idsFound: 0, dates: 0, datesFound: 0 };
}

function print(): void {
  const all = [...tallies.values()];
  const kinds = [...(all[0]?.kinds.keys() ?? [])].toSorted();
  const row = (label: string, cell: (tally: Tally) => string): void =>
    console.log(label.padEnd(28) + all.map((tally) => cell(tally).padStart(20)).join(''));
  console.log(' '.repeat(28) + [...tallies.keys()].map((name) => name.padStart(20)).join(''));
  row('seconds a page', ({ cost, pages }) => (cost.wallSeconds / pages).toFixed(2));
  row('processor seconds a page', ({ cost, pages }) => (cost.processorSeconds / pages).toFixed(2));
  for (const kind of kinds)
    row(`CER % ${kind} dpi`, (tally) => {
      const { errors, characters } = tally.kinds.get(kind) ?? { errors: 0, characters: 1 };
      return ((100 * errors) / characters).toFixed(2);
    });
  row('12-digit numbers', ({ ids, idsFound }) => `${idsFound}/${ids}`);
  row('dates', ({ dates, datesFound }) => `${datesFound}/${dates}`);
  row('KB a page (PDF)', ({ bytes, pages }) => (bytes / 1000 / pages).toFixed(1));
  row('peak MB of all processes', ({ cost }) => cost.peakMegabytes.toFixed(0));
  row('exit code', ({ cost }) => String(cost.code));
  const [mine, theirs] = all;
  if (mine && theirs)
    console.log(
      `ocrmypdf / motcua: ${(theirs.cost.wallSeconds / mine.cost.wallSeconds).toFixed(2)} × by the clock, ` +
        `${(theirs.cost.processorSeconds / mine.cost.processorSeconds).toFixed(2)} × in processor time (budget 3)`,
    );
  console.log(`load at the end ${loadavg()[0]?.toFixed(1)}`);
}
