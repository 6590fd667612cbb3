/** @file What a person does at the window, by keyboard; shared by the end-to-end tests, `npm start -- --headless` and the demo. */
import type { Page } from 'playwright-core';

export const PRACTICE_OFFICER_PIN = '123456';

/** Signs the n-th officer in (the first receives papers, the second signs results). */
export async function signIn(page: Page, officer = 0): Promise<void> {
  const choices = page.locator('[data-testid^="officer-"]');
  await choices.first().waitFor();
  await choices.nth(officer).focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('sign-in-pin').waitFor();
  await page.getByTestId('sign-in-pin').focus();
  await page.keyboard.type(PRACTICE_OFFICER_PIN);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/index\.html$/);
  await page.getByTestId('new-dossier').waitFor();
}
