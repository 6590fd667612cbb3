/** @file Who is signed in, and how she likes her screen. */
import { create } from 'zustand';
import type { Role, SessionState, TextPercent, ThemeChoice } from '../../preload/types.ts';
import { ask } from '../app/bridge.ts';
import { ERROR_LANGUAGES, LANGUAGES, type LanguageName, type Words } from '../language/words.ts';
import type { ErrorSentences } from '../language/errors.vi.ts';
import { showFailure } from './failures.ts';

interface SessionView {
  readonly session: SessionState | null;
  readonly language: LanguageName;
  readonly theme: ThemeChoice;
  readonly textPercent: TextPercent;
}

export const useSession = create<SessionView>(() => ({
  session: null,
  language: 'vi',
  theme: 'system',
  textPercent: 100,
}));

export function useWords(): Words {
  return LANGUAGES[useSession((view) => view.language)];
}

export function currentWords(): Words {
  return LANGUAGES[useSession.getState().language];
}

export function useErrorSentences(): ErrorSentences {
  return ERROR_LANGUAGES[useSession((view) => view.language)];
}

export function useHasRole(role: Role): boolean {
  return useSession((view) => view.session?.officer?.roles.includes(role) ?? false);
}

export function hasRole(role: Role): boolean {
  return useSession.getState().session?.officer?.roles.includes(role) ?? false;
}

export async function loadSession(): Promise<void> {
  const answer = await ask('session.state', {});
  if (answer.ok) useSession.setState({ session: answer.value });
  else showFailure(answer, () => void loadSession());
}

export async function signOut(): Promise<void> {
  const answer = await ask('session.signOut', {});
  if (answer.ok) useSession.setState({ session: answer.value });
  else showFailure(answer);
}
