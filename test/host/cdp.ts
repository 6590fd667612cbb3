/** @file DevTools protocol over Chromium's debugging pipe: NUL-separated JSON, one connection, many sessions. */
import type { Readable, Writable } from 'node:stream';
import type { ProtocolMapping } from 'devtools-protocol/types/protocol-mapping.js';

export type Commands = ProtocolMapping.Commands;
export type Events = ProtocolMapping.Events;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
  readonly sessionId?: string;
}

interface Waiting {
  readonly method: string;
  readonly resolve: (result: never) => void;
  readonly reject: (reason: Error) => void;
}

/** Chromium refuses a pipe message above this size by ending the connection. */
export const MAXIMUM_MESSAGE_BYTES = 100 * 1024 * 1024;

/** The answer when the page, context or request a command was meant for has gone meanwhile: normal at any navigation. */
const GONE =
  /session (with given id )?not found|Session closed|Target closed|No target with given id|Cannot find (default execution )?context|Execution context was destroyed|Invalid InterceptionId|Inspected target navigated or closed|Not attached to an active page|Chromium is gone|uniqueContextId not found|Can't evaluate in/i;

export class CdpError extends Error {
  readonly isGone: boolean;

  constructor(method: string, message: string) {
    super(`${method}: ${message}`);
    this.name = 'CdpError';
    this.isGone = GONE.test(message);
  }
}

export class CdpConnection {
  readonly root: CdpSession;
  readonly #writable: Writable;
  readonly #sessions = new Map<string, CdpSession>();
  readonly #waiting = new Map<number, Waiting>();
  #parts: Buffer[] = [];
  #nextId = 1;
  #isClosed = false;

  constructor(writable: Writable, readable: Readable) {
    this.#writable = writable;
    this.root = new CdpSession(this, undefined);
    readable.on('data', (chunk: Buffer) => this.#received(chunk));
    readable.on('close', () => this.close());
    // Writing while the browser goes down is expected; the exit of the process is what is acted upon.
    writable.on('error', () => this.close());
    readable.on('error', () => this.close());
  }

  session(sessionId: string): CdpSession {
    const known = this.#sessions.get(sessionId);
    if (known) return known;
    const session = new CdpSession(this, sessionId);
    this.#sessions.set(sessionId, session);
    return session;
  }

  send(method: string, params: unknown, sessionId: string | undefined): Promise<never> {
    if (this.#isClosed) return Promise.reject(new CdpError(method, 'Chromium is gone'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { method, resolve, reject });
      this.#writable.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** Fails what still waits; further commands fail at once. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { method, reject } of this.#waiting.values()) reject(new CdpError(method, 'Chromium is gone'));
    this.#waiting.clear();
  }

  #received(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, start)) {
      this.#parts.push(chunk.subarray(start, end));
      const text = this.#parts.length === 1 ? String(this.#parts[0]) : Buffer.concat(this.#parts).toString();
      this.#parts = [];
      start = end + 1;
      this.#dispatch(JSON.parse(text) as Message);
    }
    if (start < chunk.length) this.#parts.push(chunk.subarray(start));
  }

  #dispatch(message: Message): void {
    if (message.id === undefined) {
      const session = message.sessionId === undefined ? this.root : this.session(message.sessionId);
      session.receive(message.method ?? '', message.params);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error) waiting?.reject(new CdpError(waiting.method, message.error.message));
    else waiting?.resolve(message.result as never);
  }
}

/** The browser itself (`root`) or one page in it. */
export class CdpSession {
  readonly #connection: CdpConnection;
  readonly #sessionId: string | undefined;
  readonly #listeners = new Map<string, ((params: never) => void)[]>();

  constructor(connection: CdpConnection, sessionId: string | undefined) {
    this.#connection = connection;
    this.#sessionId = sessionId;
  }

  send<M extends keyof Commands>(method: M, ...params: Commands[M]['paramsType']): Promise<Commands[M]['returnType']> {
    return this.#connection.send(method, params[0] ?? {}, this.#sessionId);
  }

  /** Sends what needs no answer. It may come too late for a page that has gone; any other refusal is a bug and ends the program. */
  tell<M extends keyof Commands>(method: M, ...params: Commands[M]['paramsType']): void {
    this.send(method, ...params).catch((error: unknown) => {
      if (!(error instanceof CdpError && error.isGone)) throw error;
    });
  }

  on<E extends keyof Events>(event: E, listener: (params: Events[E][0]) => void): void {
    const listeners = this.#listeners.get(event) ?? [];
    listeners.push(listener as (params: never) => void);
    this.#listeners.set(event, listeners);
  }

  receive(event: string, params: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(params as never);
  }
}
