/** @file What the use cases announce. The shell forwards it to the desk, the command line prints it, tests collect it. */
import type { EventName, Events } from '../../preload/contract.ts';

export interface CounterEvents {
  readonly emit: <E extends EventName>(name: E, value: Events[E]) => void;
  readonly on: <E extends EventName>(name: E, listener: (value: Events[E]) => void) => () => void;
  readonly onAny: (listener: <E extends EventName>(name: E, value: Events[E]) => void) => () => void;
}

export function createCounterEvents(): CounterEvents {
  const listeners = new Map<EventName, Set<(value: never) => void>>();
  const anyListeners = new Set<(name: EventName, value: never) => void>();
  return {
    emit: (name, value) => {
      for (const listener of listeners.get(name) ?? []) listener(value as never);
      for (const listener of anyListeners) listener(name, value as never);
    },
    on: (name, listener) => {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener as (value: never) => void);
      return () => void set.delete(listener as (value: never) => void);
    },
    onAny: (listener) => {
      anyListeners.add(listener as (name: EventName, value: never) => void);
      return () => void anyListeners.delete(listener as (name: EventName, value: never) => void);
    },
  };
}
