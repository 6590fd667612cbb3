/**
 * @file What still keeps a draft from being received: every required component present or lawfully replaced by data
 * (regulations 3.2 guard of 1 → 2), every handed-in paper that must be digitised scanned, every digitised copy signed.
 */
import type { Applicant, ChecklistItem, MissingItem, Page, Procedure } from '../../preload/types.ts';

export interface CompletenessQuestion {
  readonly applicant: Applicant | null;
  readonly procedure: Procedure | null;
  readonly checklist: readonly ChecklistItem[];
  readonly pages: readonly Page[];
  /** Components whose PDF fits their pages and bears a signature. */
  readonly signedComponentIds: ReadonlySet<string>;
}

const PAPER: ReadonlySet<ChecklistItem['form']> = new Set(['original', 'certified-copy', 'plain-copy']);
const WITHOUT_PAPER: ReadonlySet<ChecklistItem['form']> = new Set(['electronic', 'replaced-by-data']);

export function findMissing(question: CompletenessQuestion): MissingItem[] {
  const { applicant, procedure, checklist, pages, signedComponentIds } = question;
  const missing: MissingItem[] = [];
  if (!applicant || applicant.fullName === '') missing.push({ kind: 'applicant-name' });
  if (!applicant || (applicant.kind === 'person' && !applicant.idNumber)) missing.push({ kind: 'applicant-id' });
  // Without a published processing time no appointment can be given, so it cannot be received either.
  if (!procedure || procedure.time === null) missing.push({ kind: 'procedure' });
  for (const item of checklist) {
    const kind = faultOf(item, procedure?.digitisesInput ?? true);
    if (kind) missing.push({ kind, componentId: item.component.id });
    else if (item.pageIds.length > 0 && !signedComponentIds.has(item.component.id)) {
      missing.push({ kind: 'signature', componentId: item.component.id });
    }
  }
  for (const page of pages) {
    if (!page.isHidden && page.componentId === null) missing.push({ kind: 'page-unassigned', pageId: page.id });
  }
  return missing;
}

function faultOf(item: ChecklistItem, digitisesInput: boolean): 'component' | 'component-scan' | null {
  const { component, form, note, pageIds } = item;
  if (pageIds.length > 0 || WITHOUT_PAPER.has(form)) return null;
  // A paper asked for only in some cases: the officer says in words which case this is.
  if (component.condition !== null && form !== null && note !== null && note.trim() !== '') return null;
  if (component.kind === 'presented') return component.isRequired && form === null ? 'component' : null;
  const isHandedIn = PAPER.has(form);
  if (component.isRequired && !isHandedIn) return 'component';
  return isHandedIn && component.mustDigitise && digitisesInput ? 'component-scan' : null;
}
