/** @file Pictures of screens, and axe on each of them. Pictures go to `test-results`, or to the docs when they are being renewed. */
import { AxeBuilder } from '@axe-core/playwright';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = process.env['MOTCUA_SCREENSHOTS'] ?? join(root, 'test-results', 'screens');

export async function look(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // What moves is neither seen nor judged half way.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))),
  );
  await page.screenshot({ path: join(folder, `${name}.png`) });
  // Legacy mode: the other opens a page of its own, which the program's windows do not allow.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect(found, `accessibility of ${name}`).toEqual([]);
}
