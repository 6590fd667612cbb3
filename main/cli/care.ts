/** @file `motcua audit verify` and `motcua backup`. */
import { resolve } from 'node:path';
import { unwrap } from '../rooms/failure.ts';
import { EXIT, printJson, say, type Where } from './output.ts';
import { withCounter } from './with-counter.ts';

export function auditVerify(where: Where, version: string) {
  return (options: { json?: boolean }): Promise<number> =>
    withCounter(where, version, async (counter) => {
      const audit = unwrap(await counter.rooms.store.call('verifyAudit', {}));
      if (options.json) printJson(audit);
      else
        say(
          audit.firstBadSeq === null
            ? `✔ ${audit.entries} dòng nhật ký nguyên vẹn`
            : `✖ dòng ${audit.firstBadSeq} không khớp`,
        );
      return audit.firstBadSeq === null ? EXIT.done : EXIT.failed;
    });
}

export function backup(where: Where, version: string) {
  return (folder: string, options: { json?: boolean }): Promise<number> =>
    withCounter(where, version, async (counter) => {
      const copied = unwrap(await counter.rooms.store.call('backup', { folder: resolve(folder) }));
      if (options.json) printJson(copied);
      else say(`✔ ${copied.files} tệp, ${Math.round(copied.bytes / 1024)} KB, đã mở lại và kiểm tra`);
      return EXIT.done;
    });
}
