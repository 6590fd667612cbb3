/** @file What a scan has to say beyond its pages: where it stopped and why, and which pages came in twice. View state only. */
import { create } from 'zustand';
import { asErrorCode, type ErrorCode } from '../../preload/error-codes.ts';
import type { JobProgress, ScanPlace } from '../../preload/types.ts';

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

export const useCaptureNews = create<{
  readonly fault: ScanFault | null;
  /** The scan that was heard of last: only the next scan makes a fault a thing of the past. */
  readonly jobId: string | null;
  /** Pages that equal the one scanned before them, byte for byte. */
  readonly repeatedIds: ReadonlySet<string>;
}>(() => ({ fault: null, jobId: null, repeatedIds: new Set() }));

/** Faults that leave the officer with a stack half through: said where the pages are, not over them. */
const MID_STACK: ReadonlySet<ErrorCode> = new Set(['scanner-jam', 'scanner-double-feed', 'scanner-cover-open']);

/**
 * Takes note of a scan or import, told page by page. Answers whether its fault, if any, is shown beside the pages.
 * @param openId the dossier on screen: only there are the pages to say it beside
 */
export function noteCapture(progress: JobProgress, openId: string | null): boolean {
  const { jobId, kind, dossierId, done, lastPageId } = progress;
  if ((kind !== 'scan' && kind !== 'import') || dossierId === null) return false;
  useCaptureNews.setState((view) => ({
    ...(kind === 'scan' ? { jobId, fault: view.jobId === jobId ? view.fault : null } : {}),
    repeatedIds:
      lastPageId !== null && progress.repeated.includes(done) && !view.repeatedIds.has(lastPageId)
        ? new Set([...view.repeatedIds, lastPageId])
        : view.repeatedIds,
  }));
  if (dossierId !== openId) return false;
  if (kind !== 'scan' || progress.state !== 'failed') return false;
  const code = asErrorCode(progress.code ?? 'scanner-failed');
  if (!MID_STACK.has(code) && !(done > 0 && code.startsWith('scanner-'))) return false;
  const sheet = (progress.sheets ?? done) + 1;
  useCaptureNews.setState({
    fault: { dossierId, code, detail: progress.detail, pages: done, sheet, lastPageId },
  });
  return true;
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
