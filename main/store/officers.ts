/**
 * @file Officers and their PINs. Argon2id; wrong attempts are written before the answer, so that ending the process does
 * not give free tries. After five the wait doubles.
 */
import { argon2id, argon2Verify } from 'hash-wasm';
import { randomBytes } from 'node:crypto';
import type { Officer, Role } from '../../preload/types.ts';
import { Failure } from '../rooms/failure.ts';
import { inTransaction, nowMs, toLocal, type StoreContext } from './context.ts';

/** OWASP's minimum for Argon2id. The hash lies inside the encrypted database, where no one without the key can try PINs. */
const ARGON2 = { parallelism: 1, iterations: 2, memorySize: 19_456, hashLength: 32 } as const;
const FREE_ATTEMPTS = 5;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 24 * 3_600_000;

interface OfficerRow {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly roles: string;
  readonly pin_hash: string;
  readonly failed_attempts: number;
  readonly locked_until_ms: number;
}

const PRACTICE_PIN = '123456';
const PRACTICE_OFFICERS: readonly Officer[] = [
  { id: 'practice-lan', name: 'Nguyễn Thị Lan', title: 'Cán bộ tiếp nhận', roles: ['counter'] },
  { id: 'practice-minh', name: 'Trần Văn Minh', title: 'Phó Giám đốc Trung tâm', roles: ['signer', 'counter'] },
];

/** Fictional officers of practice mode; an existing officer is left as he is. */
export async function seedPracticeOfficers(context: StoreContext): Promise<void> {
  for (const officer of PRACTICE_OFFICERS) {
    if (findOfficer(context, officer.id)) continue;
    const pinHash = await argon2id({ ...ARGON2, password: PRACTICE_PIN, salt: randomBytes(16), outputType: 'encoded' });
    context
      .sql('INSERT OR IGNORE INTO officer (id, name, title, roles, pin_hash) VALUES (?, ?, ?, ?, ?)')
      .run(officer.id, officer.name, officer.title, JSON.stringify(officer.roles), pinHash);
  }
}

export function listOfficers(context: StoreContext): Officer[] {
  return (context.sql('SELECT * FROM officer ORDER BY name').all() as OfficerRow[]).map(toOfficer);
}

/** @throws Failure `wrong-officer-pin`, or `officer-locked-out` with the end of the wait as detail */
export async function verifyOfficer(context: StoreContext, officerId: string, pin: string): Promise<Officer> {
  const row = findOfficer(context, officerId);
  if (!row) throw new Failure('wrong-officer-pin');
  if (row.locked_until_ms > nowMs(context))
    throw new Failure('officer-locked-out', toLocal(context, row.locked_until_ms));
  const attempts = countAttempt(context, row);
  if (!(await argon2Verify({ password: pin, hash: row.pin_hash }))) {
    const lockedUntilMs = nowMs(context) + waitAfter(attempts);
    if (attempts < FREE_ATTEMPTS) throw new Failure('wrong-officer-pin', `${FREE_ATTEMPTS - attempts} left`);
    throw new Failure('officer-locked-out', toLocal(context, lockedUntilMs));
  }
  context.sql('UPDATE officer SET failed_attempts = 0, locked_until_ms = 0 WHERE id = ?').run(row.id);
  return toOfficer(row);
}

/** @throws Failure `not-allowed` when the officer is unknown or has not the role */
export function requireOfficer(context: StoreContext, officerId: string, role: Role): Officer {
  const row = findOfficer(context, officerId);
  if (!row || !toOfficer(row).roles.includes(role)) throw new Failure('not-allowed', `${officerId} is no ${role}`);
  return toOfficer(row);
}

/** The attempt counts as wrong until it has proved right. */
function countAttempt(context: StoreContext, row: OfficerRow): number {
  return inTransaction(context, () => {
    const attempts = row.failed_attempts + 1;
    const lockedUntilMs = attempts < FREE_ATTEMPTS ? 0 : nowMs(context) + waitAfter(attempts);
    context
      .sql('UPDATE officer SET failed_attempts = ?, locked_until_ms = ? WHERE id = ?')
      .run(attempts, lockedUntilMs, row.id);
    return attempts;
  });
}

function waitAfter(attempts: number): number {
  return attempts < FREE_ATTEMPTS ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - FREE_ATTEMPTS));
}

function findOfficer(context: StoreContext, officerId: string): OfficerRow | undefined {
  return context.sql('SELECT * FROM officer WHERE id = ?').get(officerId) as OfficerRow | undefined;
}

function toOfficer(row: OfficerRow): Officer {
  return { id: row.id, name: row.name, title: row.title, roles: JSON.parse(row.roles) as Role[] };
}
