/** @file Business states and their legal transitions (regulations 3.2, built from NĐ 61/2018 Đ17–20). */
import type { DossierState } from '../../preload/types.ts';
import { NATIONAL_STATUS } from './schemas.ts';

const NEXT: Readonly<Record<DossierState, readonly DossierState[]>> = {
  draft: ['received', 'denied', 'supplement-requested', 'withdrawn'],
  received: ['processing', 'withdrawn'],
  processing: ['supplement-requested', 'payment-requested', 'stopped', 'withdrawn', 'completed'],
  'supplement-requested': ['received', 'processing', 'withdrawn'],
  'payment-requested': ['processing'],
  completed: ['returned'],
  denied: [],
  withdrawn: [],
  stopped: [],
  returned: [],
};

export function canMove(from: DossierState, to: DossierState): boolean {
  return NEXT[from].includes(to);
}

/** States that say "done": reachable only with a signed result of this dossier (regulations 3.5.1). */
export function needsResult(state: DossierState): boolean {
  return state === 'completed' || state === 'returned';
}

/** The state a national status code names; null for 1 (registered online, not yet at the counter). */
export function stateOfStatus(status: number): DossierState | null {
  const entry = Object.entries(NATIONAL_STATUS).find(([, code]) => code === status);
  return entry ? (entry[0] as DossierState) : null;
}
