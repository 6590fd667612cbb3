/** @file Which key puts a page under which component: 1–9, then letters that mean nothing else on the desk. */
import type { ChecklistItem } from '../../../preload/types.ts';

const KEYS = [...'123456789', ...'abcdegiklmnopqstuvxyz'];

/** The checklist as it takes pages: papers only shown, electronic forms and papers that are not scanned take none. */
export function takesPages(item: ChecklistItem): boolean {
  return item.component.mustDigitise || item.pageIds.length > 0;
}

/** Component id → key. Components beyond the last key are reached by dragging or by Tab. */
export function componentKeys(checklist: readonly ChecklistItem[]): ReadonlyMap<string, string> {
  const keyed = checklist.filter(takesPages).slice(0, KEYS.length);
  return new Map(keyed.map((item, index) => [item.component.id, KEYS[index] ?? '']));
}
