/** @file Return values of PKCS#11 (v2.40, 5.1) as failures an officer can be told about. */
import { Failure } from '../rooms/failure.ts';
import type { ErrorCode } from '../../preload/error-codes.ts';

export const CKR = {
  OK: 0x00,
  SLOT_ID_INVALID: 0x03,
  GENERAL_ERROR: 0x05,
  FUNCTION_FAILED: 0x06,
  ARGUMENTS_BAD: 0x07,
  ATTRIBUTE_SENSITIVE: 0x11,
  ATTRIBUTE_TYPE_INVALID: 0x12,
  DEVICE_ERROR: 0x30,
  DEVICE_MEMORY: 0x31,
  DEVICE_REMOVED: 0x32,
  FUNCTION_CANCELED: 0x50,
  FUNCTION_NOT_SUPPORTED: 0x54,
  KEY_HANDLE_INVALID: 0x60,
  KEY_TYPE_INCONSISTENT: 0x63,
  KEY_FUNCTION_NOT_PERMITTED: 0x68,
  MECHANISM_INVALID: 0x70,
  OBJECT_HANDLE_INVALID: 0x82,
  OPERATION_ACTIVE: 0x90,
  PIN_INCORRECT: 0xa0,
  PIN_INVALID: 0xa1,
  PIN_LEN_RANGE: 0xa2,
  PIN_EXPIRED: 0xa3,
  PIN_LOCKED: 0xa4,
  SESSION_CLOSED: 0xb0,
  SESSION_COUNT: 0xb1,
  SESSION_HANDLE_INVALID: 0xb3,
  TOKEN_NOT_PRESENT: 0xe0,
  TOKEN_NOT_RECOGNIZED: 0xe1,
  USER_ALREADY_LOGGED_IN: 0x100,
  USER_NOT_LOGGED_IN: 0x101,
  USER_PIN_NOT_INITIALIZED: 0x102,
  USER_TYPE_INVALID: 0x103,
  USER_ANOTHER_ALREADY_LOGGED_IN: 0x104,
  BUFFER_TOO_SMALL: 0x150,
  CRYPTOKI_NOT_INITIALIZED: 0x190,
  CRYPTOKI_ALREADY_INITIALIZED: 0x191,
} as const;

/**
 * Only what says "PIN" counts as a PIN error: CKR_FUNCTION_FAILED and its like are faults of the driver or the card, and
 * telling an officer to type again would burn tries.
 */
const CODES: Readonly<Record<number, ErrorCode>> = {
  [CKR.SLOT_ID_INVALID]: 'token-removed',
  // What a driver says when another program holds the card for itself (SCARD_E_SHARING_VIOLATION underneath).
  [CKR.DEVICE_ERROR]: 'token-held',
  [CKR.DEVICE_REMOVED]: 'token-removed',
  [CKR.FUNCTION_CANCELED]: 'pin-cancelled',
  [CKR.PIN_INCORRECT]: 'pin-wrong',
  [CKR.PIN_INVALID]: 'pin-wrong',
  [CKR.PIN_LEN_RANGE]: 'pin-length',
  [CKR.PIN_EXPIRED]: 'pin-must-change',
  [CKR.PIN_LOCKED]: 'pin-locked',
  [CKR.SESSION_CLOSED]: 'token-removed',
  [CKR.SESSION_COUNT]: 'token-held',
  [CKR.SESSION_HANDLE_INVALID]: 'token-removed',
  [CKR.TOKEN_NOT_PRESENT]: 'token-removed',
  [CKR.USER_ANOTHER_ALREADY_LOGGED_IN]: 'token-held',
  [CKR.USER_NOT_LOGGED_IN]: 'token-removed',
};

/** The failure for a return value that is not CKR_OK; the raw value stays visible in the detail. */
export function pkcs11Failure(call: string, code: number): Failure {
  const name = Object.entries(CKR).find(([, value]) => value === code)?.[0];
  const raw = `0x${code.toString(16).padStart(8, '0')}`;
  return new Failure(CODES[code] ?? 'token-failed', `${call}: ${name ? `CKR_${name} (${raw})` : raw}`);
}
