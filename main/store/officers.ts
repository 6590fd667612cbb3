/**
 * @file Officers and their PINs. Argon2id; wrong attempts are written before the answer, so that ending the process does
 * not give free tries. After five the wait doubles.
 */
import { argon2id, argon2Verify } from 'hash-wasm';
import { randomBytes } from 'node:crypto';
import type { Officer, Role } from '../../preload/types.ts';
import { v7 as uuidv7 } from 'uuid';
import { Failure } from '../rooms/failure.ts';
import { appendAudit, inTransaction, nowMs, recordTimeMs, toLocal, type StoreContext } from './context.ts';

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

/** Nobody chooses fewer: after five wrong tries the waits make six digits hold for years. */
const MIN_PIN_LENGTH = 6;
const MAX_PIN_LENGTH = 64;

const PRACTICE_PIN = '123456';
const PRACTICE_OFFICERS: readonly Officer[] = [
  { id: 'practice-lan', name: 'Nguyễn Thị Lan', title: 'Cán bộ tiếp nhận', roles: ['counter'] },
  { id: 'practice-minh', name: 'Trần Văn Minh', title: 'Phó Giám đốc Trung tâm', roles: ['signer', 'counter'] },
];

/** Fictional officers of practice mode; an existing officer is left as he is. */
export async function seedPracticeOfficers(context: StoreContext): Promise<void> {
  for (const officer of PRACTICE_OFFICERS) {
    if (findOfficer(context, officer.id)) continue;
    insertOfficer(context, officer, await hashPin(PRACTICE_PIN));
  }
}

export function hasPracticeOfficers(context: StoreContext): boolean {
  return PRACTICE_OFFICERS.some(({ id }) => context.sql('SELECT 1 FROM officer WHERE id = ?').get(id) !== undefined);
}

export interface NewOfficer {
  readonly name: string;
  readonly title: string;
  readonly roles: readonly Role[];
  readonly pin: string;
}

/**
 * A further officer. No channel of the window leads here: whoever may run the command line of this PC decides.
 * @throws Failure `bad-request` for an empty name, no role, a PIN that is too short or too long, or an officer who is there
 */
export async function addOfficer(context: StoreContext, { name, title, roles, pin }: NewOfficer): Promise<Officer> {
  const officer: Officer = {
    id: uuidv7(),
    name: tidy(name),
    title: tidy(title),
    roles: [...new Set(roles)],
  };
  if (officer.name === '') throw new Failure('bad-request', 'an officer has a name');
  if (officer.roles.length === 0) throw new Failure('bad-request', 'an officer has a role');
  if (pin.length < MIN_PIN_LENGTH || pin.length > MAX_PIN_LENGTH)
    throw new Failure('bad-request', `a PIN has ${MIN_PIN_LENGTH} to ${MAX_PIN_LENGTH} characters`);
  if (listOfficers(context).some((known) => known.name === officer.name && known.title === officer.title))
    throw new Failure('bad-request', `${officer.name}, ${officer.title}: this officer is there already`);
  const pinHash = await hashPin(pin);
  inTransaction(context, () => {
    const atMs = recordTimeMs(context);
    insertOfficer(context, officer, pinHash);
    appendAudit(context, atMs, {
      kind: 'officer-added',
      data: { officer: officer.id, roles: officer.roles.join(' ') },
    });
  });
  return officer;
}

export function listOfficers(context: StoreContext): Officer[] {
  const rows = context.sql('SELECT * FROM officer ORDER BY name').all() as OfficerRow[];
  return rows.filter(({ id }) => isOfThisMode(context, id)).map(toOfficer);
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

/** @throws Failure `not-allowed` when the officer is unknown or has none of the roles */
export function requireOfficer(context: StoreContext, officerId: string, ...roles: readonly Role[]): Officer {
  const row = findOfficer(context, officerId);
  const officer = row && toOfficer(row);
  if (!officer?.roles.some((role) => roles.includes(role)))
    throw new Failure('not-allowed', `${officerId} is no ${roles.join(' or ')}`);
  return officer;
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

function tidy(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ');
}

function hashPin(pin: string): Promise<string> {
  return argon2id({ ...ARGON2, password: pin, salt: randomBytes(16), outputType: 'encoded' });
}

function insertOfficer(context: StoreContext, { id, name, title, roles }: Officer, pinHash: string): void {
  context
    .sql('INSERT OR IGNORE INTO officer (id, name, title, roles, pin_hash) VALUES (?, ?, ?, ?, ?)')
    .run(id, name, title, JSON.stringify(roles), pinHash);
}

/** Their PIN is public: outside practice they do not exist, whatever the table says. */
function isOfThisMode(context: StoreContext, officerId: string): boolean {
  return context.settings.isPractice || !PRACTICE_OFFICERS.some(({ id }) => id === officerId);
}

export function findOfficer(context: StoreContext, officerId: string): OfficerRow | undefined {
  if (!isOfThisMode(context, officerId)) return undefined;
  return context.sql('SELECT * FROM officer WHERE id = ?').get(officerId) as OfficerRow | undefined;
}

function toOfficer(row: OfficerRow): Officer {
  return { id: row.id, name: row.name, title: row.title, roles: JSON.parse(row.roles) as Role[] };
}
