/** @file `motcua recognise` and `motcua digitise`: files in, text and searchable PDFs out. */
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { unwrap } from '../rooms/failure.ts';
import { findInputFiles } from './input-files.ts';
import { interruptible } from './interrupt.ts';
import { checkOutput, writeAgain, writeReport } from './named-file.ts';
import { EXIT, printJson, say, sayFailure, UsageError, type Where } from './output.ts';
import { readPages, type BadInput, type ReadPage, type Reading } from './read-pages.ts';
import { reportOf } from './reading-report.ts';
import { fromEnvironment } from './secrets.ts';
import { pageForPdf, withImaging, type Imaging } from './with-imaging.ts';

interface CommonOptions {
  readonly report?: string;
  readonly jobs?: string;
  readonly passwordEnv?: string;
  readonly json?: boolean;
}

export interface RecogniseOptions extends CommonOptions {
  readonly report: string;
}

export interface DigitiseOptions extends CommonOptions {
  readonly out: string;
  readonly ocr: boolean;
  readonly keepBlank?: boolean;
  readonly title?: string;
}

const MOST_JOBS = 8;

export function recognise(where: Where) {
  return async (named: string[], options: RecogniseOptions): Promise<number> => {
    const jobs = jobsOf(options);
    const password = passwordOf(options);
    await checkOutput(options.report);
    return interruptible((signal) =>
      withImaging(where, jobs, async (imaging) => {
        const reading = await readAll(imaging, named, { ocr: true, jobs, password, signal });
        await writeReport(options.report, reportOf(reading));
        if (options.json) printJson({ report: options.report, ...summaryOf(reading) });
        return outcome(reading, reading.pages.length);
      }),
    );
  };
}

export function digitise(where: Where) {
  return async (named: string[], options: DigitiseOptions): Promise<number> => {
    const jobs = jobsOf(options);
    const password = passwordOf(options);
    await checkOutput(options.out);
    if (options.report !== undefined) await checkOutput(options.report);
    return interruptible((signal) =>
      withImaging(where, jobs, async (imaging) => {
        const reading = await readAll(imaging, named, { ocr: options.ocr, jobs, password, signal });
        const kept = reading.pages.filter(({ read }) => options.keepBlank === true || !read.isBlank);
        if (options.report !== undefined) await writeReport(options.report, reportOf(reading));
        if (kept.length === 0) {
          if (options.json) printJson({ out: null, ...summaryOf(reading) });
          return EXIT.failed;
        }
        const pdf = await compose(imaging, kept, options.title ?? basename(named[0] ?? 'document'));
        await writeAgain(options.out, [pdf]);
        say(`${options.out}: ${kept.length} trang, ${Math.round(pdf.length / 1000)} KB`);
        if (options.json)
          printJson({ out: options.out, pagesInPdf: kept.length, sizeBytes: pdf.length, ...summaryOf(reading) });
        return outcome(reading, kept.length);
      }),
    );
  };
}

/** All that can be read of what was named; the rest is said on stderr, each with its sentence. */
async function readAll(
  imaging: Imaging,
  named: readonly string[],
  options: Pick<Parameters<typeof readPages>[2], 'ocr' | 'jobs' | 'password' | 'signal'>,
): Promise<Reading> {
  const { files, missing } = findInputFiles(named);
  const notThere = missing.map((file): BadInput => ({ file, page: null, code: 'file-not-found', detail: undefined }));
  notThere.forEach(sayBad);
  let done = 0;
  const reading = await readPages(imaging, files, {
    ...options,
    onPage: (page) => say(describePage(page, ++done)),
    onBad: sayBad,
  });
  return { ...reading, bad: [...notThere, ...reading.bad] };
}

function describePage({ file, page, read }: ReadPage, done: number): string {
  const words = read.lines.reduce((sum, line) => sum + line.words.length, 0);
  const what = read.isBlank ? 'trang trắng' : `${words} từ`;
  return `${String(done).padStart(4)}  ${basename(file)} · ${page.index + 1}: ${read.documentType?.title ?? what}`;
}

function sayBad({ file, page, code, detail }: BadInput): void {
  say(page === null ? file : `${file} · ${page}`);
  sayFailure(code, detail);
}

async function compose(imaging: Imaging, pages: readonly ReadPage[], title: string): Promise<Buffer> {
  const params = {
    title,
    metadata: {},
    pages: pages.map(({ page, read }) => pageForPdf(imaging, page, read)),
    createdAt: new Date().toISOString(),
  };
  let composed = await imaging.room.call('composePdf', params);
  // Something else may have ended the room; every page of this has been decoded before.
  if (!composed.ok && composed.code === 'room-stopped') composed = await imaging.room.call('composePdf', params);
  return imaging.bytes(unwrap(composed).pdf);
}

function summaryOf({ pages, bad, isComplete }: Reading): Readonly<Record<string, unknown>> {
  return {
    pages: pages.length,
    blank: pages.filter(({ read }) => read.isBlank).length,
    bad: bad.map(({ file, page, code }) => ({ file, page, code })),
    complete: isComplete,
  };
}

function outcome({ bad, isComplete }: Reading, done: number): number {
  if (done === 0) return EXIT.failed;
  return bad.length === 0 && isComplete ? EXIT.done : EXIT.partly;
}

function jobsOf({ jobs }: CommonOptions): number {
  if (jobs === undefined) return Math.min(MOST_JOBS, availableParallelism());
  if (!/^[1-9]\d?$/.test(jobs) || Number(jobs) > MOST_JOBS) throw new UsageError(`--jobs từ 1 đến ${MOST_JOBS}`);
  return Number(jobs);
}

function passwordOf({ passwordEnv }: CommonOptions): string | undefined {
  return passwordEnv === undefined ? undefined : fromEnvironment(passwordEnv);
}
