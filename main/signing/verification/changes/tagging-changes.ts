/**
 * @file The tree that tells screen readers what is what (`/StructTreeRoot`). Some programs enter each new signature there.
 * Nothing of it is drawn, but it can hold other words than the page shows, so a person decides.
 */
import type { PdfValue } from '../../pdf/values.ts';
import type { Findings } from './findings.ts';
import type { RevisionPair } from './revision-pair.ts';

const MAX_OBJECTS = 300_000;

/** Run after the other rules: looks only when they left changes unexplained. */
export function checkTagging(pair: RevisionPair, findings: Findings): void {
  const [before, after] = [pair.signed.catalog.entries, pair.whole.catalog.entries];
  const [old, now] = [before.get('StructTreeRoot'), after.get('StructTreeRoot')];
  if (!now) {
    if (old) findings.raise('other', 'Mục /StructTreeRoot của tài liệu đã bị gỡ sau khi ký.');
    return;
  }
  const isOpen = (number: number): boolean => !findings.explained.has(number) && !pair.shown.has(number);
  let isChanged = pair.isTouched(now, old);
  const pending: PdfValue[] = isChanged || [...pair.changed].some(isOpen) ? [now] : [];
  const seen = new Set<number>();
  for (let value = pending.pop(); value !== undefined && seen.size < MAX_OBJECTS; value = pending.pop()) {
    if (value.kind === 'array') pending.push(...value.items);
    else if (value.kind === 'dict') pending.push(...value.entries.values());
    else if (value.kind === 'reference' && !seen.has(value.number) && !pair.shown.has(value.number)) {
      seen.add(value.number);
      if (pair.changed.has(value.number) && isOpen(value.number)) {
        findings.explained.add(value.number);
        isChanged ||= !pair.isNew(value.number);
      }
      const found = pair.whole.resolve(value);
      if (found.kind === 'array' || found.kind === 'dict') pending.push(found);
    }
  }
  if (isChanged) findings.doubt('form-filling', 'Cấu trúc cho trình đọc màn hình được sửa sau khi ký.');
}
