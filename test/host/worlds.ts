/**
 * @file What runs inside the page. The preload script gets a JavaScript world of its own (as with `contextIsolation`); the
 * page's world gets nothing but frozen stand-ins for what was exposed. Both worlds share the DOM, so they talk through
 * synchronous events with a secret name; Chromium clones the values between the worlds. The functions here are sent as
 * source text: each must be self-contained and capture the built-ins it needs before any script of the page runs.
 */
import { fromWire, toWire, type Downward, type Upward } from './wire.ts';

export const PRELOAD_WORLD = 'electron-preload';
export const BINDING = 'hostSend';
export const RECEIVER = 'hostReceive';

type Callable = (...values: unknown[]) => unknown;
type Encoded =
  | { readonly kind: 'function' | 'promise'; readonly id: number }
  | { readonly kind: 'array'; readonly items: readonly Encoded[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Encoded])[] }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'value'; readonly value: unknown };
type PeerMessage =
  | { readonly kind: 'call'; readonly id: number; readonly call: number; readonly values: readonly Encoded[] }
  | { readonly kind: 'return'; readonly call: number; readonly hasFailed: boolean; readonly value: Encoded }
  | { readonly kind: 'settle'; readonly id: number; readonly hasFailed: boolean; readonly value: Encoded }
  | { readonly kind: 'expose'; readonly key: string; readonly value: Encoded };

/** The few parts of the DOM used below; the program's own compile has no DOM types. */
declare const window: EventTarget & Record<string, unknown>;
declare const document: {
  title: string;
  readonly documentElement: object;
  addEventListener(name: string, listener: () => void): void;
};
declare const MutationObserver: new (listener: () => void) => { observe(target: object, options: object): void };
declare const hostSend: (text: string) => void;

interface Peer {
  readonly post: (message: PeerMessage) => void;
  readonly encode: (value: unknown) => Encoded;
}

/** One end of the connection between the two worlds. Functions and promises travel as references, errors as their message. */
function createPeer(sendName: string, receiveName: string, onExpose: (key: string, value: unknown) => void): Peer {
  const Carrier = CustomEvent;
  const dispatch = EventTarget.prototype.dispatchEvent.bind(window);
  const readDetail = Object.getOwnPropertyDescriptor(CustomEvent.prototype, 'detail')?.get as (this: Event) => unknown;
  const functions = new Map<number, Callable>();
  const answers = new Map<number, Extract<PeerMessage, { kind: 'return' }>>();
  const promises = new Map<number, { resolve: (value: unknown) => void; reject: (reason: unknown) => void }>();
  let nextId = 1;

  function post(message: PeerMessage): void {
    dispatch(new Carrier(sendName, { detail: message }));
  }

  function encode(value: unknown, depth = 0): Encoded {
    if (depth > 1000)
      throw new TypeError(
        'Electron contextBridge recursion depth exceeded. Nested objects deeper than 1000 are not supported.',
      );
    if (typeof value === 'symbol') throw new TypeError('An object could not be cloned.');
    if (typeof value === 'function') {
      const id = nextId++;
      functions.set(id, value as Callable);
      return { kind: 'function', id };
    }
    if (typeof value !== 'object' || value === null) return { kind: 'value', value };
    if (value instanceof Promise) {
      const id = nextId++;
      const settle = (hasFailed: boolean) => (outcome: unknown) =>
        post({ kind: 'settle', id, hasFailed, value: encode(outcome) });
      value.then(settle(false), settle(true));
      return { kind: 'promise', id };
    }
    if (value instanceof Error) return { kind: 'error', message: value.message };
    if (Array.isArray(value)) return { kind: 'array', items: value.map((item) => encode(item, depth + 1)) };
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return { kind: 'value', value };
    return {
      kind: 'object',
      entries: Object.entries(value).map(([key, item]) => [key, encode(item, depth + 1)] as const),
    };
  }

  function decode(encoded: Encoded): unknown {
    switch (encoded.kind) {
      case 'function':
        return (...values: unknown[]) => callOver(encoded.id, values);
      case 'promise':
        return new Promise((resolve, reject) => promises.set(encoded.id, { resolve, reject }));
      case 'array':
        return encoded.items.map((item) => decode(item));
      case 'object':
        return Object.fromEntries(encoded.entries.map(([key, item]) => [key, decode(item)]));
      case 'error':
        return new Error(encoded.message);
      case 'value':
        return encoded.value;
    }
  }

  function callOver(id: number, values: readonly unknown[]): unknown {
    const call = nextId++;
    post({ kind: 'call', id, call, values: values.map((value) => encode(value)) });
    const answer = answers.get(call); // dispatching is synchronous: the other world has answered by now
    answers.delete(call);
    if (!answer) throw new Error('An object could not be cloned.');
    if (answer.hasFailed) throw decode(answer.value);
    return decode(answer.value);
  }

  function answerCall(message: Extract<PeerMessage, { kind: 'call' }>): void {
    let outcome: { readonly hasFailed: boolean; readonly value: Encoded };
    try {
      const target = functions.get(message.id);
      if (!target) throw new Error('this function is not exposed');
      outcome = { hasFailed: false, value: encode(target(...message.values.map((value) => decode(value)))) };
    } catch (error) {
      outcome = { hasFailed: true, value: encode(error instanceof Error ? error : new Error(String(error))) };
    }
    post({ kind: 'return', call: message.call, ...outcome });
  }

  EventTarget.prototype.addEventListener.call(window, receiveName, (event: Event) => {
    const message = readDetail.call(event) as PeerMessage | null;
    if (message === null) return; // not cloneable: the caller sees that no answer came
    if (message.kind === 'call') answerCall(message);
    else if (message.kind === 'return') answers.set(message.call, message);
    else if (message.kind === 'expose') onExpose(message.key, decode(message.value));
    else {
      const promise = promises.get(message.id);
      promises.delete(message.id);
      if (message.hasFailed) promise?.reject(decode(message.value));
      else promise?.resolve(decode(message.value));
    }
  });
  return { post, encode };
}

/** Runs in the page's world before its first script. */
function bootPageWorld(connect: typeof createPeer, secret: string): void {
  function freezeDeeply(value: unknown): void {
    if (
      (typeof value !== 'object' && typeof value !== 'function') ||
      value === null ||
      Object.isFrozen(value) ||
      ArrayBuffer.isView(value)
    )
      return;
    Object.freeze(value);
    for (const item of Object.values(value)) freezeDeeply(item);
  }
  connect(`${secret}-up`, `${secret}-down`, (key, value) => {
    freezeDeeply(value);
    Object.defineProperty(window, key, { value, enumerable: true, writable: false, configurable: false });
  });
}

/** Runs in the preload world: gives the preload script its `electron` module. */
function bootPreloadWorld(
  connect: typeof createPeer,
  toText: typeof toWire,
  fromText: typeof fromWire,
  options: { readonly secret: string; readonly titleSuffix: string; readonly title: string },
  runPreload: (require: (name: string) => unknown, module: object, exports: object) => void,
): void {
  type Listener = (event: object, ...values: unknown[]) => void;
  const listeners = new Map<string, { readonly listener: Listener; readonly isOnce: boolean }[]>();
  const waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (reason: Error) => void; channel: string }
  >();
  const exposedKeys = new Set<string>();
  let nextId = 1;
  const send = (message: Upward): void => hostSend(JSON.stringify(message));
  const encodeAll = (values: readonly unknown[]): unknown[] => values.map((value) => toText(value));
  const peer = connect(`${options.secret}-down`, `${options.secret}-up`, () => undefined);

  function refuseOthers<T extends object>(members: T, name: string): T {
    return new Proxy(members, {
      get(target, property): unknown {
        if (typeof property === 'symbol' || property in target || property === 'then')
          return Reflect.get(target, property);
        throw new Error(`not supported by the Chromium host: ${name}.${property}`);
      },
    });
  }

  function addListener(channel: string, listener: Listener, isOnce: boolean): typeof ipcRenderer {
    listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, isOnce }]);
    return ipcRenderer;
  }

  function removeListener(channel: string, listener: Listener): typeof ipcRenderer {
    const kept = [...(listeners.get(channel) ?? [])];
    const index = kept.findLastIndex((entry) => entry.listener === listener);
    if (index >= 0) kept.splice(index, 1);
    listeners.set(channel, kept);
    return ipcRenderer;
  }

  const contextBridge = refuseOthers(
    {
      exposeInMainWorld(key: string, value: unknown): void {
        if (exposedKeys.has(key))
          throw new Error('Cannot bind an API on top of an existing property on the window object');
        exposedKeys.add(key);
        peer.post({ kind: 'expose', key, value: peer.encode(value) });
      },
    },
    'contextBridge',
  );

  const ipcRenderer: object = refuseOthers(
    {
      invoke: (channel: string, ...values: unknown[]): Promise<unknown> =>
        new Promise((resolve, reject) => {
          const id = nextId++;
          const encoded = encodeAll(values);
          waiting.set(id, { resolve, reject, channel });
          send({ kind: 'invoke', id, channel, values: encoded });
        }),
      send: (channel: string, ...values: unknown[]): void => send({ kind: 'send', channel, values: encodeAll(values) }),
      on: (channel: string, listener: Listener) => addListener(channel, listener, false),
      once: (channel: string, listener: Listener) => addListener(channel, listener, true),
      off: removeListener,
      removeListener,
      removeAllListeners: (channel: string) => {
        listeners.delete(channel);
        return ipcRenderer;
      },
    },
    'ipcRenderer',
  );

  function receive(message: Downward): void {
    if (message.kind === 'reply') {
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error === undefined) call?.resolve(fromText(message.value));
      else call?.reject(new Error(`Error invoking remote method '${call.channel}': ${message.error}`));
      return;
    }
    const values = message.values.map((value) => fromText(value));
    for (const entry of listeners.get(message.channel) ?? []) {
      if (entry.isOnce) removeListener(message.channel, entry.listener);
      entry.listener({ sender: ipcRenderer, ports: [] }, ...values);
    }
  }
  Object.defineProperty(globalThis, 'hostReceive', { value: receive });

  const electron = refuseOthers({ contextBridge, ipcRenderer }, 'electron (in the preload script)');
  const module = { exports: {} };
  try {
    runPreload(
      (name) => {
        if (name === 'electron' || name === 'electron/renderer') return electron;
        throw new Error(`module not found: ${name}`); // a sandboxed preload script may only require electron
      },
      module,
      module.exports,
    );
  } catch (error) {
    send({ kind: 'preload-failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }

  // Nobody may take this window for the product: its title says what it is, whatever the page writes there.
  const markTitle = (): void => {
    if (document.title === '' && options.title !== '') document.title = options.title;
    if (document.title.endsWith(options.titleSuffix)) return;
    send({ kind: 'title', title: document.title });
    document.title += options.titleSuffix;
  };
  document.addEventListener('DOMContentLoaded', () => {
    markTitle();
    new MutationObserver(markTitle).observe(document.documentElement, {
      childList: true,
      subtree: true,
      characterData: true,
    });
  });
}

export function pageWorldSource(secret: string): string {
  return `if (window === window.top) (${bootPageWorld.toString()})(${createPeer.toString()}, ${JSON.stringify(secret)});`;
}

export function preloadWorldSource(
  options: { readonly secret: string; readonly titleSuffix: string; readonly title: string },
  preload: string,
): string {
  return (
    `if (window === window.top) (${bootPreloadWorld.toString()})(${createPeer.toString()}, ${toWire.toString()}, ${fromWire.toString()}, ` +
    `${JSON.stringify(options)}, function (require, module, exports) {\n${preload}\n});\n//# sourceURL=electron-preload.js`
  );
}
