/**
 * @file Which web pages an officer has allowed, and until when. The administrator's list beats it. A file that cannot be
 * read counts as no consent: the officer is asked again.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { WebOrigin } from '../../bridge/protocol.ts';
import type { Clock } from '../../ports/ports.ts';
import { writeDurably } from './durable-file.ts';

export const REMEMBER_DAYS = 30;
const DAY_MS = 86_400_000;
/** A page that was refused may not ask again at once, so that it cannot wear anybody down. */
const REFUSAL_MS = 5 * 60_000;
/** Names are cheap: after this many refusals nobody new may ask for as long. */
const MAX_REFUSALS = 3;
const MAX_CONSENTS = 500;

const Consent = z.strictObject({ origin: WebOrigin, officerId: z.string(), expiresAt: z.string() });
type Consent = z.infer<typeof Consent>;

export interface Consents {
  readonly stateOf: (origin: string, officerId: string) => 'allowed' | 'refused' | 'unknown';
  readonly remember: (origin: string, officerId: string) => Promise<void>;
  readonly refuse: (origin: string, officerId: string) => void;
  readonly forget: (origin: string, officerId: string) => Promise<void>;
  readonly list: (officerId: string) => readonly { readonly origin: string; readonly expiresAt: string | null }[];
}

export function openConsents(path: string, allowedOrigins: readonly string[], clock: Clock): Consents {
  let consents = readConsents(path);
  const refusals = new Map<string, number>();
  const keyOf = (origin: string, officerId: string): string => `${officerId} ${origin}`;
  const isCurrent = ({ expiresAt }: Consent): boolean => Date.parse(expiresAt) > clock.now();

  async function replace(next: readonly Consent[]): Promise<void> {
    consents = next.filter(isCurrent).slice(-MAX_CONSENTS);
    await writeDurably(path, JSON.stringify(consents, null, 2));
  }
  const others = (origin: string, officerId: string): readonly Consent[] =>
    consents.filter((consent) => consent.origin !== origin || consent.officerId !== officerId);

  return {
    stateOf: (origin, officerId) => {
      if (allowedOrigins.length > 0) return allowedOrigins.includes(origin) ? 'allowed' : 'refused';
      for (const [key, at] of refusals) if (Math.abs(clock.now() - at) >= REFUSAL_MS) refusals.delete(key);
      const found = consents.find((consent) => consent.origin === origin && consent.officerId === officerId);
      if (refusals.has(keyOf(origin, officerId))) return 'refused';
      if (found && isCurrent(found)) return 'allowed';
      return refusals.size >= MAX_REFUSALS ? 'refused' : 'unknown';
    },
    remember: (origin, officerId) => {
      const expiresAt = new Date(clock.now() + REMEMBER_DAYS * DAY_MS).toISOString();
      return replace([...others(origin, officerId), { origin, officerId, expiresAt }]);
    },
    refuse: (origin, officerId) => void refusals.set(keyOf(origin, officerId), clock.now()),
    forget: (origin, officerId) => replace(others(origin, officerId)),
    list: (officerId) => [
      ...allowedOrigins.map((origin) => ({ origin, expiresAt: null })),
      ...consents
        .filter((consent) => allowedOrigins.length === 0 && consent.officerId === officerId && isCurrent(consent))
        .map(({ origin, expiresAt }) => ({ origin, expiresAt })),
    ],
  };
}

function readConsents(path: string): readonly Consent[] {
  try {
    return z.array(Consent).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return [];
  }
}
