/** @file The signing desk, and the places and pictures of signatures. */
import { SEAL } from '../fixtures.ts';
import { ALL, enlarge, FEW, type Screen } from './screen.ts';

export const signingScreens: readonly Screen[] = [
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
];
