/** @file `node --import ./test/host/register.mjs out/main/index.js`: gives the specifier `electron` to the Chromium host. */
import { registerHooks } from 'node:module';

const hostUrl = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === 'electron' || specifier === 'electron/main')
      return { url: hostUrl, format: 'module-typescript', shortCircuit: true };
    return nextResolve(specifier, context);
  },
});
