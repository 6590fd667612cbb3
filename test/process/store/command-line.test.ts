/** @file What only a person at the command line does to a store: let a held upload go on, add an officer. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '../../../main/rooms/failure.ts';
import { keyFileSecretBox } from '../../../main/settings/key-file-secret-box.ts';
import { openUnlockSecret } from '../../../main/settings/unlock-secret.ts';
import { readyDraft, removeFolder, seal, startRoom, temporaryFolder, type Room } from './room-kit.ts';

const COMMAND = fileURLToPath(new URL('../../../main/cli.ts', import.meta.url));

let home: string;
const rooms: Room[] = [];
beforeEach(() => {
  home = temporaryFolder();
  mkdirSync(join(home, 'store'));
});
afterEach(async () => {
  for (const room of rooms.splice(0)) await room.store.stop();
  removeFolder(home);
});

/** The store behind the command, opened beside it. */
function open(isPractice = true): Room {
  const unlock = openUnlockSecret(home, join(home, 'store'), keyFileSecretBox(join(home, 'practice.key')));
  const room = startRoom(join(home, 'store'), { unlock, isPractice });
  rooms.push(room);
  return room;
}

function motcua(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [COMMAND, ...args],
      { env: { ...process.env, MOTCUA_HOME: home, ...env } },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

describe('motcua sync release', () => {
  test('puts a held upload back into the queue, and says so when nothing is held', async () => {
    const room = open();
    const { id } = unwrap(await seal(room, await readyDraft(room)));
    const job = unwrap(await room.store.call('nextJob', {}));
    const step = { kind: 'held' as const, reason: 'validation' as const, detail: 'a test' };
    unwrap(await room.store.call('reportStep', { jobId: job?.jobId ?? '', step }));
    await room.store.stop();

    const released = await motcua(['sync', 'release', id, '--json']);
    expect([released.code, JSON.parse(released.out)]).toEqual([0, { released: 1 }]);
    expect(JSON.parse((await motcua(['sync', 'status', '--json'])).out)).toMatchObject({ queued: 1, held: 0 });
    expect(JSON.parse((await motcua(['sync', 'release', id, '--json'])).out)).toEqual({ released: 0 });
    expect(await motcua(['sync', 'release', 'nobody'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('not-found'),
    });
  });
});

describe('motcua officer add', () => {
  test('adds one who signs in with the PIN of the variable; the PIN is not said', async () => {
    const args = ['officer', 'add', '--name', 'Lê Thị Hoa', '--title', 'Văn thư', '--pin-env', 'P', '--json'];
    expect(await motcua([...args, '--role', 'counter'])).toMatchObject({ code: 1, out: '' });
    expect((await motcua([...args, '--role', 'boss'], { P: '246810' })).code).toBe(64);
    const added = await motcua([...args, '--role', 'counter', 'signer'], { P: '246810' });
    expect(added.code).toBe(0);
    expect(added.out + added.err).not.toContain('246810');
    const officer = JSON.parse(added.out) as { id: string };
    expect(officer).toMatchObject({ name: 'Lê Thị Hoa', title: 'Văn thư', roles: ['counter', 'signer'] });
    const answer = await open().store.call('verifyOfficer', { officerId: officer.id, pin: '246810' });
    expect(unwrap(answer)).toEqual(officer);
  });
});

describe('a store room of the other mode', () => {
  test('refuses to start and leaves the store to its own', async () => {
    const first = open(true);
    unwrap(await first.store.start());
    await first.store.stop();
    const other = open(false);
    expect(await other.store.start()).toMatchObject({ ok: false, code: 'store-other-mode' });
    await other.store.stop();
    unwrap(await open(true).store.start());
  });
});
