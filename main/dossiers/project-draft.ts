/** @file From the facts of a draft to what the screen shows and rules judge. Pure and cheap: run on every answer. */
import type {
  Applicant,
  ChecklistItem,
  Dossier,
  FieldValue,
  IdentityDoubt,
  MissingItem,
  Page,
  Procedure,
  ProcedureComponent,
} from '../../preload/types.ts';
import { findMissing } from './completeness.ts';
import { withContacts } from './contact-fields.ts';
import type { ChecklistFact, DocumentFact, DraftFacts } from './draft.ts';
import { foldText } from './fold-text.ts';
import { applicantOf, cardHolders, identityDoubts, type CardHolder } from './card-holders.ts';
import { mergeFields } from './merge-fields.ts';
import { projectPages } from './project-pages.ts';

/** What derives from the facts; sealing freezes exactly this. */
export interface DraftBody {
  readonly applicant: Applicant | null;
  readonly procedure: Procedure | null;
  readonly checklist: readonly ChecklistItem[];
  readonly pages: readonly Page[];
  readonly fields: readonly FieldValue[];
  readonly identityDoubts: readonly IdentityDoubt[];
  readonly feeVnd: number | null;
  readonly returnMethod: Dossier['returnMethod'];
  readonly note: string | null;
  /** Documents that fit the pages as they are now, by component. */
  readonly documentIds: Readonly<Record<string, string>>;
}

export function projectDraft(draft: DraftFacts, channel: Dossier['channel']): DraftBody {
  const procedure = draft.procedure ?? null;
  const components = applicableComponents(procedure, channel);
  const pages = projectPages(draft, components);
  const fields = mergeFields(draft, pages);
  const holders = cardHolders(draft, pages);
  const applicant = withContacts(draft.applicant ?? onlyHolder(holders), fields);
  const documentIds: Record<string, string> = {};
  for (const { id } of components) {
    const document: DocumentFact | undefined = draft[`document:${id}`];
    if (document && document.madeFrom === fingerprintPages(pages, id)) documentIds[id] = document.documentId;
  }
  return {
    applicant,
    procedure,
    checklist: components.map((component) => projectChecklistItem(draft, component, pages, applicant)),
    pages,
    fields,
    identityDoubts: identityDoubts(holders, applicant, fields),
    // The fee of the version in force, until the officer has said otherwise (an exemption, another number of copies).
    feeVnd: draft.details ? draft.details.feeVnd : (procedure?.fee.directVnd ?? null),
    returnMethod: draft.details?.returnMethod ?? 'counter',
    note: draft.details?.note ?? null,
    documentIds,
  };
}

export function missingOf(body: DraftBody, isSigned: (documentId: string) => boolean): MissingItem[] {
  const signed = new Set(
    Object.entries(body.documentIds)
      .filter(([, id]) => isSigned(id))
      .map(([componentId]) => componentId),
  );
  return findMissing({ ...body, signedComponentIds: signed });
}

const applicable = new WeakMap<Procedure, Map<Dossier['channel'], readonly ProcedureComponent[]>>();
const NONE: readonly ProcedureComponent[] = [];

/**
 * Interactive forms exist only on the online channel; at a counter the paper form stands in their place. The same list for the
 * same procedure, so that what is worked out about it need not be worked out again.
 */
export function applicableComponents(
  procedure: Procedure | null,
  channel: Dossier['channel'],
): readonly ProcedureComponent[] {
  if (procedure === null) return NONE;
  const lists = applicable.get(procedure) ?? new Map<Dossier['channel'], readonly ProcedureComponent[]>();
  applicable.set(procedure, lists);
  const list =
    lists.get(channel) ?? procedure.components.filter(({ kind }) => kind !== 'electronic-form' || channel === 'online');
  lists.set(channel, list);
  return list;
}

/** Names the visible pages of a component in order with their rotation and crop: equal exactly when the PDF would be. */
export function fingerprintPages(pages: readonly Page[], componentId: string): string {
  return pages
    .filter((page) => page.componentId === componentId && !page.isHidden)
    .map(({ id, rotation, crop }) => (crop === null ? `${id}@${rotation}` : `${id}@${rotation}#${crop.join(',')}`))
    .join(' ');
}

function projectChecklistItem(
  draft: DraftFacts,
  component: ProcedureComponent,
  pages: readonly Page[],
  applicant: Applicant | null,
): ChecklistItem {
  const fact: ChecklistFact | undefined = draft[`checklist:${component.id}`];
  const pageIds = pages.filter((page) => page.componentId === component.id && !page.isHidden).map((page) => page.id);
  const handedIn = pageIds.length > 0;
  const form =
    fact?.form ?? (handedIn ? (component.originals > 0 ? 'original' : 'plain-copy') : shownForm(component, applicant));
  const usual = Math.max(1, component.originals || component.copies);
  return {
    component,
    form,
    quantity: fact?.quantity ?? (form === null ? 0 : usual),
    note: fact?.note ?? null,
    pageIds,
  };
}

/** The card whose code was read was in the officer's hand: the identity paper counts as shown, its number as noted. */
function shownForm(component: ProcedureComponent, applicant: Applicant | null): ChecklistItem['form'] {
  if (component.kind !== 'presented' || applicant?.idNumber == null) return null;
  const source = applicant.sources.idNumber;
  if (source !== 'qr' && source !== 'mrz') return null;
  return /\b(tuy than|can cuoc|cccd)\b/.test(foldText(component.name)) ? 'presented' : null;
}

/** The one person whose card lies in the stack. Two people's cards are a question for the officer, not a guess. */
function onlyHolder(holders: readonly CardHolder[]): Applicant | null {
  const [only, ...others] = holders;
  return only && others.length === 0 ? applicantOf(only) : null;
}
