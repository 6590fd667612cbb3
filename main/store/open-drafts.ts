/**
 * @file Drafts in hand: their facts, and what derives from them. The readings of pages lie in rows of their own, so that a
 * decision about one page does not write down again what was read on three hundred; the drafts worked on last stay in memory,
 * by revision, so that it does not derive again what they show either.
 */
import { applyPatch, type DraftFacts, type DraftPatch } from '../dossiers/draft.ts';
import { projectDraft, type DraftBody } from '../dossiers/project-draft.ts';
import type { StoreContext } from './context.ts';
import type { DossierRow } from './dossier-rows.ts';

export interface OpenDraft {
  readonly revision: number;
  readonly facts: DraftFacts;
  readonly body: DraftBody;
}

type OwnRow = Pick<DossierRow, 'id' | 'revision' | 'draft' | 'channel'>;

/** Two counters' worth of citizens and stacks; a thick draft takes a few megabytes. */
const MOST_KEPT = 6;
const READING = 'recognition:';

const kept = new WeakMap<StoreContext, Map<string, OpenDraft>>();

/** The draft as its row says; from memory when nothing changed since. Nobody changes what this answers. */
export function openDraft(context: StoreContext, row: OwnRow): OpenDraft {
  const known = draftsOf(context).get(row.id);
  if (known?.revision === row.revision) return known;
  const facts = readFacts(context, row);
  return keepDraft(context, { id: row.id, revision: row.revision, facts, body: projectDraft(facts, row.channel) });
}

/** After the change is committed, never before: what did not happen must not be remembered. */
export function keepDraft(context: StoreContext, { id, ...draft }: OpenDraft & { readonly id: string }): OpenDraft {
  const drafts = draftsOf(context);
  drafts.delete(id);
  drafts.set(id, draft);
  const [oldest] = drafts.keys();
  if (drafts.size > MOST_KEPT && oldest !== undefined) drafts.delete(oldest);
  return draft;
}

export function forgetDraft(context: StoreContext, id: string): void {
  draftsOf(context).delete(id);
}

/** What goes into the draft's own column: everything but the readings. */
export function factsWithoutReadings(facts: DraftFacts): string {
  return JSON.stringify(Object.fromEntries(Object.entries(facts).filter(([key]) => !key.startsWith(READING))));
}

/** The readings that a patch sets or takes away. Inside the transaction of the change. */
export function writeReadings(context: StoreContext, dossierId: string, patch: DraftPatch): void {
  for (const [key, fact] of Object.entries(patch)) {
    if (!key.startsWith(READING)) continue;
    const pageId = key.slice(READING.length);
    if (fact === null || fact === undefined) {
      context.sql('DELETE FROM page_reading WHERE dossier_id = ? AND page_id = ?').run(dossierId, pageId);
    } else {
      context
        .sql(
          'INSERT INTO page_reading (dossier_id, page_id, fact) VALUES (?, ?, ?) ON CONFLICT (dossier_id, page_id) DO UPDATE SET fact = excluded.fact',
        )
        .run(dossierId, pageId, JSON.stringify(fact));
    }
  }
}

function readFacts(context: StoreContext, row: OwnRow): DraftFacts {
  const own = JSON.parse(row.draft) as DraftFacts;
  const readings = context.sql('SELECT page_id, fact FROM page_reading WHERE dossier_id = ?').all(row.id) as {
    page_id: string;
    fact: string;
  }[];
  return applyPatch(
    own,
    Object.fromEntries(readings.map(({ page_id, fact }) => [`${READING}${page_id}`, JSON.parse(fact) as unknown])),
  ).draft;
}

function draftsOf(context: StoreContext): Map<string, OpenDraft> {
  const known = kept.get(context);
  if (known) return known;
  const drafts = new Map<string, OpenDraft>();
  kept.set(context, drafts);
  return drafts;
}
