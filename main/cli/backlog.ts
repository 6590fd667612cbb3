/** @file `motcua backlog …`: old records without a window. Feeding may be ended at any time and run again. */
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { SeriesOverview, SplitRule } from '../../preload/backlog-types.ts';
import { backlogSentence } from '../../renderer/language/backlog-words.ts';
import { SeriesChoice } from '../backlog/series.ts';
import { exportSeries, readSeries } from '../counter/backlog-export.ts';
import { Failure, unwrap } from '../rooms/failure.ts';
import { feedFolder, type Fed } from './feed-folder.ts';
import { filesIn } from './input-files.ts';
import { EXIT, printJson, say, UsageError, type Where } from './output.ts';
import { withCounter } from './with-counter.ts';

type Run = <A extends unknown[]>(work: (...given: A) => Promise<number>) => (...given: unknown[]) => Promise<void>;

const MOST_FILES = 100_000;

interface SeriesOptions {
  readonly code: string;
  readonly template: string;
  readonly name?: string;
  readonly total: string;
  readonly percent: string;
  readonly until: string;
  readonly split?: string;
  readonly json?: boolean;
}

export function addBacklogCommands(program: Command, run: Run, where: Where, version: string): void {
  const backlog = program.command('backlog').description('số hóa kho hồ sơ cũ');
  backlog
    .command('series')
    .description('lập nhóm hồ sơ, hoặc đổi chỉ tiêu của nhóm đã có')
    .requiredOption('--code <code>', 'mã nhóm, chữ in hoa và số')
    .requiredOption('--template <id>', 'loại hồ sơ (motcua backlog list cho biết)')
    .option('--name <name>')
    .requiredOption('--total <n>', 'số bản ghi trong kho')
    .option('--percent <n>', 'tỷ lệ phải số hóa', '30')
    .requiredOption('--until <date>', 'hạn, YYYY-MM-DD')
    .option('--split <rule>', 'page-class | separator | hand | số trang mỗi bản ghi')
    .option('--json')
    .action(run(backlogSeries(where, version)));
  backlog
    .command('list')
    .description('các nhóm hồ sơ, chồng đang làm dở và loại hồ sơ chương trình biết')
    .option('--json')
    .action(run(backlogList(where, version)));
  backlog
    .command('progress')
    .description('còn bao nhiêu bản ghi, mỗi ngày làm việc cần bao nhiêu')
    .option('--series <code>')
    .option('--json')
    .action(run(backlogProgress(where, version)));
  backlog
    .command('import')
    .description('nạp thư mục ảnh quét; chạy lại thì làm tiếp, tệp đã nạp được nhận ra theo nội dung')
    .argument('<dir>')
    .requiredOption('--series <code>')
    .option('--json')
    .action(run(backlogImport(where, version)));
  backlog
    .command('export')
    .description('ghi PDF, index.csv và index.json ra thư mục')
    .argument('<dir>')
    .requiredOption('--series <code>')
    .option('--json')
    .action(run(backlogExport(where, version)));
}

function backlogSeries(where: Where, version: string) {
  return (options: SeriesOptions): Promise<number> =>
    withCounter(where, version, async (counter, officer) => {
      const { templates } = unwrap(await counter.rooms.store.call('backlogOverview', {}));
      const template = templates.find(({ id }) => id === options.template);
      if (!template)
        throw new UsageError(`--template: ${templates.map(({ id, name }) => `${id} (${name})`).join(', ')}`);
      const parsed = SeriesChoice.safeParse({
        code: options.code,
        name: options.name ?? template.name,
        templateId: template.id,
        split: options.split === undefined ? template.split : readSplit(options.split),
        total: Number(options.total),
        targetPercent: Number(options.percent),
        targetDate: options.until,
      });
      if (!parsed.success)
        throw new UsageError(
          parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
        );
      unwrap(await counter.rooms.store.call('saveBacklogSeries', { choice: parsed.data, officerId: officer.id }));
      return sayProgress([await readSeries(counter.rooms, options.code)], options.json ?? false);
    });
}

function backlogList(where: Where, version: string) {
  return (options: { json?: boolean }): Promise<number> =>
    withCounter(where, version, async (counter) => {
      const { series, templates } = unwrap(await counter.backlog.overview());
      if (options.json) {
        printJson({ series, templates });
        return EXIT.done;
      }
      for (const one of series) {
        say(`${one.series.code}  ${one.series.name}  ${backlogSentence(one.progress, one.series.targetDate)}`);
        for (const stack of one.stacks)
          say(`  ${stack.name}: ${stack.pageCount} trang, ${stack.openRecords} bản ghi chờ xác nhận`);
      }
      say(`Loại hồ sơ: ${templates.map(({ id, name }) => `${id} (${name})`).join(', ')}`);
      return EXIT.done;
    });
}

function backlogProgress(where: Where, version: string) {
  return (options: { series?: string; json?: boolean }): Promise<number> =>
    withCounter(where, version, async (counter) => {
      const found =
        options.series === undefined
          ? unwrap(await counter.backlog.overview()).series
          : [await readSeries(counter.rooms, options.series)];
      return sayProgress(found, options.json ?? false);
    });
}

function sayProgress(found: readonly SeriesOverview[], asJson: boolean): number {
  if (asJson)
    printJson({
      series: found.map(({ series, progress }) => ({
        code: series.code,
        name: series.name,
        targetPercent: series.targetPercent,
        targetDate: series.targetDate,
        ...progress,
      })),
    });
  else
    for (const { series, progress } of found)
      say(`${series.code}  ${series.name}: ${backlogSentence(progress, series.targetDate)}`);
  return EXIT.done;
}

function backlogImport(where: Where, version: string) {
  return (dir: string, options: { series: string; json?: boolean }): Promise<number> =>
    withCounter(where, version, async (counter, officer) => {
      const root = resolve(dir);
      await readSeries(counter.rooms, options.series);
      const folders = foldersOf(root);
      if (folders.length === 0) throw new Failure('file-not-found', `${root}: no scans`);
      const fed: Fed[] = [];
      for (const { name, files } of folders)
        fed.push(...(await feedFolder(counter, officer, options.series, name, files, root)));
      await counter.capture.settled();
      const count = (outcome: Fed['outcome']): number => fed.filter((one) => one.outcome === outcome).length;
      const { stacks } = await readSeries(counter.rooms, options.series);
      const totals = { fed: count('fed'), known: count('known'), failed: count('failed') };
      if (options.json) printJson({ ...totals, files: fed, stacks });
      else
        say(
          `✔ nạp ${totals.fed} tệp, ${totals.known} tệp đã có, ${totals.failed} tệp không đọc được; ` +
            `${stacks.reduce((sum, stack) => sum + stack.openRecords, 0)} bản ghi chờ xác nhận`,
        );
      if (totals.failed === 0) return EXIT.done;
      return totals.failed < fed.length ? EXIT.partly : EXIT.failed;
    });
}

function foldersOf(root: string): readonly { readonly name: string; readonly files: readonly string[] }[] {
  let scans: readonly string[];
  try {
    scans = filesIn(root);
  } catch (cause) {
    throw new Failure('file-not-found', root, { cause });
  }
  if (scans.length > MOST_FILES) throw new Failure('file-too-large', `${scans.length} files in ${root}`);
  const folders = new Map<string, string[]>();
  for (const path of scans) {
    const folder = dirname(path);
    const files = folders.get(folder);
    if (files) files.push(path);
    else folders.set(folder, [path]);
  }
  return [...folders].map(([folder, files]) => ({
    name: join(basename(root), relative(root, folder)).slice(-200),
    files,
  }));
}

function backlogExport(where: Where, version: string) {
  return (dir: string, options: { series: string; json?: boolean }): Promise<number> =>
    withCounter(where, version, async (counter) => {
      const { failed } = await counter.backlog.composed();
      const exported = await exportSeries(counter.rooms, options.series, resolve(dir));
      const { records, written, composing } = exported;
      if (options.json) printJson({ series: exported.series.code, records, written, composing });
      else
        say(
          `✔ ${records} bản ghi, ghi mới ${written} tệp vào ${resolve(dir)}` +
            (composing > 0 ? `; ${composing} bản ghi chưa tạo được tệp (${failed} lỗi)` : ''),
        );
      return composing === 0 ? EXIT.done : EXIT.partly;
    });
}

function readSplit(text: string): SplitRule {
  if (text === 'page-class' || text === 'separator' || text === 'hand') return { kind: text };
  return { kind: 'every', pages: Number(text) };
}
