/** @file `app`: starts the browser, keeps the order of the life-cycle events, ends everything. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type Electron from 'electron';
import { HostBrowserWindow, findContents, observeWindows } from './browser-window.ts';
import { launchChromium, type Browser } from './chromium.ts';
import { interceptRequests } from './interception.ts';
import { defaultSession } from './session.ts';
import { takeInstanceLock, type InstanceLock } from './single-instance.ts';
import { watchTargets } from './targets.ts';
import { emitPreventable, HostEmitter, HostEvent, notSupported, refuseMissing } from './unsupported.ts';

export const APP_EVENTS = [
  'ready',
  'second-instance',
  'before-quit',
  'will-quit',
  'quit',
  'window-all-closed',
  'browser-window-created',
  'web-contents-created',
  'render-process-gone',
  'child-process-gone',
  'activate', // accepted, never emitted: macOS only
];

interface Manifest {
  readonly name: string;
  readonly productName?: string;
  readonly version: string;
}

class HostCommandLine implements Pick<Electron.CommandLine, 'hasSwitch' | 'getSwitchValue'> {
  hasSwitch(name: string): boolean {
    return process.argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  }

  getSwitchValue(name: string): string {
    return process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';
  }
}

class HostApp
  extends HostEmitter
  implements
    Pick<
      Electron.App,
      | 'enableSandbox'
      | 'exit'
      | 'getAppPath'
      | 'getLocale'
      | 'getName'
      | 'getPath'
      | 'getVersion'
      | 'hasSingleInstanceLock'
      | 'isPackaged'
      | 'isReady'
      | 'quit'
      | 'releaseSingleInstanceLock'
      | 'requestSingleInstanceLock'
      | 'setAppUserModelId'
      | 'setName'
      | 'setPath'
      | 'whenReady'
    >
{
  readonly #appPath = findPackage(process.argv[1] ?? process.cwd());
  readonly #manifest = JSON.parse(readFileSync(join(this.#appPath, 'package.json'), 'utf8')) as Manifest;
  readonly #paths = new Map<string, string>();
  readonly #commandLine = refuseMissing(new HostCommandLine(), 'app.commandLine');
  readonly #ready = Promise.withResolvers<void>();
  #name = this.#manifest.productName ?? this.#manifest.name;
  #browser: Browser | undefined;
  #lock: InstanceLock | undefined;
  #isReady = false;
  #isQuitting = false;
  #isEnding = false;

  constructor() {
    super('app', APP_EVENTS);
  }

  get isPackaged(): boolean {
    return false;
  }

  get commandLine(): HostCommandLine {
    return this.#commandLine;
  }

  isReady(): boolean {
    return this.#isReady;
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  getName(): string {
    return this.#name;
  }

  setName(name: string): void {
    this.#name = name;
  }

  getVersion(): string {
    return this.#manifest.version;
  }

  getAppPath(): string {
    return this.#appPath;
  }

  getLocale(): string {
    return Intl.DateTimeFormat().resolvedOptions().locale;
  }

  getPath(name: Parameters<Electron.App['getPath']>[0]): string {
    const home = homedir();
    const appData = process.env['XDG_CONFIG_HOME'] ?? join(home, '.config');
    const usual: Partial<Record<typeof name, () => string>> = {
      home: () => home,
      appData: () => appData,
      userData: () => process.env['HOST_USER_DATA'] ?? join(appData, `${this.#manifest.name}-host`),
      logs: () => join(this.getPath('userData'), 'logs'),
      temp: () => tmpdir(),
      exe: () => process.execPath,
      documents: () => join(home, 'Documents'),
      downloads: () => join(home, 'Downloads'),
    };
    return this.#paths.get(name) ?? usual[name]?.() ?? notSupported(`app.getPath('${name}')`);
  }

  setPath(name: string, path: string): void {
    if (resolve(path) !== path) throw new Error('Path must be absolute');
    this.#paths.set(name, path);
  }

  /** Nothing to do: the host's pages have no Node and Chromium's sandbox anyway; weaker preferences are refused. */
  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
  }

  /** Windows only, as in Electron. */
  setAppUserModelId(_id: string): void {}

  requestSingleInstanceLock(additionalData: Record<string, unknown> = {}): boolean {
    const folder = this.getPath('userData');
    mkdirSync(folder, { recursive: true });
    this.#lock ??= takeInstanceLock(folder, { argv: process.argv, cwd: process.cwd(), additionalData }, (second) => {
      this.emit('second-instance', new HostEvent(), second.argv, second.cwd, second.additionalData);
    });
    return this.#lock !== undefined;
  }

  hasSingleInstanceLock(): boolean {
    return this.#lock !== undefined;
  }

  releaseSingleInstanceLock(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** before-quit → close of every window → will-quit → quit; each of the first three can be prevented. */
  quit(): void {
    if (this.#isQuitting || this.#isEnding) return;
    if (emitPreventable(this, 'before-quit')) return;
    this.#isQuitting = true;
    const windows = HostBrowserWindow.getAllWindows();
    for (const window of windows) {
      if (window.isDestroyed()) continue;
      let isKept = true;
      const watch = (event: HostEvent): void => void (isKept = event.defaultPrevented);
      window.on('close', watch);
      window.close();
      window.removeListener('close', watch);
      if (isKept) {
        this.#isQuitting = false;
        return;
      }
    }
    if (windows.length === 0) this.#finishQuit();
  }

  exit(exitCode = 0): void {
    void this.#end(exitCode);
  }

  /** Called by the windows when the last one has closed. */
  allWindowsClosed(): void {
    if (this.#isQuitting) this.#finishQuit();
    else if (!this.emit('window-all-closed')) this.quit();
  }

  requireReady(): void {
    if (!this.#isReady) throw new Error('Cannot create BrowserWindow before app is ready');
  }

  async start(): Promise<void> {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.quit());
    if (process.env['HOST_ENDS_WITH_INPUT'] === '1')
      process.stdin.resume().once('close', () => this.#fail('the starter of this program is gone'));
    const browser = await launchChromium((reason) => this.#fail(reason));
    this.#browser = browser;
    await watchTargets(browser);
    await interceptRequests(browser.connection.root, (frameId) => findContents(frameId)?.asOwner);
    await browser.connection.root.send('Browser.setDownloadBehavior', { behavior: 'deny' });
    defaultSession.protocol.seal();
    this.#isReady = true;
    this.emit('ready', new HostEvent(), {});
    this.#ready.resolve();
  }

  #finishQuit(): void {
    if (emitPreventable(this, 'will-quit')) this.#isQuitting = false;
    else void this.#end(0);
  }

  async #end(exitCode: number): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.emit('quit', new HostEvent(), exitCode);
    await this.#browser?.close();
    this.releaseSingleInstanceLock();
    process.exit(exitCode);
  }

  #fail(reason: string): never {
    process.stderr.write(`[host] ${reason}\n`);
    this.releaseSingleInstanceLock();
    process.exit(1);
  }
}

/** The folder with the package.json around the given file: what `electron .` calls the app path. */
function findPackage(file: string): string {
  for (let folder = resolve(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error(`no package.json above ${file}`);
  }
}

refuseMissing(HostApp.prototype, 'app');
export const app = new HostApp();

observeWindows({
  requireReady: () => app.requireReady(),
  created: (window, contents) => {
    app.emit('browser-window-created', new HostEvent(), window);
    app.emit('web-contents-created', new HostEvent(), contents);
    contents.on('render-process-gone', (_event: unknown, details: unknown) =>
      app.emit('render-process-gone', new HostEvent(), contents, details),
    );
  },
  allClosed: () => app.allWindowsClosed(),
});

/** Ready comes after the program's first synchronous lines, as in Electron. */
export function startHost(): void {
  app.start().catch((error: unknown) => {
    process.stderr.write(`[host] ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}
