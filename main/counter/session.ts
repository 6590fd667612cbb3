/** @file Who sits at the counter. One officer at a time; switching takes one PIN. */
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { Officer, Role, SessionState } from '../../preload/types.ts';
import type { Settings } from '../settings/settings.ts';
import type { Rooms } from './rooms.ts';

export interface Session {
  readonly state: () => SessionState;
  readonly officers: () => Promise<Result<readonly Officer[]>>;
  readonly signIn: (officerId: string, pin: string) => Promise<Result<SessionState>>;
  readonly signOut: () => SessionState;
  /** The officer when one of `roles` is hers; otherwise a refusal. */
  readonly require: (roles: readonly Role[] | 'anyone') => Result<Officer | null>;
}

export function createSession(
  rooms: Rooms,
  settings: Settings,
  about: { readonly host: string; readonly version: string },
): Session {
  let officer: Officer | null = null;
  const state = (): SessionState => ({
    officer,
    isPractice: settings.mode === 'practice',
    host: about.host,
    version: about.version,
    agencyName: settings.agency.name,
    counterName: settings.counter.name,
  });
  return {
    state,
    officers: () => rooms.store.call('listOfficers', {}),
    signIn: async (officerId, pin) => {
      const verified = await rooms.store.call('verifyOfficer', { officerId, pin });
      if (!verified.ok) return verified;
      officer = verified.value;
      return ok(state());
    },
    signOut: () => {
      officer = null;
      return state();
    },
    require: (roles) => {
      if (roles === 'anyone') return ok(officer);
      if (!officer) return refuse('not-allowed', 'nobody is signed in');
      const has = officer.roles.some((role) => roles.includes(role));
      return has ? ok(officer) : refuse('not-allowed', `needs one of ${roles.join(', ')}`);
    },
  };
}
