/** @file Whatever the host does not imitate throws. A silent no-op would let a test pass that Electron fails. */
import { EventEmitter } from 'node:events';

export function notSupported(what: string): never {
  throw new Error(`not supported by the Chromium host: ${what}`);
}

/** Names that Node, promises and test runners look up on any object; they must find nothing instead of an error. */
const PROBED_BY_TOOLS: ReadonlySet<string> = new Set([
  'then',
  'toJSON',
  'inspect',
  'domain',
  'nodeType',
  'asymmetricMatch',
  '$$typeof',
]);

/** Makes every member missing from `target` and its prototypes throw when it is read or written. */
export function refuseMissing<T extends object>(target: T, name: string): T {
  const parent: unknown = Object.getPrototypeOf(target);
  const wall = new Proxy(parent as object, {
    get(inherited, property, receiver): unknown {
      if (typeof property === 'symbol' || property in inherited || PROBED_BY_TOOLS.has(property))
        return Reflect.get(inherited, property, receiver);
      return notSupported(`${name}.${property}`);
    },
    set(inherited, property, value, receiver): boolean {
      if (typeof property === 'symbol' || property in inherited)
        return Reflect.set(inherited, property, value, receiver);
      return notSupported(`${name}.${property} = …`);
    },
  });
  Object.setPrototypeOf(target, wall);
  return target;
}

/** An export of Electron that the host lacks altogether. Importing it is allowed, touching it is not. */
export function missingExport(name: string): never {
  return new Proxy(function missing() {}, {
    get: (_target, property) =>
      typeof property === 'symbol' || PROBED_BY_TOOLS.has(property) ? undefined : notSupported(`${name}.${property}`),
    apply: () => notSupported(name),
    construct: () => notSupported(name),
  }) as never;
}

/** The options given must all be among those the host understands. */
export function refuseUnknownOptions(options: object, known: readonly string[], where: string): void {
  for (const key of Object.keys(options)) if (!known.includes(key)) notSupported(`${where}: option ${key}`);
}

/** An emitter that refuses to listen for events which would never come. */
export class HostEmitter extends EventEmitter {
  readonly #name: string;
  readonly #events: readonly string[];

  constructor(name: string, events: readonly string[]) {
    super();
    this.#name = name;
    this.#events = events;
  }

  override on(event: string | symbol, listener: (...values: never[]) => void): this {
    if (!this.#events.includes(String(event))) notSupported(`${this.#name}.on('${String(event)}')`);
    return super.on(event, listener as () => void);
  }

  override once(event: string | symbol, listener: (...values: never[]) => void): this {
    if (!this.#events.includes(String(event))) notSupported(`${this.#name}.once('${String(event)}')`);
    return super.once(event, listener as () => void);
  }

  override addListener(event: string | symbol, listener: (...values: never[]) => void): this {
    return this.on(event, listener);
  }
}

/** The first argument of every Electron listener. */
export class HostEvent {
  defaultPrevented = false;

  constructor(values: object = {}) {
    Object.assign(this, values);
  }

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

/** Emits and tells whether a listener objected. */
export function emitPreventable(
  emitter: EventEmitter,
  name: string,
  details: object = {},
  ...values: unknown[]
): boolean {
  const event = new HostEvent(details);
  emitter.emit(name, event, ...values);
  return event.defaultPrevented;
}
