/** @file A dossier at the counter. */
import { mixedStack } from '../fixtures.ts';
import { nameDoubt, peopleDoubt } from '../identity-fixtures.ts';
import { ALL, enlarge, FEW, open, type Screen } from './screen.ts';

export const deskScreens: readonly Screen[] = [
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
];
