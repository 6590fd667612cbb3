/**
 * @file IPC values between the preload world and the program. A DevTools binding carries text only, so the host carries JSON
 * values and `undefined`; anything structured clone would carry beyond that throws instead of arriving changed. Both
 * functions are also sent into the page as source text and must stay self-contained.
 */

/** @throws TypeError as Electron does for functions and symbols; the host's own refusal for dates, maps, bytes, … */
export function toWire(value: unknown, depth = 0): unknown {
  const refuse = (what: string): never => {
    throw new TypeError(`not supported by the Chromium host: ${what} in an IPC message (JSON values only)`);
  };
  if (depth > 200) refuse('a circular or very deep value');
  if (value === undefined) return { $wire: 'undefined' };
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : refuse(String(value));
  if (typeof value === 'bigint') return refuse('a bigint');
  if (typeof value !== 'object') throw new TypeError('An object could not be cloned.');
  if (Array.isArray(value)) return value.map((item) => toWire(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) refuse(`a ${value.constructor.name}`);
  if ('$wire' in value) refuse('the key $wire');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toWire(item, depth + 1)]));
}

export function fromWire(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => fromWire(item));
  if ('$wire' in value) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromWire(item)]));
}

/** Preload world → program. */
export type Upward =
  | { readonly kind: 'invoke'; readonly id: number; readonly channel: string; readonly values: readonly unknown[] }
  | { readonly kind: 'send'; readonly channel: string; readonly values: readonly unknown[] }
  | { readonly kind: 'title'; readonly title: string }
  | { readonly kind: 'preload-failed'; readonly message: string };

/** Program → preload world. */
export type Downward =
  | { readonly kind: 'reply'; readonly id: number; readonly error?: string; readonly value?: unknown }
  | { readonly kind: 'message'; readonly channel: string; readonly values: readonly unknown[] };
