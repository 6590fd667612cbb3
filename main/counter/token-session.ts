/**
 * @file One login for one list of documents: the token is taken for it alone, a person is asked, the work is done, and the
 * token is logged out whatever happened. Nobody else of this program signs with that token meanwhile.
 */
import { refuse, type Result } from '../../preload/result.ts';
import type { SigningRequest } from '../../preload/types.ts';
import type { Authoriser, LoginAttempt } from '../ports/ports.ts';
import type { Token } from '../token/protocol.ts';
import type { Rooms } from './rooms.ts';

type TokenRoom = Rooms['token'];

/** Tokens in use, for as long as their room lives. */
const inUse = new WeakMap<TokenRoom, Set<string>>();

/** @returns `token-busy` without asking anybody while the token signs something else. */
export async function withToken<T>(
  room: TokenRoom,
  authoriser: Authoriser,
  token: Token,
  request: SigningRequest,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const taken = inUse.get(room) ?? new Set();
  inUse.set(room, taken);
  if (taken.has(token.id)) return refuse('token-busy', token.label);
  taken.add(token.id);
  let isLoggedIn = false;
  const attempt = async (pin: Uint8Array | null): Promise<LoginAttempt> => {
    const outcome = await logIn(room, token.id, pin);
    isLoggedIn = outcome.ok;
    return { outcome, tries: outcome.ok ? outcome.value.tries : await triesLeft(room, token.id) };
  };
  try {
    const authorised = await authoriser.authorise(request, attempt);
    return authorised.ok ? await work() : authorised;
  } finally {
    // Also when the person gave up while the token was still thinking: no login outlives its list of documents.
    if (isLoggedIn) await room.call('logout', { tokenId: token.id });
    taken.delete(token.id);
  }
}

/** A process that died with the PIN in hand, or was ended because it did not come back, may have spent a try. */
async function logIn(
  room: TokenRoom,
  tokenId: string,
  pin: Uint8Array | null,
): Promise<Result<{ readonly tries: Token['tries'] }>> {
  const outcome = await room.call('login', { tokenId, pin });
  if (outcome.ok || (outcome.code !== 'room-stopped' && outcome.code !== 'timeout')) return outcome;
  return refuse('pin-unanswered', outcome.detail);
}

async function triesLeft(room: TokenRoom, tokenId: string): Promise<Token['tries']> {
  const after = await room.call('list', {});
  const same = after.ok ? after.value.find((candidate) => candidate.id === tokenId) : undefined;
  return same?.tries ?? 'unknown';
}
