/** @file `shell` and `Menu`: the desktop around the program. */
import { spawn } from 'node:child_process';
import type Electron from 'electron';
import { isHeadless } from './chromium.ts';
import { notSupported, refuseMissing } from './unsupported.ts';

/** A headless run has no desktop: what would be opened is written to stderr, where tests look for it. */
function openOutside(what: string): Promise<void> {
  process.stderr.write(`[host] open ${what}\n`);
  if (isHeadless) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const opener = spawn('xdg-open', [what], { stdio: 'ignore' });
    opener.once('error', reject);
    opener.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`xdg-open ended with ${code}`))));
  });
}

export const shell = refuseMissing(
  {
    openExternal: (url: string) => openOutside(url),
    openPath: (path: string) =>
      openOutside(path).then(
        () => '',
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ),
  } satisfies Pick<Electron.Shell, 'openExternal' | 'openPath'>,
  'shell',
);

export const Menu = refuseMissing(
  {
    setApplicationMenu: (menu: Electron.Menu | null): void => {
      if (menu !== null) notSupported('Menu.setApplicationMenu with a menu');
    },
    getApplicationMenu: (): null => null,
  },
  'Menu',
);
