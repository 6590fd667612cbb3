/** @file `motcua receive`: one dossier from files, by the same rules as at the counter. Its draft stays when a rule refuses. */
import { resolve } from 'node:path';
import { asErrorCode } from '../../preload/error-codes.ts';
import type { Dossier } from '../../preload/types.ts';
import { Failure, unwrap } from '../rooms/failure.ts';
import { applicantFromFile, edit, reload, seal, signWithFirstToken, tickScannedPapers } from './journey.ts';
import { EXIT, printJson, say, type Where } from './output.ts';
import { noPin, pinFromEnvironment, withCounter } from './with-counter.ts';

interface ReceiveOptions {
  readonly procedure: string;
  readonly applicant: string;
  readonly attach: readonly string[];
  readonly pinEnv?: string;
  readonly json?: boolean;
}

export function receive(where: Where, version: string) {
  return (options: ReceiveOptions): Promise<number> =>
    withCounter(
      where,
      version,
      async (counter, officer) => {
        const applicant = applicantFromFile(options.applicant);
        let dossier: Dossier = unwrap(await counter.rooms.store.call('create', { officerId: officer.id }));
        dossier = await edit(counter, officer, dossier, applicant);
        dossier = await edit(counter, officer, dossier, { kind: 'set-procedure', code: options.procedure });
        for (const attachment of options.attach) {
          const [componentName = '', file] = attachment.split(/=(.*)/s);
          const component = dossier.checklist.find(
            ({ component: { id } }, index) => id === componentName || String(index + 1) === componentName,
          );
          if (!component || file === undefined) throw new Failure('component-not-in-procedure', attachment);
          const before = new Set(dossier.pages.map((page) => page.id));
          const ended = await counter.capture.importFiles(dossier.id, officer.id, [resolve(file)]).done;
          if (ended.state !== 'done') throw new Failure(asErrorCode(ended.code ?? 'internal'), file);
          await counter.capture.settled();
          dossier = await reload(counter, dossier);
          const pageIds = dossier.pages.filter((page) => !before.has(page.id)).map((page) => page.id);
          dossier = await edit(counter, officer, dossier, {
            kind: 'assign-pages',
            pageIds,
            componentId: component.component.id,
          });
        }
        dossier = await tickScannedPapers(counter, officer, dossier);
        if (options.pinEnv !== undefined) dossier = await signWithFirstToken(counter, officer, dossier);
        dossier = await seal(counter, officer, dossier);
        if (options.json) printJson(dossier);
        else say(`✔ ${dossier.code} — hẹn trả ${dossier.dueAt}`);
        return EXIT.done;
      },
      { authoriser: options.pinEnv === undefined ? noPin : pinFromEnvironment(options.pinEnv) },
    );
}
