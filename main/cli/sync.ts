/** @file `motcua sync run|status|release`: sends what waits, says what does, and lets go on what was held. */
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

export function syncRelease(where: Where, version: string) {
  return (dossierId: string, options: { json?: boolean }): Promise<number> =>
    withCounter(where, version, async (counter, officer) => {
      const released = unwrap(await counter.rooms.store.call('releaseHeld', { dossierId, officerId: officer.id }));
      if (options.json) printJson({ released });
      else say(released === 0 ? 'không có gì đang bị giữ' : `✔ ${released} lượt gửi trở lại hàng chờ`);
      return EXIT.done;
    });
}
