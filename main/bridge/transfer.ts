/**
 * @file Fetches the file a page names and sends the signed one to its handler. Straight to the host, without the system's
 * proxy: an address is checked after it was looked up, and the very address that was checked is connected to.
 */
import { lookup as lookUp } from 'node:dns';
import type { LookupFunction } from 'node:net';
import tls from 'node:tls';
import { Agent, request as send, type Dispatcher } from 'undici';
import { depositBlob, readBlob, type BlobAccess, type Deposit } from '../blobs/blob-file.ts';
import { Failure } from '../rooms/failure.ts';
import { nameOf } from './file-name.ts';
import { readHandlerAnswer, type HandlerAnswer } from './handler-answer.ts';
import { encodeForm } from './multipart.ts';
import type { Credentials, MetaData } from './protocol.ts';
import { checkAddress, isPublicAddress, type AllowedAddress, type TransferPolicy } from './transfer-policy.ts';

const CONNECT_MS = 15_000;
/** Between two signs of life. */
const STALL_MS = 120_000;
const WHOLE_MS = 600_000;
const MAX_REDIRECTS = 5;
const MAX_ANSWER_BYTES = 1024 * 1024;
/** ISO 32000-2, 7.5.2 and what readers accept: the header within the first 1024 bytes. */
const HEADER_WITHIN = 1024;

export interface TransferOptions extends TransferPolicy {
  readonly incomingFolder: string;
  readonly maxFileBytes: number;
  readonly sessionCookieName: string;
}

export interface OnBehalf {
  readonly origin: string;
  readonly url: string;
  readonly credentials: Credentials;
}

export interface Transfer {
  /** @throws Failure `bridge-address-refused`, `bridge-download-failed`, `file-too-large`, `file-not-supported` */
  readonly download: (from: OnBehalf, signal: AbortSignal) => Promise<{ pdf: Deposit; name: string }>;
  /** @throws Failure `bridge-address-refused`, `bridge-upload-failed` */
  readonly upload: (
    to: OnBehalf & { readonly pdf: BlobAccess; readonly fileName: string; readonly metaData: MetaData },
    signal: AbortSignal,
  ) => Promise<HandlerAnswer>;
}

export function createTransfer(options: TransferOptions): Transfer {
  const authorities = trustedAuthorities();

  /** One connection for one request: none is shared between hosts that may be private and hosts that may not. */
  async function through<T>(
    { url, mayBePrivate }: AllowedAddress,
    init: Omit<Dispatcher.RequestOptions, 'origin' | 'path'>,
    read: (response: Dispatcher.ResponseData) => Promise<T>,
  ): Promise<T> {
    const agent = new Agent({
      headersTimeout: STALL_MS,
      bodyTimeout: STALL_MS,
      connect: {
        timeout: CONNECT_MS,
        lookup: guardedLookup(mayBePrivate),
        ...(authorities === null ? {} : { ca: authorities }),
      },
    });
    try {
      const response = await send(url, { ...init, dispatcher: agent });
      response.body.on('error', () => {}); // a body that nobody reads to its end is broken off below
      return await read(response);
    } finally {
      void agent.destroy();
    }
  }

  return {
    download: async ({ origin, url, credentials }, signal) => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(WHOLE_MS)]);
      let address = checkAddress(url, origin, options);
      for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
        const headers = { accept: 'application/pdf, */*', ...headersOf(credentials, options.sessionCookieName) };
        const current = address;
        const found: Found = await asFailure('bridge-download-failed', current.url, signal, () =>
          through(current, { method: 'GET', headers, signal: limit }, async (response) => {
            const isRedirect = response.statusCode >= 300 && response.statusCode < 400;
            const location = isRedirect ? oneOf(response.headers.location) : null;
            if (location !== null) return { location };
            if (response.statusCode !== 200)
              throw new Failure('bridge-download-failed', `${current.url.host}: HTTP ${response.statusCode}`);
            return {
              bytes: await readPdf(response, options.maxFileBytes),
              name: nameOf(current.url, oneOf(response.headers['content-disposition'])),
            };
          }),
        );
        if ('bytes' in found)
          return { pdf: await depositBlob(options.incomingFolder, found.bytes, 'application/pdf'), name: found.name };
        address = checkAddress(found.location, origin, options, current.url);
      }
      throw new Failure('bridge-download-failed', `${address.url.host}: chuyển hướng quá ${MAX_REDIRECTS} lần`);
    },

    upload: async ({ origin, url, credentials, pdf, fileName, metaData }, signal) => {
      const address = checkAddress(url, origin, options);
      const form = encodeForm(metaData, {
        part: 'uploadfile',
        fileName,
        contentType: 'application/pdf',
        bytes: await readBlob(pdf),
      });
      const headers = {
        accept: 'application/json, */*',
        'content-type': form.contentType,
        ...headersOf(credentials, options.sessionCookieName),
      };
      const limit = AbortSignal.any([signal, AbortSignal.timeout(WHOLE_MS)]);
      return asFailure('bridge-upload-failed', address.url, signal, () =>
        // Never sent on to where a redirect points: that is a sign-in page, and the file is not for it.
        through(address, { method: 'POST', headers, body: form.body, signal: limit }, async (response) =>
          readHandlerAnswer(response.statusCode, (await readAtMost(response, MAX_ANSWER_BYTES)).toString('utf8')),
        ),
      );
    },
  };
}

type Found = { readonly location: string } | { readonly bytes: Buffer; readonly name: string };

/** Looks the name up, checks every address, and gives the socket nothing it was not checked for. */
function guardedLookup(mayBePrivate: boolean): LookupFunction {
  return (hostname, options, answer) => {
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return answer(error, []);
      const refused = mayBePrivate ? undefined : addresses.find(({ address }) => !isPublicAddress(address));
      if (refused) return answer(new Failure('bridge-address-refused', `${hostname} ở mạng nội bộ`), []);
      if (options.all === true) return answer(null, addresses);
      const [first] = addresses;
      return answer(null, first?.address ?? '', first?.family);
    });
  };
}

/** What Node trusts, and what the administrators of this PC trust: portals of an intranet have their own authority. */
function trustedAuthorities(): string[] | null {
  if (typeof tls.getCACertificates !== 'function') return null; // a runtime that cannot tell: its own list alone
  return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])];
}

/** Values that could end a header line and begin another are left out of it altogether. */
function headersOf({ sessionId, bearer }: Credentials, cookieName: string): Record<string, string> {
  if (sessionId !== null && !/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(sessionId))
    throw new Failure('bridge-request-unreadable', 'SessionId có ký tự không được phép');
  if (bearer !== null && !/^[\x21-\x7e]+$/.test(bearer))
    throw new Failure('bridge-request-unreadable', 'JWTToken có ký tự không được phép');
  return {
    ...(sessionId === null ? {} : { cookie: `${cookieName}=${sessionId}` }),
    ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
  };
}

async function readPdf(response: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> {
  const bytes = await readAtMost(response, maxBytes);
  if (!bytes.subarray(0, HEADER_WITHIN).includes('%PDF-')) throw new Failure('file-not-supported', 'not a PDF');
  return bytes;
}

async function readAtMost(response: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response.body) {
    size += (part as Buffer).length;
    if (size > maxBytes) throw new Failure('file-too-large', `more than ${maxBytes} bytes`);
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

/** Names of hosts and reasons only: query strings may carry sessions. */
async function asFailure<T>(
  code: 'bridge-download-failed' | 'bridge-upload-failed',
  { host }: URL,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    if (signal.aborted) throw new Failure('cancelled', host, { cause });
    const { code: reason, message } = cause as NodeJS.ErrnoException;
    throw new Failure(code, `${host}: ${reason ?? message}`, { cause });
  }
}

function oneOf(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null;
}
