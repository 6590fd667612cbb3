/** @file `node test/e2e/preview/shots.ts DIR`: pictures of every screen, both sizes, both themes, large text; for looking at. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { buildRenderer } from './build.ts';
import { previewData, token } from './fixtures.ts';
import { openPage, startBrowser, type View } from './open.ts';
import { screens } from './screens/index.ts';
import { serve } from './server.ts';

const out = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'shots-'));
const only = process.argv[3];
mkdirSync(out, { recursive: true });
const built = mkdtempSync(join(tmpdir(), 'renderer-'));
await buildRenderer(built);
const server = await serve(built);
const browser = await startBrowser();

for (const screen of screens) {
  if (only !== undefined && !screen.name.startsWith(only)) continue;
  for (const [width, height, scheme, text] of screen.sizes) {
    const view: View = { document: screen.document, width, height, scheme };
    const data = previewData();
    const { page, complaints } = await openPage(browser, server.url, view, screen.data?.(data, token) ?? data);
    await screen.steps?.(page, text);
    await page.waitForTimeout(300);
    const name = `${screen.name}-${width}-${scheme}-${text}`;
    await page.screenshot({ path: join(out, `${name}.png`) });
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const violation of violations)
      console.log(
        name,
        violation.id,
        violation.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`),
      );
    for (const complaint of complaints) console.log(name, complaint);
    await page.context().close();
  }
}
console.log(out);
await browser.close();
await server.close();
