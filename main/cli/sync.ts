/** @file `motcua sync run|status`: sends what waits, or says what does. */
import { unwrap } from '../rooms/failure.ts';
import { EXIT, printJson, say, type Where } from './output.ts';
import { withCounter } from './with-counter.ts';

export function syncRun(where: Where, version: string) {
  return (options: { once?: boolean; json?: boolean }): Promise<number> =>
    withCounter(where, version, async (counter) => {
      const done = unwrap(
        await counter.rooms.sync.call(
          'run',
          { once: options.once === true },
          { onProgress: ({ jobId, step }) => say(`${jobId} ${step}`) },
        ),
      );
      if (options.json) printJson(done);
      else say(`đã được tỉnh tiếp nhận: ${done.received}, đang chờ: ${done.waiting}, cần người xem: ${done.held}`);
      return done.waiting + done.held === 0 ? EXIT.done : EXIT.partly;
    });
}

export function syncStatus(where: Where, version: string) {
  return (options: { json?: boolean }): Promise<number> =>
    withCounter(where, version, async (counter) => {
      const outbox = unwrap(await counter.rooms.store.call('outbox', {}));
      if (options.json) printJson(outbox);
      else
        say(
          `chờ gửi: ${outbox.queued}, đang gửi: ${outbox.uploading}, đang chờ: ${outbox.waiting}, cần người xem: ${outbox.held}`,
        );
      return EXIT.done;
    });
}
