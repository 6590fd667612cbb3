/** @file A folder of scans into stacks of old records: every file once, however often the command is ended and run again. */
import { relative } from 'node:path';
import { partName } from '../backlog/stack-parts.ts';
import type { Backlog } from '../counter/backlog.ts';
import type { Rooms } from '../counter/rooms.ts';
import { Failure, toRefusal, unwrap } from '../rooms/failure.ts';
import { say, sayFailure } from './output.ts';

export interface FeedingCounter {
  readonly rooms: Pick<Rooms, 'store'>;
  readonly backlog: Pick<Backlog, 'openStack' | 'feedFile'>;
}

export interface Fed {
  readonly file: string;
  readonly outcome: 'fed' | 'known' | 'failed';
  readonly code?: string;
}

/** One folder is one stack, and further ones when it is full; files in the order of their names, as scanners number them. */
export async function feedFolder(
  counter: FeedingCounter,
  officer: { readonly id: string },
  seriesCode: string,
  name: string,
  files: readonly string[],
  root: string,
): Promise<Fed[]> {
  const parts = [...unwrap(await counter.rooms.store.call('backlogStackParts', { seriesCode, name }))];
  const addPart = async (): Promise<void> => {
    const choice = { seriesCode, name: partName(name, parts.length + 1), officerId: officer.id, reuse: true };
    parts.push(unwrap(await counter.rooms.store.call('createBacklogStack', choice)).id);
  };
  if (parts.length === 0) await addPart();
  // Pages that an earlier run left unread.
  for (const id of parts) unwrap(await counter.backlog.openStack(id, officer.id));
  const seen = new Map<string, number>();
  const feed = async (path: string): Promise<'fed' | 'known'> => {
    for (;;) {
      try {
        return await counter.backlog.feedFile(parts.at(-1) ?? '', officer.id, path, seen, parts.slice(0, -1));
      } catch (thrown) {
        if (!(thrown instanceof Failure) || thrown.code !== 'stack-full') throw thrown;
        await addPart();
      }
    }
  };
  const fed: Fed[] = [];
  for (const path of files) {
    const file = relative(root, path);
    try {
      fed.push({ file, outcome: await feed(path) });
      say(`${fed.length}/${files.length}  ${file}`);
    } catch (thrown) {
      const { code, detail } = toRefusal(thrown);
      say(path);
      sayFailure(code, detail);
      fed.push({ file, outcome: 'failed', code });
      if (code === 'disk-full' || code === 'disk-error') break;
    }
  }
  return fed;
}
