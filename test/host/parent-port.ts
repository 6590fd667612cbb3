/** @file Loaded before the entry of a utility process: puts Electron's `process.parentPort` over the channel of `fork`. */
import { EventEmitter } from 'node:events';

interface PortMessage {
  readonly data: unknown;
  readonly ports: readonly never[];
}

/** Keeps messages until somebody listens, as a message port does. */
class ParentPort extends EventEmitter {
  #early: PortMessage[] | undefined = [];

  constructor() {
    super();
    process.on('message', (data) => {
      const message: PortMessage = { data, ports: [] };
      if (this.#early) this.#early.push(message);
      else this.emit('message', message);
    });
  }

  override on(name: string | symbol, listener: (...values: unknown[]) => void): this {
    super.on(name, listener);
    if (name === 'message') this.start();
    return this;
  }

  start(): void {
    const early = this.#early;
    this.#early = undefined;
    for (const message of early ?? []) queueMicrotask(() => this.emit('message', message));
  }

  postMessage(message: unknown): void {
    process.send?.(message);
  }
}

Object.defineProperty(process, 'parentPort', { value: new ParentPort(), enumerable: true });
Object.defineProperty(process, 'type', { value: 'utility', enumerable: true });
process.on('disconnect', () => process.exit(0)); // the program is gone: nothing may outlive it
