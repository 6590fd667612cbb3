/** @file What every part of the store works with: the open database, settings of this counter, and ports. */
import type { Database, Statement } from 'better-sqlite3';
import { GENESIS, chainEntry, type AuditEvent } from '../audit/chain.ts';
import type { Calendar } from '../deadlines/calendar.ts';
import { formatLocal, localDate } from '../deadlines/local-time.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { SeriesTemplate } from '../../preload/backlog-types.ts';
import type { ResultSignature } from '../../preload/types.ts';
import { Failure } from '../rooms/failure.ts';
import type { SignatureLevel } from '../signing/validation/policy.ts';
import type { Manifest } from '../sync/protocol.ts';
import type { StorePaths } from './store-files.ts';

export interface VerifiedReceipt {
  /** The official dossier code; null when the province gave none with this revision. */
  readonly number: string | null;
}

export interface StorePorts {
  /** System clock, milliseconds. The store never uses it directly: see {@link StoreContext.nowMs}. */
  readonly clock: () => number;
  /** A named place in the code; tests end the process there. */
  readonly crashPoint: (name: string) => void;
  /** @throws Failure `receipt-invalid` unless it is the province's receipt of exactly this manifest */
  readonly verifyReceipt: (receipt: string, manifest: Manifest, manifestSha256: string) => Promise<VerifiedReceipt>;
  /** With the revision that the change made, where it made one. */
  readonly onDossierChanged: (id: string, revision?: number) => void;
  readonly onOutboxChanged: () => void;
}

export interface StoreSettings {
  readonly agencyCode: string;
  readonly counterId: string;
  readonly agencyNames: readonly string[];
  readonly utcOffsetMinutes: number;
  readonly isPractice: boolean;
  /** What signed results are brought to after the token is done. */
  readonly resultLevel: SignatureLevel;
  /** Whose signatures a result needs, in order. */
  readonly resultSignatures: readonly ResultSignature[];
}

export interface StoreContext extends StorePorts {
  readonly database: Database;
  readonly paths: StorePaths;
  readonly storeKey: Buffer;
  readonly settings: StoreSettings;
  readonly catalogue: Catalogue;
  readonly calendar: Calendar;
  readonly seriesTemplates: readonly SeriesTemplate[];
  readonly documentKeywords: ReadonlyMap<string, readonly string[]>;
  /** Differs at every start: leases of an earlier process end with it. */
  readonly bootId: string;
  /** Prepared once, then reused. */
  readonly sql: (text: string) => Statement<unknown[], unknown>;
}

type Row = Record<string, unknown>;

export function createSql(database: Database): StoreContext['sql'] {
  const statements = new Map<string, Statement<unknown[], unknown>>();
  return (text) => {
    const known = statements.get(text);
    if (known) return known;
    const statement = database.prepare<unknown[], unknown>(text);
    statements.set(text, statement);
    return statement;
  };
}

/** All or nothing, durable when it returns. */
export function inTransaction<T>(context: StoreContext, work: () => T): T {
  return context.database.transaction(work).immediate();
}

export function readSetting(context: StoreContext, name: string): string | null {
  const row = context.sql('SELECT value FROM setting WHERE name = ?').get(name) as { value: string } | undefined;
  return row?.value ?? null;
}

export function writeSetting(context: StoreContext, name: string, value: string): void {
  context
    .sql('INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
    .run(name, value);
}

const HIGH_WATER = 'clock-high-water-ms';
const AUDIT_HEAD = 'audit-head';
/** A clock set right by the network may step back this far; more is back-dating (regulations 3.5.7). */
const MAX_STEP_BACK_MS = 120_000;

/** Time for drafts and leases: never before what was recorded already. */
export function nowMs(context: StoreContext): number {
  return Math.max(context.clock(), Number(readSetting(context, HIGH_WATER) ?? 0));
}

/**
 * Time for the record: receptions, results.
 * @throws Failure `backdating` when the system clock stands before an entry that is already on record
 */
export function recordTimeMs(context: StoreContext): number {
  const highWater = Number(readSetting(context, HIGH_WATER) ?? 0);
  const now = context.clock();
  if (now < highWater - MAX_STEP_BACK_MS) {
    throw new Failure(
      'backdating',
      `the clock says ${toLocal(context, now)}, the last entry is of ${toLocal(context, highWater)}`,
    );
  }
  return Math.max(now, highWater);
}

export function toLocal(context: StoreContext, epochMs: number): string {
  return formatLocal(epochMs, context.settings.utcOffsetMinutes);
}

export function toLocalDate(context: StoreContext, epochMs: number): string {
  return localDate(epochMs, context.settings.utcOffsetMinutes);
}

/** Adds to the audit chain; only inside the transaction of what it records. */
export function appendAudit(
  context: StoreContext,
  atMs: number,
  event: { kind: string; officerId?: string | null; dossierId?: string | null; data?: AuditEvent['data'] },
): string {
  const entry = chainEntry(auditHead(context), {
    at: toLocal(context, atMs),
    kind: event.kind,
    officerId: event.officerId ?? null,
    dossierId: event.dossierId ?? null,
    data: event.data ?? {},
  });
  context.sql('INSERT INTO audit (seq, hash, event) VALUES (?, ?, ?)').run(entry.seq, entry.hash, entry.event);
  writeSetting(context, AUDIT_HEAD, `${entry.seq}:${entry.hash}`);
  if (atMs > Number(readSetting(context, HIGH_WATER) ?? 0)) writeSetting(context, HIGH_WATER, String(atMs));
  return entry.hash;
}

/** Something that happened outside every dossier. */
export function recordEvent(
  context: StoreContext,
  event: { kind: string; officerId: string; data: AuditEvent['data'] },
): null {
  inTransaction(context, () => appendAudit(context, recordTimeMs(context), event));
  return null;
}

export function auditHead(context: StoreContext): { seq: number; hash: string } {
  const row = context.sql('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').get() as Row | undefined;
  return row ? { seq: Number(row['seq']), hash: String(row['hash']) } : { seq: 0, hash: GENESIS };
}

/** The head as it was written beside the chain: differs when the chain's end was cut off. */
export function recordedAuditHead(context: StoreContext): { seq: number; hash: string } | null {
  const text = readSetting(context, AUDIT_HEAD);
  if (text === null) return null;
  const [seq = '0', hash = ''] = text.split(':');
  return { seq: Number(seq), hash };
}
