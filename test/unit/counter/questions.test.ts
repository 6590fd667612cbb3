import { describe, expect, it } from 'vitest';
import { createQuestions, type Questions } from '../../../main/ipc/questions.ts';
import type { WebPageQuestion } from '../../../preload/types.ts';

const question: WebPageQuestion = {
  questionId: 'q1',
  kind: 'consent',
  origin: 'https://motcua.example.vn',
  operation: 'SignApproved',
  documents: [],
  marks: [],
  text: null,
  asksComment: false,
  keys: [],
  rememberDays: 30,
  waiting: 0,
};
const yes = { decision: 'once', key: null, comment: null } as const;

/** A window that a person can close by its frame. */
function openWindow(): { questions: Questions; closeByFrame: () => void; isOpen: () => boolean } {
  let onClosed: (() => void) | undefined;
  const questions = createQuestions({
    open: (closed) => {
      onClosed = closed;
    },
    close: () => {
      onClosed = undefined;
    },
  });
  return { questions, closeByFrame: () => onClosed?.(), isOpen: () => onClosed !== undefined };
}

describe('the question window', () => {
  it('shows one question and takes one answer to it', async () => {
    const { questions, isOpen } = openWindow();
    const asked = questions.ask(question, new AbortController().signal);
    expect(questions.current()).toEqual({ ok: true, value: question });
    expect(questions.answer('another', yes)).toMatchObject({ ok: false, code: 'not-found' });
    expect(questions.answer('q1', yes)).toEqual({ ok: true, value: null });
    expect(await asked).toEqual({ ok: true, value: yes });
    expect(isOpen()).toBe(false);
    expect(questions.answer('q1', yes)).toMatchObject({ ok: false, code: 'not-found' });
  });

  it('closed by its frame is no', async () => {
    const { questions, closeByFrame } = openWindow();
    const asked = questions.ask(question, new AbortController().signal);
    closeByFrame();
    expect(await asked).toMatchObject({ ok: false, code: 'cancelled' });
    expect(questions.current()).toMatchObject({ ok: false });
  });

  it('goes when the page has gone, and never comes for a page that went before', async () => {
    const { questions, isOpen } = openWindow();
    const page = new AbortController();
    const asked = questions.ask(question, page.signal);
    page.abort();
    expect(await asked).toMatchObject({ ok: false, code: 'cancelled' });
    expect(isOpen()).toBe(false);
    expect(await questions.ask(question, page.signal)).toMatchObject({ ok: false, code: 'cancelled' });
    expect(isOpen()).toBe(false);
  });

  it('asks nothing while it asks something else', async () => {
    const { questions } = openWindow();
    void questions.ask(question, new AbortController().signal);
    expect(await questions.ask({ ...question, questionId: 'q2' }, new AbortController().signal)).toMatchObject({
      code: 'bridge-busy',
    });
    expect(questions.current()).toMatchObject({ value: { questionId: 'q1' } });
  });
});
