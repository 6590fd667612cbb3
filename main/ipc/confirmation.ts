/**
 * @file The conversation with the confirmation window: one request at a time, answered by a person typing a PIN. The PIN
 * becomes bytes here, goes to the token room, and is wiped.
 */
import { refuse, ok, type Result } from '../../preload/result.ts';
import type { SigningRequest } from '../../preload/types.ts';
import type { Authoriser, LoginAttempt } from '../ports/ports.ts';

export interface Confirmation extends Authoriser {
  readonly current: () => Result<SigningRequest>;
  /** A refusal (wrong PIN, too short) leaves the window open for another, deliberate try. */
  readonly submit: (requestId: string, pin: string) => Promise<Result<null>>;
  readonly cancel: (requestId: string) => Result<null>;
  /** The window was closed by its frame: the same as cancelling. */
  readonly windowClosed: () => void;
}

interface Open {
  request: SigningRequest;
  readonly attempt: (pin: Uint8Array | null) => Promise<LoginAttempt>;
  readonly settle: (result: Result<null>) => void;
  isTrying: boolean;
}

export function createConfirmation(window: { readonly open: () => void; readonly close: () => void }): Confirmation {
  let open: Open | undefined;

  function finish(result: Result<null>): void {
    const settled = open;
    open = undefined;
    settled?.settle(result);
    window.close();
  }

  return {
    authorise: (request, attempt) => {
      if (open) return Promise.resolve(refuse('token-busy'));
      return new Promise((resolve) => {
        open = { request, attempt, settle: resolve, isTrying: false };
        window.open();
      });
    },
    current: () => (open ? ok(open.request) : refuse('not-found', 'nothing waits for confirmation')),
    submit: async (requestId, pin) => {
      const waiting = open;
      if (!waiting || waiting.request.requestId !== requestId) return refuse('not-found', requestId);
      if (waiting.isTrying) return refuse('token-busy'); // a second Enter must not become a second try
      const { hasProtectedPath } = waiting.request.token;
      const bytes = hasProtectedPath ? null : new TextEncoder().encode(pin);
      waiting.isTrying = true;
      try {
        const { outcome, tries } = await waiting.attempt(bytes);
        if (outcome.ok) {
          finish(ok(null));
          return ok(null);
        }
        waiting.request = { ...waiting.request, token: { ...waiting.request.token, tries } };
        const mayTryAgain = (outcome.code === 'pin-wrong' && tries !== 'locked') || outcome.code === 'pin-length';
        if (!mayTryAgain) finish(tries === 'locked' ? refuse('pin-locked') : outcome);
        return outcome;
      } finally {
        bytes?.fill(0);
        waiting.isTrying = false;
      }
    },
    cancel: (requestId) => {
      if (open?.request.requestId === requestId) finish(refuse('pin-cancelled'));
      return ok(null);
    },
    windowClosed: () => {
      if (open) finish(refuse('pin-cancelled'));
    },
  };
}
