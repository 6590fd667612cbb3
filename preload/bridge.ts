/**
 * @file The preload bundle: the whole of what a page can reach. One method per channel, no channel names or Electron
 * objects from the page, callbacks without the event. Imports only `electron` and the contract.
 */
import { contextBridge, ipcRenderer } from 'electron';
import {
  CHANNELS,
  EVENT_NAMES,
  type Answer,
  type Channel,
  type EventName,
  type Events,
  type Request,
} from './contract.ts';
import type { Result } from './result.ts';

export type Bridge = {
  readonly [C in Channel]: (request: Request<C>) => Promise<Result<Answer<C>>>;
} & {
  /** Subscribes; the returned function ends it. */
  readonly on: { readonly [E in EventName]: (listener: (value: Events[E]) => void) => () => void };
};

if (window === window.top) {
  const invoke = Object.fromEntries(
    (Object.keys(CHANNELS) as Channel[]).map((channel) => [
      channel,
      (request: unknown) => ipcRenderer.invoke(channel, request),
    ]),
  );
  const on = Object.fromEntries(
    EVENT_NAMES.map((name) => [
      name,
      (listener: (value: unknown) => void) => {
        const forward = (_event: unknown, value: unknown): void => listener(value);
        ipcRenderer.on(name, forward);
        return () => ipcRenderer.removeListener(name, forward);
      },
    ]),
  );
  contextBridge.exposeInMainWorld('counter', { ...invoke, on });
}
