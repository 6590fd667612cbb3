import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { themeCss } from '../../../renderer/app/theme.ts';

it('theme-variables.css is what the theme turns into; run with -u after changing the theme', async () => {
  await expect(themeCss()).toMatchFileSnapshot('../../../renderer/app/theme-variables.css');
});

it('no page or screen carries an inline script or style tag, an absolute address or local storage', () => {
  const root = join(import.meta.dirname, '../../../renderer');
  for (const page of ['index.html', 'sign-in.html', 'confirm.html']) {
    const html = readFileSync(join(root, page), 'utf8');
    expect(html, page).not.toMatch(/<style|<script(?![^>]*\ssrc="\.\/)|https?:|style="/);
  }
});
