/** @file From the feeder into the dossier and under recognition, with devices and processes that fail on the way. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { unwrap } from '../../main/rooms/failure.ts';
import type { ToRoom } from '../../main/rooms/define.ts';
import type { EsclFaults } from '../stand-ins/escl-scanner/faults.ts';
import { drawPages, sha256 } from '../stand-ins/draw-pages.ts';
import { openCaptureDesk, type CaptureDesk, type CaptureDeskOptions } from '../stand-ins/capture-desk.ts';

const RESIDENCE = '1.004222';
let files: string[] = [];
let hashes: string[] = [];
let desk: CaptureDesk;

beforeAll(async () => {
  files = await drawPages(6);
  hashes = files.map((file) => sha256(readFileSync(file)));
});
afterEach(() => desk.close());

async function openDesk(
  faults: Partial<EsclFaults>,
  over: Partial<CaptureDeskOptions> & { readonly pages?: readonly string[]; readonly hasDuplex?: boolean } = {},
): Promise<void> {
  const { pages = files.slice(0, 4), hasDuplex = false, ...options } = over;
  desk = await openCaptureDesk({ device: { pages, hasDuplex, faults }, ...options });
}

describe('a feeder that stops half way', () => {
  it('keeps the pages, says how many sheets came, and goes on behind them with the next one', async () => {
    await openDesk({ jamAtSheet: 3 });
    const draft = await desk.newDraft();
    const jammed = await desk.scan(draft.id);
    expect(jammed).toMatchObject({ state: 'failed', code: 'scanner-jam', done: 2, sheets: 2 });
    const half = await desk.reload(draft.id);
    expect(jammed.lastPageId).toBe(half.pages[1]?.id);
    expect(await desk.scan(draft.id)).toMatchObject({ state: 'done', done: 2, sheets: 2 });
    expect(await desk.hashes(await desk.reload(draft.id))).toEqual(hashes.slice(0, 4));
  });

  it('counts sheets, not sides, of a device that scans both', async () => {
    await openDesk({ jamAtSheet: 3 }, { pages: files, hasDuplex: true });
    const draft = await desk.newDraft();
    const jammed = await desk.scan(draft.id, { source: 'adf-duplex' });
    expect(jammed).toMatchObject({ state: 'failed', code: 'scanner-jam', done: 4, sheets: 2 });
  });

  it('in the middle of the stack goes on where it stopped', async () => {
    await openDesk({ jamAtSheet: 3 }, { pages: files.slice(0, 4) });
    const draft = await desk.newDraft();
    const before = [files[4], files[5]].filter((file) => file !== undefined);
    await desk.counter.capture.importFiles(draft.id, desk.officer.id, before).done;
    const [first] = (await desk.reload(draft.id)).pages;
    const jammed = await desk.scan(draft.id, { place: { kind: 'after', pageId: first?.id ?? '' } });
    expect(jammed).toMatchObject({ state: 'failed', done: 2 });
    await desk.scan(draft.id, { place: { kind: 'after', pageId: jammed.lastPageId ?? '' } });
    const [a, b, c, d, e, f] = hashes;
    expect(await desk.hashes(await desk.reload(draft.id))).toEqual([e, a, b, c, d, f]);
  });
});

describe('the desk hears', () => {
  it('of every page before it is read, and which pages a faulty feeder gave twice', async () => {
    const heard: string[] = [];
    await openDesk(
      { repeatPage: 2 },
      {
        watch: (room, message) => {
          if (room === 'imaging' && message.kind === 'call' && message.method === 'recognise') heard.push('read');
        },
      },
    );
    desk.counter.events.on('dossier.changed', () => void heard.push('page'));
    const draft = await desk.newDraft();
    expect(await desk.scan(draft.id)).toMatchObject({ state: 'done', done: 5, repeated: [3] });
    expect(heard.indexOf('page')).toBeGreaterThanOrEqual(0);
    expect(heard.indexOf('page')).toBeLessThan(heard.indexOf('read'));
    expect((await desk.reload(draft.id)).pages).toHaveLength(5);
  });

  it('that a device works already, that a page to put others at is not there, and that a dossier is closed', async () => {
    await openDesk({ slowPageMs: 100 });
    const { capture, reception, rooms } = desk.counter;
    const draft = await desk.newDraft();
    const first = unwrap(await capture.scan(draft.id, desk.officer.id, desk.choice));
    const second = await capture.scan(draft.id, desk.officer.id, desk.choice);
    expect(second).toMatchObject({ ok: false, code: 'scanner-busy' });
    const { revision } = await desk.reload(draft.id);
    expect(await reception.seal(draft.id, revision, desk.officer.id)).toMatchObject({ code: 'capture-running' });
    expect(await first.done).toMatchObject({ state: 'done', done: 4 });
    const nowhere = await capture.scan(draft.id, desk.officer.id, {
      ...desk.choice,
      place: { kind: 'after', pageId: 'page-of-another-dossier' },
    });
    expect(nowhere).toMatchObject({ ok: false, code: 'not-found' });
    const now = await desk.reload(draft.id);
    unwrap(await rooms.store.call('discard', { id: now.id, revision: now.revision, officerId: desk.officer.id }));
    expect(await capture.scan(draft.id, desk.officer.id, desk.choice)).toMatchObject({ code: 'not-found' });
  });
});

describe('while the feeder runs', () => {
  it('the officer sorts, turns and hides what has come, and every page still ends up at its place', async () => {
    await openDesk({ slowPageMs: 150 }, { pages: files });
    let seen = await desk.newDraft(RESIDENCE);
    const component = seen.checklist.find((item) => item.component.kind === 'submitted')?.component.id ?? '';
    const scanning = unwrap(await desk.counter.capture.scan(seen.id, desk.officer.id, desk.choice));
    let decided = 0;
    for (let isRunning = true; isRunning;) {
      isRunning =
        (await Promise.race([scanning.done, new Promise((resolve) => setTimeout(resolve, 40))])) === undefined;
      const last = (await desk.reload(seen.id)).pages.at(-1);
      // The newest page, decided on a dossier that is older than what came since.
      if (last === undefined || seen.pages.some(({ id }) => id === last.id)) continue;
      const pageIds = [last.id];
      seen = await desk.edit(seen, { kind: 'assign-pages', pageIds, componentId: component });
      seen = await desk.edit(seen, { kind: 'turn-pages', rotations: { [last.id]: 90 } });
      decided += 1;
    }
    expect(decided).toBeGreaterThan(3);
    await desk.counter.capture.settled();
    const whole = await desk.reload(seen.id);
    expect(await desk.hashes(whole)).toEqual(hashes);
    const sorted = whole.pages.filter((page) => page.isAssignedByOfficer);
    expect(sorted).toHaveLength(decided);
    expect(sorted.every((page) => page.rotation === 90 && page.componentId === component)).toBe(true);
    expect(whole.pages.every((page) => page.recognition === 'done')).toBe(true);
  });

  it('a dossier that is discarded stops the device', async () => {
    await openDesk({ slowPageMs: 150 }, { pages: files });
    const { capture, rooms } = desk.counter;
    const draft = await desk.newDraft();
    const scanning = unwrap(await capture.scan(draft.id, desk.officer.id, desk.choice));
    await expect.poll(async () => (await desk.reload(draft.id)).pages.length).toBeGreaterThan(0);
    const { revision } = await desk.reload(draft.id);
    const gone = await rooms.store.call('discard', { id: draft.id, revision, officerId: desk.officer.id });
    // A page may have come between looking and discarding; the next try then knows it.
    if (!gone.ok) {
      const again = await desk.reload(draft.id);
      unwrap(await rooms.store.call('discard', { id: draft.id, revision: again.revision, officerId: desk.officer.id }));
    }
    const ended = await scanning.done;
    expect(ended).toMatchObject({ state: 'failed', code: 'not-found' });
    expect(desk.device.log.at(-1)?.method).toBe('DELETE');
    expect(ended.done).toBeLessThan(files.length);
  });
});

describe('a page is scanned anew', () => {
  it('and stands where the old one stood, under the same paper; the old one can be had back', async () => {
    await openDesk({}, { pages: files.slice(4, 5) });
    const { capture } = desk.counter;
    let draft = await desk.newDraft(RESIDENCE);
    await capture.importFiles(draft.id, desk.officer.id, files.slice(0, 3)).done;
    draft = await desk.reload(draft.id);
    const old = draft.pages[1]?.id ?? '';
    const component = draft.checklist.find((item) => item.component.kind === 'submitted')?.component.id ?? '';
    draft = await desk.edit(draft, { kind: 'assign-pages', pageIds: [old], componentId: component });
    await desk.scan(draft.id, { place: { kind: 'replace', pageId: old } });
    await capture.settled();
    const after = await desk.reload(draft.id);
    const [a, b, c, , e] = hashes;
    expect(await desk.hashes(after, (page) => !page.isHidden)).toEqual([a, e, c]);
    const [, , fresh] = after.pages;
    expect(after.pages[1]).toMatchObject({ id: old, isHidden: true, replacedById: fresh?.id });
    expect(fresh).toMatchObject({ componentId: component, isHidden: false, recognition: 'done' });
    const undone = await desk.edit(after, { kind: 'undo' });
    expect(await desk.hashes(undone, (page) => !page.isHidden)).toEqual([a, b, c]);
    const redone = await desk.edit(undone, { kind: 'redo' });
    expect(redone.pages).toEqual(after.pages);
  });
});

describe('when the imaging process ends', () => {
  it('in the middle of a scan, the pages that came are kept and the job says so', async () => {
    let kill: (() => void) | undefined;
    await openDesk(
      { slowPageMs: 150 },
      {
        pages: files,
        watch: (room, message, end) => {
          if (room === 'imaging' && message.kind === 'call' && message.method === 'scan') kill = end;
        },
      },
    );
    const draft = await desk.newDraft();
    const scanning = unwrap(await desk.counter.capture.scan(draft.id, desk.officer.id, desk.choice));
    await expect.poll(async () => (await desk.reload(draft.id)).pages.length).toBeGreaterThan(1);
    kill?.();
    const ended = await scanning.done;
    expect(ended).toMatchObject({ state: 'failed', code: 'room-stopped', sheets: ended.done });
    await desk.counter.capture.settled();
    const { pages } = await desk.reload(draft.id);
    expect(pages).toHaveLength(ended.done);
    expect(pages.every((page) => page.recognition === 'done')).toBe(true);
  });

  it('twice on one page, that page is failed and all others are read', async () => {
    let victim: string | undefined;
    let deaths = 0;
    let whenImported: Promise<unknown> = Promise.resolve();
    const isOf = (message: ToRoom): boolean =>
      message.kind === 'call' &&
      message.method === 'recognise' &&
      (message.params as { image: { path: string } }).image.path === victim;
    await openDesk(
      {},
      {
        ocrWorkers: 2,
        watch: (room, message, kill) => {
          if (room !== 'imaging' || victim === undefined || !isOf(message)) return;
          deaths += 1;
          void whenImported.then(kill);
        },
      },
    );
    const { capture, rooms } = desk.counter;
    const first = await desk.newDraft();
    await capture.importFiles(first.id, desk.officer.id, files.slice(0, 1)).done;
    await capture.settled();
    const [page] = (await desk.reload(first.id)).pages;
    // The same picture in another dossier is the same file: known before it is read again.
    victim = unwrap(await rooms.store.call('blobAccess', { blobId: page?.imageBlobId ?? '' })).path;
    const draft = await desk.newDraft();
    const importing = capture.importFiles(draft.id, desk.officer.id, [...files.slice(1, 4), files[0] ?? '']);
    whenImported = importing.done;
    await whenImported;
    await capture.settled();
    const { pages } = await desk.reload(draft.id);
    expect(pages.map(({ recognition }) => recognition)).toEqual(['done', 'done', 'done', 'failed']);
    expect(deaths).toBe(2);
  });
});

describe('an import that dies in the middle', () => {
  it('leaves its pages, in order, and says which file was bad', async () => {
    await openDesk({});
    const draft = await desk.newDraft();
    const folder = mkdtempSync(join(tmpdir(), 'import-'));
    const half = join(folder, 'half.jpg');
    writeFileSync(half, readFileSync(files[2] ?? '').subarray(0, 700));
    const paths = [files[0] ?? '', files[1] ?? '', half, files[3] ?? ''];
    const ended = await desk.counter.capture.importFiles(draft.id, desk.officer.id, paths).done;
    expect(ended).toMatchObject({ state: 'failed', code: 'file-damaged', done: 2 });
    expect(await desk.hashes(await desk.reload(draft.id))).toHaveLength(2);
  });

  it('while a scan runs waits for it: two stacks are never shuffled', async () => {
    await openDesk({ slowPageMs: 100 });
    const draft = await desk.newDraft();
    const scanning = unwrap(await desk.counter.capture.scan(draft.id, desk.officer.id, desk.choice));
    const importing = desk.counter.capture.importFiles(draft.id, desk.officer.id, files.slice(4));
    await Promise.all([scanning.done, importing.done]);
    const { pages } = await desk.reload(draft.id);
    expect(pages).toHaveLength(6);
    expect((await desk.hashes(await desk.reload(draft.id))).slice(0, 4)).toEqual(hashes.slice(0, 4));
  });
});
