/** @file Which components of the checklist take pages, and by which key. */
import type { ChecklistItem } from '../../../preload/types.ts';
import { TARGET_KEYS } from '../workbench/keys.ts';
import type { PageTarget } from '../workbench/page-actions.ts';

/** The checklist as it takes pages: papers only shown, electronic forms and papers that are not scanned take none. */
export function takesPages(item: ChecklistItem): boolean {
  return item.component.mustDigitise || item.pageIds.length > 0;
}

/** The checklist as places for pages. Those beyond the last key are reached by dragging or by Tab. */
export function pageTargets(checklist: readonly ChecklistItem[]): readonly PageTarget[] {
  return checklist
    .filter(takesPages)
    .map(({ component: { id, name } }, index) => ({ id, name, key: TARGET_KEYS[index] ?? null }));
}
