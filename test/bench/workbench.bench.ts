/**
 * @file How long the page workbench holds the window up: tasks over 50 ms of the built page in Chromium while an officer walks,
 * picks, places and scrolls through 60 and through 300 pages: `npm run bench -- workbench`. Needs Debian's `chromium`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { buildRenderer } from '../e2e/preview/build.ts';
import { longStack, previewData } from '../e2e/preview/fixtures.ts';
import { openPage, startBrowser } from '../e2e/preview/open.ts';
import { serve } from '../e2e/preview/server.ts';

const SIZES = [60, 300, 60, 300] as const;
const STEPS = 30;
const WATCH = `window.tasks = []; new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.tasks.push(duration);
}).observe({ type: 'longtask' });`;
const SCROLL = `(async (grid) => { for (let top = 0; top < grid.scrollHeight; top += grid.clientHeight / 2) {
  grid.scrollTop = top;
  await new Promise((resolve) => requestAnimationFrame(resolve));
} })(document.querySelector('[data-testid="page-grid"]'))`;

const built = mkdtempSync(join(tmpdir(), 'renderer-'));
await buildRenderer(built);
const server = await serve(built);
const browser = await startBrowser();
console.log(`load ${loadavg()[0]?.toFixed(1)}`);
for (const count of SIZES) {
  const tasks = await work(browser, count);
  const longest = Math.max(0, ...tasks);
  console.log(
    `${String(count).padStart(4)} pages: ${tasks.length} tasks over 50 ms, the longest ${longest} ms (budget 100)`,
  );
}
await browser.close();
await server.close();
rmSync(built, { recursive: true, force: true });

/** Durations of the tasks over 50 ms, milliseconds. */
async function work(chromium: Browser, count: number): Promise<number[]> {
  const view = { document: 'index.html', width: 1366, height: 768, scheme: 'light' } as const;
  const data = { ...previewData(), dossiers: [longStack(count)] };
  const { page } = await openPage(chromium, server.url, view, data);
  await page.getByTestId('dossier-dossier-0').click();
  await page.locator('[data-page]').first().waitFor();
  await page.keyboard.press('F8');
  await page.getByTestId('workbench-back').waitFor();
  await page.getByTestId('page-1').click();
  // Opening is over; from here on the officer works.
  await page.waitForTimeout(1_000);
  await page.evaluate(WATCH);
  for (let step = 0; step < STEPS; step++) await page.keyboard.press('ArrowDown');
  for (let step = 0; step < STEPS; step++) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('End');
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Home');
  await page.keyboard.press('1');
  await page.evaluate(SCROLL);
  await page.waitForTimeout(300);
  const tasks = await page.evaluate<number[]>('window.tasks');
  await page.context().close();
  return tasks;
}
