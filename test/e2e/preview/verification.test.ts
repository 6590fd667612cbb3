/** Checking a file, and a result that may not be this dossier's; on the built pages with a fixture bridge. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { previewData } from './fixtures.ts';
import { callsOf, HAS_CHROMIUM, usePreview } from './use-preview.ts';

const preview = usePreview();

async function desk(data = previewData()): Promise<Page> {
  const { page } = await preview.open(data);
  await page.getByTestId('dossier-dossier-1').click();
  await page.getByTestId('attach-result').waitFor();
  return page;
}
async function calls(page: Page, channel: string): Promise<readonly Record<string, unknown>[]> {
  return (await callsOf(page, channel)).map(([, request]) => request);
}

describe.skipIf(!HAS_CHROMIUM)('a result that may not be this dossier’s', () => {
  async function doubt(): Promise<Page> {
    const page = await desk();
    await page.getByTestId('attach-result').click();
    await page.getByTestId('attachment-findings').waitFor();
    return page;
  }

  it('shows what the file says beside what the dossier says', async () => {
    const page = await doubt();
    const row = page.getByRole('row', { name: /Số định danh/ });
    expect(await row.innerText()).toContain('038090001234');
    expect(await row.innerText()).toContain('038091009999');
    expect(await row.innerText()).toContain('Khác');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations).toEqual([]);
  });

  it('is attached only with a reason of ten letters', async () => {
    const page = await doubt();
    expect(await page.getByTestId('attachment-confirm').isDisabled()).toBe(true);
    await page.getByTestId('attachment-reason').fill('Đã đối chiếu bản giấy');
    await page.getByTestId('attachment-confirm').click();
    await expect
      .poll(() => calls(page, 'results.confirmAttachment'))
      .toEqual([{ attachmentId: 'attachment-1', reason: 'Đã đối chiếu bản giấy' }]);
  });

  it('keeps the reason written for one file away from the next', async () => {
    const page = await doubt();
    await page.getByTestId('attachment-reason').fill('Đã đối chiếu bản giấy');
    await page.getByTestId('attachment-drop').click();
    await page.getByTestId('attachment-findings').waitFor({ state: 'detached' });
    await page.getByTestId('attach-result').click();
    await page.getByTestId('attachment-findings').waitFor();
    expect(await page.getByTestId('attachment-reason').inputValue()).toBe('');
    expect(await page.getByTestId('attachment-confirm').isDisabled()).toBe(true);
  });

  it('is let go by Esc, and nothing is attached', async () => {
    const page = await doubt();
    await page.keyboard.press('Escape');
    await expect.poll(() => calls(page, 'results.dropAttachment')).toEqual([{ attachmentId: 'attachment-1' }]);
    expect(await calls(page, 'results.confirmAttachment')).toEqual([]);
  });
});

describe.skipIf(!HAS_CHROMIUM)('checking signatures', () => {
  it('says the verdict in words first, then every signature with its reasons', async () => {
    const page = await desk();
    await page.locator('[data-testid^="verify-"]').first().click();
    expect(await page.getByTestId('verify-verdict').innerText()).toBe('Tệp đã bị sửa sau khi ký');
    expect(await page.getByTestId('verify-report').innerText()).toContain('Nội dung trang 1 đã bị đổi sau khi ký.');
    expect(await page.getByTestId('verify-report').innerText()).toContain(
      'có dấu thời gian và dữ liệu xác minh lâu dài',
    );
    expect(await page.getByTestId('verify-report').innerText()).not.toContain('B-LT');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations).toEqual([]);
    await page.getByTestId('verify-save').click();
    await expect.poll(() => calls(page, 'signatures.saveReport')).toEqual([{ reportId: 'report-1' }]);
  });

  it('leaves no report of the file before when the next cannot be checked', async () => {
    const data = previewData();
    const page = await desk({ ...data, verification: { ...data.verification, failure: 'pdf-damaged' } });
    await page.locator('[data-testid^="verify-"]').first().click();
    await page.getByTestId('verify-report').waitFor();
    await page.getByTestId('verify-choose').click();
    await page.getByTestId('failure').waitFor();
    expect(await page.getByTestId('verify-report').count()).toBe(0);
  });

  it('asks for the password of a locked file and tries the same file with it', async () => {
    const data = previewData();
    const page = await desk({ ...data, verification: { ...data.verification, password: 'mật khẩu' } });
    await page.getByTestId('command-button').click();
    await page.keyboard.type('kiểm tra chữ ký');
    await page.keyboard.press('Enter');
    await page.getByTestId('verify-choose').click();
    await page.getByTestId('verify-password').fill('mật khẩu');
    await page.keyboard.press('Enter');
    await page.getByTestId('verify-report').waitFor();
    expect(await calls(page, 'signatures.verifyFile')).toEqual([{ password: null }, { password: 'mật khẩu' }]);
  });
});
