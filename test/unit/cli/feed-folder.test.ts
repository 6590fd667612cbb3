/** @file A folder with more pages than a stack takes, fed into a real store; only the reading of the files is played. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { feedFolder } from '../../../main/cli/feed-folder.ts';
import { createBacklog } from '../../../main/counter/backlog.ts';
import type { Capture, ResumedFile } from '../../../main/counter/capture.ts';
import { createCounterEvents } from '../../../main/counter/events.ts';
import { createJobs } from '../../../main/counter/jobs.ts';
import type { Rooms } from '../../../main/counter/rooms.ts';
import type { Authoriser, Machine } from '../../../main/ports/ports.ts';
import { toRefusal } from '../../../main/rooms/failure.ts';
import type { Settings } from '../../../main/settings/settings.ts';
import { ok } from '../../../preload/result.ts';
import { append, depositIn, LAN, MINH, openKit, type Kit } from '../store/store-kit.ts';

/** Pages of each file, in the order of the folder. */
const FILES = [1, 3, 1, 2];
const NAME = 'so 1998';
const SERIES = {
  code: 'HTKS',
  name: 'Giấy khai sinh',
  templateId: 'khai-sinh',
  split: { kind: 'page-class' as const },
  total: 100,
  targetPercent: 30,
  targetDate: '2026-12-31',
};

let kit: Kit;
let folder: string;
let files: string[];
beforeEach(async () => {
  kit = await openKit();
  await kit.call('saveBacklogSeries', { choice: SERIES, officerId: MINH });
  folder = mkdtempSync(join(tmpdir(), 'feed-folder-'));
  files = FILES.map((_, index) => join(folder, `${index + 1}.pdf`));
  for (const [index, file] of files.entries()) writeFileSync(file, `file ${index}`);
});
afterEach(async () => {
  await kit.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Feeds the folder; tells the outcomes, and which pages came in where. */
async function feed() {
  const brought: string[] = [];
  const call = async (method: string, params: object) => {
    try {
      return ok(await kit.call(method as 'get', params as { id: string }));
    } catch (thrown) {
      return toRefusal(thrown);
    }
  };
  const rooms = { store: { call } } as unknown as Rooms;
  const importOne = async (stackId: string, path: string, { file, skip }: ResumedFile) => {
    for (let page = skip; page < (FILES[files.indexOf(path)] ?? 0); page++) {
      const image = await depositIn(kit, randomBytes(64).toString('hex'));
      const size = { widthPx: 1654, heightPx: 2339, dpi: 200 };
      const command = { kind: 'add-page', pageId: uuidv7(), file, image, thumbnail: null, ...size } as const;
      try {
        await append(kit, stackId, command);
      } catch (thrown) {
        return { state: 'failed', ...toRefusal(thrown) };
      }
      brought.push(`${basename(path)}:${page + 1}`);
    }
    return { state: 'done' };
  };
  const capture = {
    recognisePending: () => undefined,
    importFiles: (id: string, _: string, [path]: readonly string[], __: unknown, resumed: ResumedFile) => ({
      done: importOne(id, path ?? '', resumed),
    }),
  } as unknown as Capture;
  const events = createCounterEvents();
  const machine = { clock: { now: () => 0 }, log: () => undefined, paths: {} } as unknown as Machine;
  const jobs = createJobs(events);
  const backlog = createBacklog(machine, rooms, {} as Settings, {} as Authoriser, events, jobs, capture);
  const fed = await feedFolder({ rooms, backlog }, { id: LAN }, 'HTKS', NAME, files, folder);
  const parts = await kit.call('backlogStackParts', { seriesCode: 'HTKS', name: NAME });
  const stacks = await Promise.all(parts.map((id) => kit.call('backlogStack', { id })));
  return {
    outcomes: fed.map(({ outcome }) => outcome),
    brought,
    stacks: stacks.map(({ name, pageCount }) => [name, pageCount]),
  };
}

/** A stack that takes a few more pages only. */
async function openFilledStack(pageCount: number): Promise<void> {
  const choice = { seriesCode: 'HTKS', name: NAME, officerId: LAN, reuse: false };
  const { id } = await kit.call('createBacklogStack', choice);
  const page = { imageBlobId: 'x', thumbnailBlobId: null, widthPx: 1, heightPx: 1, dpi: 200, source: 'x' };
  const ids = Array.from({ length: pageCount }, (_, index) => `old-${index}`);
  const draft = { order: ids, ...Object.fromEntries(ids.map((one) => [`page:${one}`, page])) };
  kit.service.context
    .sql('UPDATE dossier SET draft = ?, revision = revision + 1 WHERE id = ?')
    .run(JSON.stringify(draft), id);
}

test('what a full stack does not take goes into a further one, also in the middle of a file, and nothing is read twice', async () => {
  await openFilledStack(497);
  expect(await feed()).toEqual({
    outcomes: ['fed', 'fed', 'fed', 'fed'],
    brought: ['1.pdf:1', '2.pdf:1', '2.pdf:2', '2.pdf:3', '3.pdf:1', '4.pdf:1', '4.pdf:2'],
    stacks: [
      [NAME, 500],
      [`${NAME} (2)`, 4],
    ],
  });
  expect(await feed()).toMatchObject({
    outcomes: ['known', 'known', 'known', 'known'],
    brought: [],
    stacks: [
      [NAME, 500],
      [`${NAME} (2)`, 4],
    ],
  });
});

test('a folder that fits keeps to its one stack', async () => {
  expect(await feed()).toMatchObject({ brought: { length: 7 }, stacks: [[NAME, 7]] });
});

test('the same sheet twice is two sheets, on both sides of the end of a stack, too', async () => {
  for (const file of files) writeFileSync(file, 'separator');
  await openFilledStack(499);
  const { outcomes, brought } = await feed();
  expect([outcomes, brought.length]).toEqual([['fed', 'fed', 'fed', 'fed'], 7]);
  expect(await feed()).toMatchObject({ outcomes: ['known', 'known', 'known', 'known'], brought: [] });
});
