/** @file Stacks of paper, and the workbench that arranges them. */
import { longStack, mixedStack, summaries } from '../fixtures.ts';
import { ALL, FEW, open, scanJob, type Screen } from './screen.ts';

export const workbenchScreens: readonly Screen[] = [
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
];
