/**
 * @file From the answers to the verdict. Only what is right, whole, allowed, and vouched for is valid; what the format allows
 * but a reader would not expect is left to a person (`indeterminate`).
 */
import type { CertificateAnswer } from '../validation/evidence.ts';
import type { ExaminedSignature } from './examine-document.ts';
import type { JudgedStamp } from './proof-of-existence.ts';
import { WORST_FIRST, type SignatureReport, type Verdict } from './report.ts';

/** A page of which more than this is covered shows what the later signer drew, not what was signed. */
const MOST_OF_A_PAGE = 0.5;

export function timeStampState(stamps: readonly JudgedStamp[]): SignatureReport['timestamp'] {
  if (stamps.length === 0) return 'none';
  // One that is wrong was not put there by the signer: it must not hide behind one that is right.
  if (stamps.some(({ check }) => check.integrity === 'broken')) return 'invalid';
  if (stamps.some(({ provenAtMs }) => provenAtMs !== null)) return 'valid';
  if (stamps.some(({ check }) => check.integrity === 'weak')) return 'indeterminate';
  return stamps.some(({ answer }) => answer?.trust === 'indeterminate') ? 'indeterminate' : 'untrusted';
}

export function verdictOf(
  signature: ExaminedSignature,
  trust: CertificateAnswer['trust'] | null,
  timestamp: SignatureReport['timestamp'],
): SignatureReport['verdict'] {
  if (signature.problem) return signature.problem;
  if (signature.integrity === 'broken') return 'broken';
  if (!signature.isAllowed) return 'altered';
  if (signature.integrity === 'not-checked') return 'indeterminate';
  if (trust === null || trust === 'untrusted') return 'untrusted';
  const hasDoubts = signature.changes.doubts.length > 0 || timestamp === 'invalid';
  return signature.integrity === 'weak' || hasDoubts || trust !== 'trusted' ? 'indeterminate' : 'valid';
}

/**
 * What later signatures do to this one, Vietnamese: a stranger's signature explains its own field, but what it draws over the
 * page has nobody's word; and nobody's signature needs most of a page.
 */
export function doubtsAboutLater(signature: ExaminedSignature, all: readonly SignatureReport[]): string[] {
  const isVouchedFor = (field: string): boolean =>
    all.filter((report) => report.field === field).every((report) => report.verdict === 'valid');
  return signature.changes.laterSignatures.flatMap(({ field, pageShare, isNewField }) => {
    if (pageShare === 0) return [];
    const doubts: string[] = [];
    if (!isVouchedFor(field) && isNewField)
      doubts.push(
        `Chữ ký "${field}" được thêm sau, có hình trên trang, và không phải của người được tin cậy: ` +
          'hình đó có thể che hoặc thay nội dung đã ký.',
      );
    if (pageShare > MOST_OF_A_PAGE && isNewField)
      doubts.push(`Hình của chữ ký "${field}" được thêm sau che ${Math.round(pageShare * 100)} % một trang.`);
    return doubts;
  });
}

/**
 * The file's verdict. Document time-stamps of an authority nobody imported neither help nor harm; one that is wrong means
 * that the file is no longer what was stamped.
 */
export function overallVerdict(reports: readonly SignatureReport[], isCutOff: boolean): Verdict {
  const harmful = (report: SignatureReport): boolean => report.verdict === 'broken' || report.verdict === 'altered';
  const signatures = reports.filter((report) => report.kind !== 'time-stamp');
  const counting = reports.filter((report) => report.kind !== 'time-stamp' || harmful(report));
  const deciding = signatures.length > 0 ? counting : reports;
  if (deciding.length === 0) return isCutOff ? 'unreadable' : 'unsigned';
  return WORST_FIRST.find((verdict) => deciding.some((report) => report.verdict === verdict)) ?? 'indeterminate';
}
