/** @file `webContents`: one page of the browser, driven over its own DevTools session. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Protocol as Cdp } from 'devtools-protocol';
import type Electron from 'electron';
import { registeredSchemeOf, toBrowserAddress, toProgramAddress } from './addresses.ts';
import { CdpError, type CdpSession } from './cdp.ts';
import { HostFrame } from './frame.ts';
import type { RequestOwner } from './interception.ts';
import { ipcMain } from './ipc-main.ts';
import { applyPermissions } from './permissions.ts';
import { checkPrintOptions, pageToPdf, printPage } from './printing.ts';
import { defaultSession } from './session.ts';
import { startBlankPage } from './targets.ts';
import { emitPreventable, HostEmitter, HostEvent, notSupported, refuseMissing } from './unsupported.ts';
import { toWire, type Downward, type Upward } from './wire.ts';
import { BINDING, pageWorldSource, preloadWorldSource, PRELOAD_WORLD, RECEIVER } from './worlds.ts';

export const TITLE_SUFFIX = ' — máy phát triển (Chromium)';

export const PAGE_EVENTS = [
  'will-navigate',
  'will-frame-navigate',
  'will-redirect',
  'will-attach-webview', // accepted, never emitted: the host refuses the option webviewTag
  'did-navigate',
  'page-title-updated',
  'did-finish-load',
  'did-fail-load',
  'dom-ready',
  'preload-error',
  'render-process-gone',
  'destroyed',
];

type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0];

export interface PageOptions {
  readonly preload: string | undefined;
  readonly title: string;
}

let nextId = 1;

export class HostWebContents
  extends HostEmitter
  implements
    Pick<
      Electron.WebContents,
      | 'id'
      | 'getURL'
      | 'isDestroyed'
      | 'send'
      | 'setWindowOpenHandler'
      | 'setWebRTCIPHandlingPolicy'
      | 'reload'
      | 'print'
      | 'printToPDF'
      | 'loadURL'
    >
{
  readonly #id = nextId++;
  readonly #secret = randomBytes(16).toString('hex');
  readonly #options: PageOptions;
  readonly #frames = new Map<string, HostFrame>();
  readonly #preloadContexts = new Map<number, HostFrame>();
  #openPage: Promise<CdpSession> | undefined;
  #session: CdpSession | undefined;
  #mainFrameId = '';
  #receiverContext: number | undefined;
  #openHandler: OpenHandler | undefined;
  #ownNavigation: string | undefined;
  #isDestroyed = false;
  #printed = 0;

  constructor(options: PageOptions) {
    super('webContents', PAGE_EVENTS);
    this.#options = options;
  }

  get id(): number {
    return this.#id;
  }

  get session(): typeof defaultSession {
    return defaultSession;
  }

  get mainFrame(): HostFrame {
    const known = this.#frames.get(this.#mainFrameId);
    if (known) return known;
    const initial = new HostFrame('', '', null);
    this.#frames.set(this.#mainFrameId, initial);
    return initial;
  }

  /** The same object under Electron's own type: callers get the members above, any other throws. */
  get asElectron(): Electron.WebContents {
    return this as unknown as Electron.WebContents;
  }

  get asOwner(): RequestOwner {
    return {
      id: this.#id,
      asElectron: this.asElectron,
      isMainFrame: (frameId) => frameId === this.#mainFrameId,
      mayNavigate: (frameId, url, isRedirect) => this.#mayNavigate(frameId, url, isRedirect),
    };
  }

  hasFrame(frameId: string): boolean {
    return frameId === this.#mainFrameId || this.#frames.has(frameId);
  }

  getURL(): string {
    return this.mainFrame.url;
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  /** The browser is always started with this policy; asking for another one cannot be granted. */
  setWebRTCIPHandlingPolicy(policy: Parameters<Electron.WebContents['setWebRTCIPHandlingPolicy']>[0]): void {
    if (policy !== 'disable_non_proxied_udp') notSupported(`setWebRTCIPHandlingPolicy('${policy}')`);
  }

  /** Takes over the page that `open` makes. Everything is in place before its first document loads. */
  attach(open: Promise<{ readonly session: CdpSession; readonly targetId: string }>): void {
    this.#openPage = open.then(async ({ session, targetId }) => {
      this.#session = session;
      this.#mainFrameId = targetId;
      await Promise.all([
        session.send('Page.enable'),
        session.send('Runtime.enable'),
        session.send('Inspector.enable'),
      ]);
      await startBlankPage(session);
      this.#listen(session);
      const preload = this.#options.preload === undefined ? '' : readFileSync(this.#options.preload, 'utf8');
      const options = { secret: this.#secret, titleSuffix: TITLE_SUFFIX, title: this.#options.title };
      const scripts = [
        { source: pageWorldSource(this.#secret) },
        { source: preloadWorldSource(options, preload), worldName: PRELOAD_WORLD },
      ];
      await session.send('Runtime.addBinding', { name: BINDING, executionContextName: PRELOAD_WORLD });
      for (const script of scripts) await session.send('Page.addScriptToEvaluateOnNewDocument', script);
      return session;
    });
    this.#openPage.catch((error: unknown) => {
      if (!(error instanceof CdpError && error.isGone)) throw error;
    });
  }

  async loadURL(url: string): Promise<void> {
    const session = await this.whenOpen();
    const address = toBrowserAddress(url) ?? notSupported(`loadURL('${url}'): only registered schemes`);
    await applyPermissions(session, this.asElectron, url);
    this.#ownNavigation = url;
    const loaded = new Promise<void>((resolve) => super.once('did-finish-load', resolve));
    const { errorText, loaderId } = await session.send('Page.navigate', { url: address });
    this.#ownNavigation = undefined;
    if (errorText !== undefined) {
      const description = errorText.replace(/^net::/, '');
      const errno = description === 'ERR_ABORTED' ? -3 : -2;
      this.emit('did-fail-load', new HostEvent(), errno, description, url, true);
      throw Object.assign(new Error(`${description} (${errno}) loading '${url}'`), { code: description, errno, url });
    }
    if (loaderId !== undefined) await loaded; // undefined: only the fragment changed
  }

  reload(): void {
    this.#ownNavigation = this.getURL();
    this.#tell((session) => session.tell('Page.reload'));
  }

  send(channel: string, ...values: unknown[]): void {
    if (this.#isDestroyed) throw new TypeError('Object has been destroyed');
    this.#post({ kind: 'message', channel, values: values.map((value) => toWire(value)) });
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  /** Runs an expression in the preload world, which the page cannot see. */
  evaluateInPreload(expression: string): void {
    const contextId = this.#receiverContext;
    if (contextId !== undefined) this.#session?.tell('Runtime.evaluate', { expression, contextId, silent: true });
  }

  print(
    options: Electron.WebContentsPrintOptions = {},
    callback?: (success: boolean, failureReason: string) => void,
  ): void {
    checkPrintOptions(options);
    const name = `print-${this.#id}-${++this.#printed}.pdf`;
    this.whenOpen()
      .then((session) => printPage(session, options, name))
      .then(
        () => callback?.(true, ''),
        (error: unknown) => callback?.(false, error instanceof Error ? error.message : String(error)),
      );
  }

  /** @returns the PDF. Lengths are in inches, as in Electron. */
  async printToPDF(options: Electron.PrintToPDFOptions): Promise<Buffer> {
    return pageToPdf(await this.whenOpen(), options);
  }

  whenOpen(): Promise<CdpSession> {
    return this.#openPage ?? Promise.reject(new Error('Object has been destroyed'));
  }

  /** The page is gone, for whatever reason. */
  markDestroyed(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    for (const frame of this.#frames.values()) frame.detach();
    this.emit('destroyed');
  }

  #tell(command: (session: CdpSession) => void): void {
    if (this.#session) command(this.#session);
    else void this.#openPage?.then(command);
  }

  #post(message: Downward, contextId = this.#receiverContext): void {
    if (contextId === undefined) return; // no document yet: as in Electron, nobody is there to hear it
    this.#session?.tell('Runtime.callFunctionOn', {
      functionDeclaration: `function (message) { ${RECEIVER}(message); }`,
      executionContextId: contextId,
      arguments: [{ value: message }],
      silent: true,
    });
  }

  #listen(session: CdpSession): void {
    session.on('Page.frameAttached', ({ frameId, parentFrameId }) => {
      this.#frames.set(frameId, new HostFrame('', '', this.#frames.get(parentFrameId) ?? this.mainFrame));
    });
    session.on('Page.frameDetached', ({ frameId }) => {
      this.#frames.get(frameId)?.detach();
      this.#frames.delete(frameId);
    });
    session.on('Page.frameNavigated', ({ frame }) => this.#navigated(frame));
    session.on('Page.navigatedWithinDocument', ({ frameId, url }) =>
      this.#frames.get(frameId)?.moveTo(toProgramAddress(url)),
    );
    session.on('Page.domContentEventFired', () => this.emit('dom-ready', new HostEvent()));
    session.on('Page.loadEventFired', () => {
      if (this.getURL() !== '') this.emit('did-finish-load', new HostEvent());
    });
    session.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId } = (context.auxData ?? {}) as { frameId?: string };
      if (context.name !== PRELOAD_WORLD || frameId !== this.#mainFrameId) return;
      this.#preloadContexts.set(context.id, this.mainFrame);
      this.#receiverContext = context.id;
    });
    session.on('Runtime.executionContextsCleared', () => {
      this.#preloadContexts.clear();
      this.#receiverContext = undefined;
    });
    session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === BINDING) this.#called(JSON.parse(payload) as Upward, executionContextId);
    });
    session.on('Page.windowOpen', ({ url, windowName, windowFeatures }) =>
      this.#askToOpen(url, windowName, windowFeatures.join(','), 'foreground-tab'),
    );
    session.on('Page.frameRequestedNavigation', ({ frameId, url, disposition }) =>
      this.#requested(frameId, url, disposition),
    );
    session.on('Page.javascriptDialogOpening', ({ type, message }) => {
      session.tell('Page.handleJavaScriptDialog', { accept: type === 'beforeunload' });
      if (type !== 'beforeunload') notSupported(`${type}('${message}') of the page`);
    });
    session.on('Runtime.exceptionThrown', ({ exceptionDetails: { exception, text, url = '' } }) => {
      process.stderr.write(`[page] ${text} ${exception?.description ?? ''} ${toProgramAddress(url)}\n`);
    });
    session.on('Runtime.consoleAPICalled', ({ type, args }) => {
      if (type === 'error')
        process.stderr.write(`[page] ${args.map((value) => value.description ?? String(value.value)).join(' ')}\n`);
    });
    session.on('Inspector.targetCrashed', () => {
      this.#preloadContexts.clear();
      this.#receiverContext = undefined;
      this.emit('render-process-gone', new HostEvent(), { reason: 'crashed', exitCode: 5 });
    });
  }

  #navigated(frame: Cdp.Page.Frame): void {
    const url = toProgramAddress(frame.url + (frame.urlFragment ?? ''));
    const before = this.#frames.get(frame.id);
    before?.detach();
    this.#frames.set(frame.id, new HostFrame(url, frame.name ?? '', before?.parent ?? null));
    if (frame.id !== this.#mainFrameId) return;
    // An address without a request (about:blank, blob:) cannot be stopped over DevTools; a program that goes on would hide it.
    if (registeredSchemeOf(url) === undefined && frame.unreachableUrl === undefined)
      notSupported(`keeping the page from ${url}`);
    this.emit('did-navigate', new HostEvent(), url, 200, 'OK');
  }

  #called(message: Upward, contextId: number): void {
    const frame = this.#preloadContexts.get(contextId);
    if (!frame) return; // a document that has gone meanwhile
    if (message.kind === 'preload-failed') {
      process.stderr.write(`[host] Unable to load preload script ${this.#options.preload}: ${message.message}\n`);
      this.emit('preload-error', new HostEvent(), this.#options.preload, new Error(message.message));
      return;
    }
    if (message.kind === 'title') {
      this.emit('page-title-updated', new HostEvent(), message.title, true);
      return;
    }
    void ipcMain.receive(message, this.asElectron, frame as unknown as Electron.WebFrameMain, (answer) =>
      this.#post(answer, contextId),
    );
  }

  #mayNavigate(frameId: string, url: string, isRedirect: boolean): boolean {
    const isMainFrame = frameId === this.#mainFrameId;
    const frame = this.#frames.get(frameId) ?? this.mainFrame;
    const details = { url, isSameDocument: false, isMainFrame, frame, initiator: frame };
    if (isRedirect) return !emitPreventable(this, 'will-redirect', details, url, false, isMainFrame);
    if (isMainFrame && this.#ownNavigation !== undefined) {
      this.#ownNavigation = undefined; // asked for by the program: Electron does not ask it again
      return true;
    }
    if (emitPreventable(this, 'will-frame-navigate', details)) return false;
    return !isMainFrame || !emitPreventable(this, 'will-navigate', details, url, false, true);
  }

  /** A navigation that interception will never see: another program's scheme, or a new tab. */
  #requested(frameId: string, url: string, disposition: Cdp.Page.ClientNavigationDisposition): void {
    if (disposition === 'newTab' || disposition === 'newWindow') this.#askToOpen(url, '', '', 'background-tab');
    else if (disposition === 'currentTab' && !/^https?:/.test(url)) this.#mayNavigate(frameId, url, false);
  }

  /** Chromium has already made the window, which is closed unseen; only `deny` can be kept. */
  #askToOpen(
    address: string,
    frameName: string,
    features: string,
    disposition: Electron.HandlerDetails['disposition'],
  ): void {
    const url = toProgramAddress(address);
    const referrer = { url: this.getURL(), policy: 'strict-origin-when-cross-origin' as const };
    const answer = this.#openHandler?.({ url, frameName, features, disposition, referrer });
    if (answer?.action !== 'deny') notSupported(`opening ${url} in a new window`);
  }
}
refuseMissing(HostWebContents.prototype, 'webContents');
