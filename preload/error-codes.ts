/**
 * @file Every expected failure of the program, once. `renderer/language/errors.*.ts` holds the sentences (what happened,
 * what is safe, what to do next); a test compares the tables.
 */
export const ERROR_CODES = [
  // borders
  'internal', // a bug; logged with its stack
  'bad-request', // a message that does not fit its schema
  'not-allowed', // wrong page, role, or nobody signed in
  'cancelled',
  'timeout',
  'room-stopped', // the process that had to answer died; it has been restarted
  'already-running', // a second instance
  'settings-unreadable', // a policy or settings file exists but cannot be understood
  // session
  'wrong-officer-pin',
  'officer-locked-out',
  // store
  'not-found',
  'stale-revision', // somebody else changed it meanwhile
  'store-locked', // another process owns the store
  'store-damaged',
  'store-key-missing',
  'store-newer', // written by a newer version of the program
  'store-other-mode', // a practice store opened for real work, or the reverse
  'disk-full',
  'disk-error',
  // dossier rules
  'draft-incomplete',
  'dossier-sealed',
  'procedure-unknown',
  'component-not-in-procedure',
  'component-not-digitised', // this component must not or need not be scanned
  'result-missing',
  'result-of-another-dossier',
  'result-mismatch',
  'transition-not-allowed',
  'backdating',
  // capture
  'scanner-offline',
  'scanner-busy',
  'scanner-jam',
  'scanner-cover-open',
  'scanner-feeder-empty',
  'scanner-double-feed',
  'scanner-settings-refused',
  'scanner-failed',
  'print-failed',
  // input files
  'file-empty',
  'file-not-supported',
  'file-damaged',
  'image-too-large',
  'pdf-password',
  'pdf-too-many-pages',
  'file-too-large',
  // recognition
  'no-identity-code',
  'identity-code-unreadable',
  // token and signing
  'token-module-missing',
  'token-module-refused',
  'token-missing',
  'token-removed',
  'token-busy',
  'token-not-responding',
  'token-failed',
  'pin-wrong',
  'pin-locked',
  'pin-length',
  'pin-cancelled',
  'certificate-missing',
  'certificate-expired',
  'certificate-not-for-signing',
  'certificate-mismatch', // the chosen certificate is not the one on the token any more
  'signature-does-not-verify', // what the token returned does not fit its own certificate
  'pdf-not-signable',
  'pdf-certified-no-changes',
  'authority-unreachable', // a responder, revocation list or time-stamp authority that does not answer
  // sync
  'province-unreachable',
  'province-refused',
  'receipt-invalid',
  'clock-off',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** A code that came over a wire: anything not in the table is a bug on the other side. */
export function asErrorCode(code: string): ErrorCode {
  return (ERROR_CODES as readonly string[]).includes(code) ? (code as ErrorCode) : 'internal';
}
