/** @file The self check behind F9 and `motcua doctor`: each part is asked to do its work once, none is assumed. */
import { freemem } from 'node:os';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceCheck } from '../../preload/types.ts';
import type { Machine } from '../ports/ports.ts';
import type { Settings } from '../settings/settings.ts';
import type { Capture } from './capture.ts';
import type { Rooms } from './rooms.ts';

const LOW_DISK_BYTES = 2 * 1024 ** 3; // warn below 2 GB: a day of scanning

export async function checkDevices(
  machine: Machine,
  settings: Settings,
  rooms: Rooms,
  capture: Capture,
  connection: { readonly connection: string; readonly clockOffsetMs: number | null },
): Promise<readonly DeviceCheck[]> {
  const [store, scanners, tokens] = await Promise.all([
    rooms.store.call('check', {}),
    capture.devices(),
    rooms.token.call('list', {}),
  ]);
  const checks: DeviceCheck[] = [];
  const add = (part: DeviceCheck['part'], state: DeviceCheck['state'], message: string, values: DeviceCheck['values'] = {}): void =>
    void checks.push({ part, state, message, values });

  if (!store.ok) add('store', 'failed', 'store-closed', { code: store.code });
  else if (store.value.integrity !== 'ok' || store.value.synchronous !== 2) add('store', 'failed', 'store-damaged', { code: store.value.integrity });
  else add('store', 'ok', 'store-ok', { dossiers: store.value.dossiers, files: store.value.blobs });
  if (store.ok) {
    const free = store.value.freeBytes;
    add('disk', free < LOW_DISK_BYTES ? 'warning' : 'ok', free < LOW_DISK_BYTES ? 'disk-low' : 'disk-ok', { gigabytes: Math.floor(free / 1024 ** 3) });
  }

  if (!scanners.ok) add('scanner', 'failed', 'scanner-failed', { code: scanners.code });
  else if (scanners.value.length === 0) add('scanner', 'warning', 'scanner-none');
  else add('scanner', 'ok', 'scanner-ok', { count: scanners.value.length, name: scanners.value[0]?.name ?? '' });

  if (!tokens.ok) add('token', 'failed', 'token-failed', { code: tokens.code });
  else if (tokens.value.length === 0) add('token', 'warning', 'token-none');
  else add('token', 'ok', 'token-ok', { count: tokens.value.length, label: tokens.value[0]?.label ?? '' });

  add('province', connection.connection === 'online' ? 'ok' : 'warning', `province-${connection.connection}`, {
    url: settings.province?.url ?? 'practice',
  });
  const offset = connection.clockOffsetMs;
  if (offset === null) add('clock', 'warning', 'clock-unknown');
  else add('clock', Math.abs(offset) > 120_000 ? 'warning' : 'ok', Math.abs(offset) > 120_000 ? 'clock-off' : 'clock-ok', { seconds: Math.round(offset / 1000) });

  const hasModel = existsSync(join(machine.paths.resources, 'tessdata', 'vie.traineddata'));
  add('recognition', hasModel ? 'ok' : 'failed', hasModel ? 'recognition-ok' : 'recognition-model-missing', {
    freeMegabytes: Math.floor(freemem() / 1024 ** 2),
  });
  add('host', machine.secretBox.kind === 'dpapi' || machine.secretBox.kind === 'keychain' || machine.secretBox.kind === 'libsecret' ? 'ok' : 'warning', 'host-secrets', {
    kind: machine.secretBox.kind,
  });
  return checks;
}
