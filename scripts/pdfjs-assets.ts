/**
 * @file A Vite plugin that puts pdf.js's fonts and script decoders beside the pages under fixed names: pdf.js asks for them by
 * name at run time. The decoders without wasm are the ones the content policy lets run (JBIG2, JPEG 2000).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const PACKAGE = dirname(fileURLToPath(import.meta.resolve('pdfjs-dist/package.json')));
const WANTED: Readonly<Record<string, RegExp>> = { standard_fonts: /\.(pfb|ttf)$/, wasm: /_nowasm_fallback\.js$/ };

export function pdfjsAssets(): Plugin {
  return {
    name: 'pdfjs-assets',
    generateBundle() {
      for (const [folder, pattern] of Object.entries(WANTED)) {
        for (const name of readdirSync(join(PACKAGE, folder)).filter((one) => pattern.test(one))) {
          this.emitFile({
            type: 'asset',
            fileName: `pdfjs/${folder}/${name}`,
            source: readFileSync(join(PACKAGE, folder, name)),
          });
        }
      }
    },
  };
}
