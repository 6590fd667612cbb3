/**
 * @file The verdict on a signed PDF. Four questions, each answered on its own: is the signature right, does it cover the
 * file, what came after it, and who vouches for the signer. A valid CMS alone proves none of the others.
 */
import { createHash } from 'node:crypto';
import { Failure } from '../../rooms/failure.ts';
import { checkCms, type CmsCheck } from './cms-check.ts';
import { readPemCertificates, type Certificate } from '../certificate.ts';
import { readAsn1 } from '../asn1.ts';
import { PdfDocument } from '../pdf/document.ts';
import { isWhitespace } from '../pdf/parser.ts';
import { decodeText, listSignatureFields, type SignatureField } from '../pdf/signature-fields.ts';
import { PdfDamaged, type PdfDict } from '../pdf/values.ts';
import { compareRevisions, type ChangeKind, type Changes } from './revision-changes.ts';
import { certificationLevel } from '../pdf/signable.ts';
import { checkTrust } from '../validation/trust.ts';
import { readPdfDate, toVietnamTime } from '../vietnam-time.ts';

export type Verdict = 'valid' | 'altered' | 'broken' | 'untrusted' | 'indeterminate' | 'unreadable' | 'unsigned';

/** One signature, in words an officer can act on. Times are ISO 8601 with +07:00. */
export interface SignatureReport {
  readonly field: string;
  readonly verdict: Exclude<Verdict, 'unsigned'>;
  /** Common name; null when no certificate could be read. */
  readonly signer: string | null;
  readonly certificate: {
    readonly subject: string;
    readonly issuer: string;
    readonly serialNumber: string;
    readonly notBefore: string;
    readonly notAfter: string;
  } | null;
  /** What the signer states; nobody vouches for it at level B-B. */
  readonly signedAt: string | null;
  readonly reason: string | null;
  /** `basic` lacks what PAdES demands. */
  readonly level: 'B-B' | 'basic' | 'time-stamp';
  readonly coverage: 'whole' | 'revision' | 'none';
  readonly integrity: 'intact' | 'weak' | 'broken' | 'not-checked';
  readonly trust: 'trusted' | 'untrusted' | 'indeterminate' | 'not-checked';
  readonly revocation: 'not-checked';
  readonly timestamp: 'none' | 'not-checked';
  readonly changesAfter: ChangeKind;
  readonly reasons: readonly string[];
}

export interface VerificationResult {
  readonly verdict: Verdict;
  readonly signatures: readonly SignatureReport[];
}

interface Question {
  readonly bytes: Buffer;
  readonly whole: PdfDocument;
  readonly roots: readonly Certificate[];
  readonly nowMs: number;
  readonly certification: 1 | 2 | 3 | undefined;
  readonly examined: ReadonlyMap<SignatureField, Examined>;
  /** By number of the field: where the bytes end that its signature covers. Only signatures that are right. */
  readonly signedEnds: ReadonlyMap<number, number>;
}

/** What a signature says about the bytes it covers, before anything that came after it is looked at. */
interface Examined {
  readonly format: string;
  readonly range: CoveredRange | RangeProblem;
  /** Null for formats that cannot be checked here. */
  readonly cms: CmsCheck | null;
}

const WORST_FIRST: readonly Verdict[] = [
  'unreadable',
  'broken',
  'altered',
  'untrusted',
  'indeterminate',
  'valid',
  'unsigned',
];
const MAX_SIGNATURES = 500;
const CHECKED_FORMATS: readonly string[] = ['ETSI.CAdES.detached', 'adbe.pkcs7.detached'];

/**
 * @param trustedRoots PEM texts @param at ISO 8601, the time of the check
 * @throws Failure `pdf-password` for an encrypted file, `bad-request` for roots or a time that cannot be read
 */
export function verifyDocument(bytes: Buffer, trustedRoots: readonly string[], at: string): VerificationResult {
  const nowMs = Date.parse(at);
  if (Number.isNaN(nowMs)) throw new Failure('bad-request', `${at} is not a time`);
  const roots = readRoots(trustedRoots);
  let whole: PdfDocument;
  let fields: SignatureField[];
  try {
    whole = new PdfDocument(bytes);
    if (whole.isEncrypted) throw new Failure('pdf-password');
    fields = listSignatureFields(whole).filter((field) => field.value !== null);
  } catch (cause) {
    if (!(cause instanceof PdfDamaged)) throw cause;
    const lost = lostSignatures(bytes, new Set(), 'Phần thêm sau chữ ký làm hỏng tài liệu.');
    return { verdict: lost.length > 0 ? 'altered' : 'unreadable', signatures: lost };
  }
  if (fields.length > MAX_SIGNATURES) throw new Failure('pdf-not-signable', `${fields.length} signatures`);
  const certification = certificationLevel(whole, whole.dictionary(whole.catalog.entries.get('Perms')));
  const examined = new Map(fields.map((field) => [field, tryToExamine(whole, field)] as const));
  const signedEnds = findSignedEnds(whole, examined);
  const question: Question = { bytes, whole, roots, nowMs, certification, examined, signedEnds };
  const reports = fields.map((field) => checkSignature(question, field));
  const known = new Set(fields.map((field) => field.fullName));
  reports.push(...lostSignatures(bytes, known, 'Chữ ký này đã bị gỡ khỏi tài liệu sau khi ký.'));
  // A signature that begins after the last complete revision: the file was cut off while or after it was signed.
  if (reports.length === 0 && bytes.indexOf('/ByteRange', whole.structureEnd) >= 0)
    return { verdict: 'unreadable', signatures: [] };
  return { verdict: overall(reports), signatures: reports };
}

/** Time-stamps of the document are shown; until they are checked they neither help nor harm the verdict. */
function overall(reports: readonly SignatureReport[]): Verdict {
  const counting = reports.filter((report) => report.level !== 'time-stamp');
  if (counting.length === 0) return reports.length > 0 ? 'indeterminate' : 'unsigned';
  return WORST_FIRST.find((verdict) => counting.some((report) => report.verdict === verdict)) ?? 'indeterminate';
}

function readRoots(trustedRoots: readonly string[]): Certificate[] {
  try {
    return trustedRoots.flatMap(readPemCertificates);
  } catch (cause) {
    throw new Failure('bad-request', 'a trusted root is not a certificate', { cause });
  }
}

function checkSignature(question: Question, field: SignatureField): SignatureReport {
  try {
    return readAndCheck(question, field);
  } catch (cause) {
    if (!(cause instanceof PdfDamaged)) throw cause;
    return {
      ...EMPTY_REPORT,
      field: field.fullName,
      verdict: 'altered',
      reasons: [`Cấu trúc tài liệu quanh chữ ký bị hỏng (${cause.message}).`],
    };
  }
}

const EMPTY_REPORT = {
  signer: null,
  certificate: null,
  signedAt: null,
  reason: null,
  level: 'basic',
  coverage: 'none',
  integrity: 'not-checked',
  trust: 'not-checked',
  revocation: 'not-checked',
  timestamp: 'none',
  changesAfter: 'none',
} as const;

function tryToExamine(whole: PdfDocument, field: SignatureField): Examined {
  try {
    return examine(whole, field);
  } catch (cause) {
    if (!(cause instanceof PdfDamaged)) throw cause;
    const problem = `Cấu trúc tài liệu quanh chữ ký bị hỏng (${cause.message}).`;
    return { format: '', range: { problem, verdict: 'altered' }, cms: null };
  }
}

function examine(whole: PdfDocument, field: SignatureField): Examined {
  const signature = whole.dictionary(field.value ?? undefined);
  if (!signature)
    return { format: '', range: { problem: 'Trường chữ ký không chứa chữ ký.', verdict: 'broken' }, cms: null };
  const subFilter = whole.entry(signature, 'SubFilter');
  const format = subFilter.kind === 'name' ? subFilter.name : '';
  const range = readByteRange(whole, signature);
  if ('problem' in range || !CHECKED_FORMATS.includes(format)) return { format, range, cms: null };
  const cms = checkCms(range.cms, digester(whole.bytes, range.byteRange), format === 'ETSI.CAdES.detached');
  return { format, range, cms };
}

/** The signature must stand in this very field in the bytes it covers: a value borrowed from another field is not its own. */
function findSignedEnds(whole: PdfDocument, examined: ReadonlyMap<SignatureField, Examined>): Map<number, number> {
  const ends = new Map<number, number>();
  if (examined.size < 2) return ends; // nothing that another signature would have to explain
  for (const [field, { range, cms }] of examined) {
    if ('problem' in range || !cms || cms.integrity === 'broken') continue;
    const [, , gapEnd, rest] = range.byteRange;
    const revision = openSignedRevision(whole, field, range);
    if (revision instanceof PdfDocument) ends.set(field.reference.number, gapEnd + rest);
  }
  return ends;
}

function readAndCheck(question: Question, field: SignatureField): SignatureReport {
  const { whole } = question;
  const base = { ...EMPTY_REPORT, field: field.fullName };
  const signature = whole.dictionary(field.value ?? undefined);
  if (!signature)
    return { ...base, verdict: 'broken', integrity: 'broken', reasons: ['Trường chữ ký không chứa chữ ký.'] };
  const { format, range, cms } = question.examined.get(field) ?? examine(whole, field);
  if ('problem' in range) return { ...base, verdict: range.verdict, reasons: [range.problem] };
  if (format === 'ETSI.RFC3161') {
    const reasons = ['Dấu thời gian của tài liệu chưa được kiểm tra ở mức xác minh này.'];
    return {
      ...base,
      level: 'time-stamp',
      verdict: 'indeterminate',
      timestamp: 'not-checked',
      coverage: range.coverage,
      reasons,
    };
  }
  if (!cms) {
    return {
      ...base,
      verdict: 'indeterminate',
      coverage: range.coverage,
      reasons: [`Định dạng chữ ký "${format}" chưa được hỗ trợ xác minh.`],
    };
  }

  const changes = changesAfter(question, field, range);
  const stated = whole.entry(signature, 'M');
  const signedAtMs =
    (stated.kind === 'string' ? readPdfDate(stated.bytes.toString('latin1')) : undefined) ?? cms.claimedTime;
  const trust = cms.signer
    ? checkTrust(cms.signer, cms.certificates, question.roots, signedAtMs ?? question.nowMs, question.nowMs)
    : null;
  const reason = whole.entry(signature, 'Reason');
  const isAllowed = areChangesAllowed(changes, question.certification);
  const reasons = [...cms.reasons, ...changes.reasons, ...(trust?.reasons ?? [])];
  if (signedAtMs === null) reasons.push('Chữ ký không ghi thời điểm ký.');
  if (cms.hasTimeStamp) reasons.push('Dấu thời gian trong chữ ký chưa được kiểm tra.');
  reasons.push('Chưa kiểm tra tình trạng thu hồi của chứng thư (xác minh ngoại tuyến).');
  return {
    ...base,
    verdict: verdictOf(cms, isAllowed, changes, trust?.trust),
    signer: cms.signer?.commonName ?? null,
    certificate: cms.signer ? describe(cms.signer) : null,
    signedAt: signedAtMs === null ? null : toVietnamTime(new Date(signedAtMs).toISOString()),
    reason: reason.kind === 'string' ? decodeText(reason) : null,
    level: format === 'ETSI.CAdES.detached' && cms.hasSigningCertificate ? 'B-B' : 'basic',
    coverage: range.coverage,
    integrity: cms.integrity,
    trust: trust?.trust ?? 'not-checked',
    timestamp: cms.hasTimeStamp ? 'not-checked' : 'none',
    changesAfter: changes.kind,
    reasons,
  };
}

function verdictOf(
  cms: CmsCheck,
  isAllowed: boolean,
  changes: Changes,
  trust: SignatureReport['trust'] | undefined,
): SignatureReport['verdict'] {
  if (cms.integrity === 'broken') return 'broken';
  if (!isAllowed) return 'altered';
  if (trust === 'untrusted' || trust === undefined) return 'untrusted';
  if (cms.integrity === 'weak' || changes.changesValues || trust !== 'trusted') return 'indeterminate';
  return 'valid';
}

/** Without certification: signing and filling in. DocMDP 1 allows validation data alone, 3 annotations too. */
function areChangesAllowed(changes: Changes, certification: Question['certification']): boolean {
  switch (changes.kind) {
    case 'none':
    case 'validation-data':
      return true;
    case 'form-filling':
      return certification !== 1;
    case 'annotations':
      return certification === 3;
    case 'other':
      return false;
  }
}

interface CoveredRange {
  readonly byteRange: readonly [number, number, number, number];
  readonly coverage: 'whole' | 'revision';
  readonly cms: Buffer;
}
type RangeProblem = { readonly problem: string; readonly verdict: 'altered' | 'broken' };

/** The covered bytes are everything from the first to `end` but exactly the signature's own `/Contents`. */
function readByteRange(whole: PdfDocument, signature: PdfDict): CoveredRange | RangeProblem {
  const { bytes } = whole;
  const altered = (problem: string): RangeProblem => ({ problem, verdict: 'altered' });
  if (signature.hasDoubleKeys) return altered('Từ điển chữ ký có khóa lặp.');
  const list = whole.entry(signature, 'ByteRange');
  const contents = whole.entry(signature, 'Contents');
  if (list.kind !== 'array' || contents.kind !== 'string')
    return { problem: 'Chữ ký thiếu phạm vi byte (ByteRange) hoặc nội dung (Contents).', verdict: 'broken' };
  const numbers = list.items.map((item) => (item.kind === 'number' && Number.isInteger(item.value) ? item.value : -1));
  const [start = -1, gapStart = -1, gapEnd = -1, rest = -1] = numbers;
  if (numbers.length !== 4 || start !== 0 || gapStart <= 0 || gapEnd <= gapStart || rest < 0)
    return altered('Phạm vi byte của chữ ký không phủ tài liệu từ đầu đến cuối.');
  const end = gapEnd + rest;
  if (end > bytes.length)
    return { problem: 'Phạm vi byte của chữ ký vượt quá cuối tệp: tệp bị cắt hoặc bị sửa.', verdict: 'broken' };
  if (contents.start !== gapStart || contents.end !== gapEnd)
    return altered('Phần không được ký rộng hơn giá trị chữ ký.');
  const digits = bytes.toString('latin1', gapStart + 1, gapEnd - 1);
  if (digits.length % 2 !== 0 || !(/^[0-9a-f]*$/.test(digits) || /^[0-9A-F]*$/.test(digits)))
    return altered('Giá trị chữ ký không đúng dạng thập lục phân.');
  const padded = Buffer.from(digits, 'hex');
  const cms = withoutPadding(padded);
  if (padded.subarray(cms.length).some((byte) => byte !== 0)) return altered('Có dữ liệu lạ sau giá trị chữ ký.');
  return { byteRange: [0, gapStart, gapEnd, rest], coverage: end === bytes.length ? 'whole' : 'revision', cms };
}

function withoutPadding(padded: Buffer): Buffer {
  try {
    return readAsn1(padded).raw;
  } catch {
    return padded; // what cannot be read at all is judged by the check of the CMS
  }
}

/** Every algorithm once; the covered bytes are never copied. */
function digester(bytes: Buffer, [, gapStart, gapEnd, rest]: CoveredRange['byteRange']): (algorithm: string) => Buffer {
  return (algorithm) =>
    createHash(algorithm)
      .update(bytes.subarray(0, gapStart))
      .update(bytes.subarray(gapEnd, gapEnd + rest))
      .digest();
}

function changesAfter(question: Question, field: SignatureField, range: CoveredRange): Changes {
  const none: Changes = { kind: 'none', changesValues: false, reasons: [] };
  if (range.coverage === 'whole') return none;
  const other = (reason: string): Changes => ({ kind: 'other', changesValues: false, reasons: [reason] });
  const signed = openSignedRevision(question.whole, field, range);
  if (typeof signed === 'string') return other(signed);
  if (question.whole.startXref < signed.bytes.length) return other('Có dữ liệu được nối thêm sau phần đã ký.');
  const changes = compareRevisions(signed, question.whole, question.signedEnds);
  return changes.kind === 'none' ? other('Có phần thêm sau chữ ký mà không rõ mục đích.') : changes;
}

/** The document as the signature covers it, or why the covered bytes are none with this signature in this field. */
function openSignedRevision(whole: PdfDocument, field: SignatureField, range: CoveredRange): PdfDocument | string {
  const [, , gapEnd, rest] = range.byteRange;
  const prefix = whole.bytes.subarray(0, gapEnd + rest);
  let signed: PdfDocument;
  try {
    signed = new PdfDocument(prefix);
    const own = listSignatureFields(signed).find(
      (candidate) => candidate.reference.number === field.reference.number && candidate.value !== null,
    );
    const value = signed.dictionary(own?.value ?? undefined);
    const contents = value ? signed.entry(value, 'Contents') : undefined;
    if (contents?.kind !== 'string' || contents.start !== range.byteRange[1])
      return 'Chữ ký không thuộc bản tài liệu mà nó phủ.';
  } catch (cause) {
    if (!(cause instanceof PdfDamaged)) throw cause;
    return 'Phần được ký không phải là một tài liệu hoàn chỉnh.';
  }
  for (let position = signed.structureEnd; position < prefix.length; position++) {
    if (!isWhitespace(prefix[position])) return 'Phần được ký không kết thúc ở cuối một bản tài liệu.';
  }
  return signed;
}

/** Signatures that stand in the file's bytes but that the document no longer shows. */
function lostSignatures(bytes: Buffer, known: ReadonlySet<string>, why: string): SignatureReport[] {
  const ends = new Set<number>();
  for (
    let position = bytes.indexOf('/ByteRange');
    position >= 0 && ends.size < MAX_SIGNATURES;
    position = bytes.indexOf('/ByteRange', position + 1)
  ) {
    const match = /^\/ByteRange\s*\[\s*0\s+\d+\s+(\d+)\s+(\d+)/.exec(
      bytes.toString('latin1', position, position + 120),
    );
    const end = match ? Number(match[1]) + Number(match[2]) : 0;
    if (end > 0 && end < bytes.length) ends.add(end);
  }
  const reports = new Map<string, SignatureReport>();
  if (ends.size < (known.size === 0 ? 1 : known.size)) return [];
  for (const end of ends) {
    try {
      const earlier = new PdfDocument(bytes.subarray(0, end));
      for (const field of listSignatureFields(earlier)) {
        if (field.value === null || known.has(field.fullName)) continue;
        reports.set(field.fullName, {
          ...EMPTY_REPORT,
          field: field.fullName,
          verdict: 'altered',
          coverage: 'revision',
          changesAfter: 'other',
          reasons: [why],
        });
      }
    } catch (cause) {
      if (!(cause instanceof PdfDamaged)) throw cause; // not the end of a revision: nothing was signed there
    }
  }
  return [...reports.values()];
}

function describe(certificate: Certificate): NonNullable<SignatureReport['certificate']> {
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    serialNumber: certificate.serialNumber,
    notBefore: toVietnamTime(new Date(certificate.notBefore).toISOString()),
    notAfter: toVietnamTime(new Date(certificate.notAfter).toISOString()),
  };
}
