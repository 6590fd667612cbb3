/** @file What may change in the catalog after a signature: validation data, extensions, metadata; everything else is no update. */
import type { PdfDict, PdfValue } from '../../pdf/values.ts';
import type { Findings } from './findings.ts';
import { differingKeys, type RevisionPair } from './revision-pair.ts';
import { checkValidationStore } from './validation-store.ts';

/** `/AcroForm` has rules of its own. */
const JUDGED_ELSEWHERE = ['AcroForm', 'DSS', 'Metadata', 'Extensions', 'Version', 'MarkInfo'];

export function checkCatalog(pair: RevisionPair, findings: Findings): void {
  const [before, after] = [pair.signed.catalog, pair.whole.catalog];
  const root = pair.whole.trailer.entries.get('Root');
  if (after.hasDoubleKeys) findings.raise('other', 'Catalog có khóa lặp.');
  for (const key of differingKeys(before, after)) {
    if (!JUDGED_ELSEWHERE.includes(key)) findings.raise('other', `Mục /${key} của tài liệu đã bị đổi sau khi ký.`);
  }
  if (root?.kind === 'reference') findings.explained.add(root.number);
  checkValidationStore(pair, before.entries.get('DSS'), after.entries.get('DSS'), findings);
  checkHidden(
    pair,
    before,
    after,
    'Extensions',
    'validation-data',
    'Phiên bản mở rộng của tệp được ghi lại.',
    findings,
  );
  checkHidden(pair, before, after, 'Version', 'validation-data', 'Phiên bản của tệp được ghi lại.', findings);
  checkHidden(
    pair,
    before,
    after,
    'Metadata',
    'form-filling',
    'Siêu dữ liệu (không hiển thị) được cập nhật sau khi ký.',
    findings,
  );
  checkHidden(
    pair,
    before,
    after,
    'MarkInfo',
    'form-filling',
    'Thông tin đánh dấu cấu trúc (không hiển thị) được cập nhật sau khi ký.',
    findings,
  );
}

/** An entry no reader draws; its objects may be written anew as long as nothing shown uses them too. */
function checkHidden(
  pair: RevisionPair,
  before: PdfDict,
  after: PdfDict,
  key: string,
  kind: 'validation-data' | 'form-filling',
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
  explainParts(pair, stored, findings);
  if (pair.isTouched(stored, before.entries.get(key)) || findings.explained.size > explainedBefore)
    findings.raise(kind, reason);
}

/** One level below an object that was left alone itself: developer extensions are dictionaries of their own. */
function explainParts(pair: RevisionPair, stored: PdfValue, findings: Findings): void {
  const dict = pair.whole.dictionary(stored);
  for (const part of dict?.entries.values() ?? [])
    pair.explainBelow(part, findings, (number) => !pair.shown.has(number));
}
