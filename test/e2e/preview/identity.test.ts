import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { IdentityDoubt } from '../../../preload/types.ts';
import { mixedStack, previewData } from './fixtures.ts';
import { nameDoubt, peopleDoubt } from './identity-fixtures.ts';
import { callsOf, HAS_CHROMIUM, usePreview } from './use-preview.ts';

const CARD = '038324011586|123456789|Phạm Ngọc Thảo Vy|19111984|Nữ|Thôn Phú Đa, xã Quảng Lưu, tỉnh Thanh Hóa|10052023';

describe.skipIf(!HAS_CHROMIUM)('identity in Chromium (needs /usr/bin/chromium or CHROMIUM)', () => {
  const preview = usePreview();

  async function open(doubts: readonly IdentityDoubt[]): Promise<Page> {
    const { page } = await preview.open({
      ...previewData(),
      dossiers: [{ ...mixedStack(), identityDoubts: doubts }],
    });
    await page.getByTestId('dossier-dossier-0').click();
    await page.locator('[data-page]').first().waitFor();
    // With nothing to decide the section is folded to a line.
    if (doubts.length === 0) await page.getByTestId('section-applicant').click();
    await page.getByTestId('applicant-fullName').waitFor();
    return page;
  }

  it('shows both readings with their pages, and a digit chooses one', async () => {
    const page = await open([nameDoubt]);
    const row = page.getByTestId('doubt-fullName');
    expect(await row.innerText()).toMatch(/đọc từ QR, trang 1/);
    expect(await row.innerText()).toMatch(/đọc từ giấy, trang 5/);
    expect(await row.locator('canvas').count()).toBe(1);
    await page.getByTestId('choose-fullName-1').focus();
    await page.keyboard.press('2');
    await expect.poll(async () => (await callsOf(page, 'dossiers.setApplicant')).length, { timeout: 10_000 }).toBe(1);
    const [, request] = (await callsOf(page, 'dossiers.setApplicant'))[0] ?? [];
    expect(request?.['applicant']).toMatchObject({ fullName: 'PHẠM NGỌC THẢO VI', sources: { fullName: 'ocr' } });
    await expect.poll(async () => (await callsOf(page, 'dossiers.setField')).length, { timeout: 10_000 }).toBe(1);
    expect((await callsOf(page, 'dossiers.setField'))[0]?.[1]).toMatchObject({ fieldId: 'mixed-name' });
  });

  it('asks whose dossier it is when two people’s cards lie in the stack', async () => {
    const page = await open([peopleDoubt]);
    await page.getByTestId('choose-person-1').click();
    await expect.poll(async () => (await callsOf(page, 'dossiers.setApplicant')).length, { timeout: 10_000 }).toBe(1);
    expect(await page.getByTestId('choose-person-2').count()).toBe(0);
  });

  it('takes a card that is typed or pasted by a reader out of any field', async () => {
    const page = await open([]);
    await page.getByTestId('applicant-phone').focus();
    await page.evaluate(`for (const key of [...${JSON.stringify(CARD)}, 'Tab'])
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))`);
    await expect
      .poll(async () => (await callsOf(page, 'dossiers.readIdentityText')).length, { timeout: 10_000 })
      .toBe(1);
    expect((await callsOf(page, 'dossiers.readIdentityText'))[0]?.[1]).toMatchObject({ text: CARD });
    await page.evaluate(`{ const clipboardData = new DataTransfer(); clipboardData.setData('text/plain', ${JSON.stringify(CARD)});
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })) }`);
    await expect
      .poll(async () => (await callsOf(page, 'dossiers.readIdentityText')).length, { timeout: 10_000 })
      .toBe(2);
    expect(await callsOf(page, 'dossiers.setApplicant')).toEqual([]);
  });

  it('says that a Vietnamese keyboard worked on a reader’s keys', async () => {
    const page = await open([]);
    await page.evaluate(`for (const key of [...'038324011586|123456789|Pham', 'Backspace', 'Backspace', 'ạ', 'm', 'Enter'])
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))`);
    await page.getByText('Tắt bộ gõ').waitFor();
    expect(await callsOf(page, 'dossiers.readIdentityText')).toEqual([]);
  });
});
