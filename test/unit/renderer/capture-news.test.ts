import { beforeEach, describe, expect, it } from 'vitest';
import type { JobProgress } from '../../../preload/types.ts';
import { dismissFault, nextPlace, noteCapture, useCaptureNews } from '../../../renderer/state/capture-news.ts';

const job = (more: Partial<JobProgress>): JobProgress => ({
  jobId: 'job',
  kind: 'scan',
  dossierId: 'dossier',
  done: 0,
  total: null,
  state: 'running',
  code: null,
  detail: null,
  sheets: null,
  repeated: [],
  lastPageId: null,
  ...more,
});

beforeEach(() => useCaptureNews.setState({ fault: null, jobId: null, repeatedIds: new Set() }));

describe('a scan that stopped', () => {
  const jam = job({ state: 'failed', code: 'scanner-jam', done: 4, sheets: 2, lastPageId: 'd' });

  it('is said beside the pages: which sheet comes next, and how many pages are in', () => {
    expect(noteCapture(jam, 'dossier')).toBe(true);
    expect(useCaptureNews.getState().fault).toMatchObject({ code: 'scanner-jam', pages: 4, sheet: 3 });
  });

  it('goes on behind its last page, and at the end when nothing stopped', () => {
    expect(nextPlace('dossier')).toEqual({ kind: 'end' });
    noteCapture(jam, 'dossier');
    expect(nextPlace('dossier')).toEqual({ kind: 'after', pageId: 'd' });
    expect(nextPlace('another')).toEqual({ kind: 'end' });
    dismissFault();
    expect(nextPlace('dossier')).toEqual({ kind: 'end' });
  });

  it('is forgotten when the next scan begins, not when an old one tells more', () => {
    noteCapture(job({}), 'dossier');
    noteCapture(jam, 'dossier');
    noteCapture(job({ done: 5 }), 'dossier');
    expect(useCaptureNews.getState().fault).not.toBeNull();
    noteCapture(job({ jobId: 'next' }), 'dossier');
    expect(useCaptureNews.getState().fault).toBeNull();
  });

  it('is not forgotten when files are added in between: the stack still goes on behind its last page', () => {
    noteCapture(jam, 'dossier');
    noteCapture(job({ jobId: 'files', kind: 'import' }), 'dossier');
    noteCapture(job({ jobId: 'files', kind: 'import', state: 'done', done: 3, lastPageId: 'z' }), 'dossier');
    expect(nextPlace('dossier')).toEqual({ kind: 'after', pageId: 'd' });
    noteCapture(jam, 'dossier');
    expect(useCaptureNews.getState().fault).toMatchObject({ code: 'scanner-jam', sheet: 3 });
  });

  it.each<[string, Partial<JobProgress>]>([
    ['a scanner that was not there at all', { code: 'scanner-offline', done: 0 }],
    ['a fault that is not the scanner’s', { code: 'disk-full', done: 3 }],
    ['an import', { kind: 'import', code: 'pdf-damaged', done: 3 }],
    ['a scan for another dossier', { dossierId: 'another', code: 'scanner-jam', done: 3 }],
  ])('leaves %s to the panel that tells every failure', (_what, more) => {
    expect(noteCapture(job({ state: 'failed', ...more }), 'dossier')).toBe(false);
    expect(useCaptureNews.getState().fault).toBeNull();
  });
});

describe('pages that came twice', () => {
  const marked = (): readonly string[] => [...useCaptureNews.getState().repeatedIds];

  it('are marked as they come, and keep their mark in the next scan', () => {
    noteCapture(job({ done: 1, lastPageId: 'a' }), 'dossier');
    expect(marked()).toEqual([]);
    noteCapture(job({ done: 2, repeated: [2], lastPageId: 'b' }), 'dossier');
    noteCapture(job({ done: 3, repeated: [2], lastPageId: 'c' }), 'dossier');
    noteCapture(job({ state: 'done', done: 3, repeated: [2], lastPageId: 'c' }), 'dossier');
    noteCapture(job({ jobId: 'next', done: 1, lastPageId: 'd' }), 'dossier');
    expect(marked()).toEqual(['b']);
  });

  it('are marked in a dossier that is not on screen, too', () => {
    noteCapture(job({ kind: 'import', done: 2, repeated: [2], lastPageId: 'b' }), null);
    expect(marked()).toEqual(['b']);
  });
});
