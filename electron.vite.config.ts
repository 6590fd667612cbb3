/**
 * @file Three bundles: main (every process's entry), preload (one CommonJS file, as the sandbox wants), renderer (three
 * documents). Dependencies stay outside: native modules and wasm must be loaded from their own packages.
 */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { pdfjsAssets } from './scripts/pdfjs-assets.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      sourcemap: true,
      minify: false,
      externalizeDeps: true,
      rollupOptions: {
        input: {
          index: at('main/index.ts'),
          cli: at('main/cli.ts'),
          store: at('main/store/entry.ts'),
          sync: at('main/sync/entry.ts'),
          imaging: at('main/imaging/entry.ts'),
          'layout-thread': at('main/imaging/pdf/layout-thread.ts'),
          'pdf-thread': at('main/imaging/import/pdf-thread.ts'),
          signatures: at('main/signatures/entry.ts'),
          token: at('main/token/entry.ts'),
          bridge: at('main/bridge/entry.ts'),
          province: at('province/entry.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      sourcemap: true,
      minify: false,
      externalizeDeps: false,
      rollupOptions: {
        input: { bridge: at('preload/bridge.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    base: './',
    plugins: [react(), pdfjsAssets()],
    build: {
      outDir: at('out/renderer'),
      emptyOutDir: true,
      sourcemap: true,
      assetsInlineLimit: 0, // the content policy allows no data: URLs
      rollupOptions: {
        input: {
          index: at('renderer/index.html'),
          'sign-in': at('renderer/sign-in.html'),
          confirm: at('renderer/confirm.html'),
          question: at('renderer/question.html'),
          print: at('renderer/print.html'),
        },
      },
    },
  },
});
