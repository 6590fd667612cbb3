import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Dossier, JobProgress } from '../../../preload/types.ts';
import { longStack, mixedStack, previewData } from './fixtures.ts';
import { scanJob } from './screens/screen.ts';
import { callsOf, HAS_CHROMIUM, usePreview } from './use-preview.ts';

/** A letter waits until it is known to be no reader's, and the machine may be busy. */
const SLOW = { timeout: 5_000 };
const FIRST = '1.004222#0';
const SECOND = '1.004222#1';

interface Measured {
  /** Elements inside the workbench after all of it was scrolled through. */
  readonly nodes: number;
  /** Elements that the browser was told to change while keys were pressed. */
  readonly changes: number;
  /** Scripts, styles and layout together while keys were pressed, seconds; of use only beside another one. */
  readonly spent: number;
}

describe.skipIf(!HAS_CHROMIUM)('the page workbench in Chromium (needs /usr/bin/chromium or CHROMIUM)', () => {
  const preview = usePreview();

  async function stack(dossier: Dossier = mixedStack(), isFull = false): Promise<Page> {
    const { page } = await preview.open({ ...previewData(), dossiers: [dossier] });
    await page.getByTestId('dossier-dossier-0').click();
    await page.locator('[data-page]').first().waitFor();
    if (isFull) {
      await page.keyboard.press('F8');
      await page.getByTestId('workbench-back').waitFor();
    }
    return page;
  }

  const pressed = (page: Page, number: number): Promise<string | null> =>
    page.getByTestId(`page-${number}`).getAttribute('aria-pressed');
  const scopeOf = (page: Page): Promise<string | null> => page.getByTestId('scope').getAttribute('data-scope');
  const current = (page: Page): Promise<string | null> =>
    page.locator('[data-page][data-current="true"]').first().getAttribute('data-testid');

  const focused = (page: Page): Promise<unknown> => page.evaluate('document.activeElement.dataset.testid');

  async function last(page: Page, channel: string): Promise<Record<string, unknown>> {
    await expect.poll(async () => (await callsOf(page, channel)).length, SLOW).toBeGreaterThan(0);
    return (await callsOf(page, channel)).at(-1)?.[1] ?? {};
  }

  async function tell(page: Page, job: Partial<JobProgress> & Pick<JobProgress, 'state'>): Promise<void> {
    const progress = { ...scanJob(job.state, job.code ?? null), ...job };
    await page.evaluate(`window.preview.emit('job.progress', ${JSON.stringify(progress)})`);
  }

  describe('papers', () => {
    it('are groups with a name and a count, and say where they go', async () => {
      const page = await stack(mixedStack(), true);
      const paper = page.getByRole('group', { name: 'Giấy tờ: Giấy chứng nhận quyền sử dụng đất, 3 trang' }).first();
      await paper.waitFor();
      expect(await paper.innerText()).toContain('3 trang');
      expect(await paper.innerText()).toContain('→ 2');
    });

    it('are placed whole by one key, and the next page without a place is current', async () => {
      const page = await stack(mixedStack(), true);
      await page.getByTestId('page-8').click();
      expect(await scopeOf(page)).toBe('paper');
      await page.keyboard.press('2');
      // The fourth paper: five pages, one of them hidden.
      expect(await last(page, 'dossiers.assignPages')).toMatchObject({
        pageIds: ['mixed-6', 'mixed-7', 'mixed-8', 'mixed-10'],
        componentId: SECOND,
      });
      await expect.poll(() => current(page), SLOW).toBe('page-12');
    });

    it('give up single pages that were picked with the space bar, and say so before', async () => {
      const page = await stack(mixedStack(), true);
      await page.getByTestId('page-8').click();
      await page.keyboard.press(' ');
      expect(await scopeOf(page)).toBe('pages');
      expect(await page.getByTestId('scope').innerText()).toContain('Chỉ trang này');
      await page.keyboard.press('1');
      expect(await last(page, 'dossiers.assignPages')).toMatchObject({ pageIds: ['mixed-7'], componentId: FIRST });
    });

    it('split with T and join with G', async () => {
      const page = await stack(mixedStack(), true);
      await page.getByTestId('page-3').click();
      await page.keyboard.press('t');
      expect(await last(page, 'dossiers.setPaperStart')).toMatchObject({ pageId: 'mixed-2', startsPaper: true });
      await page.getByTestId('page-6').click();
      await page.keyboard.press('g');
      await expect.poll(() => callsOf(page, 'dossiers.setPaperStart'), SLOW).toHaveLength(2);
      expect(await last(page, 'dossiers.setPaperStart')).toMatchObject({ pageId: 'mixed-4', startsPaper: false });
    });
  });

  describe('the keyboard alone', () => {
    it('walks by page and by row, picks a range, a paper, everything', async () => {
      const page = await stack(mixedStack(), true);
      await page.getByTestId('page-1').click();
      await page.keyboard.press('ArrowRight');
      expect(await current(page)).toBe('page-2');
      await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('Shift+ArrowRight');
      expect(await Promise.all([2, 3, 4].map((number) => pressed(page, number)))).toEqual(['true', 'true', 'true']);
      expect(await page.getByTestId('scope').innerText()).toContain('3 trang đã chọn');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('p');
      await expect.poll(() => page.getByTestId('scope').innerText(), SLOW).toContain('trang 2–4');
      await page.keyboard.press('Control+A');
      await expect.poll(() => page.getByTestId('scope').innerText(), SLOW).toContain('17 trang đã chọn');
      await page.keyboard.press('Home');
      expect(await current(page)).toBe('page-1');
      await page.keyboard.press('End');
      expect(await current(page)).toBe('page-18');
      await expect.poll(() => focused(page), SLOW).toBe('page-18');
    });

    it('goes to a page by its number and to the next one without a place', async () => {
      const page = await stack(mixedStack(), true);
      await page.getByTestId('page-1').click();
      await page.keyboard.press('Control+G');
      await page.keyboard.type('15');
      await page.keyboard.press('Enter');
      await expect.poll(() => current(page), SLOW).toBe('page-15');
      await expect.poll(() => focused(page), SLOW).toBe('page-15');
      await page.keyboard.press('n');
      await expect.poll(() => current(page), SLOW).toBe('page-16');
      expect(await callsOf(page, 'dossiers.assignPages')).toEqual([]);
    });

    it('picks pages that lie apart, and keeps them while it walks on', async () => {
      const page = await stack(mixedStack(), true);
      await page.getByTestId('page-8').click();
      await page.keyboard.press(' ');
      await page.keyboard.press('Control+ArrowRight');
      await page.keyboard.press('Control+ArrowRight');
      await page.keyboard.press(' ');
      await expect.poll(() => page.getByTestId('scope').innerText(), SLOW).toContain('trang 8, 11');
      await page.keyboard.press('2');
      expect(await last(page, 'dossiers.assignPages')).toMatchObject({ pageIds: ['mixed-7', 'mixed-10'] });
    });

    it('moves one page or several with Alt and the arrows', async () => {
      const page = await stack(longStack(5), true);
      await page.getByTestId('page-2').click();
      await page.keyboard.press('Alt+ArrowRight');
      expect(await last(page, 'dossiers.arrangePages')).toMatchObject({
        pageIds: ['long-0', 'long-2', 'long-1', 'long-3', 'long-4'],
      });
      await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('Alt+ArrowRight');
      await expect.poll(() => callsOf(page, 'dossiers.arrangePages'), SLOW).toHaveLength(2);
      expect(await last(page, 'dossiers.arrangePages')).toMatchObject({
        pageIds: ['long-0', 'long-2', 'long-4', 'long-1', 'long-3'],
      });
    });

    it('turns and hides what was picked in one step each, and shows hidden pages when asked', async () => {
      const page = await stack(mixedStack(), true);
      await page.getByTestId('page-2').click();
      await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('r');
      expect(await last(page, 'dossiers.turnPages')).toMatchObject({ rotations: { 'mixed-1': 90, 'mixed-2': 180 } });
      await page.keyboard.press('Delete');
      expect(await last(page, 'dossiers.hidePages')).toMatchObject({ pageIds: ['mixed-1', 'mixed-2'], isHidden: true });
      await expect.poll(() => page.getByTestId('page-2').count(), SLOW).toBe(0);
      await page.keyboard.press('Control+H');
      await page.getByTestId('page-2').click();
      await page.keyboard.press('h');
      await expect.poll(() => callsOf(page, 'dossiers.hidePages'), SLOW).toHaveLength(2);
      expect(await last(page, 'dossiers.hidePages')).toMatchObject({ pageIds: ['mixed-1'], isHidden: false });
    });

    it('takes back and does again', async () => {
      const page = await stack(mixedStack(), true);
      await page.keyboard.press('Control+Z');
      await last(page, 'dossiers.undo');
      await page.keyboard.press('Control+Shift+Z');
      await last(page, 'dossiers.redo');
      expect(await callsOf(page, 'dossiers.undo')).toHaveLength(1);
    });

    it('scans a page anew in its place, and scans in behind a page', async () => {
      const page = await stack(mixedStack(), true);
      await page.getByTestId('page-8').click();
      await page.keyboard.press('l');
      expect(await last(page, 'capture.scan')).toMatchObject({ place: { kind: 'replace', pageId: 'mixed-7' } });
      await page.getByTestId('failure').waitFor();
      await page.keyboard.press('Escape');
      await page.getByTestId('failure').waitFor({ state: 'detached' });
      await page.getByTestId('page-8').click();
      await page.keyboard.press('Insert');
      await expect.poll(() => callsOf(page, 'capture.scan'), SLOW).toHaveLength(2);
      expect(await last(page, 'capture.scan')).toMatchObject({ place: { kind: 'after', pageId: 'mixed-7' } });
    });

    it('understands a digit key of a Vietnamese layout by its place', async () => {
      const page = await stack(mixedStack(), true);
      await page.getByTestId('page-8').click();
      await page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ă', code: 'Digit1', bubbles: true }))",
      );
      expect(await last(page, 'dossiers.assignPages')).toMatchObject({ componentId: FIRST });
    });

    it('opens at full size with F8 and comes back with Esc, with the same page current', async () => {
      const page = await stack();
      await page.getByTestId('page-6').click();
      await page.keyboard.press('F8');
      await page.getByTestId('workbench-back').waitFor();
      await expect.poll(() => focused(page), SLOW).toBe('page-6');
      expect(await page.getByTestId('section-applicant').count()).toBe(0);
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Escape');
      await page.getByTestId('section-applicant').waitFor();
      await expect.poll(() => focused(page), SLOW).toBe('page-7');
    });

    it('is passed by Tab in few stops; the arrows walk along the tools', async () => {
      const page = await stack(mixedStack(), true);
      // Opening gives the focus to the page in hand: not in the middle of what follows.
      await page.locator('[data-page]:focus').waitFor();
      await page.getByTestId('workbench-more').focus();
      await page.keyboard.press('ArrowLeft');
      expect(await focused(page)).toBe('workbench-rescan');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      expect(await focused(page)).toBe('workbench-undo');
      await page.getByTestId('workbench-more').focus();
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('workbench-jump');
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('page-7');
    });

    it('leaves the focus with a tool that was reached before the page was drawn', async () => {
      const page = await stack(mixedStack(), true);
      await page.locator('[data-page]:focus').waitFor();
      await page.evaluate(`(async () => {
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
        document.querySelector('[data-testid="workbench-more"]').focus();
        for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
      })()`);
      expect(await focused(page)).toBe('workbench-more');
    });

    it('explains every key with ?, and Esc closes the explanation alone', async () => {
      const page = await stack(mixedStack(), true);
      await page.keyboard.press('?');
      await page.getByTestId('key-help').waitFor();
      expect(await page.getByTestId('key-help').innerText()).toContain('Tách: một giấy tờ mới bắt đầu từ trang này');
      await page.keyboard.press('Escape');
      await page.getByTestId('key-help').waitFor({ state: 'detached' });
      expect(await page.getByTestId('workbench-back').count()).toBe(1);
    });

    it('enlarges and shrinks the pictures', async () => {
      const page = await stack(mixedStack(), true);
      const width = async (): Promise<number> => (await page.locator('[data-page]').first().boundingBox())?.width ?? 0;
      const before = await width();
      await page.keyboard.press('Control+=');
      await expect.poll(width, SLOW).toBeGreaterThan(before);
      await page.keyboard.press('Control+-');
      await expect.poll(width, SLOW).toBe(before);
    });
  });

  describe('the mouse', () => {
    it('drags a page before another one, and a whole paper onto a place', async () => {
      const page = await stack(mixedStack(), true);
      const options = { targetPosition: { x: 4, y: 40 } };
      await page.getByTestId('page-3').dragTo(page.getByTestId('page-1'), options);
      const ids = (await last(page, 'dossiers.arrangePages'))['pageIds'] as readonly string[];
      expect(ids.slice(0, 3)).toEqual(['mixed-2', 'mixed-0', 'mixed-1']);
      await page.getByText('Giấy khai sinh', { exact: true }).first().dragTo(page.getByTestId('target-0'));
      expect(await last(page, 'dossiers.assignPages')).toMatchObject({
        pageIds: ['mixed-4', 'mixed-5'],
        componentId: FIRST,
      });
    });
  });

  describe('while the feeder runs', () => {
    it('counts the pages and stops when asked; what is there can be placed meanwhile', async () => {
      const page = await stack();
      await tell(page, { state: 'running', done: 0 });
      expect(await page.getByTestId('scan-running').innerText()).toContain('chờ trang đầu tiên');
      await tell(page, { state: 'running', done: 3 });
      await expect.poll(() => page.getByTestId('scan-running').innerText(), SLOW).toContain('đã có 3 trang');
      await page.getByTestId('page-8').click();
      await page.keyboard.press('1');
      await last(page, 'dossiers.assignPages');
      await page.getByTestId('scan-stop').click();
      expect(await last(page, 'capture.cancel')).toEqual({ jobId: 'scan-1' });
    });

    it('says at which sheet it jammed and what to do, and F2 goes on behind the last page', async () => {
      const page = await stack();
      await tell(page, { state: 'running', done: 2, lastPageId: 'mixed-3' });
      await tell(page, { state: 'failed', code: 'scanner-jam', done: 2, sheets: 2, lastPageId: 'mixed-3' });
      const text = (await page.getByTestId('scan-fault').innerText()).replaceAll(/\s+/g, ' ');
      expect(text).toContain('Kẹt giấy ở tờ 3. 2 trang đã vào hồ sơ. Gỡ giấy, đặt từ tờ 3, nhấn F2 để tiếp tục.');
      expect(await page.getByTestId('failure').count()).toBe(0);
      await page.keyboard.press('F2');
      expect(await last(page, 'capture.scan')).toMatchObject({ place: { kind: 'after', pageId: 'mixed-3' } });
    });

    it('shows a fault before the first page as every other failure', async () => {
      const page = await stack();
      await tell(page, { state: 'failed', code: 'scanner-offline', done: 0, sheets: 0 });
      await page.getByTestId('failure').waitFor();
      expect(await page.getByTestId('scan-fault').count()).toBe(0);
    });

    it('marks a page that came twice', async () => {
      const page = await stack(longStack(2), true);
      await tell(page, { state: 'running', done: 0 });
      await page.evaluate(
        `const dossier = window.preview.find('dossier-0'); dossier.revision += 1;
         dossier.pages = [...dossier.pages, ...['x', 'y'].map((id) => ({ ...dossier.pages[0], id }))];
         window.preview.emit('dossier.changed', { id: 'dossier-0' })`,
      );
      await page.getByTestId('page-4').click();
      await tell(page, { state: 'running', done: 2, repeated: [2], lastPageId: 'y' });
      await expect.poll(() => page.getByTestId('scope').innerText(), SLOW).toContain('giống hệt trang 3');
    });

    it('asks for the unread pages on screen first, the newest of them first', async () => {
      const page = await stack(mixedStack(), true);
      await page.keyboard.press('End');
      await page.getByTestId('page-18').waitFor();
      expect(await last(page, 'capture.lookAt')).toEqual({ pageIds: ['mixed-17', 'mixed-16'] });
    });

    it('gives a way out of a page that could not be read', async () => {
      const page = await stack(mixedStack(), true);
      await page.getByTestId('page-8').click();
      expect(await page.getByTestId('scope').innerText()).toContain('nhấn L để quét lại');
    });
  });

  describe('three hundred pages', () => {
    const WATCH = `window.changes = 0; new MutationObserver((records) => { window.changes += records.length; })
      .observe(document.body, { subtree: true, childList: true, attributes: true })`;
    const SPENT = ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'];

    async function work(count: number): Promise<Measured> {
      const page = await stack(longStack(count, 3), true);
      const tools = await page.context().newCDPSession(page);
      await tools.send('Performance.enable');
      const spent = async (): Promise<number> => {
        const { metrics } = await tools.send('Performance.getMetrics');
        return metrics.reduce((sum, { name, value }) => (SPENT.includes(name) ? sum + value : sum), 0);
      };
      await page.getByTestId('page-1').click();
      await page.evaluate(WATCH);
      const before = await spent();
      for (let step = 0; step < 12; step += 1) await page.keyboard.press('ArrowDown');
      for (let step = 0; step < 6; step += 1) await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('End');
      await page.getByTestId(`page-${count}`).waitFor();
      await page.keyboard.press('Control+A');
      await page.keyboard.press('Home');
      await page.getByTestId('page-1').waitFor();
      await page.keyboard.press('1');
      await last(page, 'dossiers.assignPages');
      await expect.poll(() => current(page), SLOW).toBe('page-4');
      const after = await spent();
      const changes = Number(await page.evaluate('window.changes'));
      await page.getByTestId('page-grid').evaluate(async (grid) => {
        for (let top = 0; top < grid.scrollHeight; top += grid.clientHeight / 2) {
          grid.scrollTop = top;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      });
      const nodes = await page.locator('[data-testid="workbench"] *').count();
      return { nodes, changes, spent: after - before };
    }

    it('cost the screen what sixty cost: elements, changes, and the time of scripts and layout', async () => {
      const few = await work(60);
      const many = await work(300);
      expect(many.nodes).toBeLessThan(few.nodes * 1.25);
      expect(many.changes).toBeLessThan(few.changes * 1.5);
      // Both in one run on one machine: five times the pages may not cost twice the time.
      expect(many.spent).toBeLessThan(few.spent * 2);
    });
  });
});
