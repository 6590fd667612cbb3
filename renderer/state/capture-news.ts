/** @file What a scan has to say beyond its pages: where it stopped and why, and which pages came in twice. View state only. */
import { create } from 'zustand';
import { asErrorCode, type ErrorCode } from '../../preload/error-codes.ts';
import type { Dossier, JobProgress, ScanPlace } from '../../preload/types.ts';

export interface ScanFault {
  readonly dossierId: string;
  readonly code: ErrorCode;
  readonly detail: string | null;
  /** Pages of this scan that are in the dossier. */
  readonly pages: number;
  /** The sheet to go on with, from 1. */
  readonly sheet: number;
  /** Behind which page the rest belongs; null: at the end. */
  readonly lastPageId: string | null;
}

interface Run {
  readonly dossierId: string;
  /** What was there when the job began; what is not in here came with it. */
  readonly knownIds: ReadonlySet<string>;
  /** Pages of the job, from 1, that equal the one before them. */
  readonly repeated: readonly number[];
}

export const useCaptureNews = create<{
  readonly fault: ScanFault | null;
  readonly runs: Readonly<Record<string, Run>>;
  readonly repeatedIds: ReadonlySet<string>;
}>(() => ({ fault: null, runs: {}, repeatedIds: new Set() }));

/** Faults that leave the officer with a stack half through: said where the pages are, not over them. */
const MID_STACK: ReadonlySet<ErrorCode> = new Set(['scanner-jam', 'scanner-double-feed', 'scanner-cover-open']);

/** Takes note of a scan or import. Answers whether the fault, if any, is shown beside the pages. */
export function noteCapture(progress: JobProgress, dossier: Dossier | null): boolean {
  const { jobId, kind, dossierId } = progress;
  if ((kind !== 'scan' && kind !== 'import') || dossierId === null || dossier?.id !== dossierId) return false;
  useCaptureNews.setState((view) => {
    const known = view.runs[jobId];
    const knownIds = known?.knownIds ?? new Set(dossier.pages.map((page) => page.id));
    return {
      fault: progress.state === 'running' && known === undefined ? null : view.fault,
      runs: { ...view.runs, [jobId]: { dossierId, knownIds, repeated: progress.repeated } },
    };
  });
  settleRepeated(dossier);
  if (kind !== 'scan' || progress.state !== 'failed') return false;
  const code = asErrorCode(progress.code ?? 'scanner-failed');
  if (!MID_STACK.has(code) && !(progress.done > 0 && code.startsWith('scanner-'))) return false;
  const sheet = (progress.sheets ?? progress.done) + 1;
  useCaptureNews.setState({
    fault: { dossierId, code, detail: progress.detail, pages: progress.done, sheet, lastPageId: progress.lastPageId },
  });
  return true;
}

/** Finds the repeated pages of running and ended jobs among the dossier's pages, as these arrive. */
export function settleRepeated(dossier: Dossier): void {
  const { runs, repeatedIds } = useCaptureNews.getState();
  const found = new Set(repeatedIds);
  for (const run of Object.values(runs)) {
    if (run.dossierId !== dossier.id || run.repeated.length === 0) continue;
    const arrived = dossier.pages.filter((page) => !run.knownIds.has(page.id));
    for (const number of run.repeated) {
      const page = arrived[number - 1];
      if (page !== undefined) found.add(page.id);
    }
  }
  if (found.size !== repeatedIds.size) useCaptureNews.setState({ repeatedIds: found });
}

/** Where the next scan of this dossier goes: on behind the page at which a stack stopped, else at the end. */
export function nextPlace(dossierId: string): ScanPlace {
  const { fault } = useCaptureNews.getState();
  return fault?.dossierId === dossierId && fault.lastPageId !== null
    ? { kind: 'after', pageId: fault.lastPageId }
    : { kind: 'end' };
}

export function dismissFault(): void {
  useCaptureNews.setState({ fault: null });
}
