/** @file The sentences of `errors.vi.ts` in English, for maintainers. */
import type { ErrorSentences } from './errors.vi.ts';

const KEPT = 'Everything typed and every scanned page is still on this PC.';
const UNSIGNED = 'Nothing has been signed. The original file is unchanged.';
const QUEUED = 'The dossier is safe on this PC and has not been sent.';
const KEPT_PAGES = 'The file itself is unchanged. Pages taken in before it are still in the dossier.';
const UNTOUCHED = 'Nothing has changed.';
const PAGES = 'Pages already scanned are still in the dossier.';

export const errorsEn: ErrorSentences = {
  internal: {
    what: 'The program met an unexpected error.',
    safe: KEPT,
    next: 'Try once more. If it fails again, copy the technical detail for IT.',
  },
  'bad-request': {
    what: 'The program did not understand the request.',
    safe: UNTOUCHED,
    next: 'Reopen the dossier and try again, or copy the technical detail for IT.',
  },
  'not-allowed': {
    what: 'You may not do this, or your session has ended.',
    safe: UNTOUCHED,
    next: 'Sign in again, or ask someone who may.',
  },
  cancelled: {
    what: 'This was stopped as asked.',
    safe: 'What was finished before is kept.',
    next: 'Start again when needed.',
  },
  timeout: {
    what: 'No answer came in time.',
    safe: KEPT,
    next: 'Try again. If it repeats, press F9 to check devices.',
  },
  'room-stopped': {
    what: 'A part of the program stopped and has been restarted.',
    safe: KEPT,
    next: 'Repeat the last step.',
  },
  'already-running': {
    what: 'The program is already open in another window.',
    safe: UNTOUCHED,
    next: 'Switch to that window.',
  },
  'settings-unreadable': {
    what: 'The settings of this machine cannot be read.',
    safe: 'Nothing was changed.',
    next: 'Tell IT: the file and the place in it are named below.',
  },
  'wrong-officer-pin': { what: 'The PIN is not right.', safe: UNTOUCHED, next: 'Type your PIN again.' },
  'officer-locked-out': {
    what: 'Too many wrong PINs; you have to wait.',
    safe: 'Your dossiers are intact.',
    next: 'Wait a few minutes, or ask the administrator to reset your PIN.',
  },
  'not-found': { what: 'This item is not in the store.', safe: UNTOUCHED, next: 'Choose again from the list.' },
  'stale-revision': {
    what: 'The dossier has just been changed elsewhere.',
    safe: 'The newest version is kept.',
    next: 'Look at the dossier and repeat the last step.',
  },
  'store-locked': {
    what: 'Another program is using the store.',
    safe: 'The data is intact.',
    next: 'Close the other program and start again.',
  },
  'store-damaged': {
    what: 'The store on this PC is damaged.',
    safe: 'Writing has stopped to prevent more harm. Dossiers the province received are there.',
    next: 'Do not switch off. Call IT to restore a backup.',
  },
  'store-key-missing': {
    what: 'The key of the store cannot be found.',
    safe: 'The data is intact but locked.',
    next: 'Call IT to open it with the escrow key.',
  },
  'store-newer': {
    what: 'The store was written by a newer version.',
    safe: 'The data is intact and untouched.',
    next: 'Update the program on this PC.',
  },
  'store-other-mode': {
    what: 'This store belongs to the other mode: practice and real work never share one.',
    safe: 'The data is intact and untouched.',
    next: 'Tell IT: set the mode back in the settings, or give each mode a data folder of its own.',
  },
  'disk-full': {
    what: 'The disk is full.',
    safe: 'What was saved before is kept. The last step is not saved.',
    next: 'Free some space and repeat the last step.',
  },
  'disk-error': {
    what: 'The disk cannot be written or read.',
    safe: 'What was saved before is kept. The last step is not saved.',
    next: 'Try again. If it fails, have IT check the disk.',
  },
  'draft-incomplete': {
    what: 'The dossier is incomplete and cannot be sealed.',
    safe: KEPT,
    next: 'Finish the items marked as missing.',
  },
  'dossier-sealed': {
    what: 'The dossier is sealed and cannot be edited.',
    safe: 'The dossier is intact.',
    next: 'If papers are needed, issue a supplement request.',
  },
  'procedure-unknown': {
    what: 'This procedure is not in the catalogue in force.',
    safe: KEPT,
    next: 'Search for the procedure by name.',
  },
  'component-not-in-procedure': {
    what: 'This component does not belong to the chosen procedure.',
    safe: KEPT,
    next: 'Choose a component from the list.',
  },
  'component-not-digitised': {
    what: 'This component need not be scanned.',
    safe: KEPT,
    next: 'Only note its form and quantity.',
  },
  'result-missing': {
    what: 'There is no signed result file for this dossier.',
    safe: UNTOUCHED,
    next: 'Attach this dossier’s result and sign it.',
  },
  'result-of-another-dossier': {
    what: 'This file is already the result of another dossier.',
    safe: 'Both dossiers are unchanged.',
    next: 'Choose the result file of this dossier.',
  },
  'result-mismatch': {
    what: 'The result file does not fit the dossier.',
    safe: UNTOUCHED,
    next: 'Check name, number and date, then choose the right file.',
  },
  'result-unconfirmed': {
    what: 'It is not certain that this file is the result of the dossier: name, number or date differ.',
    safe: UNTOUCHED,
    next: 'Compare line by line; if it does belong here, say why and attach it.',
  },
  'result-signed-already': {
    what: 'This certificate has signed this result already.',
    safe: 'The earlier signature stands; the result still waits for the missing one.',
    next: 'Plug in the token of whoever has yet to sign.',
  },
  'results-of-two-steps': {
    what: 'Some of the chosen results wait for the person and some for the agency.',
    safe: UNSIGNED,
    next: 'Choose each kind by itself: each takes its own certificate.',
  },
  'record-incomplete': {
    what: 'The record lacks a required value, has one that cannot be right, or its pages are still being read.',
    safe: 'What was typed is kept.',
    next: 'Fill in or correct the marked fields, then confirm again.',
  },
  'record-duplicate': {
    what: 'This number and year are in the series already.',
    safe: UNTOUCHED,
    next: 'Compare with the record that is there. If both are right, write down why and confirm again.',
  },
  'stack-full': {
    what: 'The stack has as many pages as it can hold.',
    safe: 'The pages scanned so far are still in the stack.',
    next: 'Open a new stack and feed the rest into it; confirming records makes no room in this one.',
  },
  'stack-in-use': {
    what: 'Records were made of this stack, so it cannot be discarded.',
    safe: UNTOUCHED,
    next: 'Hide the pages that are not needed instead.',
  },
  'transition-not-allowed': {
    what: 'The dossier’s state does not allow this.',
    safe: UNTOUCHED,
    next: 'See the state at the top of the dossier.',
  },
  backdating: {
    what: 'The time went back behind the last record.',
    safe: 'Nothing was back-dated.',
    next: 'Set the PC’s clock and try again.',
  },
  'capture-running': {
    what: 'Papers are still being scanned or imported into this dossier, so it cannot be saved yet.',
    safe: 'The pages that came are in the dossier; nothing has been sent.',
    next: 'Wait for the scan to end or stop it, then save again.',
  },
  'scanner-offline': {
    what: 'The scanner does not answer.',
    safe: PAGES,
    next: 'Switch it on, check cable or network, then press F2.',
  },
  'scanner-busy': { what: 'The scanner is busy.', safe: PAGES, next: 'Wait until it is free, then press F2.' },
  'scanner-jam': {
    what: 'Paper is jammed in the scanner.',
    safe: PAGES,
    next: 'Remove the sheet, put it back on top and press F2.',
  },
  'scanner-cover-open': { what: 'The scanner cover is open.', safe: PAGES, next: 'Close it and press F2.' },
  'scanner-feeder-empty': { what: 'There is no paper in the feeder.', safe: PAGES, next: 'Put paper in and press F2.' },
  'scanner-double-feed': {
    what: 'The scanner pulled two sheets at once.',
    safe: PAGES,
    next: 'Part them, put them back and press F2.',
  },
  'scanner-settings-refused': {
    what: 'The scanner refused the chosen settings.',
    safe: UNTOUCHED,
    next: 'Choose another source or resolution and press F2.',
  },
  'scanner-failed': {
    what: 'The scanner reported an error.',
    safe: PAGES,
    next: 'Switch it off and on, then press F2.',
  },
  'print-failed': {
    what: 'It could not be printed.',
    safe: KEPT,
    next: 'Check the printer, then print again from the dossier.',
  },
  'file-empty': { what: 'The chosen file is empty.', safe: KEPT_PAGES, next: 'Choose another file.' },
  'file-not-supported': {
    what: 'This kind of file cannot be read.',
    safe: KEPT_PAGES,
    next: 'Use PDF, TIFF, JPEG, PNG or HEIC.',
  },
  'file-damaged': {
    what: 'The file is damaged.',
    safe: KEPT_PAGES,
    next: 'Ask for it again, or scan the paper.',
  },
  'image-too-large': { what: 'The image is too large.', safe: KEPT_PAGES, next: 'Scan again at 200 or 300 dpi.' },
  'pdf-password': {
    what: 'The PDF has a password.',
    safe: KEPT_PAGES,
    next: 'Ask for one without, or print and scan it.',
  },
  'pdf-page-too-complex': {
    what: 'A page of the PDF is too complex: it could not be drawn in the time allowed.',
    safe: KEPT_PAGES,
    next: 'Print that page and scan it, or ask for the file again.',
  },
  'pdf-too-many-pages': {
    what: 'The PDF has too many pages.',
    safe: KEPT_PAGES,
    next: 'Split it and import the parts.',
  },
  'file-too-large': { what: 'The file is too large.', safe: KEPT_PAGES, next: 'Scan again at 200 dpi, or split it.' },
  'file-not-found': {
    what: 'A named file cannot be opened.',
    safe: 'No file has been changed.',
    next: 'Check its name, folder and read permission, then try again.',
  },
  'file-exists': {
    what: 'A file of that name already stands where the result would go.',
    safe: 'The existing file is untouched; nothing was overwritten.',
    next: 'Choose another folder, or move the old file away.',
  },
  'no-identity-code': {
    what: 'No QR code of an ID card was found.',
    safe: UNTOUCHED,
    next: 'Lay the card straight and read again, or type.',
  },
  'identity-code-unreadable': {
    what: 'The QR code is not that of an ID card.',
    safe: UNTOUCHED,
    next: 'Show the side with the QR code, or type.',
  },
  'token-module-missing': {
    what: 'The token’s software is not installed.',
    safe: UNSIGNED,
    next: 'Ask IT to install the vendor’s software.',
  },
  'token-module-refused': {
    what: 'The token’s software is not allowed on this PC.',
    safe: UNSIGNED,
    next: 'Ask IT to check the list of allowed modules.',
  },
  'token-missing': {
    what: 'No USB token is plugged in.',
    safe: UNSIGNED,
    next: 'Plug it in, wait a few seconds, sign again.',
  },
  'token-removed': {
    what: 'The token was pulled out while signing.',
    safe: 'Signed files are kept, the others are unchanged.',
    next: 'Plug it in and sign the rest.',
  },
  'token-busy': {
    what: 'The token is signing another batch of this program.',
    safe: UNSIGNED,
    next: 'Wait for that batch to end, or stop it, then sign again.',
  },
  'token-held': {
    what: 'The token reports a device error: usually another program holds it (signing, tax or insurance software).',
    safe: 'Files already signed are kept; the others are unchanged.',
    next: 'Close that program and go on signing. If there is none, plug the token into another port.',
  },
  'token-not-responding': {
    what: 'The token does not answer.',
    safe: 'Signed files are kept, the others are unchanged.',
    next: 'Pull it out, wait five seconds, plug it in and go on.',
  },
  'token-failed': {
    what: 'The token reported an error.',
    safe: UNSIGNED,
    next: 'Plug it in again and sign. If it fails, copy the technical detail for IT.',
  },
  'pin-wrong': {
    what: 'The token’s PIN is not right.',
    safe: UNSIGNED,
    next: 'See how many tries are left, then type with care.',
  },
  'pin-locked': {
    what: 'The token is locked after too many wrong PINs.',
    safe: UNSIGNED,
    next: 'Ask the issuer to unlock it.',
  },
  'pin-unanswered': {
    what: 'The token did not answer after it was given the PIN.',
    safe: 'Nothing was signed. This PIN try may have been used.',
    next: 'Unplug the token, wait five seconds, plug it in. See how many tries are left before typing the PIN again.',
  },
  'pin-must-change': {
    what: 'The token still has its initial PIN and wants it changed before signing.',
    safe: UNSIGNED,
    next: "Change the PIN in the token's own program, then sign again.",
  },
  'pin-length': { what: 'The PIN is too short or too long.', safe: 'No try was used.', next: 'Type the full PIN.' },
  'pin-last-try': {
    what: 'The token has a single PIN try left.',
    safe: 'No PIN was tried and nothing was signed.',
    next: 'Its holder types the PIN in person; when in doubt, ask the issuer first.',
  },
  'pin-cancelled': { what: 'You chose not to sign.', safe: UNSIGNED, next: 'Press F4 when you want to sign.' },
  'certificate-missing': {
    what: 'The certificate is not on the token.',
    safe: UNSIGNED,
    next: 'Check that it is your token, then sign again.',
  },
  'certificate-expired': {
    what: 'The certificate has expired or is not yet valid.',
    safe: UNSIGNED,
    next: 'Ask the issuer to renew it.',
  },
  'certificate-not-for-signing': {
    what: 'This certificate is not for signing documents.',
    safe: UNSIGNED,
    next: 'Choose another certificate.',
  },
  'certificate-mismatch': {
    what: 'The token no longer holds the chosen certificate.',
    safe: UNSIGNED,
    next: 'Plug in the right token and sign again.',
  },
  'signature-does-not-verify': {
    what: 'The token’s signature does not fit its certificate.',
    safe: 'The signature was thrown away, the file is unchanged.',
    next: 'Sign again. If it repeats, change the token and tell IT.',
  },
  'pdf-not-signable': {
    what: 'This kind of PDF cannot be signed here: an XFA form, a portfolio, special encryption, or its author set conditions for signers.',
    safe: UNSIGNED,
    next: 'See the details for the reason; ask for a plain PDF, or print and scan it.',
  },
  'pdf-damaged': {
    what: 'The structure of this PDF is damaged, so it cannot be signed.',
    safe: UNSIGNED,
    next: 'Open it in a PDF program, repair it and save it as a new file, then sign that one (earlier signatures are lost); or print and scan it.',
  },
  'pdf-not-permitted': {
    what: 'The author of this PDF does not permit further signatures.',
    safe: UNSIGNED,
    next: "Use the file's owner password, or ask for a copy without restrictions.",
  },
  'xml-not-signable': {
    what: 'This XML file carries a signature already; another one inside would break it.',
    safe: 'No signature has been made.',
    next: 'Sign it detached (CAdES), or sign the XML without a signature.',
  },
  'pdf-certified-no-changes': {
    what: 'An earlier signer locked the file.',
    safe: UNSIGNED,
    next: 'Ask the sender for one that may be signed.',
  },
  'signature-place-outside': {
    what: 'The place of the signature is outside the page, or too small.',
    safe: UNSIGNED,
    next: 'Put the rectangle inside the page and sign again.',
  },
  'signature-field-missing': {
    what: 'The document has no signature field of that name, or that field is signed already.',
    safe: UNSIGNED,
    next: 'Check the name of the field, or name none and let the program choose the place.',
  },
  'signature-image-missing': {
    what: 'There is no picture of the seal or signature, or it does not say its true size.',
    safe: UNSIGNED,
    next: 'Register the picture at the signing desk, with the width of the seal in millimetres.',
  },
  'certificate-revoked': {
    what: 'The certificate of the signer or of the time-stamp authority has been revoked.',
    safe: 'The signed file is kept as it is.',
    next: 'Sign again with a certificate in force; tell the technicians if it is the time-stamp authority.',
  },
  'certificate-not-trusted': {
    what: 'The certificate leads to no root that this machine trusts.',
    safe: 'The signed file is kept as it is; only validation data is missing.',
    next: 'Ask the technicians to put the root certificate into the trust folder.',
  },
  'authority-unreachable': {
    what: 'The certification service (OCSP, CRL or time-stamp) does not answer.',
    safe: 'Signatures made so far stand; validation data will be fetched again.',
    next: 'Check the network or wait; the program tries again by itself.',
  },
  'time-stamp-refused': {
    what: 'The time-stamp authority refuses, or answers with a time-stamp that is not right.',
    safe: 'The signature made stands; only its time-stamp is missing.',
    next: 'Ask the technicians to check the address of the time-stamp authority in the settings.',
  },
  'province-unreachable': {
    what: 'The province cannot be reached.',
    safe: QUEUED,
    next: 'Go on working. It is sent when the network is back.',
  },
  'province-refused': {
    what: 'The province refused this request.',
    safe: QUEUED,
    next: 'See the reason in the detail, mend it or tell IT.',
  },
  'receipt-invalid': {
    what: 'The province’s receipt has a wrong signature.',
    safe: 'The dossier stays here and does not count as sent.',
    next: 'The program asks again. If it repeats, tell IT.',
  },
  'clock-off': {
    what: 'The PC’s clock is far from the province’s.',
    safe: QUEUED,
    next: 'Set the clock; sending goes on by itself.',
  },
  'bridge-port-taken': {
    what: 'The signing port for web pages is taken: VGCA Sign Service is running on this PC.',
    safe: UNTOUCHED,
    next: 'Go on with VGCA Sign Service, or close it and press “Open the port again”.',
  },
  'bridge-origin-refused': {
    what: 'This web page may not use the signing key of this PC.',
    safe: UNSIGNED,
    next: 'If the page belongs to your office, try again and choose “Allow”, or ask the administrator to list it.',
  },
  'bridge-address-refused': {
    what: 'The web page named a file address that the program may not reach.',
    safe: UNSIGNED,
    next: 'Ask the administrator to list the file server.',
  },
  'bridge-request-unreadable': {
    what: 'The web page sent a request in the wrong form: a JSON text is needed.',
    safe: UNSIGNED,
    next: 'Tell the people who run the web page.',
  },
  'bridge-not-supported': {
    what: 'Quầy Một Cửa does not do this for web pages.',
    safe: UNSIGNED,
    next: 'Do it in Quầy Một Cửa, or use VGCA Sign Service.',
  },
  'bridge-busy': {
    what: 'The web page has too many requests waiting.',
    safe: UNSIGNED,
    next: 'Answer the requests on the screen, then try again.',
  },
  'bridge-hash-refused': {
    what: 'The web page asks to sign a code whose content nobody can see. Only pages named by the administrator may.',
    safe: UNSIGNED,
    next: 'Ask the administrator to list the page, if it belongs to your office.',
  },
  'bridge-download-failed': {
    what: 'The file to sign could not be fetched from the web page.',
    safe: UNSIGNED,
    next: 'Sign in to the web page again, then try again.',
  },
  'bridge-upload-failed': {
    what: 'Signed, but the web page did not take the file.',
    safe: 'The signed file is kept on this PC; it need not be signed again.',
    next: 'Open Quầy Một Cửa, press F9, then “Send again”.',
  },
};
