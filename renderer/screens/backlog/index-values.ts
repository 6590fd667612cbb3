/** @file Values of index fields between how they are kept and how an officer reads and types them. Pure. */
import type { IndexField } from '../../../preload/backlog-types.ts';
import { formatDay, parseDay } from '../../language/format.ts';

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

export function shownValue(kind: IndexField['kind'], value: string): string {
  return kind === 'date' && ISO_DAY.test(value) ? formatDay(value) : value;
}

/** A day becomes ISO; what is none stays as typed, so that the rule can say that it cannot be right. */
export function storedValue(kind: IndexField['kind'], text: string): string {
  const tidy = text.normalize('NFC').trim().replace(/\s+/g, ' ');
  return kind === 'date' ? (parseDay(tidy) ?? tidy) : tidy;
}
