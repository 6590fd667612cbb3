/** @file Builds the four documents alone, with the same settings as the program's own build, into a folder of its own. */
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { pdfjsAssets } from '../../../scripts/pdfjs-assets.ts';

export const ROOT = join(import.meta.dirname, '../../..');

export async function buildRenderer(outDir: string): Promise<void> {
  const root = join(ROOT, 'renderer');
  await build({
    configFile: false,
    root,
    base: './',
    logLevel: 'warn',
    plugins: [react(), pdfjsAssets()],
    build: {
      outDir,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      rollupOptions: {
        input: {
          index: join(root, 'index.html'),
          'sign-in': join(root, 'sign-in.html'),
          confirm: join(root, 'confirm.html'),
        },
      },
    },
  });
}
