/** @file Every screen worth looking at, and how to get there. */
import type { Page } from 'playwright-core';
import type * as t from '../../../preload/types.ts';
import { withBacklog } from './backlog-fixtures.ts';
import type { PreviewData } from './fixtures.ts';
import { longStack, mixedStack, SEAL, summaries } from './fixtures.ts';
import { nameDoubt, peopleDoubt } from './identity-fixtures.ts';
import type { View } from './open.ts';

type Size = readonly [width: number, height: number, scheme: 'light' | 'dark', text: 100 | 125 | 150];

export interface Screen {
  readonly name: string;
  readonly document: View['document'];
  readonly sizes: readonly Size[];
  readonly data?: (data: PreviewData, token: t.TokenInfo) => PreviewData;
  readonly steps?: (page: Page, text: number) => Promise<void>;
}

const ALL: readonly Size[] = [
  [1366, 768, 'light', 100],
  [1366, 768, 'dark', 100],
  [1366, 768, 'light', 150],
  [1920, 1080, 'light', 100],
];
const FEW: readonly Size[] = [
  [1366, 768, 'light', 100],
  [1366, 768, 'dark', 100],
];
const SMALL: readonly Size[] = [
  [620, 760, 'light', 100],
  [620, 760, 'dark', 100],
];

async function enlarge(page: Page, text: number): Promise<void> {
  if (text === 100) return;
  await page.getByTestId('officer-menu').click();
  await page.getByText(`${text} %`, { exact: true }).click();
  await page.keyboard.press('Escape');
}

async function open(page: Page, text: number, id: string): Promise<void> {
  await enlarge(page, text);
  await page.getByTestId(`dossier-${id}`).click();
  await page.getByTestId('section-applicant').waitFor();
}

/** Two sheets in, the third on its way. */
export function scanJob(state: t.JobProgress['state'], code: string | null): t.JobProgress {
  const done = { jobId: 'scan-1', kind: 'scan', dossierId: 'dossier-0', done: 2, total: null, sheets: 2 } as const;
  return { ...done, state, code, detail: null, lastPageId: null, repeated: [] };
}

function tries(state: t.TriesLeft, more: Partial<t.TokenInfo> = {}) {
  return (data: PreviewData, token: t.TokenInfo): PreviewData => ({
    ...data,
    confirm: { ...data.confirm, token: { ...token, tries: state, ...more } },
  });
}

export const screens: readonly Screen[] = [
  {
    name: 'sign-in',
    document: 'sign-in.html',
    sizes: FEW,
    data: (data) => ({ ...data, session: { ...data.session, officer: null } }),
  },
  {
    name: 'sign-in-pin',
    document: 'sign-in.html',
    sizes: [[1366, 768, 'light', 100]],
    steps: async (page) => {
      await page.getByTestId('officer-officer-lan').click();
      await page.getByTestId('sign-in-pin').fill('9');
      await page.getByTestId('sign-in-submit').click();
      await page.getByRole('alert').waitFor();
    },
  },
  { name: 'desk-empty', document: 'index.html', sizes: FEW, data: (data) => ({ ...data, summaries: [] }) },
  { name: 'draft', document: 'index.html', sizes: ALL, steps: (page, text) => open(page, text, 'dossier-0') },
  {
    name: 'draft-fields',
    document: 'index.html',
    sizes: ALL,
    steps: async (page, text) => {
      await open(page, text, 'dossier-0');
      await page.getByTestId('field-birthDate').getByRole('textbox').focus();
    },
  },
  {
    name: 'identity-doubts',
    document: 'index.html',
    sizes: ALL,
    data: (data) => ({
      ...data,
      dossiers: [{ ...mixedStack(), identityDoubts: [nameDoubt, peopleDoubt] }],
    }),
    steps: async (page, text) => {
      await open(page, text, 'dossier-0');
      await page.getByTestId('choose-fullName-1').focus();
    },
  },
  {
    name: 'draft-new',
    document: 'index.html',
    sizes: FEW,
    steps: async (page) => {
      await page.keyboard.press('F3');
      await page.getByTestId('applicant-fullName').fill('Nguyễn Văn Ẩn');
      await page.getByTestId('procedure-search').fill('khai sinh');
      await page.getByTestId('procedure-1.001193').waitFor();
    },
  },
  {
    name: 'sealed',
    document: 'index.html',
    sizes: ALL,
    steps: async (page, text) => {
      await open(page, text, 'dossier-1');
      await page.getByTestId('document-receipt-doc-receipt').click();
      await page.getByTestId('pdf-pages').waitFor();
    },
  },
  {
    name: 'attachment',
    document: 'index.html',
    sizes: FEW,
    steps: async (page) => {
      await page.getByTestId('dossier-dossier-1').click();
      await page.getByTestId('attach-result').click();
      await page.getByTestId('attachment-findings').waitFor();
    },
  },
  {
    name: 'verification',
    document: 'index.html',
    sizes: ALL,
    steps: async (page, text) => {
      await enlarge(page, text);
      await page.getByTestId('dossier-dossier-1').click();
      await page.locator('[data-testid^="verify-"]').first().click();
      await page.getByTestId('verify-report').waitFor();
    },
  },
  {
    name: 'long',
    document: 'index.html',
    sizes: FEW,
    data: (data) => ({ ...data, dossiers: [longStack(200)], summaries: summaries(5000) }),
    steps: (page, text) => open(page, text, 'dossier-0'),
  },
  {
    name: 'papers',
    document: 'index.html',
    sizes: ALL,
    data: (data) => ({ ...data, dossiers: [mixedStack()] }),
    steps: async (page, text) => {
      await open(page, text, 'dossier-0');
      await page.getByTestId('page-3').click();
    },
  },
  {
    name: 'workbench',
    document: 'index.html',
    sizes: ALL,
    data: (data) => ({ ...data, dossiers: [mixedStack()] }),
    steps: async (page, text) => {
      await open(page, text, 'dossier-0');
      await page.keyboard.press('F8');
      await page.getByTestId('page-3').click();
    },
  },
  {
    name: 'workbench-chosen',
    document: 'index.html',
    sizes: FEW,
    data: (data) => ({ ...data, dossiers: [mixedStack()] }),
    steps: async (page) => {
      await open(page, 100, 'dossier-0');
      await page.keyboard.press('F8');
      await page.getByTestId('page-8').click();
      await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('Control+H');
    },
  },
  {
    name: 'workbench-keys',
    document: 'index.html',
    sizes: ALL,
    data: (data) => ({ ...data, dossiers: [mixedStack()] }),
    steps: async (page, text) => {
      await open(page, text, 'dossier-0');
      await page.keyboard.press('F8');
      await page.keyboard.press('?');
      await page.getByTestId('key-help').waitFor();
    },
  },
  {
    name: 'workbench-scanning',
    document: 'index.html',
    sizes: FEW,
    data: (data) => ({ ...data, dossiers: [mixedStack()] }),
    steps: async (page) => {
      await open(page, 100, 'dossier-0');
      await page.evaluate(`window.preview.emit('job.progress', ${JSON.stringify(scanJob('running', null))})`);
      await page.getByTestId('scan-running').waitFor();
    },
  },
  {
    name: 'workbench-jam',
    document: 'index.html',
    sizes: ALL,
    data: (data) => ({ ...data, dossiers: [mixedStack()] }),
    steps: async (page, text) => {
      await open(page, text, 'dossier-0');
      await page.evaluate(`window.preview.emit('job.progress', ${JSON.stringify(scanJob('failed', 'scanner-jam'))})`);
      await page.getByTestId('scan-fault').waitFor();
    },
  },
  {
    name: 'signing',
    document: 'index.html',
    sizes: ALL,
    steps: async (page, text) => {
      await enlarge(page, text);
      await page.getByTestId('desk-signing').click();
      await page.getByTestId('results-all').click();
      await page.getByTestId('pdf-pages').waitFor();
      await page.getByTestId('signature-frame').waitFor();
      await page.keyboard.press('F7');
    },
  },
  {
    name: 'signing-seal',
    document: 'index.html',
    sizes: FEW,
    data: (data) => ({
      ...data,
      proposed: { ...data.proposed, shows: 'seal', image: SEAL, rect: [294, 199, 102, 102] },
    }),
    steps: async (page) => {
      await page.getByTestId('desk-signing').click();
      await page.getByTestId('signature-frame').waitFor();
      await page.keyboard.press('F7');
    },
  },
  {
    name: 'signing-turned',
    document: 'index.html',
    sizes: [[1366, 768, 'light', 100]],
    data: (data) => ({ ...data, proposed: { ...data.proposed, shows: 'text', image: null } }),
    steps: async (page) => {
      await page.getByTestId('desk-signing').click();
      await page.getByTestId('result-result-1').getByRole('button').click();
      await page.getByTestId('signature-frame').waitFor();
    },
  },
  {
    name: 'signature-images',
    document: 'index.html',
    sizes: FEW,
    data: (data) => ({
      ...data,
      session: {
        ...data.session,
        officer: data.session.officer && { ...data.session.officer, roles: ['counter', 'signer', 'admin'] },
      },
    }),
    steps: async (page) => {
      await page.getByTestId('desk-signing').click();
      await page.getByTestId('signature-images').click();
      await page.getByTestId('image-personal').waitFor();
    },
  },
  {
    name: 'commands',
    document: 'index.html',
    sizes: FEW,
    steps: async (page) => {
      await page.keyboard.press('Control+K');
      await page.getByTestId('command-box').fill('th');
      await page.waitForTimeout(400);
    },
  },
  {
    name: 'devices',
    document: 'index.html',
    sizes: FEW,
    steps: async (page) => {
      await page.keyboard.press('F9');
      await page.getByTestId('check-disk').waitFor();
    },
  },
  {
    name: 'sync',
    document: 'index.html',
    sizes: [[1366, 768, 'light', 100]],
    steps: async (page) => {
      await page.getByTestId('status-sync').click();
      await page.waitForTimeout(300);
    },
  },
  {
    name: 'failure',
    document: 'index.html',
    sizes: FEW,
    steps: async (page) => {
      await open(page, 100, 'dossier-0');
      await page.keyboard.press('F2');
      await page.getByTestId('failure').waitFor();
      await page.getByText('Chi tiết kỹ thuật', { exact: true }).click();
    },
  },
  {
    name: 'discard',
    document: 'index.html',
    sizes: [[1366, 768, 'light', 100]],
    steps: async (page) => {
      await open(page, 100, 'dossier-0');
      await page.getByTestId('discard').click();
      await page.getByTestId('discard-yes').waitFor();
    },
  },
  {
    name: 'backlog-overview',
    document: 'index.html',
    sizes: ALL,
    data: (data) => withBacklog(data),
    steps: async (page, text) => {
      await enlarge(page, text);
      await page.getByTestId('desk-backlog').click();
      await page.getByTestId('record-KS.000014').click();
    },
  },
  {
    name: 'backlog-series',
    document: 'index.html',
    sizes: FEW,
    data: (data) => withBacklog(data),
    steps: async (page) => {
      await page.getByTestId('desk-backlog').click();
      await page.getByTestId('new-series').click();
    },
  },
  {
    name: 'backlog-record',
    document: 'index.html',
    sizes: ALL,
    data: (data) => withBacklog(data),
    steps: async (page, text) => {
      await enlarge(page, text);
      await page.getByTestId('desk-backlog').click();
      await page.getByTestId('stack-stack-1').click();
      await page.getByTestId('record-position').waitFor();
    },
  },
  {
    name: 'backlog-duplicate',
    document: 'index.html',
    sizes: FEW,
    data: (data) => withBacklog(data),
    steps: async (page) => {
      await page.getByTestId('desk-backlog').click();
      await page.getByTestId('stack-stack-1').click();
      await page.getByTestId('record-position').waitFor();
      await page.keyboard.press('Control+ArrowDown');
      await page.keyboard.press('Control+ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByTestId('record-duplicate').waitFor();
    },
  },
  {
    name: 'backlog-arrange',
    document: 'index.html',
    sizes: FEW,
    data: (data) => withBacklog(data),
    steps: async (page) => {
      await page.getByTestId('desk-backlog').click();
      await page.getByTestId('stack-stack-1').click();
      await page.getByTestId('record-position').waitFor();
      await page.keyboard.press('F7');
      await page.getByTestId('page-grid').waitFor();
    },
  },
  {
    name: 'backlog-empty',
    document: 'index.html',
    sizes: FEW,
    data: (data) => withBacklog(data, true),
    steps: async (page) => {
      await page.getByTestId('desk-backlog').click();
      await page.getByTestId('stack-stack-1').click();
      await page.getByTestId('stack-back').waitFor();
    },
  },
  { name: 'confirm', document: 'confirm.html', sizes: SMALL },
  { name: 'confirm-low', document: 'confirm.html', sizes: [[620, 760, 'light', 100]], data: tries('low') },
  {
    name: 'confirm-final',
    document: 'confirm.html',
    sizes: SMALL,
    data: tries('final'),
    steps: async (page) => {
      await page.getByTestId('confirm-pin').fill('123456');
      await page.getByTestId('confirm-pin-again').fill('12345');
    },
  },
  { name: 'confirm-locked', document: 'confirm.html', sizes: [[620, 760, 'light', 100]], data: tries('locked') },
  {
    name: 'confirm-protected',
    document: 'confirm.html',
    sizes: [[620, 760, 'light', 100]],
    data: tries('ok', { hasProtectedPath: true }),
  },
  {
    name: 'confirm-wrong',
    document: 'confirm.html',
    sizes: [[620, 760, 'light', 100]],
    steps: async (page) => {
      await page.getByTestId('confirm-pin').fill('654321');
      await page.getByTestId('confirm-submit').click();
      await page.getByRole('alert').waitFor();
    },
  },
];
