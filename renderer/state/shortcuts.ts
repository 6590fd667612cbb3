/** @file The keys that act here and now: what a screen registers is what the bottom line shows and what the keyboard does. */
import { useEffect, useRef } from 'react';
import { create } from 'zustand';

export interface Shortcut {
  /** `F2`, `Ctrl+K`, `PageDown`, or one printable character in lower case. */
  readonly keys: readonly string[];
  /** What the bottom line shows; null keeps a key silent. */
  readonly label: string | null;
  /** How the key is written on screen, when it is not the first of `keys`. */
  readonly shown?: string;
  readonly run: (key: string) => void;
}

export const useShortcutTable = create<{ readonly shortcuts: readonly (Shortcut & { readonly id: number })[] }>(() => ({
  shortcuts: [],
}));

let nextId = 0;

/** Registers a key while the component is on screen and `isActive`. Later registrations win over earlier ones. */
export function useShortcut(
  isActive: boolean,
  keys: readonly string[],
  label: string | null,
  run: (key: string) => void,
  shown?: string,
): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  const joined = keys.join(' ');
  useEffect(() => {
    if (!isActive) return undefined;
    const id = (nextId += 1);
    const shortcut = {
      id,
      keys: joined.split(' '),
      label,
      run: (key: string) => latest.current(key),
      ...(shown === undefined ? {} : { shown }),
    };
    useShortcutTable.setState(({ shortcuts }) => ({ shortcuts: [...shortcuts, shortcut] }));
    return () =>
      useShortcutTable.setState(({ shortcuts }) => ({ shortcuts: shortcuts.filter((one) => one.id !== id) }));
  }, [isActive, joined, label, shown]);
}

export function findShortcut(key: string): Shortcut | undefined {
  return useShortcutTable.getState().shortcuts.findLast((shortcut) => shortcut.keys.includes(key));
}
