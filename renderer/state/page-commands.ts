/** @file A dossier as the keeper of the workbench's pages: what the workbench asks for becomes a command of the dossier. */
import type { Dossier, Page } from '../../preload/types.ts';
import { ask } from '../app/bridge.ts';
import { tell, tellWithUndo } from '../app/toast.tsx';
import { fill } from '../language/words.ts';
import { assignPages, importFiles, movePages, redo, scan, setPagesHidden, turnPages, undo } from './actions.ts';
import { command, edit, useDossier } from './dossier.ts';
import { needsLook } from './doubtful-fields.ts';
import { showFailure } from './failures.ts';
import { currentWords } from './session.ts';

export async function setPaperStart(pageId: string, startsPaper: boolean): Promise<void> {
  const dossier = await edit('dossiers.setPaperStart', { pageId, startsPaper });
  if (dossier === null) return;
  const words = currentWords();
  tellWithUndo(startsPaper ? words.papers.split : words.papers.merged, undo);
}

/** One sheet for each component that takes pages. */
export async function printSeparators(componentIds: readonly string[]): Promise<void> {
  const dossier = useDossier.getState().dossier;
  if (dossier === null) return;
  const answer = await command(dossier.id, (on) =>
    ask('capture.printSeparators', { ...on, componentIds: componentIds.length === 0 ? null : componentIds }),
  );
  if (answer.ok) tell(fill(currentWords().papers.separatorsPrinted, { count: Math.max(1, componentIds.length) }));
  else if (answer.code !== 'cancelled') showFailure(answer, () => void printSeparators(componentIds));
}

/** Pages on screen are read first. Not answered for: the others come later by themselves. */
function lookAt(pageIds: readonly string[]): void {
  void ask('capture.lookAt', { pageIds });
}

export const pageCommands = {
  assign: (pageIds: readonly string[], targetId: string | null) => void assignPages(pageIds, targetId),
  turn: (pageIds: readonly string[]) => void turnPages(pageIds),
  setHidden: (pageIds: readonly string[], isHidden: boolean) => void setPagesHidden(pageIds, isHidden),
  move: (pageIds: readonly string[], beforeId: string | null) => void movePages(pageIds, beforeId),
  setPaperStart: (pageId: string, startsPaper: boolean) => void setPaperStart(pageId, startsPaper),
  replace: (pageId: string, from: 'scanner' | 'file') => takeIn({ kind: 'replace', pageId }, from),
  insertAfter: (pageId: string, from: 'scanner' | 'file') => takeIn({ kind: 'after', pageId }, from),
  lookAt,
  undo,
  redo,
} as const;

function takeIn(
  place: { readonly kind: 'after' | 'replace'; readonly pageId: string },
  from: 'scanner' | 'file',
): void {
  if (from === 'scanner') void scan(place);
  else void importFiles(place);
}

/** Marks worth showing on a page: a code was read, something is doubtful, it equals the page before it. */
export function marksOf(
  dossier: Dossier,
  repeatedIds: ReadonlySet<string>,
): ReadonlyMap<string, readonly ('code' | 'doubt' | 'duplicate')[]> {
  const marks = new Map<string, Set<'code' | 'doubt' | 'duplicate'>>();
  const mark = (pageId: Page['id'], name: 'code' | 'doubt' | 'duplicate'): void => {
    const known = marks.get(pageId) ?? new Set();
    marks.set(pageId, known.add(name));
  };
  for (const field of dossier.fields) {
    if (field.pageId === null) continue;
    if (field.source === 'qr') mark(field.pageId, 'code');
    else if (needsLook(field)) mark(field.pageId, 'doubt');
  }
  for (const id of repeatedIds) mark(id, 'duplicate');
  return new Map([...marks].map(([pageId, names]) => [pageId, [...names]]));
}
