/**
 * @file What the screens see: the answer types of the contract. JSON values only: dates are ISO 8601 with offset, ids are
 * UUIDv7 or content names, amounts are whole đồng. Types alone; `main/` proves its schemas against them.
 */

export type Role = 'counter' | 'signer' | 'admin';

export interface Officer {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly roles: readonly Role[];
}

export interface SessionState {
  readonly officer: Officer | null;
  /** Practice mode: embedded province, sample scanner, software token. A banner says so. */
  readonly isPractice: boolean;
  /** What runs the window: `electron`, or `chromium` for the development host. */
  readonly host: string;
  readonly version: string;
  readonly agencyName: string;
  readonly counterName: string;
}

// ---- procedures ---------------------------------------------------------------------------------------------------

export type ComponentKind = 'submitted' | 'presented' | 'electronic-form';
export type TimeUnit = 'same-day' | 'working-day' | 'calendar-day' | 'working-hour';

export interface ProcedureComponent {
  /** Stable inside one procedure version: `<procedure code>#<index>`. */
  readonly id: string;
  readonly name: string;
  /** `presented` papers are shown and noted, never kept as copies. */
  readonly kind: ComponentKind;
  readonly originals: number;
  readonly copies: number;
  readonly isRequired: boolean;
  readonly condition: string | null;
  readonly mustDigitise: boolean;
}

export interface ProcedureSummary {
  readonly code: string;
  readonly name: string;
  readonly field: string;
  readonly level: string;
}

export interface Procedure extends ProcedureSummary {
  readonly components: readonly ProcedureComponent[];
  readonly results: readonly { readonly code: string | null; readonly name: string }[];
  readonly time: {
    readonly value: number;
    readonly unit: TimeUnit;
    readonly cutoff: string | null;
    readonly text: string;
  } | null;
  readonly fee: {
    readonly directVnd: number | null;
    readonly onlineVnd: number | null;
    readonly unit: string | null;
    readonly note: string | null;
  };
  /** False at commune level for certified copies: no scan step, no digitisation gap (CV 12996/UBND-HCC). */
  readonly digitisesInput: boolean;
  readonly digitisesResult: boolean;
}

// ---- people -------------------------------------------------------------------------------------------------------

export type FieldSource = 'qr' | 'mrz' | 'ocr' | 'typed' | 'population' | 'reuse';

export interface Applicant {
  readonly kind: 'person' | 'organisation';
  readonly fullName: string;
  /** 12-digit personal number (Luật Căn cước), or the 9-digit old one; null until known. */
  readonly idNumber: string | null;
  readonly oldIdNumber: string | null;
  /** ISO date; `YYYY` alone when only the year is known. */
  readonly birthDate: string | null;
  readonly sex: 'male' | 'female' | null;
  readonly address: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly idIssuedOn: string | null;
  /** Which source filled each field, so that the officer sees what was read and what was typed. */
  readonly sources: Readonly<Partial<Record<ApplicantField, FieldSource>>>;
}
export type ApplicantField =
  'fullName' | 'idNumber' | 'oldIdNumber' | 'birthDate' | 'sex' | 'address' | 'phone' | 'email' | 'idIssuedOn';

// ---- dossiers -----------------------------------------------------------------------------------------------------

/** Business states; the national codes 1–10 of the synchronisation with Cổng DVCQG stand beside them in `main/dossiers`. */
export type DossierState =
  | 'draft'
  | 'received'
  | 'denied'
  | 'processing'
  | 'supplement-requested'
  | 'payment-requested'
  | 'withdrawn'
  | 'stopped'
  | 'completed'
  | 'returned';

export type UploadState =
  'none' | 'queued' | 'announced' | 'uploading' | 'committing' | 'received' | 'settled' | 'waiting' | 'held';
export type WaitReason = 'network' | 'authentication' | 'rate' | 'clock' | 'disk' | 'security';
export type HoldReason = 'validation' | 'hash' | 'key' | 'security' | 'unknown';

export interface Upload {
  readonly state: UploadState;
  readonly reason: WaitReason | HoldReason | null;
  readonly detail: string | null;
  readonly attempts: number;
  readonly sentBytes: number;
  readonly totalBytes: number;
  /** Earliest next attempt, when waiting. */
  readonly nextAttemptAt: string | null;
  /** Set only after the province's signed receipt verified. */
  readonly receivedAt: string | null;
}

export type Box = readonly [x: number, y: number, width: number, height: number];

export interface Page {
  readonly id: string;
  /** Shown through `app://counter/blob/<id>`. */
  readonly imageBlobId: string;
  readonly thumbnailBlobId: string | null;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly dpi: number;
  /** Clockwise quarter turns applied for display and output, degrees. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Hidden pages (blank versos) stay in the dossier and can be brought back; they are left out of the output. */
  readonly isHidden: boolean;
  readonly isBlank: boolean;
  /** A sheet that only told the stack apart; hidden like a blank page. */
  readonly isSeparator: boolean;
  /** The page that was scanned anew for this one, which stays hidden; bringing this one back hides the other. */
  readonly replacedById: string | null;
  /** First page of a paper: it has a title of its own, a separator lies before it, or the officer said so. */
  readonly startsPaper: boolean;
  /** Where the paper lies, pixels of the stored image; null = all of it. */
  readonly crop: Box | null;
  readonly recognition: 'pending' | 'running' | 'done' | 'failed';
  readonly documentType: { readonly code: string; readonly title: string; readonly confidence: number } | null;
  readonly componentId: string | null;
  /** What recognition proposes; `componentId` follows it until the officer decides. */
  readonly suggestion: { readonly componentId: string; readonly confidence: number } | null;
  readonly isAssignedByOfficer: boolean;
}

export interface FieldValue {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly confidence: number;
  readonly source: FieldSource;
  readonly pageId: string | null;
  /** Pixels of the stored image, before `rotation`. */
  readonly box: Box | null;
  /** Other readings of the same ink, most likely first; none unless said. */
  readonly candidates?: readonly string[] | undefined;
  readonly isConfirmed: boolean;
}

/** What one source says of the applicant, and where it says so. */
export interface IdentityReading {
  /** The field that is confirmed when this reading is chosen. */
  readonly fieldId: string | null;
  /** As in `Applicant`: ISO dates, `male` and `female`. */
  readonly value: string;
  readonly source: FieldSource;
  readonly confidence: number;
  readonly pageId: string | null;
  readonly box: Box | null;
}

/** A question about identity that papers cannot answer. It never blocks: the officer sees all sides and chooses. */
export type IdentityDoubt =
  | {
      readonly kind: 'value';
      readonly field: ApplicantField | 'expiresOn';
      /** Different values, the one that was taken first; one alone when it contradicts the personal number. */
      readonly readings: readonly IdentityReading[];
      readonly isAgainstNumber: boolean;
    }
  | {
      /** Cards of several people: whose dossier is it? */
      readonly kind: 'people';
      readonly people: readonly {
        readonly name: string;
        readonly idNumber: string;
        readonly applicant: Applicant | null;
        readonly pageId: string | null;
      }[];
    };

export interface SignatureInfo {
  readonly signerName: string;
  readonly certificateSerial: string;
  readonly signedAt: string;
  readonly level: 'B-B' | 'B-T' | 'B-LT' | 'B-LTA';
}

/** A signed result on its way to the level the centre wants; the signature counts whatever becomes of it. */
export interface Stamping {
  readonly level: SignatureInfo['level'];
  readonly state: 'waiting' | 'working' | 'reached' | 'failed';
  /** Why it is not reached: a code of the error table. */
  readonly code: string | null;
  readonly detail: string | null;
  readonly attempts: number;
}

/** One PDF: a digitised component, a receipt, or a result. */
export interface DossierDocument {
  readonly id: string;
  readonly kind: 'component' | 'receipt' | 'result';
  readonly componentId: string | null;
  readonly title: string;
  readonly blobId: string;
  readonly sizeBytes: number;
  readonly pageCount: number;
  readonly signatures: readonly SignatureInfo[];
  /** Null when nothing beyond the signature is wanted. */
  readonly stamping: Stamping | null;
}

export interface ChecklistItem {
  readonly component: ProcedureComponent;
  /** How the paper was handed in; null until the officer or a scanned page says so. */
  readonly form: 'original' | 'certified-copy' | 'plain-copy' | 'electronic' | 'presented' | 'replaced-by-data' | null;
  readonly quantity: number;
  readonly note: string | null;
  readonly pageIds: readonly string[];
}

export interface DossierSummary {
  readonly id: string;
  readonly code: string | null;
  readonly isCodeProvisional: boolean;
  readonly state: DossierState;
  readonly applicantName: string;
  readonly applicantIdNumber: string | null;
  readonly procedureName: string | null;
  readonly createdAt: string;
  readonly receivedAt: string | null;
  readonly dueAt: string | null;
  readonly upload: Upload;
}

export interface Dossier extends DossierSummary {
  /** Grows with every change; a command names the revision it was decided on. */
  readonly revision: number;
  readonly channel: 'counter' | 'online' | 'post';
  readonly applicant: Applicant | null;
  readonly procedure: Procedure | null;
  readonly checklist: readonly ChecklistItem[];
  readonly pages: readonly Page[];
  readonly fields: readonly FieldValue[];
  readonly identityDoubts: readonly IdentityDoubt[];
  readonly documents: readonly DossierDocument[];
  readonly feeVnd: number | null;
  readonly returnMethod: 'counter' | 'post' | 'online';
  readonly note: string | null;
  readonly officerName: string;
  /** What still keeps this draft from being sealed, as codes the screen has words for. Empty = ready. */
  readonly missing: readonly MissingItem[];
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly receipt: Receipt | null;
}

export type MissingItem =
  | { readonly kind: 'applicant-name' | 'applicant-id' | 'procedure' }
  | { readonly kind: 'component' | 'component-scan' | 'signature'; readonly componentId: string }
  | { readonly kind: 'page-unassigned'; readonly pageId: string };

/** Mẫu 01, TT 03/2025/TT-VPCP. */
export interface Receipt {
  readonly number: number;
  readonly book: number;
  readonly documentId: string | null;
  readonly receivedAt: string;
  readonly dueAt: string;
}

// ---- devices ------------------------------------------------------------------------------------------------------

export type ScanSource = 'flatbed' | 'adf' | 'adf-duplex';

/** Where pages go that come in. `replace`: the first one takes the page's place, further ones stand behind it. */
export type ScanPlace = { readonly kind: 'end' } | { readonly kind: 'after' | 'replace'; readonly pageId: string };

/** What part of the glass, or how large a sheet; `max` is all that the device has. */
export type ScanArea = 'a4' | 'a5' | 'a3' | 'card' | 'max';

export interface ScanSettings {
  readonly source: ScanSource;
  /** With an empty feeder the page on the glass is taken. */
  readonly fallsToGlass: boolean;
  readonly dpi: number;
  readonly colour: boolean;
  readonly area: ScanArea;
}

/** What a component is made of, as far as scanning it goes; `stack`: several kinds at once. */
export type PaperKind = 'form' | 'certificate' | 'small-print' | 'card' | 'drawing' | 'photograph' | 'paper' | 'stack';

/** How a device should scan something. */
export interface ScanProposal {
  readonly deviceId: string;
  readonly settings: ScanSettings;
  readonly kind: PaperKind;
  /** What a choice is remembered under, beside the device: the code of a document type, or the kind. */
  readonly paper: string;
  /** `officer`: chosen here before for this device and paper. */
  readonly origin: 'rule' | 'officer';
}

export interface ScannerDevice {
  /** Stays the same when the device's address changes. */
  readonly id: string;
  readonly name: string;
  readonly driver: 'escl' | 'sane' | 'sample' | 'folder' | 'wia' | 'twain';
  readonly sources: readonly ScanSource[];
  readonly dpis: readonly number[];
  /** Another way to a device that is in the list already, for when that one fails: the id it is under there. */
  readonly twinOf?: string | undefined;
}

export type ThemeChoice = 'light' | 'dark' | 'system';
export type TextPercent = 100 | 125 | 150;

/** Theme and text size are the officer's own; scanner and scan settings belong to the machine. */
export interface Preferences {
  readonly theme: ThemeChoice;
  readonly textPercent: TextPercent;
  readonly scannerId: string | null;
}

/** Only what changes. */
export interface PreferencesChange {
  readonly theme?: ThemeChoice | undefined;
  readonly textPercent?: TextPercent | undefined;
  readonly scannerId?: string | undefined;
  /** Null goes back to what the rule proposes. */
  readonly scan?:
    { readonly deviceId: string; readonly paper: string; readonly settings: ScanSettings | null } | undefined;
}

export type TriesLeft = 'ok' | 'low' | 'final' | 'locked' | 'unknown';

export interface TokenCertificate {
  readonly id: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** False when key usage forbids signing documents or the dates do not fit. */
  readonly canSign: boolean;
}

export interface TokenInfo {
  readonly id: string;
  readonly label: string;
  readonly serialNumber: string;
  readonly model: string;
  readonly isPractice: boolean;
  readonly tries: TriesLeft;
  readonly minPinLength: number;
  readonly maxPinLength: number;
  readonly hasProtectedPath: boolean;
  readonly asksPinPerSignature: boolean;
  /** Still the PIN the maker or issuer gave it. */
  readonly mustChangePin: boolean;
  readonly certificates: readonly TokenCertificate[];
}

export interface DeviceCheck {
  readonly part: 'scanner' | 'token' | 'province' | 'store' | 'recognition' | 'clock' | 'disk' | 'host';
  readonly state: 'ok' | 'warning' | 'failed';
  /** Key of a sentence in the language table, with its values. */
  readonly message: string;
  readonly values: Readonly<Record<string, string | number>>;
}

// ---- long work ----------------------------------------------------------------------------------------------------

export interface JobProgress {
  readonly jobId: string;
  readonly kind: 'scan' | 'import' | 'recognise' | 'sign' | 'seal';
  readonly dossierId: string | null;
  readonly done: number;
  readonly total: number | null;
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  readonly code: string | null;
  readonly detail: string | null;
  /** Of a scan: sheets that came whole, so that one knows from which to go on. Null for other work. */
  readonly sheets: number | null;
  /** Of a scan or import: pages (from 1, of this job) that equal the one before them byte for byte, as a faulty feeder gives them. */
  readonly repeated: readonly number[];
  /** Of a scan or import: the last page that came. A stack that stopped half way goes on behind it. */
  readonly lastPageId: string | null;
}

export interface SyncStatus {
  readonly connection: 'online' | 'offline' | 'refused' | 'unknown';
  readonly queued: number;
  readonly uploading: number;
  readonly waiting: number;
  readonly held: number;
  readonly receivedToday: number;
  readonly lastContactAt: string | null;
  readonly clockOffsetMs: number | null;
}

/** One result waiting for the signing officer. */
export type ResultSignature = 'personal' | 'agency' | 'none';

export interface WaitingResult {
  readonly documentId: string;
  readonly dossierId: string;
  readonly dossierCode: string | null;
  readonly applicantName: string;
  readonly procedureName: string;
  readonly title: string;
  readonly blobId: string;
  readonly pageCount: number;
  readonly sizeBytes: number;
  readonly dueAt: string | null;
  /** Who signed it already, in order; a result waits until everybody has whom the agency's rules name. */
  readonly signedBy: readonly string[];
  readonly nextSignature: ResultSignature;
}

/** What a result says against what its dossier says; one line of the comparison. */
export interface ResultFinding {
  readonly subject: 'name' | 'personal-number' | 'dossier-code' | 'issued-on' | 'authority';
  readonly outcome: 'agrees' | 'differs' | 'not-found';
  readonly expected: string | null;
  readonly found: string | null;
}

/** `doubtful`: nothing has changed yet; the officer compares, then gives a reason or lets it go. */
export type AttachedResult =
  | { readonly kind: 'attached'; readonly result: WaitingResult }
  | {
      readonly kind: 'doubtful';
      readonly attachmentId: string;
      readonly title: string;
      readonly number: string | null;
      readonly source: 'text' | 'recognition' | 'nothing';
      readonly findings: readonly ResultFinding[];
    };

/** `seal`: the agency's, kept by the administrator. */
export type SignatureImageKind = 'personal' | 'seal';

/** A registered picture; shown through `app://counter/blob/<id>`. */
export interface SignatureImage {
  readonly blobId: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** True size; a seal always has one. */
  readonly widthMm: number | null;
  readonly registeredAt: string;
  readonly registeredBy: string;
}

export interface SignatureImages {
  readonly personal: SignatureImage | null;
  readonly seal: SignatureImage | null;
}

/** Points from the lower left corner of the page as displayed. */
export interface PagePlace {
  /** From 1. */
  readonly page: number;
  readonly rect: Box;
}

/** Where and how the signature of a result will show, unless the officer moves it. */
export interface ProposedPlace extends PagePlace {
  /** `field`: the author's own signature field, which cannot be moved. */
  readonly foundBy: 'field' | 'name-and-title' | 'name' | 'title' | 'none';
  /** `seal` keeps its size; `none` shows nothing at all. */
  readonly shows: 'picture' | 'text' | 'seal' | 'none';
  readonly image: SignatureImage | null;
}

export interface SigningOutcome {
  readonly documentId: string;
  readonly title: string;
  readonly state: 'signed' | 'failed' | 'not-tried';
  readonly code: string | null;
}

export type SignatureVerdict =
  'valid' | 'altered' | 'broken' | 'untrusted' | 'indeterminate' | 'unreadable' | 'unsigned';

/** One signature of a file that was checked. Times are ISO 8601 with +07:00. */
export interface VerifiedSignature {
  readonly field: string;
  readonly kind: 'signature' | 'certification' | 'time-stamp';
  readonly verdict: SignatureVerdict;
  readonly signer: string | null;
  readonly organisation: string | null;
  readonly signedAt: string | null;
  readonly level: string;
  /** False: nobody could say whether the certificate was revoked; the officer must know (TT 15/2025/TT-BKHCN, PL II). */
  readonly isRevocationKnown: boolean;
  /** Vietnamese: what was found, what came after it, what could not be checked and why. */
  readonly statements: readonly string[];
}

export interface VerificationReport {
  /** For saving it as a PDF, as long as the program runs. */
  readonly reportId: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly checkedAt: string;
  readonly verdict: SignatureVerdict;
  readonly statements: readonly string[];
  readonly signatures: readonly VerifiedSignature[];
}

/** What the confirmation window shows before a PIN is typed: exactly what will be signed, by which key. */
export interface SigningRequest {
  readonly requestId: string;
  readonly purpose: 'digitised-copies' | 'results' | 'web-page';
  /** Which page asked for what, when the purpose is `web-page`. */
  readonly webPage?: { readonly origin: string; readonly operation: string } | undefined;
  readonly documents: readonly {
    readonly documentId: string;
    readonly title: string;
    readonly dossierCode: string | null;
    readonly pageCount: number;
    /** First 16 hex digits of the SHA-256 of the file as it stands. */
    readonly fingerprint: string;
  }[];
  readonly token: TokenInfo;
  readonly certificateId: string;
  /** Who is signed in: a certificate in another name is shown as such before the PIN. */
  readonly officerName: string;
}

// ---- bridge for web pages -----------------------------------------------------------------------------------------

export interface SigningKeyChoice {
  readonly tokenId: string;
  readonly certificateId: string;
  readonly tokenLabel: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter: string;
}

/** What a person is asked before anything is done for a web page. No PIN here: that has a window of its own. */
export interface WebPageQuestion {
  readonly questionId: string;
  /**
   * `consent`: may this page ask at all. `certificate`: may it know who you are. `documents`: these files, stamped so.
   * `challenge`: a text that proves who signs in. `hash`: a digest of something nobody here can see.
   */
  readonly kind: 'consent' | 'certificate' | 'documents' | 'challenge' | 'hash';
  readonly origin: string;
  /** As the page called it (`SignApproved`); the screen has words for it. */
  readonly operation: string;
  readonly documents: readonly {
    readonly documentId: string;
    readonly title: string;
    /** Shown through `app://counter/blob/<id>` until the question is answered. */
    readonly blobId: string;
    readonly pageCount: number;
    readonly sizeBytes: number;
    readonly sha256: string;
  }[];
  /** What will be stamped, line by line; empty when nothing is. */
  readonly marks: readonly string[];
  /** The challenge, or the digest in hexadecimal. */
  readonly text: string | null;
  /** The officer writes what is stamped (bút phê). */
  readonly asksComment: boolean;
  readonly keys: readonly SigningKeyChoice[];
  /** Days for which `remember` holds. */
  readonly rememberDays: number;
  /** Further requests that wait behind this one. */
  readonly waiting: number;
}

/** One signed file that its page has not got yet. */
export interface UnsentFile {
  readonly id: string;
  readonly title: string;
  readonly origin: string;
  readonly operation: string;
  readonly signedAt: string;
  readonly sizeBytes: number;
  readonly code: string | null;
  readonly detail: string | null;
}

export interface BridgeStatus {
  readonly state: 'off' | 'listening' | 'port-taken' | 'failed';
  readonly port: number | null;
  /** SHA-256 of the certificate of 127.0.0.1 and when it ends. */
  readonly certificate: { readonly fingerprint: string; readonly notAfter: string } | null;
  readonly origins: readonly {
    readonly origin: string;
    /** Null: by the administrator. */
    readonly expiresAt: string | null;
  }[];
  readonly unsent: readonly UnsentFile[];
}
