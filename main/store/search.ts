/** @file The list of dossiers, newest first, filtered by what the officer types: names without diacritics, numbers, codes. */
import type { Applicant, DossierState, DossierSummary } from '../../preload/types.ts';
import { foldedWords, foldText } from '../dossiers/fold-text.ts';
import type { StoreContext } from './context.ts';
import { toSummary, type DossierRow } from './dossier-rows.ts';

/** Counting stops here: no screen shows more, and counting every "nguyen" of a province would be felt while typing. */
const MAX_TOTAL = 1_000;

export interface SearchFacts {
  readonly applicant: Applicant | null;
  readonly procedure: { readonly code: string; readonly name: string } | null;
  readonly codes: readonly (string | null)[];
}

/** Unaccented words and numbers under which a dossier is found. */
export function searchWords({ applicant, procedure, codes }: SearchFacts): string {
  const numbers = [applicant?.idNumber, applicant?.oldIdNumber, applicant?.phone].map(
    (number) => number?.replace(/[\s.-]/g, '') ?? '',
  );
  const texts = [applicant?.fullName, ...codes, procedure?.name, procedure?.code].map((text) => foldText(text ?? ''));
  return [...texts, ...numbers].filter((part) => part !== '').join(' ');
}

/** Writes the words under which a dossier is found; part of the transaction that changes them. */
export function indexDossier(context: StoreContext, seq: number, facts: SearchFacts): void {
  const words = searchWords(facts);
  context.sql('DELETE FROM dossier_search WHERE rowid = ?').run(seq);
  context.sql('INSERT INTO dossier_search (rowid, words) VALUES (?, ?)').run(seq, words);
}

export function unindexDossier(context: StoreContext, seq: number): void {
  context.sql('DELETE FROM dossier_search WHERE rowid = ?').run(seq);
}

export interface ListQuestion {
  readonly text: string;
  /** Empty = every state. */
  readonly states: readonly DossierState[];
  readonly limit: number;
  readonly offset: number;
}

/** `total` saturates at 1,000. */
export function listDossiers(
  context: StoreContext,
  question: ListQuestion,
): { total: number; items: DossierSummary[] } {
  const words = foldedWords(question.text);
  if (words.length === 0 && question.text.trim() !== '') return { total: 0, items: [] }; // only punctuation: nothing can match
  const conditions: string[] = [];
  const values: unknown[] = [];
  // The index answers newest first by itself, so a page of results costs its own length, however many would match.
  const hasWords = words.length > 0;
  if (hasWords) {
    conditions.push('dossier_search MATCH ?');
    values.push(words.map((word) => `"${word}"*`).join(' AND '));
  }
  // Stacks have no words, so only a list without words could meet them.
  else conditions.push('id NOT IN (SELECT id FROM backlog_stack)');
  if (question.states.length > 0) {
    conditions.push('state IN (SELECT value FROM json_each(?))');
    values.push(JSON.stringify(question.states));
  }
  const from = hasWords ? 'dossier_search CROSS JOIN dossier ON dossier.seq = dossier_search.rowid' : 'dossier';
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const order = hasWords ? 'dossier_search.rowid' : 'seq';
  const rows = context
    .sql(`SELECT dossier.* FROM ${from} ${where} ORDER BY ${order} DESC LIMIT ? OFFSET ?`)
    .all(...values, question.limit, question.offset) as DossierRow[];
  const countFrom = question.states.length > 0 || !hasWords ? from : 'dossier_search';
  const counted = context
    .sql(`SELECT count(*) AS total FROM (SELECT 1 FROM ${countFrom} ${where} LIMIT ${MAX_TOTAL})`)
    .get(...values) as { total: number };
  return { total: counted.total, items: rows.map((row) => toSummary(context, row)) };
}
