import { describe, expect, it, vi } from 'vitest';
import { refuse, ok } from '../../../preload/result.ts';
import type { ErrorCode } from '../../../preload/error-codes.ts';
import type { SigningRequest, TriesLeft } from '../../../preload/types.ts';
import { createConfirmation } from '../../../main/ipc/confirmation.ts';
import type { LoginAttempt } from '../../../main/ports/ports.ts';

const request: SigningRequest = {
  requestId: 'r1',
  purpose: 'results',
  documents: [],
  certificateId: 'c',
  officerName: 'A',
  token: {
    id: 't',
    label: 'T',
    serialNumber: '1',
    model: 'm',
    isPractice: true,
    tries: 'ok',
    minPinLength: 4,
    maxPinLength: 16,
    hasProtectedPath: false,
    asksPinPerSignature: false,
    mustChangePin: false,
    certificates: [],
  },
};

function open(answers: LoginAttempt[]) {
  const window = { open: vi.fn<(onClosed: () => void) => void>(), close: vi.fn<() => void>() };
  const confirmation = createConfirmation(window);
  const pins: string[] = [];
  const seen: Uint8Array[] = [];
  const outcome = confirmation.authorise(request, async (pin) => {
    if (pin) {
      pins.push(new TextDecoder().decode(pin));
      seen.push(pin);
    }
    return answers.shift() ?? { outcome: ok(null), tries: 'ok' };
  });
  return { window, confirmation, pins, seen, outcome };
}

describe('the confirmation window', () => {
  it('shows the request, takes the PIN once, wipes it and closes', async () => {
    const { window, confirmation, pins, seen, outcome } = open([]);
    expect(confirmation.current()).toEqual(ok(request));
    expect(await confirmation.submit('r1', 'mật khẩu 1')).toEqual(ok(null));
    expect(await outcome).toEqual(ok(null));
    expect(pins).toEqual(['mật khẩu 1']);
    expect(seen[0]?.every((byte) => byte === 0)).toBe(true);
    expect(window.close).toHaveBeenCalledOnce();
  });

  it('stays open after a wrong PIN and shows what is left', async () => {
    const { window, confirmation, outcome } = open([{ outcome: refuse('pin-wrong'), tries: 'final' }]);
    expect(await confirmation.submit('r1', '0000')).toMatchObject({ ok: false, code: 'pin-wrong' });
    expect(window.close).not.toHaveBeenCalled();
    expect(confirmation.current()).toMatchObject({ value: { token: { tries: 'final' } } });
    await confirmation.submit('r1', '1111');
    expect(await outcome).toEqual(ok(null));
  });

  it.each<[ErrorCode, TriesLeft]>([
    ['pin-wrong', 'locked'],
    ['pin-locked', 'unknown'],
  ])('stays when the token is locked now (%s, %s), takes no PIN any more, and ends as locked', async (code, tries) => {
    const { confirmation, pins, outcome } = open([{ outcome: refuse(code), tries }]);
    expect(await confirmation.submit('r1', '0000')).toMatchObject({ ok: false, code: 'pin-locked' });
    expect(confirmation.current()).toMatchObject({ value: { token: { tries: 'locked' } } });
    expect(await confirmation.submit('r1', '1111')).toMatchObject({ ok: false, code: 'pin-locked' });
    expect(pins).toEqual(['0000']);
    confirmation.cancel('r1');
    expect(await outcome).toMatchObject({ ok: false, code: 'pin-locked' });
  });

  it('ends when the token never answered: a second PIN would be one too many', async () => {
    const { confirmation, window, outcome } = open([{ outcome: refuse('pin-unanswered'), tries: 'unknown' }]);
    await confirmation.submit('r1', '0000');
    expect(await outcome).toMatchObject({ ok: false, code: 'pin-unanswered' });
    expect(window.close).toHaveBeenCalledOnce();
  });

  it('a second Enter while the token thinks is not a second try', async () => {
    const { confirmation, pins } = open([]);
    const [first, second] = await Promise.all([confirmation.submit('r1', 'a'), confirmation.submit('r1', 'a')]);
    expect(first.ok).toBe(true);
    expect(second.ok).toBe(false);
    expect(pins).toEqual(['a']);
  });

  it('closing the window or cancelling is a refusal, and nothing waits afterwards', async () => {
    const closed = open([]);
    closed.window.open.mock.calls[0]?.[0]();
    expect(await closed.outcome).toMatchObject({ code: 'pin-cancelled' });
    const cancelled = open([]);
    cancelled.confirmation.cancel('r1');
    expect(await cancelled.outcome).toMatchObject({ code: 'pin-cancelled' });
    expect(cancelled.confirmation.current().ok).toBe(false);
    expect((await cancelled.confirmation.submit('r1', 'x')).ok).toBe(false);
  });

  it('a PIN typed for one list never authorises another, also when the first is cancelled while the token thinks', async () => {
    const window = { open: vi.fn<(onClosed: () => void) => void>(), close: vi.fn<() => void>() };
    const confirmation = createConfirmation(window);
    const login = Promise.withResolvers<LoginAttempt>();
    const first = confirmation.authorise(request, () => login.promise);
    const submitted = confirmation.submit('r1', '1234');
    confirmation.cancel('r1');
    window.open.mock.calls[0]?.[0](); // and its window is closed, too
    const second = confirmation.authorise({ ...request, requestId: 'r2' }, async () => ({
      outcome: ok(null),
      tries: 'ok',
    }));
    expect(await second).toMatchObject({ ok: false, code: 'token-busy' });
    login.resolve({ outcome: ok(null), tries: 'ok' });
    expect(await first).toMatchObject({ ok: false, code: 'pin-cancelled' });
    expect(await submitted).toMatchObject({ ok: false, code: 'pin-cancelled' });
  });

  it('the old window of an ended request cannot cancel the next one', async () => {
    const window = { open: vi.fn<(onClosed: () => void) => void>(), close: vi.fn<() => void>() };
    const confirmation = createConfirmation(window);
    const first = confirmation.authorise(request, async () => ({ outcome: ok(null), tries: 'ok' }));
    await confirmation.submit('r1', '1234');
    expect(await first).toEqual(ok(null));
    const second = confirmation.authorise({ ...request, requestId: 'r2' }, async () => ({
      outcome: ok(null),
      tries: 'ok',
    }));
    window.open.mock.calls[0]?.[0]();
    expect(confirmation.current()).toMatchObject({ value: { requestId: 'r2' } });
    await confirmation.submit('r2', '1234');
    expect(await second).toEqual(ok(null));
  });

  it('refuses a second request while one waits, and a PIN for another request', async () => {
    const { confirmation, pins } = open([]);
    expect(await confirmation.authorise(request, async () => ({ outcome: ok(null), tries: 'ok' }))).toMatchObject({
      code: 'token-busy',
    });
    expect((await confirmation.submit('other', 'x')).ok).toBe(false);
    expect(pins).toEqual([]);
  });
});
