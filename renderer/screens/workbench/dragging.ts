/** @file What a drag carries: page ids, and nothing that another program would take. */
import type { DragEvent } from 'react';

export const DRAG_TYPE = 'application/x-counter-pages';

export function carriesPages(event: DragEvent): boolean {
  return event.dataTransfer.types.includes(DRAG_TYPE);
}

export function draggedPages(event: DragEvent): readonly string[] {
  const text = event.dataTransfer.getData(DRAG_TYPE);
  return text === '' ? [] : text.split(' ');
}

export function startDrag(event: DragEvent, pageIds: readonly string[]): void {
  event.dataTransfer.setData(DRAG_TYPE, pageIds.join(' '));
  event.dataTransfer.effectAllowed = 'move';
}
