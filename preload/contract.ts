/**
 * @file The one contract between the screens and the program: every channel with its request and answer, which page may
 * call it, and which roles. `main/ipc/schemas.ts` has a zod schema for each, `main/ipc/handlers.ts` a handler, the bridge a
 * method, `docs/channels.md` a row; a test compares the five.
 */
import type * as b from './backlog-types.ts';
import type * as t from './types.ts';

/** Which document may call a channel. The sign-in, desk and confirmation pages are separate documents. */
export type PageName = 'sign-in' | 'desk' | 'confirm' | 'question';

type Nothing = Record<string, never>;
type OnDossier = { readonly id: string; readonly revision: number };

/** Channel → [request, answer]. All answers come wrapped in a `Result`. */
export interface Channels {
  // sign-in page
  'session.state': [Nothing, t.SessionState];
  'session.officers': [Nothing, readonly t.Officer[]];
  'session.signIn': [{ officerId: string; pin: string }, t.SessionState];
  'session.signOut': [Nothing, t.SessionState];

  // procedures
  'procedures.search': [{ text: string; limit: number }, readonly t.ProcedureSummary[]];
  'procedures.get': [{ code: string }, t.Procedure];

  // the dossier in hand
  'dossiers.list': [
    { text: string; states: readonly t.DossierState[]; limit: number; offset: number },
    { readonly total: number; readonly items: readonly t.DossierSummary[] },
  ];
  'dossiers.get': [{ id: string }, t.Dossier];
  'dossiers.create': [Nothing, t.Dossier];
  'dossiers.setApplicant': [OnDossier & { applicant: t.Applicant }, t.Dossier];
  /** Text from a keyboard-wedge QR reader: the payload of a CCCD/căn cước QR code. */
  'dossiers.readIdentityText': [OnDossier & { text: string }, t.Dossier];
  /** Asks for an image file and reads the QR on it. */
  'dossiers.readIdentityImage': [OnDossier, t.Dossier];
  'dossiers.setProcedure': [OnDossier & { code: string }, t.Dossier];
  'dossiers.setChecklistItem': [
    OnDossier & { componentId: string; form: t.ChecklistItem['form']; quantity: number; note: string | null },
    t.Dossier,
  ];
  'dossiers.assignPages': [OnDossier & { pageIds: readonly string[]; componentId: string | null }, t.Dossier];
  'dossiers.arrangePages': [OnDossier & { pageIds: readonly string[] }, t.Dossier];
  /** Several at once: one step to undo. */
  'dossiers.turnPages': [OnDossier & { rotations: Readonly<Record<string, t.Page['rotation']>> }, t.Dossier];
  'dossiers.hidePages': [OnDossier & { pageIds: readonly string[]; isHidden: boolean }, t.Dossier];
  'dossiers.setPaperStart': [OnDossier & { pageId: string; startsPaper: boolean }, t.Dossier];
  'dossiers.setField': [OnDossier & { fieldId: string; value: string }, t.Dossier];
  'dossiers.setDetails': [
    OnDossier & { returnMethod: t.Dossier['returnMethod']; feeVnd: number | null; note: string | null },
    t.Dossier,
  ];
  'dossiers.undo': [OnDossier, t.Dossier];
  /** Does again what was undone last, as long as nothing else was decided since. */
  'dossiers.redo': [OnDossier, t.Dossier];
  'dossiers.discardDraft': [OnDossier, null];
  /** Builds the component PDFs, asks for the PIN in the confirmation window and signs them. */
  'dossiers.sign': [OnDossier & { tokenId: string; certificateId: string }, readonly t.SigningOutcome[]];
  /** Seals: code, appointment, receipt, outbox and audit in one transaction. */
  'dossiers.seal': [OnDossier, t.Dossier];
  'dossiers.printReceipt': [{ id: string }, null];

  // capture
  'capture.devices': [Nothing, readonly t.ScannerDevice[]];
  /** How this device should scan what comes next: one component, or the stack of those that have no pages yet. */
  'capture.proposal': [{ dossierId: string | null; componentId: string | null; deviceId: string }, t.ScanProposal];
  'capture.scan': [OnDossier & { deviceId: string; place: t.ScanPlace } & t.ScanSettings, { readonly jobId: string }];
  'capture.importFiles': [OnDossier & { place: t.ScanPlace }, { readonly jobId: string }];
  /** Pages on screen, from the most looked at: read before all others, the newest first. */
  'capture.lookAt': [{ pageIds: readonly string[] }, null];
  /** One sheet for each component; one plain sheet for null. */
  'capture.printSeparators': [OnDossier & { componentIds: readonly string[] | null }, null];
  'capture.cancel': [{ jobId: string }, null];

  // what the officer and the machine like
  'preferences.get': [Nothing, t.Preferences];
  'preferences.set': [t.PreferencesChange, t.Preferences];

  // tokens and results
  'tokens.list': [Nothing, readonly t.TokenInfo[]];
  'results.waiting': [Nothing, readonly t.WaitingResult[]];
  /** Asks for a PDF, reads it and holds it against the dossier. */
  'results.attach': [{ dossierId: string }, t.AttachedResult];
  'results.confirmAttachment': [{ attachmentId: string; reason: string }, t.WaitingResult];
  'results.dropAttachment': [{ attachmentId: string }, null];
  'results.sign': [
    {
      documentIds: readonly string[];
      tokenId: string;
      certificateId: string;
      /** By document: where the officer moved the signature to. The others go where the document leaves room. */
      places: Readonly<Record<string, t.PagePlace>>;
    },
    readonly t.SigningOutcome[],
  ];
  'results.place': [{ documentId: string }, t.ProposedPlace];

  // pictures of signatures
  'signatureImages.get': [Nothing, t.SignatureImages];
  /** Asks for a PNG or JPEG. `widthMm` for a picture that does not say how large it is. */
  'signatureImages.register': [{ kind: t.SignatureImageKind; widthMm: number | null }, t.SignatureImages];
  'signatureImages.remove': [{ kind: t.SignatureImageKind }, t.SignatureImages];

  // old records
  'backlog.overview': [Nothing, b.BacklogOverview];
  /** New, or with another target; the kind of records behind a code stays. */
  'backlog.saveSeries': [
    {
      code: string;
      name: string;
      templateId: string;
      split: b.SplitRule;
      total: number;
      targetPercent: number;
      targetDate: string;
    },
    b.BacklogOverview,
  ];
  'backlog.createStack': [{ seriesCode: string; name: string }, b.BacklogStack];
  /** Its pages take the commands of `dossiers.*` and `capture.*` under the same id. */
  'backlog.stack': [{ id: string }, b.BacklogStack];
  'backlog.setSplit': [OnDossier & { split: b.SplitRule }, b.BacklogStack];
  'backlog.setField': [OnDossier & { key: string; name: string; value: string }, b.BacklogStack];
  'backlog.confirm': [
    OnDossier & { key: string; duplicateReason: string | null },
    { readonly stack: b.BacklogStack; readonly record: b.BacklogRecord },
  ];
  'backlog.records': [
    { seriesCode: string; text: string; limit: number; offset: number },
    { readonly total: number; readonly items: readonly b.BacklogRecord[] },
  ];
  'backlog.correct': [
    { recordId: string; revision: number; fields: readonly { name: string; value: string }[]; reason: string },
    b.BacklogRecord,
  ];
  'backlog.sign': [
    { recordIds: readonly string[]; tokenId: string; certificateId: string },
    readonly t.SigningOutcome[],
  ];
  /** Practice mode only. */
  'backlog.feedSample': [{ id: string }, { readonly jobId: string }];

  // signatures of any file
  /** Asks for a file; with a password, the file that was chosen before. */
  'signatures.verifyFile': [{ password: string | null }, t.VerificationReport];
  'signatures.verifyDocument': [{ documentId: string }, t.VerificationReport];
  /** Asks where to put it. */
  'signatures.saveReport': [{ reportId: string }, { readonly fileName: string }];

  /** Stops a batch between two documents; what is signed stays signed, the rest stays waiting. */
  'signing.cancel': [{ jobId: string }, null];

  // confirmation window
  'confirm.request': [Nothing, t.SigningRequest];
  'confirm.submit': [{ requestId: string; pin: string }, null];
  'confirm.cancel': [{ requestId: string }, null];

  // web pages that ask for signatures
  'question.current': [Nothing, t.WebPageQuestion];
  'question.answer': [
    {
      questionId: string;
      decision: 'refuse' | 'once' | 'remember';
      key: { tokenId: string; certificateId: string } | null;
      comment: string | null;
    },
    null,
  ];
  'bridge.status': [Nothing, t.BridgeStatus];
  'bridge.listen': [Nothing, t.BridgeStatus];
  /** Sends a signed file to its page again; nothing is signed. */
  'bridge.resend': [{ id: string }, null];
  'bridge.discard': [{ id: string }, null];
  'bridge.forget': [{ origin: string }, null];

  // state of the counter
  'sync.status': [Nothing, t.SyncStatus];
  'sync.runNow': [Nothing, null];
  'devices.check': [Nothing, readonly t.DeviceCheck[]];
}

/** Pushed to the desk. The page answers by asking again: events carry ids, not state. */
export interface Events {
  /** With the revision that a change of a draft made: a page that has it need not ask again. */
  'dossier.changed': { readonly id: string; readonly revision?: number | undefined };
  'job.progress': t.JobProgress;
  'sync.status': t.SyncStatus;
  'tokens.changed': { readonly count: number };
  /** Scanners came or went; `pluggedIn` is the name of what was plugged into this computer just now. */
  'scanners.changed': { readonly pluggedIn: string | null };
  'results.changed': { readonly count: number };
  'bridge.changed': { readonly unsent: number };
  'backlog.changed': { readonly seriesCode: string };
}

export type Channel = keyof Channels;
export type Request<C extends Channel> = Channels[C][0];
export type Answer<C extends Channel> = Channels[C][1];
export type EventName = keyof Events;

export const CHANNELS: Readonly<
  Record<Channel, { readonly page: PageName | 'any'; readonly roles: readonly t.Role[] | 'anyone' }>
> = {
  'session.state': { page: 'any', roles: 'anyone' },
  'session.officers': { page: 'sign-in', roles: 'anyone' },
  'session.signIn': { page: 'sign-in', roles: 'anyone' },
  'session.signOut': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'procedures.search': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'procedures.get': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'dossiers.list': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'dossiers.get': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'dossiers.create': { page: 'desk', roles: ['counter'] },
  'dossiers.setApplicant': { page: 'desk', roles: ['counter'] },
  'dossiers.readIdentityText': { page: 'desk', roles: ['counter'] },
  'dossiers.readIdentityImage': { page: 'desk', roles: ['counter'] },
  'dossiers.setProcedure': { page: 'desk', roles: ['counter'] },
  'dossiers.setChecklistItem': { page: 'desk', roles: ['counter'] },
  'dossiers.assignPages': { page: 'desk', roles: ['counter'] },
  'dossiers.arrangePages': { page: 'desk', roles: ['counter'] },
  'dossiers.turnPages': { page: 'desk', roles: ['counter'] },
  'dossiers.hidePages': { page: 'desk', roles: ['counter'] },
  'dossiers.setPaperStart': { page: 'desk', roles: ['counter'] },
  'dossiers.setField': { page: 'desk', roles: ['counter'] },
  'dossiers.setDetails': { page: 'desk', roles: ['counter'] },
  'dossiers.undo': { page: 'desk', roles: ['counter'] },
  'dossiers.redo': { page: 'desk', roles: ['counter'] },
  'dossiers.discardDraft': { page: 'desk', roles: ['counter'] },
  'dossiers.sign': { page: 'desk', roles: ['counter'] },
  'dossiers.seal': { page: 'desk', roles: ['counter'] },
  'dossiers.printReceipt': { page: 'desk', roles: ['counter'] },
  'capture.devices': { page: 'desk', roles: ['counter', 'admin'] },
  'capture.proposal': { page: 'desk', roles: ['counter'] },
  'capture.scan': { page: 'desk', roles: ['counter'] },
  'capture.importFiles': { page: 'desk', roles: ['counter'] },
  'capture.lookAt': { page: 'desk', roles: ['counter'] },
  'capture.printSeparators': { page: 'desk', roles: ['counter'] },
  'capture.cancel': { page: 'desk', roles: ['counter'] },
  'preferences.get': { page: 'any', roles: ['counter', 'signer', 'admin'] },
  'preferences.set': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'tokens.list': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'results.waiting': { page: 'desk', roles: ['counter', 'signer'] },
  'results.attach': { page: 'desk', roles: ['counter', 'signer'] },
  'results.confirmAttachment': { page: 'desk', roles: ['counter', 'signer'] },
  'results.dropAttachment': { page: 'desk', roles: ['counter', 'signer'] },
  'results.sign': { page: 'desk', roles: ['signer'] },
  'results.place': { page: 'desk', roles: ['signer'] },
  'signatureImages.get': { page: 'desk', roles: ['signer', 'admin'] },
  'signatureImages.register': { page: 'desk', roles: ['signer', 'admin'] },
  'signatureImages.remove': { page: 'desk', roles: ['signer', 'admin'] },
  'backlog.overview': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'backlog.saveSeries': { page: 'desk', roles: ['signer', 'admin'] },
  'backlog.createStack': { page: 'desk', roles: ['counter'] },
  'backlog.stack': { page: 'desk', roles: ['counter'] },
  'backlog.setSplit': { page: 'desk', roles: ['counter'] },
  'backlog.setField': { page: 'desk', roles: ['counter'] },
  'backlog.confirm': { page: 'desk', roles: ['counter'] },
  'backlog.records': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'backlog.correct': { page: 'desk', roles: ['counter'] },
  'backlog.sign': { page: 'desk', roles: ['signer'] },
  'backlog.feedSample': { page: 'desk', roles: ['counter'] },
  'signatures.verifyFile': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'signatures.verifyDocument': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'signatures.saveReport': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'signing.cancel': { page: 'desk', roles: ['counter', 'signer'] },
  'confirm.request': { page: 'confirm', roles: ['counter', 'signer'] },
  'confirm.submit': { page: 'confirm', roles: ['counter', 'signer'] },
  'confirm.cancel': { page: 'confirm', roles: ['counter', 'signer'] },
  'question.current': { page: 'question', roles: ['counter', 'signer'] },
  'question.answer': { page: 'question', roles: ['counter', 'signer'] },
  'bridge.status': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'bridge.listen': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'bridge.resend': { page: 'desk', roles: ['counter', 'signer'] },
  'bridge.discard': { page: 'desk', roles: ['counter', 'signer'] },
  'bridge.forget': { page: 'desk', roles: ['counter', 'signer'] },
  'sync.status': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'sync.runNow': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
  'devices.check': { page: 'desk', roles: ['counter', 'signer', 'admin'] },
};

export const EVENT_NAMES: readonly EventName[] = [
  'dossier.changed',
  'job.progress',
  'sync.status',
  'tokens.changed',
  'scanners.changed',
  'results.changed',
  'bridge.changed',
  'backlog.changed',
];
