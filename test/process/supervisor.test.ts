import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { forkLauncher } from '../../main/rooms/fork-launcher.ts';
import { Supervisor, type SupervisorOptions } from '../../main/rooms/supervisor.ts';
import { echoRoom } from '../fixtures/rooms/echo-room.ts';

const launch = forkLauncher(() => join(import.meta.dirname, '../fixtures/rooms/echo-entry.ts'));
const opened: Supervisor<typeof echoRoom>[] = [];

function open(options: Partial<SupervisorOptions<typeof echoRoom>> = {}): Supervisor<typeof echoRoom> {
  const room = new Supervisor(echoRoom, {
    launch,
    init: () => ({ greeting: 'chào' }),
    asks: { double: ({ value }) => value * 2 },
    ...options,
  });
  opened.push(room);
  return room;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((room) => room.stop()));
});

describe('a room behind its supervisor', () => {
  it('starts on the first call, answers, reports progress and emits events', async () => {
    const room = open();
    const heard = vi.fn();
    room.on('heard', heard);
    expect(await room.call('say', { text: 'chị' })).toEqual({ ok: true, value: 'chào chị' });
    expect(heard).toHaveBeenCalledWith({ text: 'chị' });
    const steps: number[] = [];
    expect(await room.call('count', { to: 3 }, { onProgress: (step) => steps.push(step) })).toEqual({
      ok: true,
      value: 3,
    });
    expect(steps).toEqual([1, 2, 3]);
  });

  it('carries expected failures as values with their code, and bugs as internal with a stack', async () => {
    const room = open();
    expect(await room.call('fail', { how: 'expected' })).toEqual({ ok: false, code: 'scanner-jam', detail: 'sheet 3' });
    expect(await room.call('fail', { how: 'bug' })).toMatchObject({
      ok: false,
      code: 'internal',
      detail: expect.stringContaining('TypeError: a bug'),
    });
  });

  it('refuses parameters that do not fit before a handler sees them', async () => {
    const room = open();
    const wrong = { text: 1, more: true } as unknown as { text: string };
    expect(await room.call('say', wrong)).toMatchObject({ ok: false, code: 'bad-request' });
  });

  it('brokers what the room asks of main', async () => {
    expect(await open().call('askDouble', { value: 21 })).toEqual({ ok: true, value: 42 });
    const silent = open({ asks: undefined as never });
    expect(await silent.call('askDouble', { value: 21 })).toMatchObject({ ok: false, code: 'bad-request' });
  });

  it('carries bytes as bytes', async () => {
    expect(await open().call('takeBytes', { bytes: new TextEncoder().encode('1234') })).toEqual({ ok: true, value: 4 });
  });

  it('answers a call to a process that has just been killed with its exit, not with an exception', async () => {
    for (let round = 0; round < 5; round++) {
      const room = open();
      await room.start();
      process.kill(room.pid ?? 0, 'SIGKILL');
      const until = performance.now() + 20;
      while (performance.now() < until); // dead by now, and nobody has been told yet
      expect(await room.call('say', { text: 'x'.repeat(200_000) })).toMatchObject({ ok: false, code: 'room-stopped' });
      expect(await room.call('say', { text: 'chị' })).toMatchObject({ ok: true });
    }
  });

  it('cancels a running call without losing the room', async () => {
    const room = open();
    await room.start();
    const pid = room.pid;
    const controller = new AbortController();
    const waiting = room.call('wait', {}, { signal: controller.signal });
    setImmediate(() => controller.abort());
    expect(await waiting).toMatchObject({ ok: false, code: 'cancelled' });
    expect(room.pid).toBe(pid);
  });

  it('kills and replaces a room that hangs', async () => {
    const room = open();
    await room.start();
    const pid = room.pid;
    expect(await room.call('hang', {})).toMatchObject({ ok: false, code: 'timeout' });
    expect(await room.call('say', { text: 'lại' })).toEqual({ ok: true, value: 'chào lại' });
    expect(room.pid).not.toBe(pid);
  });

  it('answers everything that was under way when the room dies, and starts it again', async () => {
    const room = open();
    await room.start();
    const [waiting, dying] = await Promise.all([room.call('wait', {}), room.call('die', {})]);
    expect(waiting).toMatchObject({ ok: false, code: 'room-stopped' });
    expect(dying).toMatchObject({ ok: false, code: 'room-stopped' });
    expect(await room.call('say', { text: 'em' })).toEqual({ ok: true, value: 'chào em' });
  });

  it('stays down when it keeps dying', async () => {
    const room = open({ restartBudget: 2 });
    for (let death = 0; death < 3; death++) await room.call('die', {});
    expect(await room.call('say', { text: 'x' })).toMatchObject({
      ok: false,
      code: 'room-stopped',
      detail: expect.stringContaining('crashed'),
    });
  });

  it('passes on why a room refused to open, and asks for fresh init at the next start', async () => {
    let refuseWith: string | undefined = 'held by another';
    const room = open({ init: () => ({ greeting: 'chào', ...(refuseWith === undefined ? {} : { refuseWith }) }) });
    expect(await room.call('say', { text: 'x' })).toEqual({
      ok: false,
      code: 'store-locked',
      detail: 'held by another',
    });
    refuseWith = undefined;
    expect(await room.call('say', { text: 'x' })).toEqual({ ok: true, value: 'chào x' });
  });

  it('starts one process for many first calls', async () => {
    const counted = vi.fn(launch);
    const room = open({ launch: counted });
    await Promise.all(['a', 'b', 'c'].map((text) => room.call('say', { text })));
    expect(counted).toHaveBeenCalledOnce();
  });
});
