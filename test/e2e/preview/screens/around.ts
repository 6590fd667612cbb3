/** @file What stands around dossiers: signing in, commands, devices, synchronisation, failures. */
import { FEW, open, type Screen } from './screen.ts';

export const aroundScreens: readonly Screen[] = [
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
];
