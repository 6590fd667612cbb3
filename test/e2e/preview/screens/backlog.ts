/** @file Records of the old stock. */
import { withBacklog } from '../backlog-fixtures.ts';
import { ALL, enlarge, FEW, type Screen } from './screen.ts';

export const backlogScreens: readonly Screen[] = [
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
];
