/** @file Which pages of a stack make which record. Pure: the screen shows it anew after every page that comes. */
import type { SplitRule } from '../../preload/backlog-types.ts';

export interface StackPage {
  readonly id: string;
  readonly isHidden: boolean;
  readonly isBlank: boolean;
  /** A sheet that only says "the next record begins": part of none. */
  readonly isSeparator: boolean;
  readonly documentType: string | null;
  /** The officer's hand; null where nobody decided. */
  readonly decision: boolean | null;
  /** Belongs to a record that is finished. */
  readonly isFiled: boolean;
}

export interface StackRecord {
  /** Id of the first page, shown or not: what was typed about the record is kept under it. */
  readonly key: string;
  /** Visible pages only. */
  readonly pageIds: readonly string[];
}

/**
 * Every visible page that is neither a separator nor filed is in exactly one record, in the order of the stack. The officer's
 * decision stands above everything; a separator and the end of a finished record begin the next one under every rule.
 */
export function splitStack(
  pages: readonly StackPage[],
  rule: SplitRule,
  documentTypes: readonly string[],
): readonly StackRecord[] {
  const records: { key: string; pageIds: string[]; counted: number }[] = [];
  let begins = true;
  for (const page of pages) {
    if (page.isSeparator || page.isFiled) {
      begins = true;
      continue;
    }
    const current = records.at(-1);
    if (!current || begins || (page.decision ?? beginsBy(rule, page, current.counted, documentTypes))) {
      // A page that was taken out begins nothing: what it would have begun begins with the next one.
      if (page.isHidden && !page.isBlank) continue;
      records.push({ key: page.id, pageIds: [], counted: 0 });
      begins = false;
    }
    const record = records.at(-1) as (typeof records)[number];
    // The empty back of a sheet went through the scanner, too; what the officer took out did not belong there.
    if (!page.isHidden || page.isBlank) record.counted++;
    if (!page.isHidden) record.pageIds.push(page.id);
  }
  return records.filter(({ pageIds }) => pageIds.length > 0).map(({ key, pageIds }) => ({ key, pageIds }));
}

function beginsBy(rule: SplitRule, page: StackPage, counted: number, documentTypes: readonly string[]): boolean {
  switch (rule.kind) {
    case 'page-class':
      return !page.isHidden && page.documentType !== null && documentTypes.includes(page.documentType);
    case 'every':
      return counted >= rule.pages;
    case 'separator':
    case 'hand':
      return false;
  }
}
