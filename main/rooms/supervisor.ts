/**
 * @file The outside end of a room: starts its process, restarts it after a crash within a budget, gives every call a
 * deadline, and replaces a process that hangs. Knows no Electron: how a process is made is a port.
 */
import type { z } from 'zod';
import { asErrorCode } from '../../preload/error-codes.ts';
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { FromRoom, Handlers, ParamsOf, ProgressOf, ResultOf, RoomSpec, Sendable, ToRoom } from './define.ts';
import { toRefusal } from './failure.ts';

/** A started process, whichever host made it. */
export interface RoomProcess {
  readonly pid: number | undefined;
  readonly post: (message: ToRoom) => void;
  readonly onMessage: (listener: (message: FromRoom) => void) => void;
  readonly onExit: (listener: (code: number | null) => void) => void;
  readonly kill: () => void;
}

/** Port: makes the process of a room. `name` is the entry's base name (`store`, `sync`, `imaging`, `signatures`, `token`). */
export type RoomLauncher = (name: string) => RoomProcess;

export interface CallOptions<P> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((value: P) => void) | undefined;
  readonly timeoutMs?: number | undefined;
}

export interface SupervisorOptions<S extends RoomSpec> {
  readonly launch: RoomLauncher;
  /** Evaluated at every start, so that a restarted room gets fresh state. */
  readonly init: () => Sendable<z.input<S['init']>> | Promise<Sendable<z.input<S['init']>>>;
  readonly asks?: Handlers<S['asks']>;
  readonly onLog?: (level: string, text: string) => void;
  /** More than this many crashes in a minute and the room stays down until the next call. */
  readonly restartBudget?: number;
  readonly readyTimeoutMs?: number;
  /** Instead of the room's own {@link RoomSpec.retireAfter}. */
  readonly retireAfter?: number;
}

interface Pending {
  readonly room: RoomProcess;
  readonly method: string;
  readonly settle: (result: Result<unknown>) => void;
  readonly onProgress: ((value: unknown) => void) | undefined;
  readonly touch: () => void;
}

const MINUTE_MS = 60_000;
const GRACE_MS = 5_000;

export class Supervisor<S extends RoomSpec> {
  readonly #spec: S;
  readonly #options: SupervisorOptions<S>;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, Set<(value: unknown) => void>>();
  readonly #crashes: number[] = [];
  /** Worn processes that end with their last call. */
  readonly #retired = new Set<RoomProcess>();
  #worn = 0;
  #process: RoomProcess | undefined;
  #starting: Promise<Result<RoomProcess>> | undefined;
  #isStopping = false;
  #nextSeq = 1;

  constructor(spec: S, options: SupervisorOptions<S>) {
    this.#spec = spec;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts the room if it is down. A refusal tells why it could not open (for the store: damaged, locked, no key). */
  start(): Promise<Result<RoomProcess>> {
    if (this.#process) return Promise.resolve(ok(this.#process));
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  on<K extends keyof S['events'] & string>(name: K, listener: (value: z.output<S['events'][K]>) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set);
    set.add(listener as (value: unknown) => void);
    return () => void set.delete(listener as (value: unknown) => void);
  }

  /** One request. Never throws: crashes, deadlines and cancellation are refusals too. */
  async call<K extends keyof S['methods'] & string>(
    method: K,
    params: Sendable<z.input<S['methods'][K]['params']>>,
    options: CallOptions<ProgressOf<S['methods'], K>> = {},
  ): Promise<Result<ResultOf<S['methods'], K>>> {
    const started = await this.start();
    if (!started.ok) return started;
    if (options.signal?.aborted) return refuse('cancelled');
    const room = started.value;
    const spec = this.#spec.methods[method];
    if (!spec) return refuse('bad-request', `${this.#spec.name} has no method ${method}`);
    const timeoutMs = options.timeoutMs ?? spec.timeoutMs;
    const seq = this.#nextSeq++;
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const touch = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          this.#log('warn', `${this.#spec.name}.${method} gave no sign for ${timeoutMs} ms; replacing the process`);
          settle(refuse('timeout', `${this.#spec.name}.${method}`));
          // Forgotten before it is dead, so that the next call gets a new process and not the dying one.
          if (this.#process === room) this.#process = undefined;
          room.kill();
        }, timeoutMs);
      };
      const abort = (): void => room.post({ kind: 'cancel', seq });
      const settle = (result: Result<unknown>): void => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', abort);
        this.#pending.delete(seq);
        resolve(result as Result<ResultOf<S['methods'], K>>);
        if (this.#retired.has(room)) this.#endWhenDone(room);
      };
      this.#pending.set(seq, {
        room,
        method,
        settle,
        touch,
        onProgress: options.onProgress as ((value: unknown) => void) | undefined,
      });
      options.signal?.addEventListener('abort', abort, { once: true });
      touch();
      room.post({ kind: 'call', seq, method, params });
    });
  }

  /** Orderly end: the room closes its files; killed after `graceMs`. */
  async stop(graceMs = GRACE_MS): Promise<void> {
    await this.#starting; // a room that was just being started would outlive everybody
    this.#isStopping = true;
    const rooms = [...this.#retired, ...(this.#process ? [this.#process] : [])];
    await Promise.all(rooms.map((room) => endProcess(room, graceMs)));
  }

  /** A fresh process is made ready behind the scenes; once it is, calls go to it and the worn one ends with its last. */
  #wear(room: RoomProcess, method: string, kind: 'call' | 'progress'): void {
    if (this.#spec.methods[method]?.wear !== kind || room !== this.#process) return;
    this.#worn += 1;
    const limit = this.#options.retireAfter ?? this.#spec.retireAfter ?? Infinity;
    if (this.#worn < limit || this.#starting || this.#isStopping) return;
    // A successor that does not start is tried again after as much wear again; until then the worn one works on.
    this.#worn = 0;
    this.#log('info', `${this.#spec.name} has done its share; a fresh process takes over`);
    this.#starting = this.#launch().finally(() => {
      this.#starting = undefined;
    });
  }

  #endWhenDone(room: RoomProcess): void {
    for (const pending of this.#pending.values()) if (pending.room === room) return;
    void endProcess(room, GRACE_MS);
  }

  async #launch(): Promise<Result<RoomProcess>> {
    const now = Date.now();
    while (this.#crashes[0] !== undefined && now - this.#crashes[0] > MINUTE_MS) this.#crashes.shift();
    if (this.#crashes.length > (this.#options.restartBudget ?? 5)) {
      return refuse('room-stopped', `${this.#spec.name} crashed ${this.#crashes.length} times within a minute`);
    }
    const init = await this.#options.init();
    const room = this.#options.launch(this.#spec.name);
    this.#isStopping = false;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        room.kill();
        resolve(refuse('timeout', `${this.#spec.name} did not become ready`));
      }, this.#options.readyTimeoutMs ?? 30_000);
      room.onExit((code) => {
        clearTimeout(timer);
        this.#exited(room, code);
        resolve(refuse('room-stopped', `${this.#spec.name} ended with ${code} while starting`));
      });
      room.onMessage((message) => {
        if (message.kind === 'ready') {
          clearTimeout(timer);
          this.#takeOver(room);
          resolve(ok(room));
        } else if (message.kind === 'refused') {
          clearTimeout(timer);
          resolve(refuse(asErrorCode(message.code), message.detail));
          room.kill();
        } else {
          this.#received(room, message);
        }
      });
      room.post({ kind: 'start', init });
    });
  }

  /** The process that was there before, if it still is, is the worn one. */
  #takeOver(room: RoomProcess): void {
    const worn = this.#process;
    this.#process = room;
    this.#worn = 0;
    if (!worn) return;
    this.#retired.add(worn);
    this.#endWhenDone(worn);
  }

  #received(room: RoomProcess, message: FromRoom): void {
    switch (message.kind) {
      case 'answer':
        this.#answered(message);
        return;
      case 'progress': {
        const pending = this.#pending.get(message.seq);
        pending?.touch();
        pending?.onProgress?.(message.value);
        if (pending) this.#wear(room, pending.method, 'progress');
        return;
      }
      case 'event':
        for (const listener of this.#listeners.get(message.name) ?? []) listener(message.value);
        return;
      case 'ask':
        void this.#broker(room, message.seq, message.method, message.params);
        return;
      case 'log':
        this.#log(message.level, message.text);
        return;
      case 'ready':
      case 'refused':
        return;
    }
  }

  #answered(message: Extract<FromRoom, { kind: 'answer' }>): void {
    const pending = this.#pending.get(message.seq);
    if (!pending) return;
    if (message.ok) pending.settle(ok(message.value));
    else pending.settle(refuse(asErrorCode(message.code), message.detail));
    this.#wear(pending.room, pending.method, 'call');
  }

  async #broker(room: RoomProcess, seq: number, method: string, params: unknown): Promise<void> {
    const asks = this.#options.asks as
      Record<string, ((params: unknown, context: unknown) => unknown) | undefined> | undefined;
    const handler = asks && Object.hasOwn(asks, method) ? asks[method] : undefined;
    const spec = this.#spec.asks[method];
    const parsed = spec?.params.safeParse(params);
    if (!handler || !parsed?.success) {
      room.post({ kind: 'answer', seq, ok: false, code: 'bad-request', detail: `${this.#spec.name} asked ${method}` });
      return;
    }
    try {
      const value = await handler(parsed.data, { signal: new AbortController().signal, progress: () => {} });
      room.post({ kind: 'answer', seq, ok: true, value });
    } catch (thrown) {
      const { code, detail } = toRefusal(thrown);
      room.post({ kind: 'answer', seq, ok: false, code, detail });
    }
  }

  #exited(room: RoomProcess, code: number | null): void {
    if (this.#process === room) this.#process = undefined;
    const wasRetired = this.#retired.delete(room);
    for (const pending of this.#pending.values()) {
      if (pending.room === room) pending.settle(refuse('room-stopped', `${this.#spec.name} ended with ${code}`));
    }
    if (this.#isStopping || wasRetired) return;
    this.#crashes.push(Date.now());
    this.#log('warn', `${this.#spec.name} ended with ${code}`);
  }

  #log(level: string, text: string): void {
    this.#options.onLog?.(level, text);
  }
}

function endProcess(room: RoomProcess, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => room.kill(), graceMs);
    room.onExit(() => {
      clearTimeout(timer);
      resolve();
    });
    room.post({ kind: 'stop' });
  });
}

export type Room<S extends RoomSpec> = Pick<Supervisor<S>, 'call' | 'on' | 'start' | 'stop' | 'pid'>;
export type RoomParams<S extends RoomSpec, K extends keyof S['methods']> = ParamsOf<S['methods'], K>;
