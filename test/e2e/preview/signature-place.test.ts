import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { PagePlace, ProposedPlace } from '../../../preload/types.ts';
import { previewData, SEAL, type PreviewData } from './fixtures.ts';
import { HAS_CHROMIUM, usePreview } from './use-preview.ts';

const MM = 72 / 25.4;

describe.skipIf(!HAS_CHROMIUM)('the place of a signature (needs /usr/bin/chromium or CHROMIUM)', () => {
  const preview = usePreview();

  async function signingDesk(resultId = 'result-0', proposed: Partial<ProposedPlace> = {}): Promise<Page> {
    const base = previewData();
    const data: PreviewData = { ...base, proposed: { ...base.proposed, ...proposed } };
    const { page } = await preview.open(data);
    await page.getByTestId('desk-signing').click();
    await page.getByTestId(`result-${resultId}`).getByRole('checkbox').check();
    await page.getByTestId(`result-${resultId}`).getByRole('button').click();
    await page.getByTestId('signature-frame').waitFor();
    return page;
  }

  /** What goes to the program when the officer signs now. */
  async function placesSigned(page: Page): Promise<Readonly<Record<string, PagePlace>>> {
    await page.keyboard.press('F4');
    const sent = async () =>
      ((await page.evaluate('window.preview.calls')) as [string, { places: Record<string, PagePlace> }][]).findLast(
        ([channel]) => channel === 'results.sign',
      );
    await expect.poll(sent).toBeDefined();
    return (await sent())?.[1].places ?? {};
  }

  it('is the proposed one while nobody touches it, and main decides alone', async () => {
    const page = await signingDesk();
    expect(await page.getByTestId('signature-found').innerText()).toContain('giữa chức vụ và họ tên');
    expect(await placesSigned(page)).toEqual({});
  });

  it('moves with the arrows by one millimetre, with Shift by ten, and Ctrl changes its size', async () => {
    const page = await signingDesk();
    await page.keyboard.press('F7');
    for (const key of ['ArrowRight', 'Shift+ArrowUp', 'Control+ArrowRight', 'Control+Shift+ArrowDown'])
      await page.keyboard.press(key);
    expect(await page.getByTestId('signature-frame').getAttribute('aria-label')).toContain('rộng 61 mm');
    const { 'result-0': place } = await placesSigned(page);
    expect(place?.page).toBe(1);
    for (const [index, value] of [339 + MM, 209 + 10 * MM - 10 * MM, 170 + MM, 80 + 10 * MM].entries())
      expect(place?.rect[index]).toBeCloseTo(value, 3);
  });

  it('is dragged with the mouse, stops at the edge, and goes back to where it was proposed', async () => {
    const page = await signingDesk();
    await page.keyboard.press('F7');
    const frame = page.getByTestId('signature-frame');
    const before = await frame.boundingBox();
    if (!before) throw new Error('the frame is not on screen');
    await page.mouse.move(before.x + before.width / 2, before.y + before.height / 2);
    await page.mouse.down();
    await page.mouse.move(before.x - 100, before.y + before.height / 2 - 40, { steps: 4 });
    await page.mouse.up();
    const after = await frame.boundingBox();
    expect(after?.x).toBeCloseTo(before.x - 100 - before.width / 2, -1);
    expect(after?.y).toBeCloseTo(before.y - 40, -1);
    await page.mouse.move((after?.x ?? 0) + 20, (after?.y ?? 0) + 20);
    await page.mouse.down();
    await page.mouse.move(2_000, 100, { steps: 4 });
    await page.mouse.up();
    const atEdge = Math.round((595.28 - 170) / MM);
    expect(await frame.getAttribute('aria-label')).toContain(`cách lề trái ${atEdge} mm`);
    await page.getByTestId('signature-reset').click();
    expect(await frame.getAttribute('aria-label')).toContain(`cách lề trái ${Math.round(339 / MM)} mm`);
    expect(await placesSigned(page)).toEqual({});
  });

  it('is made larger by its corner', async () => {
    const page = await signingDesk();
    await page.keyboard.press('F7');
    const box = await page.getByTestId('signature-frame').boundingBox();
    if (!box) throw new Error('the frame is not on screen');
    await page.mouse.move(box.x + box.width, box.y + box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width + 60, box.y + box.height + 30, { steps: 3 });
    await page.mouse.up();
    const rect = (await placesSigned(page))['result-0']?.rect ?? [0, 0, 0, 0];
    expect(rect[2]).toBeGreaterThan(200);
    expect(rect[3]).toBeGreaterThan(95);
    expect(rect[1] + rect[3]).toBeCloseTo(289, 0);
  });

  it('of a seal keeps its true size', async () => {
    const page = await signingDesk('result-0', { shows: 'seal', image: SEAL, rect: [294, 199, 102, 102] });
    await page.keyboard.press('F7');
    for (const key of ['Control+ArrowRight', 'Control+ArrowDown', 'ArrowLeft']) await page.keyboard.press(key);
    expect((await placesSigned(page))['result-0']?.rect).toEqual([294 - MM, 199, 102, 102]);
  });

  it('of a document with a field of its own stays in that field', async () => {
    const page = await signingDesk('result-0', { foundBy: 'field' });
    expect(await page.getByTestId('signature-found').innerText()).toContain('ô ký');
    await page.keyboard.press('F7');
    await page.keyboard.press('ArrowRight');
    const box = await page.getByTestId('signature-frame').boundingBox();
    await page.mouse.move((box?.x ?? 0) + 20, (box?.y ?? 0) + 20);
    await page.mouse.down();
    await page.mouse.move(700, 300, { steps: 3 });
    await page.mouse.up();
    expect(await placesSigned(page)).toEqual({});
  });

  it('follows the mouse on a turned page, too, in its displayed size', async () => {
    const page = await signingDesk('result-1');
    await page.keyboard.press('F7');
    for (let times = 0; times < 12; times++) await page.keyboard.press('Shift+ArrowRight');
    const rect = (await placesSigned(page))['result-1']?.rect ?? [0, 0, 0, 0];
    expect(rect[0] + rect[2]).toBeCloseTo(595, 3);
    expect(rect[1]).toBe(30);
  });

  it('goes to another page by key and by choice, and keeps the focus', async () => {
    const page = await signingDesk('result-2');
    await page.keyboard.press('F7');
    await page.keyboard.press('PageDown');
    await expect.poll(() => page.getByTestId('signature-page').inputValue()).toBe('2');
    await expect
      .poll(() => page.evaluate("document.activeElement?.getAttribute('data-testid')"))
      .toBe('signature-frame');
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.getByTestId('signature-page').selectOption('1');
    await page.getByTestId('signature-page').selectOption('2');
    expect((await placesSigned(page))['result-2']?.page).toBe(2);
  });

  it('comes inside a smaller page, and what is seen there is what is signed', async () => {
    const page = await signingDesk('result-3');
    await page.keyboard.press('F7');
    await page.keyboard.press('Shift+ArrowUp');
    await page.keyboard.press('PageDown');
    await expect.poll(() => page.getByTestId('signature-page').inputValue()).toBe('2');
    const place = (await placesSigned(page))['result-3'];
    expect(place?.page).toBe(2);
    const [x, y, width, height] = place?.rect ?? [0, 0, 0, 0];
    expect([x + width, width, height]).toEqual([300, 170, 70]);
    expect(y + height).toBeLessThanOrEqual(200);
  });

  it('is not asked for a result that nobody looks at', async () => {
    const page = await signingDesk();
    const asked = ((await page.evaluate('window.preview.calls')) as [string, { documentId: string }][]).filter(
      ([channel]) => channel === 'results.place',
    );
    expect(asked.map(([, { documentId }]) => documentId)).toEqual(['result-0']);
  });

  it('stands on the result chosen last, although another PDF was still being opened or drawn', async () => {
    const { page, complaints } = await preview.open(previewData());
    // As on a slow PC: what the worker is asked reaches it late.
    await page.evaluate(`{
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (...message) {
        setTimeout(() => post.apply(this, message), 100);
      };
    }`);
    await page.getByTestId('desk-signing').click();
    await page.getByTestId('result-result-0').waitFor();
    for (const dwell of [0, 50, 150, 300, 500]) {
      await page.evaluate(`(async () => {
        for (const chosen of [1, 2, 0]) {
          document.querySelector('[data-testid="result-result-' + chosen + '"] button').click();
          await new Promise((resolve) => setTimeout(resolve, ${dwell}));
        }
      })()`);
      // The first has one upright sheet, the second a broad one, the third two.
      const areUpright = `[...document.querySelectorAll('aside canvas')].map(
        ({ clientWidth, clientHeight }) => clientHeight > clientWidth,
      )`;
      await expect.poll(() => page.evaluate(areUpright), { timeout: 20_000 }).toEqual([true]);
      await page.getByTestId('signature-frame').waitFor();
    }
    await page.waitForTimeout(400); // what is on its way to the worker and back
    expect(complaints).toEqual([]);
  });

  it('says that nothing can be shown when the reader of PDFs cannot be loaded, and tries again', async () => {
    const { page } = await preview.open(previewData());
    await page.route('**/*pdf.worker*', (route) => route.abort());
    await page.getByTestId('desk-signing').click();
    await page.getByTestId('result-result-1').getByRole('button').click();
    await page.getByText('Không mở được bản điện tử này').waitFor();
    await page.unroute('**/*pdf.worker*');
    await page.getByTestId('result-result-0').getByRole('button').click();
    await page.getByTestId('signature-frame').waitFor();
  });

  it('says which page of a damaged result cannot be shown', async () => {
    const { page } = await preview.open(previewData());
    const damaged =
      '%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[9 0 R]/Count 1>>endobj\n';
    await page.route('**/blob/decision', (route) =>
      route.fulfill({ body: `${damaged}trailer<</Root 1 0 R>>`, contentType: 'application/pdf' }),
    );
    await page.getByTestId('desk-signing').click();
    await page.getByTestId('result-result-0').getByRole('button').click();
    await page.getByText('Không hiện được trang 1').waitFor();
    expect(await page.getByTestId('signature-frame').count()).toBe(0);
  });

  it('registers a picture of the signature and takes it away again', async () => {
    const page = await signingDesk();
    await page.getByTestId('signature-images').click();
    await page.getByTestId('remove-personal').click();
    await page.getByTestId('image-personal').waitFor({ state: 'detached' });
    await page.getByTestId('register-personal').click();
    await page.getByTestId('image-personal').waitFor();
    expect(await page.getByTestId('register-seal').count()).toBe(0);
  });
});
