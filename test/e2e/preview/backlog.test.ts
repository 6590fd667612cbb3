/** @file Old records on the built pages: every record by keyboard alone, the paper beside it, targets in words and numbers. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { withBacklog } from './backlog-fixtures.ts';
import { previewData } from './fixtures.ts';
import { callsOf, HAS_CHROMIUM, usePreview } from './use-preview.ts';

const preview = usePreview();

async function openBacklog(data = withBacklog(previewData())): Promise<Page> {
  const { page, complaints } = await preview.open(data);
  await page.getByTestId('desk-backlog').click();
  await page.getByTestId('series-KS').waitFor();
  expect(complaints).toEqual([]);
  return page;
}

async function openStack(data = withBacklog(previewData())): Promise<Page> {
  const page = await openBacklog(data);
  await page.getByTestId('stack-stack-1').click();
  await page.getByTestId('stack-back').waitFor();
  return page;
}

async function requests(page: Page, channel: string): Promise<readonly Record<string, unknown>[]> {
  return (await callsOf(page, channel)).map(([, request]) => request);
}

const violationsOf = async (page: Page): Promise<readonly string[]> =>
  (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id} ${nodes[0]?.target.join(' ')}`);

describe.skipIf(!HAS_CHROMIUM)('the series', () => {
  it('say in words what is left, how much a day, until when', async () => {
    const page = await openBacklog();
    const shown = await page.getByTestId('series-progress').allInnerTexts();
    expect(shown[0]).toContain('Còn 2.460 bản ghi, cần 92 bản ghi mỗi ngày làm việc đến 31/12/2026.');
    expect(shown[1]).toContain('Đã đạt chỉ tiêu');
    expect(await violationsOf(page)).toEqual([]);
  });

  it('are set up with their target', async () => {
    const page = await openBacklog();
    await page.getByTestId('new-series').click();
    await page.getByTestId('series-template').selectOption('dat-dai');
    await page.getByTestId('series-code').fill('dd2');
    await page.getByTestId('series-total').fill('5000');
    await page.getByTestId('series-date').fill('30/6/2027');
    expect(await violationsOf(page)).toEqual([]);
    await page.getByTestId('series-save').click();
    await page.getByTestId('series-DD2').waitFor();
    expect(await requests(page, 'backlog.saveSeries')).toEqual([
      {
        code: 'DD2',
        name: 'Hồ sơ đất đai',
        templateId: 'dat-dai',
        split: { kind: 'separator' },
        total: 5000,
        targetPercent: 30,
        targetDate: '2027-06-30',
      },
    ]);
  });

  it('have their finished records found, chosen and signed together', async () => {
    const page = await openBacklog();
    await page.getByTestId('records-all').check();
    await page.getByTestId('records-sign').click();
    await page.waitForFunction("window.preview.calls.some(([name]) => name === 'backlog.sign')");
    expect((await requests(page, 'backlog.sign'))[0]?.['recordIds']).toEqual(['record-14', 'record-13']);
    await page.getByTestId('records-filter').fill('quỳnh');
    await page.getByTestId('record-KS.000014').waitFor({ state: 'detached' });
    expect(await page.getByTestId('record-KS.000015').count()).toBe(1);
  });

  it('have a finished record corrected only with a reason', async () => {
    const page = await openBacklog();
    await page.getByTestId('record-KS.000013').click();
    await page.getByTestId('record-correct').click();
    await page.getByTestId('correct-fullName').fill('Trịnh Thị Mai');
    await page.getByTestId('correct-save').click();
    expect(await requests(page, 'backlog.correct')).toEqual([]);
    await page.getByTestId('correct-reason').fill('Sai tên đệm');
    await page.getByTestId('correct-save').click();
    await page.getByTestId('correct-save').waitFor({ state: 'detached' });
    expect(await requests(page, 'backlog.correct')).toMatchObject([
      { recordId: 'record-13', revision: 2, reason: 'Sai tên đệm' },
    ]);
  });
});

describe.skipIf(!HAS_CHROMIUM)('a stack', () => {
  it('is gone through by keyboard alone: Enter confirms, what is missing or doubled is asked for', async () => {
    const page = await openStack();
    const position = page.getByTestId('record-position');
    expect(await position.innerText()).toBe('Bản ghi 1 / 4');
    // The doubtful value has the focus, and its place on the paper is marked.
    expect(await page.evaluate('document.activeElement.name')).toBe('fullName');
    await page.getByTestId('paper-region').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.waitForFunction("document.querySelector('[data-testid=record-position]').innerText === 'Bản ghi 1 / 3'");

    // The second has no name: the field waits for it, and Enter stores what was typed before it confirms.
    expect(await page.evaluate('document.activeElement.name')).toBe('fullName');
    await page.keyboard.type('Trần Văn Bình');
    await page.keyboard.press('Enter');
    await page.waitForFunction("document.querySelector('[data-testid=record-position]').innerText === 'Bản ghi 1 / 2'");
    expect(await requests(page, 'backlog.setField')).toMatchObject([
      { key: 'old-2', name: 'fullName', value: 'Trần Văn Bình' },
    ]);

    // The third has a number that is there already: it stays until a reason is written.
    await page.keyboard.press('Enter');
    await page.waitForFunction("document.activeElement.dataset.testid === 'duplicate-reason'");
    expect(await position.innerText()).toBe('Bản ghi 1 / 2');
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.type('Sổ ghi trùng số');
    await page.keyboard.press('Enter');
    await page.waitForFunction("document.querySelector('[data-testid=record-position]').innerText === 'Bản ghi 1 / 1'");
    const confirmed = await requests(page, 'backlog.confirm');
    expect(confirmed.map(({ key, duplicateReason }) => [key, duplicateReason])).toEqual([
      ['old-1', null],
      ['old-2', null],
      ['old-3', null],
      ['old-3', 'Sổ ghi trùng số'],
    ]);
    await page.keyboard.press('Escape');
    await page.getByTestId('series-KS').waitFor();
  });

  it('shows other records without confirming, and keeps what was typed on the way', async () => {
    const page = await openStack();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Phạm Thảo Vy');
    await page.keyboard.press('Control+ArrowDown');
    await page.waitForFunction("document.querySelector('[data-testid=record-position]').innerText === 'Bản ghi 2 / 4'");
    await page.keyboard.press('Control+ArrowUp');
    await page.waitForFunction("document.querySelector('[data-testid=record-position]').innerText === 'Bản ghi 1 / 4'");
    expect(await page.getByTestId('index-fullName').inputValue()).toBe('Phạm Thảo Vy');
    expect(await requests(page, 'backlog.confirm')).toEqual([]);
  });

  it('has its pages arranged on the same workbench as a dossier’s', async () => {
    const page = await openStack();
    await page.keyboard.press('F7');
    await page.getByTestId('page-grid').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('F7');
    await page.getByTestId('record-position').waitFor();
  });

  it('is split by another rule at once', async () => {
    const page = await openStack();
    await page.getByTestId('stack-split').selectOption('every');
    await page.getByTestId('stack-split-pages').waitFor();
    expect(await requests(page, 'backlog.setSplit')).toMatchObject([{ split: { kind: 'every', pages: 2 } }]);
  });

  it('that is empty says what fills it', async () => {
    const page = await openStack(withBacklog(previewData(), true));
    expect(await page.getByText('Đặt chồng hồ sơ vào máy quét rồi nhấn F2').count()).toBe(1);
    expect(await violationsOf(page)).toEqual([]);
  });

  it('does not follow to the counter: another desk shows dossiers only', async () => {
    const page = await openStack();
    await page.getByTestId('desk-counter').click();
    await page.getByTestId('list-filter').waitFor();
    expect(await page.getByTestId('seal').count()).toBe(0);
    await page.getByTestId('desk-backlog').click();
    await page.getByTestId('series-KS').waitFor();
  });
});
