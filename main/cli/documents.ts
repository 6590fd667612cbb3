/** @file `motcua recognise` and `motcua digitise`: files in, text and searchable PDFs out. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { parseIdentityCode } from '../people/identity-code.ts';
import type { ArrivedPage, RecognisedPage } from '../imaging/protocol.ts';
import { toRefusal, unwrap } from '../rooms/failure.ts';
import { EXIT, say, sayFailure, type Where } from './output.ts';
import { pageForPdf, withImaging, type Imaging } from './with-imaging.ts';

interface ReadPage {
  readonly file: string;
  readonly page: ArrivedPage;
  readonly read: RecognisedPage;
}

/** Reads every file; one that cannot be read is said and counted, the others go on. Pages keep the order of the input. */
async function readAll(
  imaging: Imaging,
  files: readonly string[],
  ocr: boolean,
): Promise<{ pages: readonly ReadPage[]; failed: number }> {
  const work: Promise<readonly ReadPage[]>[] = [];
  let failed = 0;
  for (const path of files) {
    try {
      const arrived = await imaging.importFile(path);
      work.push(
        Promise.all(
          arrived.map(async (page) => ({ file: basename(path), page, read: await imaging.recognise(page, ocr) })),
        ),
      );
    } catch (thrown) {
      const { code, detail } = toRefusal(thrown);
      say(path);
      sayFailure(code, detail);
      failed++;
    }
  }
  return { pages: (await Promise.all(work)).flat(), failed };
}

export function reportOf(pages: readonly ReadPage[]): unknown {
  const fields: Record<string, unknown> = {};
  for (const [index, { read }] of pages.entries()) {
    for (const { name, value, confidence, source, box } of read.fields)
      fields[name] ??= { value, confidence, source, page: index + 1, box };
  }
  const identityText = pages.flatMap(({ read }) => read.codes).find((code) => code.text.includes('|'))?.text;
  return {
    pages: pages.map(({ file, read }) => ({
      file,
      text: read.text,
      words: read.lines.flatMap((line) => line.words),
      skewDeg: read.skewDeg,
      rotation: read.rotation,
      blank: read.isBlank,
      documentType: read.documentType,
    })),
    identity: identityText === undefined ? null : parseIdentityCode(identityText),
    documentType: pages.find(({ read }) => read.documentType)?.read.documentType ?? null,
    fields,
  };
}

export function recognise(where: Where) {
  return (files: string[], options: { report: string }): Promise<number> =>
    withImaging(where, Math.min(8, availableParallelism()), async (imaging) => {
      const { pages, failed } = await readAll(imaging, files, true);
      writeFileSync(options.report, JSON.stringify(reportOf(pages), null, 2));
      return outcome(pages.length, failed);
    });
}

interface DigitiseOptions {
  readonly out: string;
  readonly report?: string;
  readonly jobs?: string;
  readonly ocr: boolean;
  readonly keepBlank?: boolean;
  readonly title?: string;
}

export function digitise(where: Where) {
  return (files: string[], options: DigitiseOptions): Promise<number> =>
    withImaging(where, Math.min(8, Number(options.jobs ?? availableParallelism())), async (imaging) => {
      const { pages, failed } = await readAll(imaging, files, options.ocr);
      const kept = pages.filter(({ read }) => options.keepBlank === true || !read.isBlank);
      if (options.report !== undefined) writeFileSync(options.report, JSON.stringify(reportOf(pages), null, 2));
      if (kept.length === 0) return EXIT.failed;
      const composed = unwrap(
        await imaging.room.call('composePdf', {
          title: options.title ?? basename(files[0] ?? 'document'),
          metadata: {},
          pages: kept.map(({ page, read }) => pageForPdf(imaging, page, read)),
          createdAt: new Date().toISOString(),
        }),
      );
      writeFileSync(options.out, await imaging.bytes(composed.pdf));
      say(`${options.out}: ${composed.pageCount} trang, ${Math.round(composed.pdf.sizeBytes / 1024)} KB`);
      return outcome(kept.length, failed);
    });
}

function outcome(done: number, failed: number): number {
  if (failed === 0) return EXIT.done;
  return done > 0 ? EXIT.partly : EXIT.failed;
}
