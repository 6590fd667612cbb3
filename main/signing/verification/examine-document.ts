/**
 * @file What can be said about the signatures of a PDF from its bytes alone: is each right, what does it cover, what came
 * after it and was that allowed. No trust, no clock, no network: the signer asks it about what it just wrote, the store
 * before it accepts a signed file, and the verifier before it asks who vouches for whom.
 */
import { decodeText, listSignatureFields, type SignatureField } from '../pdf/signature-fields.ts';
import { PdfDocument } from '../pdf/document.ts';
import { PdfDamaged, type PdfDict } from '../pdf/values.ts';
import { readPdfDate } from '../vietnam-time.ts';
import { Failure } from '../../rooms/failure.ts';
import { readByteRange, type CoveredRange } from './byte-range.ts';
import { compareRevisions } from './changes/compare-revisions.ts';
import { NO_CHANGES, otherChange, type Changes } from './changes/findings.ts';
import { checkCms, type CmsCheck, type CmsForm } from './cms/cms-check.ts';
import { checkRawRsa } from './cms/raw-rsa-check.ts';
import { readableCertificates } from '../cms/signed-data.ts';
import { checkStamp, type CheckedStamp } from './document-time-stamps.ts';
import { readStore } from './embedded-evidence.ts';
import { findLostSignatures } from './lost-signatures.ts';
import { judgeChanges, NO_LIMITS, readPermissions, type Permissions } from './permissions.ts';
import { openSignedRevision } from './signed-revision.ts';

export interface ExaminedSignature {
  /** Full name. */
  readonly field: string;
  readonly kind: 'signature' | 'certification' | 'time-stamp';
  /** `/SubFilter`; empty when there is none. */
  readonly format: string;
  readonly integrity: 'intact' | 'weak' | 'broken' | 'not-checked';
  readonly coverage: 'whole' | 'revision' | 'none';
  /** Where the covered bytes end; 0 when that cannot be told. */
  readonly end: number;
  readonly changes: Changes;
  /** The signature's own rules (DocMDP, FieldMDP) allow what came after it. */
  readonly isAllowed: boolean;
  readonly permissions: Permissions;
  /** Why the signature cannot even be checked against what it covers. */
  readonly problem: 'altered' | 'broken' | null;
  /** Null for time-stamps and for formats that cannot be checked here. */
  readonly cms: CmsCheck | null;
  /** What a document time-stamp says; null for signatures. */
  readonly stamp: CheckedStamp | null;
  /** The document as it was signed; null when it cannot be opened. */
  readonly signedRevision: PdfDocument | null;
  /** Milliseconds: what the signer states, nobody vouches for it. */
  readonly claimedAtMs: number | null;
  readonly statedReason: string | null;
  /** Vietnamese. */
  readonly reasons: readonly string[];
}

export interface ExaminedDocument {
  /** Null when the file cannot be read as its cross-references say. */
  readonly document: PdfDocument | null;
  /** In the order of the form's tree. */
  readonly signatures: readonly ExaminedSignature[];
  /** Fields whose signature was taken out, or was made useless by what was appended. */
  readonly lostFields: readonly string[];
  /** A signature begins after the last complete revision: the file was cut off. */
  readonly isCutOff: boolean;
  /** Why it cannot be read, in English; null when it can. */
  readonly damage: string | null;
}

const MAX_SIGNATURES = 500;
/** Each signature is a hash over the file and a comparison of its objects: beyond these a file is made to waste time. */
const MAX_COVERED_BYTES = 20 * 1024 ** 3;
const MAX_COMPARED_OBJECTS = 30_000_000;
const CMS_FORMS: Readonly<Record<string, CmsForm>> = {
  'ETSI.CAdES.detached': 'pades',
  'adbe.pkcs7.detached': 'detached',
  'adbe.pkcs7.sha1': 'sha1-inside',
};
const UNTOUCHED = {
  integrity: 'not-checked',
  coverage: 'none',
  end: 0,
  changes: NO_CHANGES,
  isAllowed: true,
  permissions: NO_LIMITS,
  problem: null,
  cms: null,
  stamp: null,
  signedRevision: null,
  claimedAtMs: null,
  statedReason: null,
} as const;

/**
 * @param password the user's or owner's, for an encrypted file that does not open without
 * @throws Failure `pdf-password`, or `pdf-not-signable` for more signatures than anybody makes
 */
export function examineDocument(bytes: Buffer, password?: string): ExaminedDocument {
  let whole: PdfDocument;
  let fields: SignatureField[];
  try {
    whole = new PdfDocument(bytes, password);
    fields = listSignatureFields(whole).filter((field) => field.value !== null);
  } catch (cause) {
    if (!(cause instanceof PdfDamaged)) throw cause;
    const lostFields = findLostSignatures(bytes, new Set(), new Set(), password);
    return { document: null, signatures: [], lostFields, isCutOff: false, damage: cause.message };
  }
  if (fields.length > MAX_SIGNATURES) throw new Failure('pdf-not-signable', `${fields.length} signatures`);
  if (fields.length * bytes.length > MAX_COVERED_BYTES || fields.length * whole.entries.size > MAX_COMPARED_OBJECTS)
    throw new Failure('pdf-not-signable', `${fields.length} signatures over ${bytes.length} bytes`);
  const own = fields.map((field) => ({ field, checked: guarded(field, () => checkOwn(whole, field)) }));
  const signedEnds = new Map(
    own.flatMap(({ field, checked }) => (isRight(checked) ? [[field.reference.number, checked.end] as const] : [])),
  );
  const signatures = own.map(({ field, checked }) =>
    guarded(field, () => withChanges(whole, field, checked, signedEnds)),
  );
  const known = new Set(fields.map((field) => field.fullName));
  const knownEnds = new Set(signatures.map(({ end }) => end));
  return {
    document: whole,
    signatures,
    lostFields: findLostSignatures(bytes, known, knownEnds, password),
    isCutOff: signatures.length === 0 && bytes.indexOf('/ByteRange', whole.structureEnd) >= 0,
    damage: null,
  };
}

function guarded(field: SignatureField, check: () => ExaminedSignature): ExaminedSignature {
  try {
    return check();
  } catch (cause) {
    if (!(cause instanceof PdfDamaged)) throw cause;
    return {
      ...UNTOUCHED,
      field: field.fullName,
      kind: 'signature',
      format: '',
      problem: 'altered',
      isAllowed: false,
      reasons: [`Cấu trúc tài liệu quanh chữ ký bị hỏng (${cause.message}).`],
    };
  }
}

/** A signature that is right, in this very field, over a complete document: the only kind that explains a field. */
function isRight({ problem, integrity, signedRevision }: ExaminedSignature): boolean {
  return problem === null && (integrity === 'intact' || integrity === 'weak') && signedRevision !== null;
}

/** The signature on its own, before anything that came after it is looked at. */
function checkOwn(whole: PdfDocument, field: SignatureField): ExaminedSignature {
  const base = { ...UNTOUCHED, field: field.fullName, kind: 'signature', format: '' } as const;
  const signature = whole.dictionary(field.value ?? undefined);
  if (!signature)
    return { ...base, problem: 'broken', integrity: 'broken', reasons: ['Trường chữ ký không chứa chữ ký.'] };
  const subFilter = whole.entry(signature, 'SubFilter');
  const format = subFilter.kind === 'name' ? subFilter.name : '';
  const owner = field.value?.kind === 'reference' ? field.value : field.reference;
  const range = readByteRange(whole, signature, owner);
  if ('problem' in range) return { ...base, format, problem: range.verdict, reasons: [range.problem] };
  const revision = openSignedRevision(whole, field, range);
  const covered = { ...base, format, coverage: range.coverage, end: range.end } as const;
  const opened =
    typeof revision === 'string'
      ? { ...covered, changes: otherChange(revision), isAllowed: false }
      : { ...covered, signedRevision: revision, permissions: permissionsOf(revision, field) };
  if (format === 'ETSI.RFC3161') {
    const digestOf = (algorithm: string): Buffer => range.content.digest(algorithm);
    const stamp = checkStamp(range.contents, digestOf, () => readableCertificates(readStore(whole).certificates));
    return { ...opened, kind: 'time-stamp', stamp, integrity: stamp.integrity, reasons: stamp.reasons };
  }
  const kind = opened.permissions.isCertification ? 'certification' : 'signature';
  const cms = checkValue(whole, signature, format, range);
  if (!cms) {
    const reasons = [`Định dạng chữ ký "${format}" chưa được hỗ trợ xác minh.`];
    return { ...opened, kind, reasons };
  }
  const stated = whole.entry(signature, 'M');
  const reason = whole.entry(signature, 'Reason');
  return {
    ...opened,
    kind,
    cms,
    integrity: cms.integrity,
    claimedAtMs: (stated.kind === 'string' ? readPdfDate(decodeText(stated)) : undefined) ?? cms.claimedTime,
    statedReason: reason.kind === 'string' ? decodeText(reason) : null,
    reasons: cms.reasons,
  };
}

function permissionsOf(revision: PdfDocument, field: SignatureField): Permissions {
  const then = listSignatureFields(revision).find(({ reference }) => reference.number === field.reference.number);
  return then ? readPermissions(revision, then) : NO_LIMITS;
}

/** Null for formats that cannot be checked here. */
function checkValue(whole: PdfDocument, signature: PdfDict, format: string, range: CoveredRange): CmsCheck | null {
  const form = CMS_FORMS[format];
  if (form) return checkCms(range.contents, range.content, form);
  if (format !== 'adbe.x509.rsa_sha1') return null;
  const stored = whole.entry(signature, 'Cert');
  const certificates = (stored.kind === 'array' ? stored.items : [stored])
    .map((item) => whole.resolve(item))
    .flatMap((item) => (item.kind === 'string' ? [item.bytes] : []));
  return checkRawRsa(range.contents, range.content, certificates);
}

function withChanges(
  whole: PdfDocument,
  field: SignatureField,
  checked: ExaminedSignature,
  signedEnds: ReadonlyMap<number, number>,
): ExaminedSignature {
  const { signedRevision, coverage } = checked;
  if (coverage !== 'revision' || !signedRevision) {
    const reasons = [...checked.reasons, ...checked.changes.reasons];
    return { ...checked, reasons };
  }
  const changes = compareRevisions(signedRevision, whole, signedEnds);
  const objection = judgeChanges(changes, checked.permissions);
  const reasons = [...checked.reasons, ...changes.reasons, ...(objection === null ? [] : [objection])];
  return { ...checked, field: field.fullName, changes, isAllowed: objection === null, reasons };
}
