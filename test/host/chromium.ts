/** @file Finds, checks, starts and ends the browser. Debugging goes over a pipe: no port unless a test asks for one. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { CdpConnection } from './cdp.ts';

const require = createRequire(import.meta.url);
const electronVersion = (require('electron/package.json') as { version: string }).version;
const START_TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** The program itself before Debian's wrapper script, which needs a PATH. */
const USUAL_PLACES = [
  '/usr/lib/chromium/chromium',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

export const isHeadless = process.env['HOST_HEADLESS'] === '1';

export interface Browser {
  readonly connection: CdpConnection;
  readonly version: string;
  /** Opens one more window in the running browser, as clicking its icon again would. */
  readonly openAppWindow: (url: string) => void;
  readonly close: () => Promise<void>;
}

export function findChromium(): string {
  const asked = process.env['HOST_CHROMIUM'];
  const found =
    asked !== undefined ? [asked].find((path) => existsSync(path)) : USUAL_PLACES.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      asked !== undefined
        ? `HOST_CHROMIUM: there is no ${asked}`
        : 'Chromium is not installed (apt-get install chromium)',
    );
  }
  return found;
}

/** Chromium's major version inside the Electron release that package.json names. */
export function expectedMajor(): number {
  const versions = require('electron-to-chromium/versions.json') as Record<string, string>;
  const major = Number(
    versions[electronVersion.split('.').slice(0, 2).join('.')] ?? versions[`${electronVersion.split('.')[0]}.0`],
  );
  if (!Number.isInteger(major))
    throw new Error(`electron-to-chromium does not know Electron ${electronVersion}; update it`);
  return major;
}

/** @throws unless the browser is within two major versions of Electron's own, or HOST_ANY_CHROMIUM=1. */
export function checkVersion(versionText: string): string {
  const version = /(\d+)\.\d+\.\d+\.\d+/.exec(versionText);
  const expected = expectedMajor();
  if (!version?.[1]) throw new Error(`this does not look like Chromium: ${versionText}`);
  if (Math.abs(Number(version[1]) - expected) > 2 && process.env['HOST_ANY_CHROMIUM'] !== '1') {
    throw new Error(
      `Chromium ${version[0]} is too far from Electron ${electronVersion}, which is Chromium ${expected}: ` +
        `allowed are ${expected - 2} to ${expected + 2} (HOST_ANY_CHROMIUM=1 overrides)`,
    );
  }
  return version[0];
}

/** @throws as root without the explicit HOST_NO_SANDBOX=1: Chromium's sandbox does not work for root. */
export function sandboxFlags(userId: number | undefined, environment: NodeJS.ProcessEnv): readonly string[] {
  if (environment['HOST_NO_SANDBOX'] === '1') return ['--no-sandbox', '--test-type'];
  if (userId === 0) {
    throw new Error(
      'the Chromium host refuses to run as root: the sandbox around the pages would be off. ' +
        'Run it as an ordinary user, or set HOST_NO_SANDBOX=1 for tests with trusted data',
    );
  }
  return [];
}

export async function launchChromium(onGone: (reason: string) => void): Promise<Browser> {
  const path = findChromium();
  const sandbox = sandboxFlags(process.getuid?.(), process.env);
  const version = checkVersion(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout);
  const profile = mkdtempSync(join(tmpdir(), 'chromium-host-'));
  const flags = [
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-extensions',
    '--disable-sync',
    '--disable-quic',
    '--disable-breakpad',
    '--disable-dev-shm-usage',
    '--password-store=basic',
    // A background window must go on painting and running timers: tests look at two windows at once.
    '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding',
    // Whatever slips through interception (web sockets) finds no network.
    '--host-resolver-rules=MAP * ~NOTFOUND',
    '--webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--force-webrtc-ip-handling-policy',
    ...sandbox,
    ...(isHeadless ? ['--headless', '--disable-gpu', '--hide-scrollbars'] : []),
  ];
  const child = spawn(
    path,
    [
      ...flags,
      '--no-startup-window',
      '--remote-debugging-pipe',
      ...(process.env['HOST_CDP'] === '1' ? ['--remote-debugging-port=0'] : []),
    ],
    // Without a PATH, Chromium cannot hand a mailto: or foreign link to another program behind the shell's back.
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'], env: { ...process.env, PATH: '/nonexistent' } },
  );
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4_000);
  });
  const connection = new CdpConnection(child.stdio[3] as Writable, child.stdio[4] as Readable);
  let isClosing = false;
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', (code, signal) => {
      connection.close();
      resolve();
      if (!isClosing) onGone(`Chromium ended with ${code ?? signal}\n${complaints}`);
    });
  });
  const endAtOnce = (): void => {
    child.kill('SIGKILL');
    removeProfile(profile);
  };
  process.once('exit', endAtOnce);

  const timer = setTimeout(
    () => onGone(`Chromium did not answer within ${START_TIMEOUT_MS} ms\n${complaints}`),
    START_TIMEOUT_MS,
  );
  await connection.root.send('Browser.getVersion');
  clearTimeout(timer);
  process.stderr.write(
    `[host] Chromium host (development): Chromium ${version}, Node ${process.version}, in place of Electron ${electronVersion}\n`,
  );
  if (process.env['HOST_CDP'] === '1') process.stderr.write(`[host] cdp ${await readDebuggingAddress(profile)}\n`);

  return {
    connection,
    version,
    openAppWindow: (url) => {
      const second = spawn(path, [...flags, `--app=${url}`], { stdio: 'ignore' });
      second.once('error', (error) => onGone(error.message));
    },
    close: async () => {
      isClosing = true;
      connection.root.tell('Browser.close');
      const limit = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
      await ended;
      clearTimeout(limit);
      process.removeListener('exit', endAtOnce);
      removeProfile(profile);
    },
  };
}

/** Only children of the browser may still be writing; they end within moments of it. */
function removeProfile(profile: string): void {
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

async function readDebuggingAddress(profile: string): Promise<string> {
  const file = join(profile, 'DevToolsActivePort');
  const until = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < until) {
    const port = existsSync(file) ? /^\d+/.exec(readFileSync(file, 'utf8'))?.[0] : undefined;
    if (port !== undefined) return `http://127.0.0.1:${port}`;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('Chromium opened no debugging port');
}
