/** @file Where a stack of old records differs from a dossier, though both keep their pages as a draft. */
import type { FileContent } from '../backlog/schemas.ts';
import { Failure } from '../rooms/failure.ts';
import type { StoreContext } from './context.ts';
import type { DossierRow } from './dossier-rows.ts';
import type { DraftCommand } from './protocol.ts';

/** More would make every command slow: a stack is what lies in a feeder or a folder at once. */
export const MOST_STACK_PAGES = 500;

/** Pages, and values of records; what belongs to a citizen's dossier has no place in a stack. */
const STACK_COMMANDS: readonly DraftCommand['kind'][] = [
  'add-page',
  'set-recognition',
  'arrange-pages',
  'turn-pages',
  'hide-pages',
  'set-paper-start',
  'set-field',
  'undo',
  'redo',
];

/** @throws Failure `bad-request` for a command of dossiers, `stack-full` for one page too many */
export function requireFitsStack(row: DossierRow, command: DraftCommand): void {
  if (row.kind !== 'stack') return;
  if (!STACK_COMMANDS.includes(command.kind)) throw new Failure('bad-request', `${command.kind} in a stack`);
  if (command.kind === 'add-page' && countPages(row) >= MOST_STACK_PAGES)
    throw new Failure('stack-full', `${MOST_STACK_PAGES}`);
}

/** @throws Failure `stack-in-use`: records were made of its pages, and their originals stay */
export function requireNoRecords(context: StoreContext, id: string): void {
  if (context.sql('SELECT 1 FROM backlog_record WHERE stack_id = ? LIMIT 1').get(id))
    throw new Failure('stack-in-use', id);
}

/** With the page itself, in its transaction: a file that is cut off knows how far it came. */
export function countPageOfFile(context: StoreContext, stackId: string, file: FileContent, pageId: string): void {
  context
    .sql(
      `UPDATE backlog_import SET pages_in = pages_in + 1, last_page_id = ?
       WHERE stack_id = ? AND sha256 = ? AND occurrence = ?`,
    )
    .run(pageId, stackId, file.sha256, file.occurrence);
}

function countPages(row: DossierRow): number {
  return Object.keys(JSON.parse(row.draft) as object).filter((key) => key.startsWith('page:')).length;
}
