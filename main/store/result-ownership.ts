/**
 * @file Whose result a file is. Three keys: its bytes, the number–date–agency read from it, and the dossier code printed on
 * it. What one of them gives to another dossier is refused; what none of them gives to this one needs a person's reason.
 */
import { codesIn, compareResult, isDoubtful, resultIdentity, type ResultReading } from '../dossiers/result-check.ts';
import { Failure } from '../rooms/failure.ts';
import { toLocalDate, type StoreContext } from './context.ts';
import { readDossier } from './dossier-rows.ts';

/**
 * @param reason of the officer who looked at the differences; null when nobody was asked
 * @throws Failure `result-of-another-dossier`, `result-unconfirmed`
 */
export function requireOwnResult(
  context: StoreContext,
  dossierId: string,
  reading: ResultReading,
  reason: string | null,
): void {
  const dossier = readDossier(context, dossierId);
  const identity = resultIdentity(reading, dossier.procedure?.code ?? '');
  const holder = identity === null ? undefined : findIdentity(context, identity);
  if (holder !== undefined && holder !== dossierId)
    throw new Failure('result-of-another-dossier', `${reading.number} ngày ${reading.issuedOn}`);
  const codes = codesIn(reading.text);
  const holders = codes.map((code) => ({ code, dossierId: findByCode(context, code) }));
  const other = holders.find((found) => found.dossierId !== undefined && found.dossierId !== dossierId);
  if (other && !holders.some((found) => found.dossierId === dossierId))
    throw new Failure('result-of-another-dossier', other.code);
  const findings = compareResult(dossier, reading, {
    today: toLocalDate(context, context.clock()),
    agencyNames: context.settings.agencyNames,
  });
  if (isDoubtful(findings) && reason === null) throw new Failure('result-unconfirmed', dossierId);
}

/** Part of the transaction that attaches the result. */
export function claimIdentity(
  context: StoreContext,
  dossierId: string,
  documentId: string,
  reading: ResultReading,
): void {
  const identity = resultIdentity(reading, readDossier(context, dossierId).procedure?.code ?? '');
  if (identity === null) return;
  context
    .sql('INSERT OR IGNORE INTO result_identity (identity, dossier_id, document_id) VALUES (?, ?, ?)')
    .run(identity, dossierId, documentId);
}

function findIdentity(context: StoreContext, identity: string): string | undefined {
  const row = context.sql('SELECT dossier_id FROM result_identity WHERE identity = ?').get(identity) as
    { dossier_id: string } | undefined;
  return row?.dossier_id;
}

function findByCode(context: StoreContext, code: string): string | undefined {
  const row = context.sql('SELECT id FROM dossier WHERE code = ? OR provisional_code = ?').get(code, code) as
    { id: string } | undefined;
  return row?.id;
}
