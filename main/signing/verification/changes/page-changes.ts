/** @file Pages after a signature: the same ones, showing the same; only their lists of annotations may have grown. */
import { listPages } from '../../pdf/pages.ts';
import { isSameValue, type PdfDict } from '../../pdf/values.ts';
import type { Findings } from './findings.ts';
import { differingKeys, listOf, type RevisionPair } from './revision-pair.ts';
import { ownersOfWidgets } from './signature-widgets.ts';

/** Run after the rules of the form: widgets of signatures that are right are explained by then. */
export function checkPages(pair: RevisionPair, findings: Findings): void {
  const before = listPages(pair.signed);
  const after = listPages(pair.whole);
  if (before.length !== after.length) return findings.raise('other', 'Số trang đã thay đổi sau khi ký.');
  const owners = ownersOfWidgets(pair.whole, pair.signatureFields);
  for (const [index, page] of before.entries()) {
    const now = after[index];
    if (!now || now.reference.number !== page.reference.number)
      return findings.raise('other', `Trang ${index + 1} đã bị thay sau khi ký.`);
    if (now.dict.hasDoubleKeys || differingKeys(page.dict, now.dict).some((key) => key !== 'Annots'))
      return findings.raise('other', `Nội dung trang ${index + 1} đã bị đổi sau khi ký.`);
    const list = now.dict.entries.get('Annots');
    const isListChanged = list?.kind === 'reference' && pair.changed.has(list.number);
    if (!pair.changed.has(page.reference.number) && !isListChanged) continue;
    findings.explained.add(page.reference.number);
    if (isListChanged) pair.explainHidden(list, findings);
    checkAnnotations(pair, page.dict, now.dict, index + 1, owners, findings);
  }
}

function checkAnnotations(
  pair: RevisionPair,
  before: PdfDict,
  after: PdfDict,
  pageNumber: number,
  owners: ReadonlyMap<number, number>,
  findings: Findings,
): void {
  const oldList = listOf(pair.signed, before.entries.get('Annots'));
  const newList = listOf(pair.whole, after.entries.get('Annots'));
  if (!oldList.every((item) => newList.some((other) => isSameValue(item, other))))
    return findings.raise('other', `Chú thích trên trang ${pageNumber} đã bị gỡ sau khi ký.`);
  // Later ones are drawn over earlier ones: in another order, something else is on top.
  const kept = newList.filter((item) => oldList.some((other) => isSameValue(item, other)));
  if (kept.length !== oldList.length || !kept.every((item, index) => isSameValue(item, oldList[index])))
    return findings.raise('other', `Thứ tự chú thích trên trang ${pageNumber} đã bị đổi sau khi ký.`);
  for (const item of newList) {
    if (oldList.some((other) => isSameValue(item, other))) continue;
    if (item.kind === 'reference' && owners.has(item.number) && findings.explained.has(item.number)) continue;
    pair.explainNew(item, findings);
    findings.doubt('annotations', `Chú thích được thêm vào trang ${pageNumber} sau khi ký.`);
  }
}
