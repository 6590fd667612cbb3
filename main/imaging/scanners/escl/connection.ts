/**
 * @file HTTP to one scanner: one keep-alive connection, limits on everything it sends, no way to any other host.
 * Names are resolved here and only local addresses are dialled, so a name cannot be turned towards the outside later.
 */
import { lookup as resolveName, type LookupAddress, type LookupOptions } from 'node:dns';
import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type IncomingHttpHeaders,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import { Failure } from '../../../rooms/failure.ts';
import { isLocalAddress, type DeviceAddress } from './device-address.ts';

export interface EsclAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface EsclRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: string;
  readonly maxBytes: number;
  /** Silence on the line after which the device counts as gone; a device that wakes up may need 20 s. */
  readonly silenceMs?: number;
  readonly signal: AbortSignal;
}

/** The answer broke off on the way. Unlike a refusal it is worth asking again. */
export class TransferBroken extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransferBroken';
  }
}

const SILENCE_MS = 60_000;
const MAX_REDIRECTS = 3;
const BROKEN_CODES = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'HPE_INVALID_CONSTANT', 'HPE_INVALID_EOF_STATE']);

export interface ConnectionOptionsOfScanner {
  /** Also dial addresses outside the private ranges. Off unless the policy file says otherwise. */
  readonly allowPublicAddresses: boolean;
}

export class EsclConnection {
  readonly address: DeviceAddress;
  readonly #options: ConnectionOptionsOfScanner;
  readonly #agent: HttpAgent | HttpsAgent;
  #fingerprint: string | null;
  #hostHeader: string;

  constructor(address: DeviceAddress, options: ConnectionOptionsOfScanner) {
    this.address = address;
    this.#options = options;
    this.#fingerprint = address.fingerprint;
    // With the port, always: some Epson devices refuse the request otherwise.
    this.#hostHeader = `${isIP(address.host) === 6 ? `[${address.host}]` : address.host}:${address.port}`;
    this.#agent = address.isSecure ? this.#pinningAgent() : new HttpAgent({ keepAlive: true, maxSockets: 1 });
  }

  /** SHA-256 of the certificate the device showed; null over plain HTTP. */
  get fingerprint(): string | null {
    return this.#fingerprint;
  }

  /**
   * @throws Failure `scanner-offline` (unreachable, silent, or another certificate than the pinned one), `scanner-failed`
   * (answer too large, redirect to elsewhere); {@link TransferBroken}; AbortError.
   */
  async request(request: EsclRequest): Promise<EsclAnswer> {
    this.#failOnForeignAddress();
    let path = request.path;
    for (let redirects = 0; ; redirects++) {
      const answer = await this.#requestOnce({ ...request, path });
      // HP M630 and M578 accept their own requests only.
      if (answer.headers.server?.includes('HP_Compact_Server')) this.#hostHeader = 'localhost';
      const isRedirect = [301, 302, 303, 307, 308].includes(answer.status);
      if (!isRedirect) return answer;
      if (request.method !== 'GET' || redirects >= MAX_REDIRECTS)
        throw new Failure('scanner-failed', 'redirected in circles');
      path = this.#pathOnSameDevice(answer.headers.location ?? '', path);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #requestOnce(request: EsclRequest): Promise<EsclAnswer> {
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown): void =>
        reject(request.signal.aborted ? abortReason(request.signal) : asTransferError(cause));
      const outgoing = this.#send(request);
      outgoing.on('error', fail);
      outgoing.on('timeout', () =>
        outgoing.destroy(new Failure('scanner-offline', `silent for ${request.silenceMs ?? SILENCE_MS} ms`)),
      );
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = [];
        let sizeBytes = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          sizeBytes += chunk.length;
          if (sizeBytes > request.maxBytes)
            response.destroy(new Failure('scanner-failed', `answer larger than ${request.maxBytes} bytes`));
        });
        response.on('error', fail);
        response.on('close', () => {
          if (response.complete)
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
          else fail(new TransferBroken(`connection closed after ${sizeBytes} bytes`));
        });
      });
      outgoing.end(request.body);
    });
  }

  #send(request: EsclRequest): ClientRequest {
    const body =
      request.body === undefined
        ? {}
        : { 'Content-Type': 'text/xml', 'Content-Length': Buffer.byteLength(request.body) };
    const options: RequestOptions = {
      host: this.address.host,
      port: this.address.port,
      method: request.method,
      path: request.path,
      agent: this.#agent,
      headers: { Host: this.#hostHeader, ...body },
      timeout: request.silenceMs ?? SILENCE_MS,
      signal: request.signal,
      lookup: (name, lookupOptions, done) => this.#lookup(name, lookupOptions, done),
    };
    return this.address.isSecure ? httpsRequest(options) : httpRequest(options);
  }

  #failOnForeignAddress(): void {
    const { host } = this.address;
    if (isIP(host) !== 0 && !this.#options.allowPublicAddresses && !isLocalAddress(host)) {
      throw new Failure('scanner-offline', `${host} is outside the local network`);
    }
  }

  #lookup(
    name: string,
    options: LookupOptions,
    done: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
  ): void {
    resolveName(name, { ...options, all: true, order: 'ipv4first' }, (error, addresses) => {
      if (error) return done(error, []);
      const allowed = this.#options.allowPublicAddresses
        ? addresses
        : addresses.filter(({ address }) => isLocalAddress(address));
      const [first] = allowed;
      if (!first) return done(Object.assign(new Error(`${name} is outside the local network`), { code: 'EACCES' }), []);
      if (options.all === true) done(null, allowed);
      else done(null, first.address, first.family);
    });
  }

  #pathOnSameDevice(location: string, from: string): string {
    const origin = `${this.address.isSecure ? 'https' : 'http'}://${isIP(this.address.host) === 6 ? `[${this.address.host}]` : this.address.host}:${this.address.port}`;
    const target = URL.canParse(location, origin + from) ? new URL(location, origin + from) : null;
    if (target?.origin !== new URL(origin).origin) throw new Failure('scanner-failed', 'redirected to another host');
    return target.pathname + target.search;
  }

  /** Self-signed certificates cannot be verified; the first one seen is kept to, and checked before a byte is sent. */
  #pinningAgent(): HttpsAgent {
    const agent = new HttpsAgent({ keepAlive: true, maxSockets: 1, maxCachedSessions: 0 });
    agent.createConnection = (options, done) => {
      const socket: TLSSocket = connectTls({ ...(options as ConnectionOptions), rejectUnauthorized: false });
      socket.once('error', (error) => done?.(error, socket as Duplex));
      socket.once('secureConnect', () => {
        const seen = socket.getPeerCertificate().fingerprint256?.replaceAll(':', '').toLowerCase() ?? '';
        this.#fingerprint ??= seen;
        if (seen === this.#fingerprint) done?.(null, socket as Duplex);
        else
          socket.destroy(
            new Failure('scanner-offline', 'the certificate is not the one seen before: list the devices again'),
          );
      });
      return undefined;
    };
    return agent;
  }
}

function asTransferError(cause: unknown): Error {
  if (cause instanceof Failure || cause instanceof TransferBroken) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code !== undefined && BROKEN_CODES.has(code)) return new TransferBroken(message, { cause });
  return new Failure('scanner-offline', message || code, { cause });
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Failure('cancelled');
}
