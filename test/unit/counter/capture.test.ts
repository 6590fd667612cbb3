import { expect, test } from 'vitest';
import { createCapture, type ScanChoice } from '../../../main/counter/capture.ts';
import { createCounterEvents } from '../../../main/counter/events.ts';
import { createJobs } from '../../../main/counter/jobs.ts';
import type { Rooms } from '../../../main/counter/rooms.ts';
import type { ScannerList } from '../../../main/counter/scanner-list.ts';
import type { ArrivedPage } from '../../../main/imaging/protocol.ts';
import type { Settings } from '../../../main/settings/settings.ts';
import { ok, refuse, type Result } from '../../../preload/result.ts';

const CHOICE: ScanChoice = {
  deviceId: 'device',
  source: 'adf',
  fallsToGlass: false,
  dpi: 200,
  colour: true,
  area: 'a4',
};
const deposit = (file: string): ArrivedPage['image'] => ({
  file,
  key: '',
  sha256: file,
  sizeBytes: 1,
  mediaType: 'image/jpeg',
});
const arrived = (index: number): ArrivedPage => ({
  index,
  image: deposit(`page ${index}`),
  thumbnail: deposit(`thumbnail ${index}`),
  widthPx: 1,
  heightPx: 1,
  dpi: 200,
});

interface Call {
  readonly signal?: AbortSignal;
  readonly onProgress?: (page: ArrivedPage) => void;
}
/** A device that gives a page a moment until it is told to stop, and a store that answers as the test says. */
function openDesk(state: 'draft' | 'received', append: (page: number) => Result<unknown>) {
  const given: number[] = [];
  const store = {
    call: async (method: string) => (method === 'get' ? ok({ id: 'd', state, pages: [] }) : append(given.length)),
  };
  const imaging = {
    start: async () => ok(null),
    call: async (_method: string, _params: unknown, { signal, onProgress }: Call) => {
      for (let index = 0; index < 50; index++) {
        if (signal?.aborted) return ok({ pages: index, end: 'cancelled', code: null, detail: null });
        given.push(index);
        onProgress?.(arrived(index));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return ok({ pages: 50, end: 'complete', code: null, detail: null });
    },
  };
  const scanners = { find: async () => ok({ id: 'device' }), findElsewhere: async () => null };
  const capture = createCapture(
    { store, imaging } as unknown as Rooms,
    { ocrWorkers: 1 } as Settings,
    createJobs(createCounterEvents()),
    scanners as unknown as ScannerList,
  );
  return { capture, given };
}
const nothing = ok({ id: 'd', state: 'draft', pages: [] });

test('a dossier that was received takes no scan, and the device is free for the next one at once', async () => {
  const { capture, given } = openDesk('received', () => nothing);
  for (let time = 0; time < 2; time++)
    expect(await capture.scan('d', 'lan', CHOICE)).toMatchObject({ ok: false, code: 'dossier-sealed' });
  expect(given).toEqual([]);
});

test.each([
  ['received', 'dossier-sealed'],
  ['on a full disk', 'disk-full'],
] as const)(
  'while the feeder runs, a dossier %s stops it: the job says why and how many pages were kept',
  async (_why, code) => {
    let kept = 0;
    const { capture, given } = openDesk('draft', () => (kept < 3 ? (kept++, nothing) : refuse(code)));
    const started = await capture.scan('d', 'lan', CHOICE);
    if (!started.ok) throw new Error(started.code);
    expect(await started.value.done).toMatchObject({ state: 'failed', code, done: 3, sheets: 3 });
    expect(given.length).toBeLessThan(10);
    const again = await capture.scan('d', 'lan', CHOICE);
    expect(again.ok).toBe(true);
  },
);

test('a second request for the device that scans is refused, also before the first one has begun', async () => {
  const { capture } = openDesk('draft', () => nothing);
  const [first, second] = await Promise.all([capture.scan('d', 'lan', CHOICE), capture.scan('e', 'lan', CHOICE)]);
  expect(first.ok).toBe(true);
  expect(second).toMatchObject({ ok: false, code: 'scanner-busy' });
  if (first.ok) expect(await first.value.done).toMatchObject({ state: 'done', done: 50 });
});
