/** @file `motcua dossier list|show|search`. */
import { unwrap } from '../rooms/failure.ts';
import { EXIT, printJson, say, type Where } from './output.ts';
import { withCounter } from './with-counter.ts';

export function dossierList(where: Where, version: string) {
  return (textOrOptions: string | { json?: boolean }, maybeOptions?: { json?: boolean }): Promise<number> => {
    const text = typeof textOrOptions === 'string' ? textOrOptions : '';
    const options = typeof textOrOptions === 'string' ? maybeOptions : textOrOptions;
    return withCounter(where, version, async (counter) => {
      const { total, items } = unwrap(
        await counter.rooms.store.call('list', { text, states: [], limit: 500, offset: 0 }),
      );
      if (options?.json) printJson({ total, items });
      else
        for (const item of items)
          say(
            `${item.code ?? item.id}  ${item.state}  ${item.upload.state}  ${item.applicantName}  ${item.procedureName ?? ''}`,
          );
      return EXIT.done;
    });
  };
}

export function dossierShow(where: Where, version: string) {
  return (id: string, options: { json?: boolean }): Promise<number> =>
    withCounter(where, version, async (counter) => {
      const dossier = unwrap(await counter.rooms.store.call('get', { id }));
      if (options.json) printJson(dossier);
      else say(JSON.stringify(dossier, null, 2));
      return EXIT.done;
    });
}
