/**
 * @file Every request of every page, frame and worker of the browser stops here. Registered schemes are answered by the
 * program's own handlers; nothing else gets out.
 */
import type { Protocol as Cdp } from 'devtools-protocol';
import type Electron from 'electron';
import { originOf, registeredSchemeOf, toBrowserAddress, toProgramAddress } from './addresses.ts';
import { MAXIMUM_MESSAGE_BYTES, type CdpSession } from './cdp.ts';
import { defaultSession } from './session.ts';
import { notSupported } from './unsupported.ts';

type ResourceType = Electron.OnBeforeRequestListenerDetails['resourceType'];

/** What interception asks of the page a request comes from. */
export interface RequestOwner {
  readonly id: number;
  readonly asElectron: Electron.WebContents;
  readonly isMainFrame: (frameId: string) => boolean;
  /** False when a listener prevented it. */
  readonly mayNavigate: (frameId: string, url: string, isRedirect: boolean) => boolean;
}

const RESOURCE_TYPES: Partial<Record<Cdp.Network.ResourceType, ResourceType>> = {
  Stylesheet: 'stylesheet',
  Script: 'script',
  Image: 'image',
  Font: 'font',
  XHR: 'xhr',
  Fetch: 'xhr',
  Ping: 'ping',
  CSPViolationReport: 'cspReport',
  Media: 'media',
};

/** Base64 makes four characters of three bytes; the rest of the message needs a little room. */
const MAXIMUM_BODY_BYTES = Math.floor((MAXIMUM_MESSAGE_BYTES - 65_536) * 0.75);

let nextRequestId = 1;

export async function interceptRequests(
  browser: CdpSession,
  ownerOf: (frameId: string) => RequestOwner | undefined,
): Promise<void> {
  browser.on('Fetch.requestPaused', (paused) => {
    decide(paused, ownerOf(paused.frameId))
      .catch((error: unknown): Verdict => {
        process.stderr.write(`[host] ${paused.request.url}: ${error instanceof Error ? error.stack : String(error)}\n`);
        return { errorReason: 'Failed' };
      })
      .then((verdict) => {
        if ('errorReason' in verdict)
          browser.tell('Fetch.failRequest', { requestId: paused.requestId, errorReason: verdict.errorReason });
        else if ('responseCode' in verdict)
          browser.tell('Fetch.fulfillRequest', { requestId: paused.requestId, ...verdict });
        else browser.tell('Fetch.continueRequest', { requestId: paused.requestId });
      });
  });
  await browser.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
}

type Verdict =
  | { readonly errorReason: Cdp.Network.ErrorReason }
  | Omit<Cdp.Fetch.FulfillRequestRequest, 'requestId'>
  | { readonly isInsideBrowser: true };

async function decide(paused: Cdp.Fetch.RequestPausedEvent, owner: RequestOwner | undefined): Promise<Verdict> {
  const { request } = paused;
  const isDocument = paused.resourceType === 'Document';
  // On a document 'BlockedByClient' would replace the page by an error page; 'Aborted' leaves it as it is.
  const refused: Verdict = { errorReason: isDocument ? 'Aborted' : 'BlockedByClient' };
  if (/^(data|blob|about):/.test(request.url)) return { isInsideBrowser: true };
  if (!owner) return refused; // a window that was not opened by the program; it is being closed
  const url = toProgramAddress(request.url);
  if (isDocument && !owner.mayNavigate(paused.frameId, url, paused.redirectedRequestId !== undefined)) return refused;
  const referrer = toProgramAddress(headerOf(request.headers, 'referer') ?? '');
  const answer = await defaultSession.webRequest.judge({
    id: nextRequestId++,
    url,
    method: request.method,
    webContentsId: owner.id,
    webContents: owner.asElectron,
    resourceType: isDocument
      ? owner.isMainFrame(paused.frameId)
        ? 'mainFrame'
        : 'subFrame'
      : (RESOURCE_TYPES[paused.resourceType] ?? 'other'),
    referrer,
    timestamp: Date.now(),
    uploadData: [],
  });
  if (answer.redirectURL !== undefined) notSupported('webRequest.onBeforeRequest redirectURL');
  if (answer.cancel) return refused;
  const scheme = registeredSchemeOf(url);
  const handler = scheme === undefined ? undefined : defaultSession.protocol.handlerFor(scheme);
  if (!handler) return isDocument ? { errorReason: 'Aborted' } : { errorReason: 'Failed' };
  return toVerdict(await handler(toRequest(url, request)));
}

function toRequest(url: string, { method, headers, hasPostData, postDataEntries }: Cdp.Network.Request): Request {
  const given = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (lower === 'origin') given.set(name, originOf(toProgramAddress(value)));
    else given.set(name, lower === 'referer' ? toProgramAddress(value) : value);
  }
  if (!hasPostData) return new Request(url, { method, headers: given });
  const parts = (postDataEntries ?? []).map(({ bytes }) =>
    Buffer.from(bytes ?? notSupported('a request body made of files'), 'base64'),
  );
  if (parts.length === 0) notSupported('a request body that Chromium does not show');
  return new Request(url, { method, headers: given, body: Buffer.concat(parts) });
}

async function toVerdict(response: Response): Promise<Verdict> {
  if (response.type === 'error') return { errorReason: 'Failed' };
  const body = Buffer.from(await response.arrayBuffer());
  if (body.length > MAXIMUM_BODY_BYTES)
    notSupported(`a body of ${body.length} bytes; the DevTools pipe carries ${MAXIMUM_BODY_BYTES}`);
  const responseHeaders = [...response.headers].map(([name, value]) => ({
    name,
    value: name === 'location' ? (toBrowserAddress(value) ?? value) : value,
  }));
  return {
    responseCode: response.status,
    responseHeaders,
    ...(response.statusText === '' ? {} : { responsePhrase: response.statusText }),
    ...(body.length === 0 ? {} : { body: body.toString('base64') }),
  };
}

function headerOf(headers: Cdp.Network.Headers, wanted: string): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
}
