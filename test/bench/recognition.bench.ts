/**
 * @file Recognition side by side with Debian's `tesseract` on the same pages: seconds a page and character errors. Run with
 * `npx node test/bench/recognition.bench.ts [page name pattern]`. Both use the same model and one thread; the ratio is what
 * counts, the seconds are those of this machine at this moment.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCodes } from '../../main/imaging/codes/read-codes.ts';
import { createRecogniser } from '../../main/imaging/recognition/recogniser.ts';
import { missingNumbers, scoreText } from '../fixtures/score-text.ts';

interface Tally {
  seconds: number;
  errors: number;
  characters: number;
  missing: number;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'test/fixtures/pages');
const pattern = new RegExp(process.argv[2] ?? '');
const files = readdirSync(folder).filter((name) => name.endsWith('.jpg') && pattern.test(name));
const recogniser = await createRecogniser({ resourcesFolder: join(root, 'resources'), workers: 1, readCodes });
const tallies = new Map<string, { ours: Tally; native: Tally }>();

// The first page also starts the worker: not counted.
await recogniser.recogniseBytes(readFileSync(join(folder, files[0] ?? '')), 200, true);
for (const name of files) {
  const truth = readFileSync(join(folder, `${name.split('.')[0]}.txt`), 'utf8');
  const [, dpi = '200', condition = ''] = name.split('.');
  const tally = tallies.get(`${condition} ${dpi}`) ?? { ours: emptyTally(), native: emptyTally() };
  tallies.set(`${condition} ${dpi}`, tally);
  const bytes = readFileSync(join(folder, name));
  await measure(tally.ours, truth, async () => (await recogniser.recogniseBytes(bytes, Number(dpi), true)).text);
  await measure(tally.native, truth, async () => readNatively(join(folder, name), dpi));
}
await recogniser.close();

console.log('pages              ours: s/page   CER %  missing    tesseract: s/page   CER %  missing    time ratio');
for (const [condition, { ours, native }] of tallies) {
  const pages = files.filter((name) => name.includes(`.${condition.split(' ').toReversed().join('.')}.`)).length;
  console.log(
    `${condition.padEnd(12)} ${String(pages).padStart(3)}   ${describe(ours, pages)}    ${describe(native, pages)}          ${(ours.seconds / native.seconds).toFixed(2)}`,
  );
}

function emptyTally(): Tally {
  return { seconds: 0, errors: 0, characters: 0, missing: 0 };
}

async function measure(tally: Tally, truth: string, read: () => Promise<string>): Promise<void> {
  const start = process.hrtime.bigint();
  const text = await read();
  tally.seconds += Number(process.hrtime.bigint() - start) / 1e9;
  const { errors, characters } = scoreText(truth, text);
  tally.errors += errors;
  tally.characters += characters;
  tally.missing += missingNumbers(truth, text).length;
}

function readNatively(path: string, dpi: string): string {
  return execFileSync('tesseract', [path, 'stdout', '-l', 'vie', '--psm', '3', '--dpi', dpi], {
    encoding: 'utf8',
    env: { ...process.env, OMP_THREAD_LIMIT: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function describe(tally: Tally, pages: number): string {
  const cer = ((100 * tally.errors) / tally.characters).toFixed(2);
  return `${(tally.seconds / pages).toFixed(2).padStart(12)} ${cer.padStart(8)} ${String(tally.missing).padStart(8)}`;
}
