/**
 * @file What happened to a document after a signature: the objects of the signed revision against those of the whole
 * file. Only changes that have an innocent explanation are named; everything else is `other`. (The attacks: incremental
 * saving, signature wrapping, shadow documents, evil annotations, sneaky signatures.)
 */
import type { PdfDocument } from '../../pdf/document.ts';
import { isSameValue } from '../../pdf/values.ts';
import { findAmbiguity } from './appended-sections.ts';
import { checkCatalog } from './catalog-changes.ts';
import { Findings, otherChange, type Changes } from './findings.ts';
import { checkForm } from './form-changes.ts';
import { checkPages } from './page-changes.ts';
import { isNamed, RevisionPair } from './revision-pair.ts';
import { checkTagging } from './tagging-changes.ts';
import { findUnaccountedBytes } from './unaccounted-bytes.ts';

/**
 * @param signed the document as it stood when signed
 * @param whole the same bytes and all that follows
 * @param signedEnds by number of the field: where the bytes end that its own signature covers, for fields whose signature
 *   was checked and is right. All others prove nothing: anybody can add a field that only looks like a signature.
 * @throws PdfDamaged when an object that matters cannot be read
 */
export function compareRevisions(
  signed: PdfDocument,
  whole: PdfDocument,
  signedEnds: ReadonlyMap<number, number>,
): Changes {
  const from = signed.bytes.length;
  if (whole.startXref < from) return otherChange('Có dữ liệu được nối thêm sau phần đã ký.');
  const unaccounted = findUnaccountedBytes(whole, from);
  if (unaccounted !== undefined) return otherChange(`Có dữ liệu lạ được chèn sau chữ ký (byte ${unaccounted}).`);
  if (!whole.sections.some((section) => section.start < from))
    return otherChange('Phần thêm sau chữ ký không tiếp nối tài liệu đã ký.');

  const ambiguity = findAmbiguity(signed, whole);
  if (ambiguity !== null) return otherChange(ambiguity);

  const pair = new RevisionPair(signed, whole);
  const findings = new Findings();
  checkTrailer(pair, findings);
  checkCatalog(pair, findings);
  checkForm(pair, findings, (field) => (signedEnds.get(field) ?? 0) > from);
  checkPages(pair, findings);
  checkTagging(pair, findings);
  explainStructure(pair, findings);
  checkUnexplained(pair, findings);
  const changes = findings.result();
  return changes.kind === 'none' ? otherChange('Có phần thêm sau chữ ký mà không rõ mục đích.') : changes;
}

function checkTrailer(pair: RevisionPair, findings: Findings): void {
  const { signed, whole } = pair;
  const [before, after] = [signed.trailer.entries, whole.trailer.entries];
  if (!isSameValue(before.get('Root'), after.get('Root')))
    findings.raise('other', 'Gốc của tài liệu (catalog) đã bị thay.');
  const encryption = after.get('Encrypt');
  if (!isSameValue(signed.resolve(before.get('Encrypt')), whole.resolve(encryption)))
    findings.raise('other', 'Mã hóa của tài liệu bị đổi sau khi ký.');
  else pair.explainHidden(encryption, findings);
  const information = after.get('Info');
  if (information?.kind === 'reference' && pair.changed.has(information.number)) {
    pair.explainHidden(information, findings);
    findings.raise('validation-data', 'Thông tin tài liệu (không hiển thị) được cập nhật sau khi ký.');
  }
}

/** Cross-reference and object streams carry the other objects; those are compared one by one. */
function explainStructure(pair: RevisionPair, findings: Findings): void {
  for (const number of pair.changed) {
    const entry = pair.whole.entries.get(number);
    if (entry?.kind !== 'plain' || !pair.isNew(number)) continue;
    const dict = pair.whole.dictionary({ kind: 'reference', number, generation: entry.generation });
    if (dict && (isNamed(dict.entries.get('Type'), 'XRef') || isNamed(dict.entries.get('Type'), 'ObjStm')))
      findings.explained.add(number);
  }
}

function checkUnexplained(pair: RevisionPair, findings: Findings): void {
  for (const number of pair.changed) {
    // What signed pages name may not come into being later, not even as part of something innocent.
    if (pair.isNew(number) && pair.shown.has(number) && pair.isUsed(number))
      return findings.raise('other', `Đối tượng ${number} còn trống trong bản đã ký được thêm nội dung sau khi ký.`);
    if (findings.explained.has(number) || !pair.signed.entries.has(number)) continue;
    if (pair.signed.entries.get(number)?.kind === 'free' && !pair.isUsed(number)) continue;
    return findings.raise('other', `Đối tượng ${number} đã bị sửa sau khi ký.`);
  }
}
