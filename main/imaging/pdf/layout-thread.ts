/** @file Entry of a thread that lays pages out: seconds of arithmetic that must not hold up the room's scanner and thumbnails. */
import { parentPort } from 'node:worker_threads';
import sharp from 'sharp';
import { toRefusal } from '../../rooms/failure.ts';
import { layOutPage, type PageImage } from './lay-out-page.ts';
import type { ThreadAnswer } from './layout-pool.ts';

sharp.cache(false);
sharp.concurrency(1);

parentPort?.on('message', (page: PageImage) => {
  const answer = (value: ThreadAnswer): void => parentPort?.postMessage(value);
  layOutPage(page).then(
    (laidOut) => answer({ ok: true, laidOut }),
    (thrown: unknown) => answer({ ok: false, refusal: toRefusal(thrown) }),
  );
});
