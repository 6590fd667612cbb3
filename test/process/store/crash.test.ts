import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readBlob } from '../../../main/blobs/blob-file.ts';
import { unwrap } from '../../../main/rooms/failure.ts';
import type { Dossier } from '../../../preload/types.ts';
import { LAN } from '../../unit/store/store-kit.ts';
import { deposit, readyDraft, removeFolder, seal, startRoom, temporaryFolder, type Room } from './room-kit.ts';

let folder: string;
let room: Room;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await room.store.stop();
  removeFolder(folder);
});

const SEAL_POINTS = [
  'seal:before-transaction',
  'seal:after-rules',
  'seal:after-code',
  'seal:after-register',
  'seal:after-job',
  'seal:after-dossier',
  'seal:after-index',
  'seal:after-audit',
  'seal:before-commit',
  'seal:after-commit',
];

describe('kill -9 of the store', () => {
  test('at ten points of one seal leaves the whole draft each time, and seals it exactly once in the end', async () => {
    room = startRoom(folder);
    const draft = await readyDraft(room);
    await room.store.stop();
    for (const crashAt of SEAL_POINTS) {
      room = startRoom(folder, { crashAt });
      const found: Dossier = unwrap(await room.store.call('get', { id: draft.id }));
      expect(found, `before ${crashAt}`).toEqual(draft);
      expect(unwrap(await room.store.call('outbox', {}))).toMatchObject({ queued: 0 });
      expect(await seal(room, draft), crashAt).toMatchObject({ ok: false, code: 'room-stopped' });
    }

    room = startRoom(folder);
    expect(unwrap(await room.store.call('get', { id: draft.id })).state).toBe('received');
    const sealed = unwrap(await seal(room, draft)); // the officer's second try
    expect(sealed).toMatchObject({ state: 'received', code: 'T-Q1-1', receipt: { number: 1 }, pages: draft.pages });
    expect(unwrap(await room.store.call('outbox', {}))).toMatchObject({ queued: 1 });
    expect(unwrap(await room.store.call('nextJob', {}))?.manifest.files).toHaveLength(1);
    expect(unwrap(await room.store.call('nextJob', {}))).toBeNull();
    for (const { imageBlobId } of sealed.pages) {
      const access = unwrap(await room.store.call('blobAccess', { blobId: imageBlobId }));
      expect((await readBlob(access)).toString()).toMatch(/^page /);
    }
    expect(unwrap(await room.store.call('verifyAudit', {})).firstBadSeq).toBeNull();
    expect(unwrap(await room.store.call('check', {}))).toMatchObject({ integrity: 'ok', dossiers: 1 });
  });

  test('while a page comes in loses no page: handed in again it is there once', async () => {
    room = startRoom(folder);
    const draft = unwrap(await room.store.call('create', { officerId: LAN }));
    const image = await deposit(folder, 'the only scan of this page', 'image/jpeg');
    await room.store.stop();
    const add = () =>
      room.store.call('append', {
        id: draft.id,
        officerId: LAN,
        command: { kind: 'add-page', image, thumbnail: null, widthPx: 1, heightPx: 1, dpi: 200 },
      });
    for (const crashAt of ['shelve:before-rename', 'shelve:after-rename']) {
      room = startRoom(folder, { crashAt });
      expect(await add(), crashAt).toMatchObject({ ok: false, code: 'room-stopped' });
    }
    room = startRoom(folder);
    expect(unwrap(await room.store.call('get', { id: draft.id })).pages).toEqual([]);
    expect(unwrap(await add()).pages).toHaveLength(1);
    const again = unwrap(await add());
    expect(again.pages).toHaveLength(1);
    const access = unwrap(await room.store.call('blobAccess', { blobId: again.pages[0]?.imageBlobId ?? '' }));
    expect((await readBlob(access)).toString()).toBe('the only scan of this page');
  });

  test('at no point in particular, 15 times over: every acknowledged page is there, once', async () => {
    room = startRoom(folder);
    const draft = unwrap(await room.store.call('create', { officerId: LAN }));
    const acknowledged = new Set<string>();
    for (let round = 0; round < 15; round++) {
      const image = await deposit(folder, `page ${round}`, 'image/jpeg');
      const answer = room.store.call('append', {
        id: draft.id,
        officerId: LAN,
        command: { kind: 'add-page', image, thumbnail: null, widthPx: 1, heightPx: 1, dpi: 200 },
      });
      if (round % 5 === 4) {
        // Somewhere between the first and the last of its writes.
        await new Promise((resolve) => setTimeout(resolve, round % 7));
        if (room.store.pid !== undefined) process.kill(room.store.pid, 'SIGKILL');
      }
      if ((await answer).ok) acknowledged.add(image.file);
      if (room.store.pid === undefined) room = startRoom(folder);
    }
    const { pages } = unwrap(await room.store.call('get', { id: draft.id }));
    expect(pages.length).toBeGreaterThanOrEqual(acknowledged.size);
    expect(pages.length).toBeLessThanOrEqual(15);
    expect(new Set(pages.map(({ imageBlobId }) => imageBlobId)).size).toBe(pages.length);
    for (const { imageBlobId } of pages) {
      const access = unwrap(await room.store.call('blobAccess', { blobId: imageBlobId }));
      expect((await readBlob(access)).toString()).toMatch(/^page \d+$/);
    }
    expect(unwrap(await room.store.call('check', {})).integrity).toBe('ok');
  });
});
