/** @file Files of old records are made behind the officer: what keeps one from being made must not keep it for ever. */
import { expect, test } from 'vitest';
import { createBacklog } from '../../../main/counter/backlog.ts';
import type { Capture } from '../../../main/counter/capture.ts';
import { createCounterEvents } from '../../../main/counter/events.ts';
import { createJobs } from '../../../main/counter/jobs.ts';
import type { Rooms } from '../../../main/counter/rooms.ts';
import type { Authoriser, Machine } from '../../../main/ports/ports.ts';
import type { Settings } from '../../../main/settings/settings.ts';
import { ok, refuse, type Result } from '../../../preload/result.ts';

interface Listing {
  readonly limit: number;
  readonly after: { readonly recordId: string } | null;
}

/** Records due, handed out as the store does, and an imaging room that answers as the test says. */
function openBacklog(compose: (record: string) => Result<unknown>, count = 2) {
  const codes = Array.from({ length: count }, (_, index) => `KS.${String(index + 1).padStart(6, '0')}`);
  const due = new Map(codes.map((code) => [code, { recordId: code, revision: 1, confirmedAt: '', code }]));
  const asked: string[] = [];
  const store = {
    call: async (method: string, params: Listing & { readonly recordId: string }) => {
      if (method === 'backlogToCompose')
        return ok(
          [...due.values()]
            .filter(({ recordId }) => recordId > (params.after?.recordId ?? ''))
            .slice(0, params.limit)
            .map((one) => ({ ...one, title: one.code, metadata: {}, pages: [] })),
        );
      due.delete(params.recordId);
      return ok({ seriesCode: 'KS' });
    },
  };
  const imaging = {
    call: async (_method: string, { title }: { readonly title: string }) => {
      asked.push(title);
      return compose(title);
    },
  };
  const events = createCounterEvents();
  const backlog = createBacklog(
    { clock: { now: () => 0 }, log: () => undefined, paths: {} } as unknown as Machine,
    { store, imaging } as unknown as Rooms,
    {} as Settings,
    {} as Authoriser,
    events,
    createJobs(events),
    {} as Capture,
  );
  return { backlog, due, asked };
}

test('a full disk ends the making of files; when there is room again, every record gets its own', async () => {
  let isFull = true;
  const { backlog, due, asked } = openBacklog(() => (isFull ? refuse('disk-full') : ok({})));
  expect(await backlog.composed()).toEqual({ failed: 0 });
  expect(asked).toEqual(['KS.000001']);
  isFull = false;
  await backlog.composed();
  expect([...due.keys()]).toEqual([]);
});

test('a record whose file cannot be made holds up no other, and is tried once', async () => {
  const { backlog, due, asked } = openBacklog((record) => (record === 'KS.000001' ? refuse('file-damaged') : ok({})));
  expect(await backlog.composed()).toEqual({ failed: 1 });
  expect([...due.keys()]).toEqual(['KS.000001']);
  await backlog.composed();
  expect(asked).toEqual(['KS.000001', 'KS.000002']);
});

test('records behind hundreds whose files cannot be made get theirs, and those confirmed later, too', async () => {
  const last = 'KS.000251';
  const { backlog, due, asked } = openBacklog((record) => (record < last ? refuse('file-damaged') : ok({})), 251);
  expect(await backlog.composed()).toEqual({ failed: 250 });
  expect(due.has(last)).toBe(false);
  const later = 'KS.000252';
  due.set(later, { recordId: later, revision: 1, confirmedAt: '', code: later });
  await backlog.composed();
  expect(due.has(later)).toBe(false);
  expect(asked).toHaveLength(252);
});
