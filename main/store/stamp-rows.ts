/** @file Stamp jobs as rows, and what a dossier shows of them. */
import type { Stamping } from '../../preload/types.ts';
import type { StoreContext } from './context.ts';

export interface StampJobRow {
  readonly document_id: string;
  readonly level: Stamping['level'];
  readonly state: Stamping['state'];
  readonly code: string | null;
  readonly detail: string | null;
  readonly attempts: number;
  readonly not_before_ms: number;
}

export function stampingOf(context: StoreContext, documentId: string): Stamping | null {
  const row = context.sql('SELECT * FROM stamp_job WHERE document_id = ?').get(documentId) as StampJobRow | undefined;
  if (!row) return null;
  const { level, state, code, detail, attempts } = row;
  return { level, state, code, detail, attempts };
}
