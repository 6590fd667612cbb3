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
  /** The same as closing the window by its frame. */
  readonly cancel: (requestId: string) => Result<null>;
}

interface Open {
  request: SigningRequest;
  readonly attempt: (pin: Uint8Array | null) => Promise<LoginAttempt>;
  readonly settle: (result: Result<null>) => void;
  isTrying: boolean;
  /** Cancelled while the token was thinking: whatever it answers, nothing will be signed. */
  isCancelled: boolean;
}

export interface ConfirmationWindow {
  /** `onClosed` is called when the window this call opened is gone, whoever closed it. */
  readonly open: (onClosed: () => void) => void;
  readonly close: () => void;
}

export function createConfirmation(window: ConfirmationWindow): Confirmation {
  let open: Open | undefined;

  function finish(ended: Open, result: Result<null>): void {
    if (open !== ended) return;
    open = undefined;
    ended.settle(result);
    window.close();
  }

  /** A PIN on its way to the token answers for this list of documents only: the next one waits until it is back. */
  function cancelRequest(waiting: Open): void {
    if (waiting.isTrying) waiting.isCancelled = true;
    else finish(waiting, refuse(waiting.request.token.tries === 'locked' ? 'pin-locked' : 'pin-cancelled'));
  }

  return {
    authorise: (request, attempt) => {
      if (open) return Promise.resolve(refuse('token-busy'));
      return new Promise((resolve) => {
        const opened: Open = { request, attempt, settle: resolve, isTrying: false, isCancelled: false };
        open = opened;
        window.open(() => {
          if (open === opened) cancelRequest(opened);
        });
      });
    },
    current: () => (open ? ok(open.request) : refuse('not-found', 'nothing waits for confirmation')),
    submit: async (requestId, pin) => {
      const waiting = open;
      if (!waiting || waiting.request.requestId !== requestId) return refuse('not-found', requestId);
      if (waiting.isTrying) return refuse('token-busy'); // a second Enter must not become a second try
      if (waiting.request.token.tries === 'locked') return refuse('pin-locked');
      const bytes = waiting.request.token.hasProtectedPath ? null : new TextEncoder().encode(pin);
      waiting.isTrying = true;
      try {
        const { outcome, tries } = await waiting.attempt(bytes);
        if (waiting.isCancelled) {
          finish(waiting, refuse('pin-cancelled'));
          return refuse('pin-cancelled');
        }
        if (outcome.ok) {
          finish(waiting, ok(null));
          return ok(null);
        }
        const left = outcome.code === 'pin-locked' ? 'locked' : tries;
        waiting.request = { ...waiting.request, token: { ...waiting.request.token, tries: left } };
        // Locked just now: the window stays to say how it is unlocked, until the person closes it.
        const mayStay = ['pin-wrong', 'pin-locked', 'pin-length'].includes(outcome.code);
        if (!mayStay) finish(waiting, outcome);
        return left === 'locked' && mayStay ? refuse('pin-locked', outcome.detail) : outcome;
      } finally {
        bytes?.fill(0);
        waiting.isTrying = false;
      }
    },
    cancel: (requestId) => {
      if (open?.request.requestId === requestId) cancelRequest(open);
      return ok(null);
    },
  };
}
