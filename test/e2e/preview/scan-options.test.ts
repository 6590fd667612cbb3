import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { previewData } from './fixtures.ts';
import { callsOf, HAS_CHROMIUM, usePreview } from './use-preview.ts';

describe.skipIf(!HAS_CHROMIUM)('how the next paper is scanned (needs /usr/bin/chromium or CHROMIUM)', () => {
  const preview = usePreview();

  async function draft(): Promise<Page> {
    const data = previewData();
    const { page } = await preview.open({ ...data, dossiers: [data.dossiers[0]!] });
    await page.getByTestId('dossier-dossier-0').click();
    await page.getByTestId('scan-proposal').waitFor();
    return page;
  }
  const proposal = (page: Page): Promise<string | null> => page.getByTestId('scan-proposal').textContent();
  const lastChange = async (page: Page): Promise<unknown> => (await callsOf(page, 'preferences.set')).at(-1)?.[1];

  it('stands beside the scan button, in words', async () => {
    const page = await draft();
    expect(await proposal(page)).toContain('Theo thành phần: Tờ khai, đơn — 200 dpi, màu');
  });

  it('is changed by hand, remembered for that device and paper, and taken back', async () => {
    const page = await draft();
    await page.getByTestId('scan-options').click();
    await page.getByTestId('scan-colour').click();
    await expect.poll(() => proposal(page)).toContain('Cách đã chọn cho Tờ khai, đơn — 200 dpi, đen trắng');
    expect(await lastChange(page)).toMatchObject({ scan: { paper: 'form', settings: { colour: false, dpi: 200 } } });
    const axe = await new AxeBuilder({ page })
      .include('[data-testid="scan-options"]')
      .include('.mantine-Popover-dropdown')
      .analyze();
    expect(axe.violations).toEqual([]);
    await page.getByTestId('scan-reset').click();
    await expect.poll(() => proposal(page)).toContain('Theo thành phần');
    expect(await lastChange(page)).toMatchObject({ scan: { settings: null } });
  });

  it('is what F2 scans with', async () => {
    const page = await draft();
    await page.keyboard.press('F2');
    await expect.poll(async () => (await callsOf(page, 'capture.scan')).length).toBe(1);
    expect((await callsOf(page, 'capture.scan'))[0]?.[1]).toMatchObject({ dpi: 200, colour: true, area: 'a4' });
  });

  it('is kept with theme and text size, which are the officer’s own', async () => {
    const page = await draft();
    await page.getByTestId('officer-menu').click();
    await page.getByText('Tối', { exact: true }).click();
    await expect.poll(() => lastChange(page)).toEqual({ theme: 'dark' });
    expect(await page.evaluate('document.documentElement.dataset.mantineColorScheme')).toBe('dark');
    await page.getByText('125 %', { exact: true }).click();
    await expect.poll(() => lastChange(page)).toEqual({ textPercent: 125 });
    expect(await page.evaluate('document.documentElement.dataset.text')).toBe('125');
  });
});
