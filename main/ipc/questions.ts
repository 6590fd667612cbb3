/** @file The conversation with the question window: what a web page wants, one question at a time, answered by a person. */
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { WebPageQuestion } from '../../preload/types.ts';
import type { WebPageAnswer, WebPageQuestions } from '../ports/ports.ts';

export interface Questions extends WebPageQuestions {
  readonly current: () => Result<WebPageQuestion>;
  readonly answer: (questionId: string, answer: WebPageAnswer) => Result<null>;
}

export interface QuestionWindow {
  /** `onClosed` is called when the window this call opened is gone, whoever closed it. */
  readonly open: (onClosed: () => void) => void;
  readonly close: () => void;
}

interface Open {
  readonly question: WebPageQuestion;
  readonly settle: (result: Result<WebPageAnswer>) => void;
}

export function createQuestions(window: QuestionWindow): Questions {
  let open: Open | undefined;

  function finish(ended: Open, result: Result<WebPageAnswer>): void {
    if (open !== ended) return;
    open = undefined;
    ended.settle(result);
    window.close();
  }

  return {
    ask: (question, signal) => {
      if (open) return Promise.resolve(refuse('bridge-busy'));
      if (signal.aborted) return Promise.resolve(refuse('cancelled'));
      return new Promise((resolve) => {
        const opened: Open = { question, settle: resolve };
        open = opened;
        signal.addEventListener('abort', () => finish(opened, refuse('cancelled')), { once: true });
        window.open(() => finish(opened, refuse('cancelled')));
      });
    },
    current: () => (open ? ok(open.question) : refuse('not-found', 'nothing is asked')),
    answer: (questionId, answer) => {
      const waiting = open;
      if (!waiting || waiting.question.questionId !== questionId) return refuse('not-found', questionId);
      finish(waiting, ok(answer));
      return ok(null);
    },
  };
}
