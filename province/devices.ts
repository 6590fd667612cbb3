/**
 * @file Who may speak to the gateway: counters (devices), not officers, so an expired login never stops an upload. The
 * device's secret never crosses the wire: it proves it has it by an HMAC over the gateway's nonce and gets a token.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { deviceProofKey, proveWithKey } from '../main/sync/device-proof.ts';
import { prepareOnce, settle, type Rows } from './database.ts';
import { Problem } from './problem.ts';

export interface Device {
  readonly id: string;
  readonly unit: string;
  readonly counter: string;
}

export interface Devices {
  readonly add: (device: Device, secret: string) => void;
  readonly newEnrolmentCode: (unit: string, counter: string) => string;
  readonly enrol: (
    code: string,
    deviceId: string,
  ) => { deviceId: string; deviceSecret: string; unit: string; counter: string };
  readonly challenge: (deviceId: string) => { nonce: string };
  readonly token: (deviceId: string, nonce: string, proof: string) => { token: string; expiresInSeconds: number };
  /** @throws Problem 401 when the header holds no valid token, 403 when the device was revoked. */
  readonly authenticate: (authorization: string | undefined) => Device;
  readonly revoke: (deviceId: string) => void;
  /** Devices heard of within the last minutes: what the drain plan divides by. */
  readonly countActive: () => number;
}

export interface DeviceClock {
  readonly nowMs: () => number;
}

export const TOKEN_LIFE_SECONDS = 3_600;
const NONCE_LIFE_MS = 60_000;
const MOST_NONCES = 10_000;
const ACTIVE_MS = 10 * 60_000;

export function openDevices(rows: Rows, clock: DeviceClock): Devices {
  const sql = prepareOnce(rows);
  const tokenKey = settle(rows, 'token-key', () => randomBytes(32).toString('base64'));
  const nonces = new Map<string, { deviceId: string; untilMs: number }>();
  const find = sql('SELECT id, unit, counter, proof_key, is_revoked FROM device WHERE id = ?');
  const insert = sql(
    `INSERT INTO device (id, unit, counter, proof_key) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET unit = excluded.unit, counter = excluded.counter, proof_key = excluded.proof_key`,
  );
  const seen = sql('UPDATE device SET seen_at_ms = ? WHERE id = ?');
  const signToken = (text: string): string => createHmac('sha256', tokenKey).update(text).digest('base64url');
  const rowOf = (id: string) =>
    find.get(id) as { id: string; unit: string; counter: string; proof_key: string; is_revoked: number } | undefined;

  return {
    add: ({ id, unit, counter }, secret) => void insert.run(id, unit, counter, deviceProofKey(secret)),

    newEnrolmentCode(unit, counter) {
      const code = randomBytes(9).toString('base64url');
      sql('INSERT INTO enrolment (code_sha256, unit, counter) VALUES (?, ?, ?)').run(sha256(code), unit, counter);
      return code;
    },

    enrol(code, deviceId) {
      const deviceSecret = randomBytes(32).toString('base64url');
      return rows.transaction(() => {
        const row = sql('SELECT unit, counter FROM enrolment WHERE code_sha256 = ? AND used_by IS NULL').get(
          sha256(code),
        ) as { unit: string; counter: string } | undefined;
        if (!row) throw new Problem(403, 'enrolment-code-refused', 'the code is unknown or was used');
        if (rowOf(deviceId)) throw new Problem(409, 'device-known', 'a device of this id is enrolled');
        sql('UPDATE enrolment SET used_by = ? WHERE code_sha256 = ?').run(deviceId, sha256(code));
        insert.run(deviceId, row.unit, row.counter, deviceProofKey(deviceSecret));
        return { deviceId, deviceSecret, unit: row.unit, counter: row.counter };
      })();
    },

    challenge(deviceId) {
      const now = clock.nowMs();
      if (nonces.size >= MOST_NONCES)
        for (const [nonce, { untilMs }] of nonces) if (untilMs < now) nonces.delete(nonce);
      if (nonces.size >= MOST_NONCES)
        throw new Problem(503, 'busy', 'too many logins at once', {}, { 'retry-after': '5' });
      const nonce = randomBytes(24).toString('base64url');
      nonces.set(nonce, { deviceId, untilMs: now + NONCE_LIFE_MS });
      return { nonce }; // an unknown device gets one too: no oracle for device ids
    },

    token(deviceId, nonce, proof) {
      const issued = nonces.get(nonce);
      nonces.delete(nonce);
      const row = rowOf(deviceId);
      const isFresh = issued?.deviceId === deviceId && issued.untilMs >= clock.nowMs();
      if (!row || !isFresh || !isSame(proof, proveWithKey(row.proof_key, nonce))) {
        throw new Problem(401, 'device-refused', 'unknown device, wrong secret, or an old nonce');
      }
      if (row.is_revoked) throw new Problem(403, 'device-revoked', 'this device was revoked');
      seen.run(Math.trunc(clock.nowMs()), deviceId);
      const claims = `${Buffer.from(deviceId).toString('base64url')}.${Math.trunc(clock.nowMs() / 1000) + TOKEN_LIFE_SECONDS}`;
      return { token: `${claims}.${signToken(claims)}`, expiresInSeconds: TOKEN_LIFE_SECONDS };
    },

    authenticate(authorization) {
      const [id, expires, signature, ...rest] = (authorization?.match(/^Bearer (\S+)$/i)?.[1] ?? '').split('.');
      if (!id || !expires || !signature || rest.length > 0 || !isSame(signature, signToken(`${id}.${expires}`))) {
        throw new Problem(401, 'token-refused', 'no valid token');
      }
      if (Number(expires) * 1000 < clock.nowMs()) throw new Problem(401, 'token-expired', 'the token has expired');
      const row = rowOf(Buffer.from(id, 'base64url').toString());
      if (!row) throw new Problem(401, 'token-refused', 'the device is unknown');
      if (row.is_revoked) throw new Problem(403, 'device-revoked', 'this device was revoked');
      return { id: row.id, unit: row.unit, counter: row.counter };
    },

    revoke: (deviceId) => void sql('UPDATE device SET is_revoked = 1 WHERE id = ?').run(deviceId),

    countActive: () =>
      (
        sql('SELECT count(*) AS n FROM device WHERE seen_at_ms > ?').get(Math.trunc(clock.nowMs() - ACTIVE_MS)) as {
          n: number;
        }
      ).n,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
