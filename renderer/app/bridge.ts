/** @file Asking the program. Expected failures stay values; a bug on the other side becomes `internal`, so that no screen hangs. */
import type { Answer, Channel, EventName, Events, Request } from '../../preload/contract.ts';
import { refuse, type Result } from '../../preload/result.ts';

export async function ask<C extends Channel>(channel: C, request: Request<C>): Promise<Result<Answer<C>>> {
  try {
    const call = window.counter[channel] as (request: Request<C>) => Promise<Result<Answer<C>>>;
    return await call(request);
  } catch (error) {
    return refuse('internal', `${channel}: ${String(error)}`);
  }
}

export function listen<E extends EventName>(name: E, listener: (value: Events[E]) => void): () => void {
  const subscribe = window.counter.on[name] as (listener: (value: Events[E]) => void) => () => void;
  return subscribe(listener);
}

/** Address of a stored image or PDF, relative to the page: the program serves it from the page's own origin. */
export function blobUrl(blobId: string): string {
  return `blob/${encodeURIComponent(blobId)}`;
}
