/** @file The failure on show: one at a time, newest first, each with what can be done about it. */
import { create } from 'zustand';
import type { ErrorCode } from '../../preload/error-codes.ts';
import type { Refusal } from '../../preload/result.ts';

export interface ShownFailure {
  readonly code: ErrorCode;
  readonly detail: string | null;
  /** What the third sentence's button does; without one the button closes the panel. */
  readonly retry: (() => void) | null;
}

export const useFailures = create<{ readonly shown: ShownFailure | null }>(() => ({ shown: null }));

export function showFailure(refusal: Refusal, retry: (() => void) | null = null): void {
  useFailures.setState({ shown: { code: refusal.code, detail: refusal.detail ?? null, retry } });
}

export function dismissFailure(): void {
  useFailures.setState({ shown: null });
}
