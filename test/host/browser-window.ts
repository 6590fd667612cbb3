/** @file `BrowserWindow`: a window of the browser with one page. */
import type Electron from 'electron';
import { openTarget, setBounds } from './targets.ts';
import type { CdpSession } from './cdp.ts';
import {
  emitPreventable,
  HostEmitter,
  HostEvent,
  notSupported,
  refuseMissing,
  refuseUnknownOptions,
} from './unsupported.ts';
import { HostWebContents, TITLE_SUFFIX } from './web-contents.ts';

export const WINDOW_EVENTS = ['ready-to-show', 'show', 'focus', 'close', 'closed', 'page-title-updated'];

const OPTIONS = ['width', 'height', 'title', 'show', 'parent', 'modal', 'webPreferences'];

/** Looks only: accepted, but Chromium draws its windows as it likes. */
const COSMETIC_OPTIONS = ['minWidth', 'minHeight', 'backgroundColor', 'icon', 'autoHideMenuBar'];

/** What a page must be given, and what it may be given. Anything weaker is not imitated but refused. */
const PREFERENCES: Readonly<Record<string, (value: unknown) => boolean>> = {
  preload: (value) => typeof value === 'string',
  sandbox: (value) => value === true,
  contextIsolation: (value) => value === true,
  nodeIntegration: (value) => value === false,
  nodeIntegrationInWorker: (value) => value === false,
  nodeIntegrationInSubFrames: (value) => value === false,
  webSecurity: (value) => value === true,
  webviewTag: (value) => value === false,
  allowRunningInsecureContent: (value) => value === false,
  experimentalFeatures: (value) => value === false,
  navigateOnDragDrop: (value) => value === false,
  safeDialogs: () => true,
  devTools: () => true,
  spellcheck: () => true,
  backgroundThrottling: () => true,
  disableDialogs: (value) => value === false,
};

const windows = new Set<HostBrowserWindow>();

/** What the program around the windows wants to know about them. */
export interface WindowObserver {
  readonly requireReady: () => void;
  readonly created: (window: HostBrowserWindow, contents: HostWebContents) => void;
  readonly allClosed: () => void;
}

let observer: WindowObserver | undefined;
let nextId = 1;

export function observeWindows(newObserver: WindowObserver): void {
  observer = newObserver;
}

export function findContents(frameId: string): HostWebContents | undefined {
  return [...windows].map((window) => window.webContents).find((contents) => contents.hasFrame(frameId));
}

export class HostBrowserWindow
  extends HostEmitter
  implements
    Pick<
      Electron.BrowserWindow,
      | 'id'
      | 'loadURL'
      | 'close'
      | 'destroy'
      | 'isDestroyed'
      | 'show'
      | 'hide'
      | 'isVisible'
      | 'focus'
      | 'restore'
      | 'minimize'
      | 'isMinimized'
      | 'isModal'
      | 'setTitle'
      | 'getTitle'
      | 'setMenu'
      | 'removeMenu'
    >
{
  readonly #id = nextId++;
  readonly #contents: HostWebContents;
  readonly #parent: HostBrowserWindow | undefined;
  readonly #isModal: boolean;
  #targetId: string | undefined;
  #title: string;
  #isVisible: boolean;
  #isMinimized = false;
  #isDestroyed = false;
  #hasBeenReady = false;

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super('BrowserWindow', WINDOW_EVENTS);
    observer?.requireReady();
    refuseUnknownOptions(options, [...OPTIONS, ...COSMETIC_OPTIONS], 'BrowserWindow');
    const preferences = options.webPreferences ?? {};
    for (const [name, value] of Object.entries(preferences)) {
      if (!(PREFERENCES[name]?.(value) ?? false)) notSupported(`webPreferences.${name} = ${String(value)}`);
    }
    this.#title = options.title ?? '';
    this.#isVisible = options.show ?? true;
    this.#parent = options.parent as unknown as HostBrowserWindow | undefined;
    this.#isModal = options.modal ?? false;
    this.#contents = new HostWebContents({ preload: preferences.preload, title: this.#title });
    windows.add(this);
    observer?.created(this, this.#contents);
    const size = { width: options.width ?? 800, height: options.height ?? 600 };
    this.#contents.attach(
      openTarget(size, () => this.#gone()).then((target) => {
        this.#targetId = target.targetId;
        return target;
      }),
    );
    this.#contents.once('did-finish-load', () => this.#ready());
    this.#contents.on('page-title-updated', (_event: unknown, title: string) =>
      this.emit('page-title-updated', new HostEvent(), title, true),
    );
    if (this.#isModal) this.#parent?.ignoreInput(true);
  }

  static getAllWindows(): HostBrowserWindow[] {
    return [...windows];
  }

  static fromWebContents(contents: Electron.WebContents): HostBrowserWindow | null {
    return [...windows].find((window) => window.webContents.asElectron === contents) ?? null;
  }

  static fromId(id: number): HostBrowserWindow | null {
    return [...windows].find((window) => window.id === id) ?? null;
  }

  get id(): number {
    return this.#id;
  }

  get webContents(): HostWebContents {
    return this.#contents;
  }

  getParentWindow(): HostBrowserWindow | null {
    return this.#parent ?? null;
  }

  loadURL(url: string): Promise<void> {
    return this.#contents.loadURL(url);
  }

  /** Asks the listeners of `close` first. */
  close(): void {
    if (this.#isDestroyed || emitPreventable(this, 'close')) return;
    this.#tell((session) => session.tell('Page.close')); // `closed` comes when the browser has closed it
  }

  /** Ends the window at once, without asking. */
  destroy(): void {
    if (this.#isDestroyed) return;
    this.#tell((session) => session.tell('Page.close'));
    this.#gone();
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  isVisible(): boolean {
    return this.#isVisible;
  }

  isModal(): boolean {
    return this.#isModal;
  }

  show(): void {
    this.#isVisible = true;
    this.#tell((session) => session.tell('Page.bringToFront'));
    this.emit('show', new HostEvent());
    this.emit('focus', new HostEvent());
  }

  /** Chromium cannot hide a window; it only stops being in front. */
  hide(): void {
    this.#isVisible = false;
    this.minimize();
  }

  focus(): void {
    this.#tell((session) => session.tell('Page.bringToFront'));
    this.emit('focus', new HostEvent());
  }

  minimize(): void {
    this.#isMinimized = true;
    this.#setWindowState('minimized');
  }

  restore(): void {
    this.#isMinimized = false;
    this.#setWindowState('normal');
  }

  isMinimized(): boolean {
    return this.#isMinimized;
  }

  /** Stock Chromium shows the document's title, so that is what changes. */
  setTitle(title: string): void {
    this.#title = title;
    this.#contents.evaluateInPreload(`document.title = ${JSON.stringify(title)}`);
  }

  getTitle(): string {
    return `${this.#title}${TITLE_SUFFIX}`;
  }

  /** The host's windows never have a menu. */
  removeMenu(): void {}

  setMenu(menu: Electron.Menu | null): void {
    if (menu !== null) notSupported('BrowserWindow.setMenu with a menu');
  }

  /** A modal child takes the parent's input away. */
  ignoreInput(ignore: boolean): void {
    this.#tell((session) => session.tell('Input.setIgnoreInputEvents', { ignore }));
  }

  #setWindowState(windowState: 'minimized' | 'normal'): void {
    this.#tell(() => void setBounds(this.#targetId ?? '', { windowState }));
  }

  #ready(): void {
    if (this.#hasBeenReady) return;
    this.#hasBeenReady = true;
    this.emit('ready-to-show', new HostEvent());
  }

  #tell(command: (session: CdpSession) => void): void {
    if (this.#isDestroyed) throw new TypeError('Object has been destroyed');
    void this.#contents.whenOpen().then(command, () => undefined); // a page that never opened has nothing to be told
  }

  #gone(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    windows.delete(this);
    for (const window of windows) if (window.getParentWindow() === this) window.destroy();
    if (this.#isModal && this.#parent && !this.#parent.isDestroyed()) this.#parent.ignoreInput(false);
    this.#contents.markDestroyed();
    this.emit('closed', new HostEvent());
    if (windows.size === 0) observer?.allClosed();
  }
}
refuseMissing(HostBrowserWindow.prototype, 'BrowserWindow');
refuseMissing(HostBrowserWindow, 'BrowserWindow');
