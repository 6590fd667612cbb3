/**
 * @file The way back through a draft and forth again. Each step is a patch that touches only the facts of one decision, so that
 * what scanning and recognition brought meanwhile stays as it is. A new decision ends the way forth.
 */
import type { DraftPatch } from '../dossiers/draft.ts';
import type { StoreContext } from './context.ts';

export type Direction = 'undo' | 'redo';

interface Step {
  readonly step: number;
  readonly patch: DraftPatch;
}

/** Written out, so that no statement is put together from words. */
const SQL: Readonly<Record<Direction, Readonly<Record<'newest' | 'drop' | 'push' | 'clear' | 'any', string>>>> = {
  undo: {
    newest: 'SELECT step, patch FROM undo_step WHERE dossier_id = ? ORDER BY step DESC LIMIT 1',
    drop: 'DELETE FROM undo_step WHERE dossier_id = ? AND step = ?',
    push: 'INSERT INTO undo_step (dossier_id, step, patch) SELECT ?, coalesce(max(step), 0) + 1, ? FROM undo_step WHERE dossier_id = ?',
    clear: 'DELETE FROM undo_step WHERE dossier_id = ?',
    any: 'SELECT 1 FROM undo_step WHERE dossier_id = ? LIMIT 1',
  },
  redo: {
    newest: 'SELECT step, patch FROM redo_step WHERE dossier_id = ? ORDER BY step DESC LIMIT 1',
    drop: 'DELETE FROM redo_step WHERE dossier_id = ? AND step = ?',
    push: 'INSERT INTO redo_step (dossier_id, step, patch) SELECT ?, coalesce(max(step), 0) + 1, ? FROM redo_step WHERE dossier_id = ?',
    clear: 'DELETE FROM redo_step WHERE dossier_id = ?',
    any: 'SELECT 1 FROM redo_step WHERE dossier_id = ? LIMIT 1',
  },
};

/** A new decision: it can be undone, and what was undone before it can no longer be redone. */
export function recordDecision(context: StoreContext, dossierId: string, wayBack: DraftPatch): void {
  pushStep(context, 'undo', dossierId, wayBack);
  context.sql(SQL.redo.clear).run(dossierId);
}

export function newestStep(context: StoreContext, direction: Direction, dossierId: string): Step | null {
  const row = context.sql(SQL[direction].newest).get(dossierId) as { step: number; patch: string } | undefined;
  return row ? { step: row.step, patch: JSON.parse(row.patch) as DraftPatch } : null;
}

/** One step gone in this direction; its inverse is the first step of the other. */
export function takeStep(
  context: StoreContext,
  direction: Direction,
  dossierId: string,
  { step }: Step,
  inverse: DraftPatch,
): void {
  context.sql(SQL[direction].drop).run(dossierId, step);
  pushStep(context, direction === 'undo' ? 'redo' : 'undo', dossierId, inverse);
}

export function canStep(context: StoreContext, direction: Direction, dossierId: string): boolean {
  return context.sql(SQL[direction].any).get(dossierId) !== undefined;
}

export function forgetSteps(context: StoreContext, dossierId: string): void {
  context.sql(SQL.undo.clear).run(dossierId);
  context.sql(SQL.redo.clear).run(dossierId);
}

function pushStep(context: StoreContext, direction: Direction, dossierId: string, patch: DraftPatch): void {
  context.sql(SQL[direction].push).run(dossierId, JSON.stringify(patch), dossierId);
}
