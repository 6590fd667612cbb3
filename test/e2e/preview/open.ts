/** @file Opens a built page in Chromium with the fixture bridge; collects what the content policy or the console complain about. */
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { PreviewData } from './fixtures.ts';

export interface View {
  readonly document: 'index.html' | 'sign-in.html' | 'confirm.html';
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
}

export async function openPage(
  browser: Browser,
  url: string,
  view: View,
  data: PreviewData,
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height },
    colorScheme: view.scheme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (
      (message.type() === 'error' || message.type() === 'warning') &&
      !message.location().url.endsWith('/favicon.ico')
    )
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.addInitScript(`window.previewData = ${JSON.stringify(data)};`);
  await page.addInitScript({ path: join(import.meta.dirname, 'fixture-bridge.js') });
  await page.goto(`${url}/${view.document}`);
  await page.waitForSelector('h1, h2');
  return { page, complaints };
}
