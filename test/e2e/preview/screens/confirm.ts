/** @file The window that asks for the PIN. */
import type * as t from '../../../../preload/types.ts';
import type { PreviewData } from '../fixtures.ts';
import { SMALL, type Screen } from './screen.ts';

function tries(state: t.TriesLeft, more: Partial<t.TokenInfo> = {}) {
  return (data: PreviewData, token: t.TokenInfo): PreviewData => ({
    ...data,
    confirm: { ...data.confirm, token: { ...token, tries: state, ...more } },
  });
}

export const confirmScreens: readonly Screen[] = [
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
