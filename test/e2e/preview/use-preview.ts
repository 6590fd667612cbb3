/** @file The built pages in a browser, for one file of specs: built and started before them, every page closed after its spec. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { buildRenderer } from './build.ts';
import { previewData, type PreviewData } from './fixtures.ts';
import { openPage, startBrowser, type View } from './open.ts';
import { serve } from './server.ts';

export const HAS_CHROMIUM = existsSync(process.env['CHROMIUM'] ?? '/usr/bin/chromium');
const DESK: View = { document: 'index.html', width: 1366, height: 768, scheme: 'light' };

export interface Preview {
  readonly open: (data?: PreviewData, view?: View) => Promise<{ readonly page: Page; readonly complaints: string[] }>;
}

/** A channel as the page called it. */
export type Call = readonly [channel: string, request: Record<string, unknown>];

export async function callsOf(page: Page, channel: string): Promise<readonly Call[]> {
  const all = (await page.evaluate('window.preview.calls')) as readonly Call[];
  return all.filter(([name]) => name === channel);
}

/** Inside a `describe`, or at the top of a file. */
export function usePreview(): Preview {
  let built: string;
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  const pages: Page[] = [];

  beforeAll(async () => {
    built = mkdtempSync(join(tmpdir(), 'renderer-'));
    await buildRenderer(built);
    server = await serve(built);
    browser = await startBrowser();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    rmSync(built, { recursive: true, force: true });
  });

  return {
    open: async (data = previewData(), view = DESK) => {
      const opened = await openPage(browser, server.url, view, data);
      pages.push(opened.page);
      return opened;
    },
  };
}
