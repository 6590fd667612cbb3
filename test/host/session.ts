/** @file The default session: scheme handlers, request filter and permission policy, as the program sets them. */
import type Electron from 'electron';
import { addScheme, registeredSchemeOf } from './addresses.ts';
import { notSupported, refuseMissing, refuseUnknownOptions } from './unsupported.ts';

type SchemeHandler = Parameters<Electron.Protocol['handle']>[1];
type BeforeRequest = (
  details: Electron.OnBeforeRequestListenerDetails,
  callback: (answer: Electron.CallbackResponse) => void,
) => void;
type RequestHandler = Parameters<Electron.Session['setPermissionRequestHandler']>[0];
type CheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0];
export type Permission = Parameters<NonNullable<CheckHandler>>[1];

class HostProtocol implements Pick<
  Electron.Protocol,
  'handle' | 'unhandle' | 'isProtocolHandled' | 'registerSchemesAsPrivileged'
> {
  readonly #handlers = new Map<string, SchemeHandler>();
  #isSealed = false;

  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    if (this.#isSealed) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme, privileges = {} } of schemes) {
      refuseUnknownOptions(
        privileges,
        ['standard', 'secure', 'supportFetchAPI', 'stream', 'codeCache', 'corsEnabled'],
        'privileges',
      );
      if (privileges.standard !== true || privileges.secure !== true)
        notSupported(`the scheme ${scheme} unless standard and secure`);
      addScheme(scheme);
    }
  }

  handle(scheme: string, handler: SchemeHandler): void {
    if (registeredSchemeOf(`${scheme}:`) === undefined)
      notSupported(`protocol.handle('${scheme}') without registerSchemesAsPrivileged`);
    if (this.#handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    this.#handlers.set(scheme, handler);
  }

  unhandle(scheme: string): void {
    if (!this.#handlers.delete(scheme)) throw new Error(`Failed to unhandle protocol: ${scheme}`);
  }

  isProtocolHandled(scheme: string): boolean {
    return this.#handlers.has(scheme);
  }

  handlerFor(scheme: string): SchemeHandler | undefined {
    return this.#handlers.get(scheme);
  }

  /** From `ready` on the table of schemes is fixed. */
  seal(): void {
    this.#isSealed = true;
  }
}

class HostWebRequest {
  #listener: BeforeRequest | null = null;
  #patterns: readonly RegExp[] = [];

  onBeforeRequest(
    ...values: readonly [BeforeRequest | null] | readonly [Electron.WebRequestFilter, BeforeRequest | null]
  ): void {
    const [filter, listener] = values.length === 2 ? values : [undefined, values[0]];
    if (filter) refuseUnknownOptions(filter, ['urls'], 'webRequest filter');
    this.#patterns = (filter?.urls ?? ['<all_urls>']).map(toPattern);
    this.#listener = listener;
  }

  /** The program's verdict on one request. */
  async judge(details: Electron.OnBeforeRequestListenerDetails): Promise<Electron.CallbackResponse> {
    const listener = this.#listener;
    if (!listener || !this.#patterns.some((pattern) => pattern.test(details.url))) return {};
    return new Promise((resolve) => listener(details, resolve));
  }
}

/** Match patterns of browser extensions, of which Electron's filter is a subset: `*` stands for anything. */
function toPattern(text: string): RegExp {
  if (text === '<all_urls>') return /^/;
  return new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`);
}

class HostSession {
  readonly #protocol = refuseMissing(new HostProtocol(), 'protocol');
  readonly #webRequest = refuseMissing(new HostWebRequest(), 'session.webRequest');
  #requestHandler: RequestHandler = null;
  #checkHandler: CheckHandler = null;

  get protocol(): HostProtocol {
    return this.#protocol;
  }

  get webRequest(): HostWebRequest {
    return this.#webRequest;
  }

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.#requestHandler = handler;
  }

  setPermissionCheckHandler(handler: CheckHandler): void {
    this.#checkHandler = handler;
  }

  /** Accepted: stock Chromium shows its own device chooser, which nobody can answer here, so no device is ever granted. */
  setDevicePermissionHandler(_handler: Parameters<Electron.Session['setDevicePermissionHandler']>[0]): void {}

  /** Accepted: screen capture is settled by the permission `display-capture`. */
  setDisplayMediaRequestHandler(_handler: Parameters<Electron.Session['setDisplayMediaRequestHandler']>[0]): void {}

  /** Accepted: the browser starts without dictionaries and without a network to fetch them. */
  setSpellCheckerEnabled(_isEnabled: boolean): void {}

  /** Both handlers have to agree; a missing one grants, as in Electron. */
  async decidePermission(
    contents: Electron.WebContents,
    permission: Permission,
    url: string,
    origin: string,
  ): Promise<boolean> {
    const details = { isMainFrame: true, requestingUrl: url, securityOrigin: origin, embeddingOrigin: origin };
    const mayUse = this.#checkHandler?.(contents, permission, origin, details) ?? true;
    const requestHandler = this.#requestHandler;
    if (!mayUse || !requestHandler) return mayUse;
    return new Promise((resolve) =>
      requestHandler(contents, permission, resolve, { isMainFrame: true, requestingUrl: url }),
    );
  }
}

export const defaultSession = refuseMissing(new HostSession(), 'session.defaultSession');
