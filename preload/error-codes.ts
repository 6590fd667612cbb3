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
  'result-signed-already', // by the same certificate: person and agency sign with their own
  'results-of-two-steps', // some wait for the person, some for the agency
  'result-unconfirmed', // what was read from it does not fit the dossier, and nobody said why it belongs there
  'record-incomplete', // a record of the backlog without a value it must be found by, or still being read
  'record-duplicate', // this number and year are in the series already
  'stack-full',
  'stack-in-use', // records were made of its pages
  'transition-not-allowed',
  'backdating',
  // capture
  'capture-running', // pages are still coming into the dossier that was to be sealed
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
  'pdf-page-too-complex', // not drawn within the time and memory of a page
  'file-too-large',
  'file-not-found', // a file somebody named that is not there or may not be read
  'file-exists', // an output that would overwrite a file
  // recognition
  'no-identity-code',
  'identity-code-unreadable',
  // token and signing
  'token-module-missing',
  'token-module-refused',
  'token-missing',
  'token-removed',
  'token-busy', // this program signs with it right now
  'token-held', // another program has the card, or the device has a fault
  'token-not-responding',
  'token-failed',
  'pin-wrong',
  'pin-locked',
  'pin-length',
  'pin-unanswered', // the token never said whether the PIN was right: a try may be gone
  'pin-must-change', // still the PIN of the maker, and the token wants its own first
  'pin-last-try', // a wrong PIN now would lock the token: only a person may go on
  'pin-cancelled',
  'certificate-missing',
  'certificate-expired',
  'certificate-not-for-signing',
  'certificate-mismatch', // the chosen certificate is not the one on the token any more
  'signature-does-not-verify', // what the token returned does not fit its own certificate
  'pdf-not-signable',
  'pdf-damaged', // its tables do not add up: signing would be a guess at what it shows
  'pdf-not-permitted', // the permissions of an encrypted file
  'pdf-certified-no-changes',
  'xml-not-signable',
  'signature-place-outside', // a rectangle that leaves the page, or is too small for what must stand in it
  'signature-field-missing', // the named field is not in the document, or signed already
  'signature-image-missing', // no registered seal or signature, or a seal whose size nobody knows
  'certificate-revoked',
  'certificate-not-trusted', // its chain ends at no root of this counter
  'authority-unreachable', // a responder, revocation list or time-stamp authority that does not answer
  'time-stamp-refused', // every time-stamp authority refused, or answered with what is no right token
  // bridge for the province's web pages
  'bridge-port-taken', // another signing service listens there
  'bridge-origin-refused', // a person or the administrator said no to this web page
  'bridge-address-refused', // a file address that this web page may not name
  'bridge-request-unreadable', // a frame that is not what the operation expects
  'bridge-not-supported',
  'bridge-busy', // too many requests wait already
  'bridge-hash-refused', // a bare hash or challenge from a page the administrator did not name for it
  'bridge-download-failed',
  'bridge-upload-failed', // signed and kept; can be sent again without signing
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
