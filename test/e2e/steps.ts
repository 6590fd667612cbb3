/** @file What a person does at the window, by keyboard; shared by the end-to-end tests, `npm start -- --headless` and the demo. */
import type { Page } from 'playwright-core';

export const PRACTICE_OFFICER_PIN = '123456';

const MOST_TABS = 150;

/** Presses Tab until the thing has the focus, as a person without a mouse would. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  const target = page.locator(`${selector}:focus`);
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    if ((await target.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${selector} was not reached by ${MOST_TABS} presses of Tab`);
}

/** Signs the n-th officer in (the first receives papers, the second signs results). */
export async function signIn(page: Page, officer = 0): Promise<void> {
  const choices = page.locator('[data-testid^="officer-"]');
  await choices.first().waitFor();
  await tabTo(page, `[data-testid="${await choices.nth(officer).getAttribute('data-testid')}"]`);
  await page.keyboard.press('Enter');
  await page.getByTestId('sign-in-pin').waitFor();
  await tabTo(page, '[data-testid="sign-in-pin"]');
  await page.keyboard.type(PRACTICE_OFFICER_PIN);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/index\.html$/);
  await page.getByTestId('new-dossier').waitFor();
}

/** What a QR reader in keyboard mode does: key events for every character, diacritics too, far quicker than fingers, then Enter. */
export async function typeAsReader(page: Page, text: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const keys = [...text].map((character) => ({ key: character, text: character }));
  // Sent without waiting for each answer: a reader does not wait either, and a pause would make it a person.
  await Promise.all(
    [...keys, { key: 'Enter', text: '\r' }].flatMap(({ key, text: typed }) => [
      session.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text: typed }),
      session.send('Input.dispatchKeyEvent', { type: 'keyUp', key }),
    ]),
  );
  await session.detach();
}

export const PRACTICE_CARD =
  '038087015329||Cao Viết Nghĩa|25121987|Nam|Thôn Chiềng Đông, Xã Cẩm Thạch, Thanh Hóa|14082023';
