/** @file What may change in the catalog after a signature: validation data, extensions, metadata; everything else is no update. */
import type { PdfDict } from '../../pdf/values.ts';
import type { Findings } from './findings.ts';
import { differingKeys, type RevisionPair } from './revision-pair.ts';
import { checkValidationStore } from './validation-store.ts';

/** `/AcroForm` and `/StructTreeRoot` have rules of their own. */
const JUDGED_ELSEWHERE = ['AcroForm', 'DSS', 'Metadata', 'Extensions', 'Version', 'MarkInfo', 'StructTreeRoot'];
/** As harmless as validation data: programs that add time-stamps date the file anew, even one certified against all changes. */
const HIDDEN: Readonly<Record<string, string>> = {
  Extensions: 'Phiên bản mở rộng của tệp được ghi lại.',
  Version: 'Phiên bản của tệp được ghi lại.',
  Metadata: 'Siêu dữ liệu (không hiển thị) được cập nhật sau khi ký.',
  MarkInfo: 'Thông tin đánh dấu cấu trúc (không hiển thị) được cập nhật sau khi ký.',
};

export function checkCatalog(pair: RevisionPair, findings: Findings): void {
  const [before, after] = [pair.signed.catalog, pair.whole.catalog];
  const root = pair.whole.trailer.entries.get('Root');
  if (after.hasDoubleKeys) findings.raise('other', 'Catalog có khóa lặp.');
  for (const key of differingKeys(before, after)) {
    if (!JUDGED_ELSEWHERE.includes(key)) findings.raise('other', `Mục /${key} của tài liệu đã bị đổi sau khi ký.`);
  }
  if (root?.kind === 'reference') findings.explained.add(root.number);
  checkValidationStore(pair, before.entries.get('DSS'), after.entries.get('DSS'), findings);
  for (const [key, reason] of Object.entries(HIDDEN)) checkHidden(pair, before, after, key, reason, findings);
}

/** An entry no reader draws; its objects may be written anew as long as nothing shown uses them too. */
function checkHidden(
  pair: RevisionPair,
  before: PdfDict,
  after: PdfDict,
  key: string,
  reason: string,
  findings: Findings,
): void {
  const stored = after.entries.get(key);
  if (!stored) {
    if (before.entries.has(key)) findings.raise('other', `Mục /${key} của tài liệu đã bị gỡ sau khi ký.`);
    return;
  }
  const explainedBefore = findings.explained.size;
  pair.explainBelow(stored, findings, (number) => !pair.shown.has(number));
  // One level below an object that was left alone itself: developer extensions are dictionaries of their own.
  for (const part of pair.whole.dictionary(stored)?.entries.values() ?? [])
    pair.explainBelow(part, findings, (number) => !pair.shown.has(number));
  if (pair.isTouched(stored, before.entries.get(key)) || findings.explained.size > explainedBefore)
    findings.raise('validation-data', reason);
}
