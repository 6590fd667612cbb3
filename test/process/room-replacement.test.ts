/** @file A room that wears out is replaced while it works: nothing is lost, nobody notices. */
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { forkLauncher } from '../../main/rooms/fork-launcher.ts';
import { Supervisor, type RoomProcess, type SupervisorOptions } from '../../main/rooms/supervisor.ts';
import { echoRoom } from '../fixtures/rooms/echo-room.ts';

const launchEcho = forkLauncher(() => join(import.meta.dirname, '../fixtures/rooms/echo-entry.ts'));
const opened: Supervisor<typeof echoRoom>[] = [];
let launched: RoomProcess[];

function open(options: Partial<SupervisorOptions<typeof echoRoom>> = {}): Supervisor<typeof echoRoom> {
  const processes: RoomProcess[] = [];
  launched = processes;
  const room = new Supervisor(echoRoom, {
    launch: (name) => {
      const process = launchEcho(name);
      processes.push(process);
      return process;
    },
    init: () => ({ greeting: 'chào' }),
    asks: { double: ({ value }) => value * 2 },
    retireAfter: 5,
    ...options,
  });
  opened.push(room);
  return room;
}

function isAlive(room: RoomProcess | undefined): boolean {
  try {
    return room?.pid !== undefined && process.kill(room.pid, 0);
  } catch {
    return false;
  }
}

async function wearOut(room: Supervisor<typeof echoRoom>): Promise<void> {
  for (let call = 0; call < 5; call++) await room.call('say', { text: 'x' });
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((room) => room.stop()));
});

describe('a room that wears out', () => {
  it('loses no call, whoever answers it, through several replacements', async () => {
    const room = open();
    let round = 0;
    while (launched.length < 4) {
      const said = Array.from({ length: 10 }, (_, index) => `${round}.${index}`);
      const answers = await Promise.all(said.map((text) => room.call('say', { text })));
      expect(answers).toEqual(said.map((text) => ({ ok: true, value: `chào ${text}` })));
      round++;
    }
    await vi.waitFor(() => expect(launched.filter(isAlive).length).toBeLessThanOrEqual(2));
  });

  it('lets a call under way end where it began, and the old process after it', async () => {
    const room = open();
    const controller = new AbortController();
    const underWay = room.call('wait', {}, { signal: controller.signal });
    await wearOut(room);
    await vi.waitFor(() => expect(room.pid).not.toBe(launched[0]?.pid), { timeout: 10_000 });
    expect(await room.call('say', { text: 'em' })).toEqual({ ok: true, value: 'chào em' });
    expect(isAlive(launched[0])).toBe(true);
    controller.abort();
    expect(await underWay).toMatchObject({ ok: false, code: 'cancelled' });
    await vi.waitFor(() => expect(isAlive(launched[0])).toBe(false), { timeout: 10_000 });
    expect(isAlive(launched[1])).toBe(true);
  });

  it('counts what a long call brings, page by page', async () => {
    const room = open();
    expect(await room.call('count', { to: 7 })).toEqual({ ok: true, value: 7 });
    await vi.waitFor(() => expect(room.pid).toBe(launched[1]?.pid), { timeout: 10_000 });
  });

  it('wears no budget of crashes', async () => {
    const room = open({ restartBudget: 1 });
    for (let turn = 1; turn <= 4; turn++) {
      await wearOut(room);
      await vi.waitFor(() => expect(room.pid).toBe(launched[turn]?.pid), { timeout: 10_000 });
    }
    expect(await room.call('say', { text: 'em' })).toEqual({ ok: true, value: 'chào em' });
  });

  it('works on with the worn process while no successor starts', async () => {
    let isRefusing = false;
    const room = open({ init: () => ({ greeting: 'chào', ...(isRefusing ? { refuseWith: 'no memory' } : {}) }) });
    await room.start();
    const pid = room.pid;
    isRefusing = true;
    await wearOut(room);
    await vi.waitFor(() => expect(isAlive(launched[1])).toBe(false), { timeout: 10_000 });
    expect(await room.call('say', { text: 'em' })).toEqual({ ok: true, value: 'chào em' });
    expect(room.pid).toBe(pid);
    isRefusing = false;
    await wearOut(room);
    await vi.waitFor(() => expect(room.pid).toBe(launched[2]?.pid), { timeout: 10_000 });
  });

  it('gives the calls of a worn process that dies to its successor', async () => {
    const room = open();
    await wearOut(room);
    launched[0]?.kill();
    await vi.waitFor(() => expect(room.pid).not.toBe(launched[0]?.pid), { timeout: 10_000 });
    expect(await room.call('say', { text: 'em' })).toEqual({ ok: true, value: 'chào em' });
    expect(launched).toHaveLength(2);
  });

  it('leaves no process behind when it is stopped in the middle of it', async () => {
    const room = open();
    const underWay = room.call('wait', {});
    await wearOut(room);
    await vi.waitFor(() => expect(room.pid).not.toBe(launched[0]?.pid), { timeout: 10_000 });
    await room.stop();
    expect(await underWay).toMatchObject({ ok: false, code: 'room-stopped' });
    expect(launched.map(isAlive)).toEqual([false, false]);
  });
});
