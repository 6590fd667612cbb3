/** @file Starts the built program on the Chromium host and joins its pages with Playwright. For specs; see docs/host.md. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { ScriptedAnswer } from './dialog.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const REGISTER = join(PROJECT, 'test/host/register.mjs');
/** The project's own Node, whichever Node runs the specs. */
const NODE = join(PROJECT, 'node_modules/.bin/node');
const START_TIMEOUT_MS = 60_000;
const PAGE_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
const OUTPUT_TIMEOUT_MS = 2_000;

export interface LaunchOptions {
  /** The main bundle; by default the built program. */
  readonly entry?: string;
  readonly args?: readonly string[];
  /** On top of this process's environment. `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface RunningApp {
  readonly process: ChildProcess;
  readonly browser: Browser;
  /** Address of the browser's debugging port, for a second connection. */
  readonly address: string;
  /** Everything of this run, removed by `stop`: `user-data`, `dialogs.json`, `print`. */
  readonly folder: string;
  /** Waits for the window that shows `<name>.html`, e.g. `page('confirm')`. */
  readonly page: (name: string) => Promise<Page>;
  /** Queues the answer to the next dialog not yet answered. */
  readonly answerDialog: (dialog: ScriptedAnswer['dialog'], answer: unknown) => void;
  /** stdout and stderr of the program so far. */
  readonly output: () => string;
  /** Waits until the program has written `text`. */
  readonly waitForOutput: (text: string | RegExp) => Promise<void>;
  /** Resolves with the exit code once the program has ended. */
  readonly exited: Promise<number | null>;
  readonly stop: () => Promise<void>;
}

export async function launchApp({
  entry = join(PROJECT, 'out/main/index.js'),
  args = [],
  env = {},
}: LaunchOptions = {}): Promise<RunningApp> {
  const folder = mkdtempSync(join(tmpdir(), 'host-run-'));
  const dialogs = join(folder, 'dialogs.json');
  const answers: ScriptedAnswer[] = [];
  writeFileSync(dialogs, '[]');
  const child = spawn(NODE, ['--import', REGISTER, entry, ...args], {
    cwd: PROJECT,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: withoutUndefined({
      ...process.env,
      TMPDIR: folder, // the browser's profile too: nothing is left when a run is killed
      HOST_ENDS_WITH_INPUT: '1', // when this process dies, however that happens, its end of the pipe closes
      HOST_HEADLESS: '1',
      HOST_CDP: '1',
      HOST_USER_DATA: join(folder, 'user-data'),
      HOST_DIALOGS: dialogs,
      HOST_INSECURE_SECRETS: '1',
      ...(process.getuid?.() === 0 ? { HOST_NO_SANDBOX: '1' } : {}),
      ...env,
    }),
  });
  let output = '';
  const collect = (text: string): void => void (output += text);
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  let hasExited = false;
  const exited = new Promise<number | null>((resolve) => {
    const end = (code: number | null): void => {
      hasExited = true;
      resolve(code);
    };
    child.once('close', end);
    // A utility process that hangs would hold the output open for ever.
    child.once('exit', (code) => setTimeout(end, OUTPUT_TIMEOUT_MS, code).unref());
  });
  // Chromium ends when its pipe to the program closes, so ending the program by its number is enough.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);

  async function waitFor<T>(find: () => T | undefined, what: string, timeoutMs: number): Promise<T> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (hasExited) throw new Error(`the program ended while a test waited for ${what}:\n${output}`);
      if (Date.now() > until) throw new Error(`no ${what} within ${timeoutMs} ms:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    const timer = setTimeout(kill, STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
    process.removeListener('exit', kill);
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  try {
    const address = await waitFor(
      () => /^\[host\] cdp (\S+)$/m.exec(output)?.[1],
      'debugging address',
      START_TIMEOUT_MS,
    );
    const browser = await chromium.connectOverCDP(address);
    return {
      process: child,
      browser,
      address,
      folder,
      page: async (name) => {
        const find = (): Page | undefined =>
          browser
            .contexts()
            .flatMap((context) => context.pages())
            .find(
              (page) =>
                !page.isClosed() && URL.canParse(page.url()) && new URL(page.url()).pathname === `/${name}.html`,
            );
        const page = await waitFor(find, `window with ${name}.html`, PAGE_TIMEOUT_MS);
        await page.waitForLoadState('load');
        return page;
      },
      answerDialog: (dialog, answer) => {
        answers.push({ dialog, answer });
        writeFileSync(dialogs, JSON.stringify(answers));
      },
      output: () => output,
      waitForOutput: async (text) => {
        await waitFor(
          () => (typeof text === 'string' ? output.includes(text) : text.test(output)) || undefined,
          `output ${String(text)}`,
          PAGE_TIMEOUT_MS,
        );
      },
      exited,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function withoutUndefined(values: Record<string, string | undefined>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
