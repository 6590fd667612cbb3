/** @file A token in its slot: what was read of it, and the login it has, which ends with its session. */
import { createHash } from 'node:crypto';
import type { Certificate } from '../signing/certificate.ts';
import type { TokenFacts } from './pkcs11-module.ts';
import type { Token } from './protocol.ts';
import { describeCertificates } from './signing-certificates.ts';
import { CKF, pinLengths, triesOf } from './token-flags.ts';
import type { SigningKey, StoredCertificate } from './token-objects.ts';
import type { Tries } from './token-source.ts';

export interface Slot {
  readonly id: string;
  readonly slot: number;
  facts: TokenFacts;
  session: number | null;
  handles: readonly number[];
  certificates: readonly StoredCertificate[];
  isLoggedIn: boolean;
  /** By certificate; emptied with the session. */
  readonly keys: Map<Certificate, SigningKey>;
  /** A wrong PIN that raised no flag: this driver never counts, so its silence means nothing. */
  tellsNoTries: boolean;
  /** Known only after a login: private keys cannot be seen before. */
  asksPinPerSignature: boolean;
  /** Kept only for keys that ask for it at every signature; zeros otherwise and afterwards. */
  keptPin: Buffer | null;
}

/** A token that nobody has logged in to. @param slotNumber CK_SLOT_ID */
export function freshSlot(id: string, slotNumber: number, facts: TokenFacts): Slot {
  return {
    id,
    slot: slotNumber,
    facts,
    session: null,
    handles: [],
    certificates: [],
    isLoggedIn: false,
    keys: new Map(),
    keptPin: null,
    tellsNoTries: false,
    asksPinPerSignature: false,
  };
}

/** The same token in another slot, or another token in the same slot, is another identifier. @param path of the module */
export function tokenIdOf(path: string, slotNumber: number, facts: TokenFacts): string {
  const identity = [path, slotNumber, facts.serialNumber, facts.label].join('\0');
  return `p11-${createHash('sha256').update(identity).digest('hex').slice(0, 24)}`;
}

/** Drivers that never set a flag cannot be told from tokens with all tries left, until a wrong PIN leaves no mark. */
export function shownTries({ facts, tellsNoTries }: Pick<Slot, 'facts' | 'tellsNoTries'>): Tries {
  const tries = triesOf(facts.flags);
  return tries === 'ok' && tellsNoTries ? 'unknown' : tries;
}

/** Overwrites the PIN that was kept for keys which ask for it at every signature. */
export function forgetPin(slot: Slot): void {
  slot.keptPin?.fill(0);
  slot.keptPin = null;
}

/** As pages and the command line see it. @param nowMs the time that certificates are held against */
export function describeSlot(slot: Slot, nowMs: number): Token {
  const { facts } = slot;
  return {
    id: slot.id,
    label: facts.label || facts.model || facts.serialNumber,
    serialNumber: facts.serialNumber,
    model: [facts.manufacturer, facts.model].filter(Boolean).join(' '),
    isPractice: false,
    tries: shownTries(slot),
    ...pinLengths(facts),
    hasProtectedPath: (facts.flags & CKF.PROTECTED_AUTHENTICATION_PATH) !== 0,
    asksPinPerSignature: slot.asksPinPerSignature,
    mustChangePin: (facts.flags & CKF.USER_PIN_TO_BE_CHANGED) !== 0,
    certificates: describeCertificates(
      slot.certificates.map((stored) => stored.certificate),
      nowMs,
    ),
  };
}
