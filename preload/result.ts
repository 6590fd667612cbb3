/**
 * @file The one shape in which expected failures travel: through IPC, between processes, and out of services.
 * Errors lose their type and properties at every border of Electron, values do not.
 */
import type { ErrorCode } from './error-codes.ts';

export type Ok<T> = { readonly ok: true; readonly value: T };
export type Refusal = {
  readonly ok: false;
  readonly code: ErrorCode;
  /** Technical detail for the fold-out and the log; never the sentence an officer reads. */
  readonly detail?: string | undefined;
};
export type Result<T> = Ok<T> | Refusal;

export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

export function refuse(code: ErrorCode, detail?: string): Refusal {
  return detail === undefined ? { ok: false, code } : { ok: false, code, detail };
}
