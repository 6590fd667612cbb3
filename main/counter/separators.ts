/** @file Separator sheets for the papers of one dossier, ready for the printer. */
import { ok, refuse, type Result } from '../../preload/result.ts';
import { buildSeparatorSheets, SEPARATOR_TITLE, type SeparatorSheet } from '../forms/separator-sheet.ts';
import type { Clock } from '../ports/ports.ts';
import type { Rooms } from './rooms.ts';

export interface SeparatorOrder {
  readonly id: string;
  readonly revision: number;
  /** One sheet for each; null = one plain sheet. */
  readonly componentIds: readonly string[] | null;
  readonly officerId: string;
}

/** Refuses with `stale-revision`, or `component-not-in-procedure` for a paper that takes no pages. */
export async function composeSeparators(
  rooms: Rooms,
  clock: Clock,
  { id, revision, componentIds, officerId }: SeparatorOrder,
): Promise<Result<{ readonly blobId: string; readonly title: string }>> {
  const found = await rooms.store.call('get', { id });
  if (!found.ok) return found;
  if (found.value.revision !== revision) return refuse('stale-revision');
  const sheets: SeparatorSheet[] = [];
  for (const componentId of componentIds ?? [null]) {
    const component = found.value.checklist.find((item) => item.component.id === componentId)?.component;
    if (componentId !== null && component?.kind !== 'submitted')
      return refuse('component-not-in-procedure', componentId);
    sheets.push({ target: componentId ?? '', name: component?.name ?? null });
  }
  const form = buildSeparatorSheets({ sheets, createdAt: new Date(clock.now()).toISOString() });
  const composed = await rooms.imaging.call('composeForm', { form });
  if (!composed.ok) return composed;
  const kept = await rooms.store.call('keepPrintout', { id, officerId, pdf: composed.value.pdf });
  return kept.ok ? ok({ blobId: kept.value.blobId, title: SEPARATOR_TITLE }) : kept;
}
