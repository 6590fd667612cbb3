/** @file What the flags and numbers of CK_TOKEN_INFO say about the PIN (PKCS#11 v2.40, 3.2). */
import type { TokenFacts } from './pkcs11-module.ts';
import type { Tries } from './token-source.ts';

export const CKF = {
  PROTECTED_AUTHENTICATION_PATH: 0x100,
  TOKEN_INITIALIZED: 0x400,
  USER_PIN_COUNT_LOW: 0x10000,
  USER_PIN_FINAL_TRY: 0x20000,
  USER_PIN_LOCKED: 0x40000,
  USER_PIN_TO_BE_CHANGED: 0x80000,
} as const;
/** More than any token takes; what is shown when a driver names no maximum. */
const MAX_PIN_BYTES = 255;

/**
 * Bytes. CK_UNAVAILABLE_INFORMATION (all bits set; some drivers set 32 of 64), CK_EFFECTIVELY_INFINITE (0) and a maximum
 * below the minimum name no limit: the token itself decides then.
 */
export function pinLengths(facts: Pick<TokenFacts, 'minPinLength' | 'maxPinLength'>): {
  minPinLength: number;
  maxPinLength: number;
} {
  const minPinLength = facts.minPinLength <= MAX_PIN_BYTES ? facts.minPinLength : 0;
  const isKnown = facts.maxPinLength > 0 && facts.maxPinLength >= minPinLength;
  return { minPinLength, maxPinLength: isKnown ? Math.min(facts.maxPinLength, MAX_PIN_BYTES) : MAX_PIN_BYTES };
}

/** How many tries are left, as far as the flags tell: CKF_USER_PIN_COUNT_LOW, _FINAL_TRY, _LOCKED. */
export function triesOf(flags: number): Tries {
  if ((flags & CKF.USER_PIN_LOCKED) !== 0) return 'locked';
  if ((flags & CKF.USER_PIN_FINAL_TRY) !== 0) return 'final';
  return (flags & CKF.USER_PIN_COUNT_LOW) !== 0 ? 'low' : 'ok';
}
