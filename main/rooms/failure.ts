import type { ErrorCode } from '../../preload/error-codes.ts';
import { refuse, type Refusal, type Result } from '../../preload/result.ts';

/** An expected failure on its way to the border of a process, where it becomes a {@link Refusal} value. */
export class Failure extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions) {
    super(detail === undefined ? code : `${code}: ${detail}`, options);
    this.name = 'Failure';
    this.code = code;
    this.detail = detail;
  }
}

/** Turns whatever was thrown into a value. Anything but a {@link Failure} is a bug and keeps its stack as detail. */
export function toRefusal(thrown: unknown): Refusal {
  if (thrown instanceof Failure) return refuse(thrown.code, thrown.detail);
  if (thrown instanceof Error && thrown.name === 'AbortError') return refuse('cancelled');
  return refuse('internal', thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
}

/** The value of a result, or its refusal thrown again: for code that has nothing to add to a failure. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Failure(result.code, result.detail);
}
