/** @file The token's part of the self check: every token with what is wrong with it, every driver with why it is not used. */
import { basename } from 'node:path/posix';
import type { DeviceCheck } from '../../preload/types.ts';
import type { Diagnosis, ModuleReport, Token } from '../token/protocol.ts';
import type { Rooms } from './rooms.ts';

export type TokenCheck = Omit<DeviceCheck, 'part'>;

/** A renewal takes the issuer a fortnight or more. */
const EXPIRING_MS = 30 * 24 * 3_600_000;

export async function checkTokens(rooms: Rooms, nowMs: number): Promise<readonly TokenCheck[]> {
  rooms.forgiveTokenDrivers();
  const tokens = await rooms.token.call('list', {});
  const diagnosed = await rooms.token.call('diagnose', {});
  const seen = tokens.ok ? tokens.value : [];
  return [
    ...(tokens.ok ? describeTokens(seen, nowMs) : [check('failed', 'token-failed', { detail: tokens.code })]),
    ...(diagnosed.ok ? describeDrivers(diagnosed.value, seen) : []),
  ];
}

export function describeTokens(tokens: readonly Token[], nowMs: number): TokenCheck[] {
  return tokens.length === 0 ? [check('warning', 'token-none')] : tokens.map((token) => describeToken(token, nowMs));
}

function describeToken({ label, tries, mustChangePin, certificates }: Token, nowMs: number): TokenCheck {
  if (tries === 'locked') return check('failed', 'token-locked', { label });
  const usable = certificates.filter((certificate) => certificate.canSign);
  if (usable.length === 0) return check('failed', 'token-no-certificate', { label });
  if (tries === 'low' || tries === 'final') return check('warning', 'token-low', { label });
  if (mustChangePin) return check('warning', 'token-pin-to-change', { label });
  const lastDay =
    usable
      .map(({ notAfter }) => notAfter)
      .sort()
      .at(-1) ?? '';
  if (Date.parse(lastDay) - nowMs < EXPIRING_MS)
    return check('warning', 'token-expiring', { label, date: lastDay.slice(0, 10) });
  return check('ok', 'token-ok', { label });
}

/** What is plugged in and not seen comes first: it is what the officer is looking at. */
export function describeDrivers({ modules, usbTokens }: Diagnosis, tokens: readonly Token[]): TokenCheck[] {
  const real = tokens.filter((token) => !token.isPractice && token.model !== 'PKCS#12');
  const unseen = real.length > 0 ? [] : (usbTokens ?? []);
  return [
    ...unseen.map(({ name, authority }) =>
      modules.some((module) => module.state === 'ready' && module.authority === authority)
        ? check('failed', 'token-not-seen', { name })
        : check('failed', 'token-no-driver', { name, authority }),
    ),
    ...modules.flatMap(describeDriver),
  ];
}

function describeDriver({ path, state, code, detail, architecture, library, slots }: ModuleReport): TokenCheck[] {
  const name = basename(path.replaceAll('\\', '/'));
  const why = { name, detail: detail ?? '' };
  switch (state) {
    case 'ready': {
      const count = slots.filter(({ token }) => token !== null).length;
      const about = [library?.manufacturer, library?.version].filter(Boolean).join(' ');
      return [check('ok', 'driver-ready', { name, about, architecture: architecture ?? '', count })];
    }
    case 'refused':
      if (code === 'token-module-missing') return [check('warning', 'driver-missing', { path })];
      return [
        architecture === 'ia32' ? check('warning', 'driver-32-bit', { name }) : check('warning', 'driver-refused', why),
      ];
    case 'hung':
      return [check('failed', 'driver-hung', { name })];
    case 'failed':
      return [check('warning', 'driver-failed', why)];
    case 'denied':
    case 'duplicate':
      return [];
  }
}

function check(state: TokenCheck['state'], message: string, values: TokenCheck['values'] = {}): TokenCheck {
  return { state, message, values };
}
