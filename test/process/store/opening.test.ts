import Database from 'better-sqlite3';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readBlob } from '../../../main/blobs/blob-file.ts';
import { unwrap } from '../../../main/rooms/failure.ts';
import { APPLICANT, LAN } from '../../unit/store/store-kit.ts';
import { deposit, readyDraft, removeFolder, seal, startRoom, temporaryFolder, type Room } from './room-kit.ts';

let folder: string;
const rooms: Room[] = [];
function start(options: Parameters<typeof startRoom>[1] = {}): Room {
  const room = startRoom(folder, options);
  rooms.push(room);
  return room;
}
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const room of rooms.splice(0)) await room.store.stop();
  removeFolder(folder);
});

/** Every file's path and size: to show that a refusal changed nothing. */
function inventory(): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/owner\.lock|-shm$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path} ${statSync(path).size}`)
    .sort();
}

describe('opening the store', () => {
  test('runs at synchronous=FULL with SQLCipher, at the first opening and at every later one', async () => {
    for (let opening = 0; opening < 3; opening++) {
      const room = start();
      expect(unwrap(await room.store.call('check', {}))).toMatchObject({
        synchronous: 2,
        cipher: 'sqlcipher',
        integrity: 'ok',
      });
      await room.store.stop();
    }
  });

  test('refuses a second owner, and opens for the next one the moment the first is killed', async () => {
    const first = start();
    await first.store.start();
    expect(await start().store.start()).toMatchObject({ ok: false, code: 'store-locked' });
    process.kill(first.store.pid as number, 'SIGKILL');
    expect(await start().store.start()).toMatchObject({ ok: true });
  });

  test('refuses another key, deletes nothing, and opens with the right one', async () => {
    const room = start();
    const draft = await readyDraft(room);
    await room.store.stop();
    const before = inventory();
    expect(await start({ unlock: Buffer.alloc(32, 8).toString('base64') }).store.start()).toMatchObject({
      ok: false,
      code: 'store-key-missing',
    });
    expect(inventory()).toEqual(before);
    expect(unwrap(await start().store.call('get', { id: draft.id })).pages).toHaveLength(1);
  });

  test('opens from the second copy of the key slots and repairs the first', async () => {
    await start().store.start();
    await rooms[0]?.store.stop();
    const slots = join(folder, 'slots.A.json');
    const good = readFileSync(slots, 'utf8');
    writeFileSync(slots, '\0'.repeat(good.length)); // what Windows leaves after a power cut
    expect(await start().store.start()).toMatchObject({ ok: true });
    expect(readFileSync(slots, 'utf8')).toBe(good);
  });

  test('never makes a new key beside data whose slots are gone', async () => {
    await start().store.start();
    await rooms[0]?.store.stop();
    rmSync(join(folder, 'slots.A.json'));
    rmSync(join(folder, 'slots.B.json'));
    const before = inventory();
    expect(await start().store.start()).toMatchObject({ ok: false, code: 'store-key-missing' });
    expect(inventory()).toEqual(before);
  });

  test('never starts an empty database beside blobs', async () => {
    const room = start();
    await readyDraft(room);
    await room.store.stop();
    renameSync(join(folder, 'counter.db'), join(folder, 'elsewhere.db'));
    expect(await start().store.start()).toMatchObject({ ok: false, code: 'store-damaged' });
    expect(existsSync(join(folder, 'counter.db'))).toBe(false);
  });

  test.each([
    ['the first page', 100],
    ['a page in the middle', 4096 * 3 + 500],
  ])('names damage in %s and leaves everything for rescue', async (_name, offset) => {
    const room = start();
    await readyDraft(room);
    await room.store.stop();
    const path = join(folder, 'counter.db');
    const byte = readFileSync(path)[offset] ?? 0;
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.from([byte ^ 1]), 0, 1, offset);
    closeSync(file);
    const before = inventory();
    expect(await start().store.start()).toMatchObject({ ok: false, code: 'store-damaged' });
    expect(inventory()).toEqual(before);
  });

  test('does not touch a store that a newer program wrote', async () => {
    const { openStore } = await import('../../../main/store/open-database.ts');
    const opened = openStore(folder, Buffer.alloc(32, 7));
    opened.database.pragma('user_version = 99');
    opened.close();
    expect(await start().store.start()).toMatchObject({ ok: false, code: 'store-newer' });
  });

  test('finishes a rename that a power cut had undone', async () => {
    const room = start();
    const draft = unwrap(await room.store.call('create', { officerId: LAN }));
    const image = await deposit(folder, 'undone by a power cut', 'image/jpeg');
    const added = unwrap(
      await room.store.call('append', {
        id: draft.id,
        officerId: LAN,
        command: { kind: 'add-page', image, thumbnail: null, widthPx: 1, heightPx: 1, dpi: 200 },
      }),
    );
    const blobId = added.pages[0]?.imageBlobId ?? '';
    const { path } = unwrap(await room.store.call('blobAccess', { blobId }));
    await room.store.stop();
    renameSync(path, join(folder, 'incoming', image.file));
    const access = unwrap(await start().store.call('blobAccess', { blobId }));
    expect((await readBlob(access)).toString()).toBe('undone by a power cut');
  });

  test('collects leftovers older than a day and no younger ones', async () => {
    await start().store.start();
    await rooms[0]?.store.stop();
    const [old, young] = [await deposit(folder, 'old'), await deposit(folder, 'young')];
    const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000);
    utimesSync(join(folder, 'incoming', old.file), twoDaysAgo, twoDaysAgo);
    await start().store.start();
    expect(readdirSync(join(folder, 'lost+found'))).toEqual([old.file]);
    expect(readdirSync(join(folder, 'incoming'))).toEqual([young.file]);
  });
});

describe('what lies in the folder', () => {
  test('holds no readable word of a dossier, in no file', async () => {
    const canary = 'CANARY-7f3a91-giay-khai-sinh';
    const room = start();
    const draft = await readyDraft(room, canary);
    await seal(room, draft);
    await room.store.call('list', { text: APPLICANT.fullName, states: [], limit: 10, offset: 0 });
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name)).toContain('counter.db-wal');
    for (const entry of files) {
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      for (const word of [
        canary,
        APPLICANT.fullName,
        'nguyen van an',
        APPLICANT.idNumber as string,
        '%PDF',
        'SQLite format 3\0\x10\0\x02\x02',
      ]) {
        expect(bytes.includes(word), `${word} in ${entry.name}`).toBe(false);
      }
    }
  });

  test('does not tell by its names whether a known file is in it', async () => {
    const room = start();
    await readyDraft(room, 'known');
    const known = (await deposit(folder, 'page known')).sha256;
    const names = readdirSync(join(folder, 'blobs'), { recursive: true }).map(String);
    expect(names.some((name) => name.includes(known))).toBe(false);
  });

  test('can be backed up while it is open, and the copy opens as a store with every byte', async () => {
    const room = start();
    const sealed = unwrap(await seal(room, await readyDraft(room)));
    const copy = join(folder, 'copy');
    const { files } = unwrap(await room.store.call('backup', { folder: copy }));
    expect(files).toBeGreaterThanOrEqual(5);
    const restored = startRoom(copy);
    rooms.push(restored);
    const found = unwrap(await restored.store.call('get', { id: sealed.id }));
    expect(found).toEqual(sealed);
    const access = unwrap(await restored.store.call('blobAccess', { blobId: found.pages[0]?.imageBlobId ?? '' }));
    expect(access.path.startsWith(copy)).toBe(true);
    expect((await readBlob(access)).toString()).toMatch(/^page /);
    expect(() => new Database(join(copy, 'counter.db')).prepare('SELECT 1 FROM dossier').get()).toThrow(
      /not a database/,
    );
  });
});

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('a full disk (mounts a small tmpfs: needs root)', () => {
  const mounted: string[] = [];
  beforeEach(() => {
    removeFolder(folder);
    const disk = temporaryFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk]);
    mounted.push(disk);
    folder = join(disk, 'store');
    mkdirSync(folder);
  });
  afterEach(async () => {
    for (const room of rooms.splice(0)) await room.store.stop();
    for (const disk of mounted.splice(0)) {
      execFileSync('umount', [disk]);
      removeFolder(disk);
    }
  });

  function fillUp(): string {
    const filler = join(folder, '..', 'filler');
    const file = openSync(filler, 'a');
    for (const size of [1024 * 1024, 4096]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
      }
    }
    closeSync(file);
    return filler;
  }

  test('first costs the reserve, then refuses by name, damages nothing, and is over when there is space', async () => {
    const room = start();
    let draft = await readyDraft(room);
    const ready = await readyDraft(room);
    expect(existsSync(join(folder, 'reserve.bin'))).toBe(true);
    const filler = fillUp();

    const note = 'x'.repeat(3_000);
    const write = () =>
      room.store.call('edit', {
        id: draft.id,
        revision: draft.revision,
        officerId: LAN,
        command: { kind: 'set-details', returnMethod: 'counter', feeVnd: null, note },
      });
    let refusal: string | null = null;
    for (let n = 0; n < 2_000 && refusal === null; n++) {
      const answer = await write();
      if (answer.ok) draft = answer.value;
      else refusal = answer.code;
      if (n === 0) {
        expect(existsSync(join(folder, 'reserve.bin'))).toBe(false); // given up for what the officer was doing
        fillUp();
      }
    }
    expect(refusal).toBe('disk-full');
    expect(unwrap(await room.store.call('get', { id: draft.id }))).toEqual(draft);

    rmSync(filler);
    expect(await write()).toMatchObject({ ok: true });
    expect(unwrap(await seal(room, ready)).state).toBe('received');
    expect(unwrap(await room.store.call('check', {})).integrity).toBe('ok');
  });

  test('at opening is called a full disk, whatever SQLite says, and the store opens when there is space', async () => {
    const room = start();
    const draft = await readyDraft(room);
    await room.store.stop();
    const filler = fillUp();
    rmSync(join(folder, 'reserve.bin'));
    fillUp();
    const answer = await start().store.start();
    expect(answer).toMatchObject({ ok: false, code: 'disk-full' });
    for (const opened of rooms) await opened.store.stop();
    rmSync(filler);
    expect(unwrap(await start().store.call('get', { id: draft.id })).pages).toHaveLength(1);
  });
});
