/** @file A screen worth looking at: its data, its sizes, the steps that lead to it. */
import type { Page } from 'playwright-core';
import type * as t from '../../../../preload/types.ts';
import type { PreviewData } from '../fixtures.ts';
import type { View } from '../open.ts';

export type Size = readonly [width: number, height: number, scheme: 'light' | 'dark', text: 100 | 125 | 150];

export interface Screen {
  readonly name: string;
  readonly document: View['document'];
  readonly sizes: readonly Size[];
  readonly data?: (data: PreviewData, token: t.TokenInfo) => PreviewData;
  readonly steps?: (page: Page, text: number) => Promise<void>;
}

export const ALL: readonly Size[] = [
  [1366, 768, 'light', 100],
  [1366, 768, 'dark', 100],
  [1366, 768, 'light', 150],
  [1920, 1080, 'light', 100],
];
export const FEW: readonly Size[] = [
  [1366, 768, 'light', 100],
  [1366, 768, 'dark', 100],
];
export const SMALL: readonly Size[] = [
  [620, 760, 'light', 100],
  [620, 760, 'dark', 100],
];

export async function enlarge(page: Page, text: number): Promise<void> {
  if (text === 100) return;
  await page.getByTestId('officer-menu').click();
  await page.getByText(`${text} %`, { exact: true }).click();
  await page.keyboard.press('Escape');
}

export async function open(page: Page, text: number, id: string): Promise<void> {
  await enlarge(page, text);
  await page.getByTestId(`dossier-${id}`).click();
  await page.getByTestId('section-applicant').waitFor();
}

/** Two sheets in, the third on its way. */
export function scanJob(state: t.JobProgress['state'], code: string | null): t.JobProgress {
  const done = { jobId: 'scan-1', kind: 'scan', dossierId: 'dossier-0', done: 2, total: null, sheets: 2 } as const;
  return { ...done, state, code, detail: null, lastPageId: null, repeated: [] };
}
