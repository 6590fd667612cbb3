/** @file `ipcMain`: where messages of the preload worlds arrive. */
import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { HostEvent, refuseMissing } from './unsupported.ts';
import { fromWire, toWire, type Downward, type Upward } from './wire.ts';

type InvokeHandler = (event: Electron.IpcMainInvokeEvent, ...values: unknown[]) => unknown;

class HostIpcMain extends EventEmitter implements Pick<Electron.IpcMain, 'handle' | 'handleOnce' | 'removeHandler'> {
  readonly #handlers = new Map<string, InvokeHandler>();

  handle(channel: string, handler: InvokeHandler): void {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    if (typeof handler !== 'function')
      throw new TypeError(`Expected handler to be a function, but found type '${typeof handler}'`);
    this.#handlers.set(channel, handler);
  }

  handleOnce(channel: string, handler: InvokeHandler): void {
    this.handle(channel, (event, ...values) => {
      this.removeHandler(channel);
      return handler(event, ...values);
    });
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  /** One message of a page. The reply goes to the document that asked, or nowhere once that has gone. */
  async receive(
    message: Upward,
    sender: Electron.WebContents,
    senderFrame: Electron.WebFrameMain,
    reply: (answer: Downward) => void,
  ): Promise<void> {
    if (message.kind !== 'invoke' && message.kind !== 'send') return;
    const values = message.values.map((value) => fromWire(value));
    const event = new HostEvent({ sender, senderFrame, frameId: 1, processId: 1, type: 'frame', ports: [] });
    if (message.kind === 'send') {
      this.emit(message.channel, event, ...values);
      return;
    }
    try {
      const handler = this.#handlers.get(message.channel);
      if (!handler) throw new Error(`No handler registered for '${message.channel}'`);
      const value = await handler(event as unknown as Electron.IpcMainInvokeEvent, ...values);
      reply({ kind: 'reply', id: message.id, value: toWire(value) });
    } catch (error) {
      reply({ kind: 'reply', id: message.id, error: String(error) });
    }
  }
}

export const ipcMain = refuseMissing(new HostIpcMain(), 'ipcMain');
