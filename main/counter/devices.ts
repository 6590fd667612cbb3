/** @file The self check behind F9 and `motcua doctor`: each part is asked to do its work once, none is assumed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceCheck, SyncStatus } from '../../preload/types.ts';
import type { Machine } from '../ports/ports.ts';
import type { Counter } from './open-counter.ts';
import { checkTokens } from './token-checks.ts';

const LOW_DISK_BYTES = 2 * 1024 ** 3; // a day of scanning
const FULL_DISK_BYTES = 500 * 1024 ** 2; // below this no new scans
const CLOCK_TOLERANCE_MS = 120_000;

type Check = Omit<DeviceCheck, 'part'>;

export async function checkDevices(machine: Machine, counter: Counter): Promise<readonly DeviceCheck[]> {
  const [store, scanner, tokens, sync] = await Promise.all([
    checkStore(counter),
    checkScanner(counter),
    checkTokens(counter.rooms, machine.clock.now()),
    counter.syncStatus(),
  ]);
  const parts: readonly (readonly [DeviceCheck['part'], Check | undefined])[] = [
    ['scanner', scanner],
    ...tokens.map((token) => ['token', token] as const),
    ['province', checkProvince(sync)],
    ['store', store.store],
    ['disk', store.disk],
    ['recognition', checkRecognition(machine)],
    ['clock', checkClock(sync)],
    ['host', checkHost(counter)],
  ];
  return parts.flatMap(([part, check]) => (check ? [{ part, ...check }] : []));
}

async function checkStore(counter: Counter): Promise<{ store: Check; disk?: Check }> {
  const checked = await counter.rooms.store.call('check', {});
  if (!checked.ok) return { store: failed('store-failed', { detail: checked.code }) };
  const { integrity, synchronous, dossiers, blobs, freeBytes } = checked.value;
  // A store that does not flush every commit may lose what it said was saved: as bad as a damaged one.
  const isSound = integrity === 'ok' && synchronous === 2;
  const free = `${(freeBytes / 1024 ** 3).toFixed(1).replace('.', ',')} GB`;
  const disk =
    freeBytes < FULL_DISK_BYTES
      ? failed('disk-full', { free })
      : freeBytes < LOW_DISK_BYTES
        ? warning('disk-low', { free })
        : fine('disk-ok', { free });
  return {
    store: isSound ? fine('store-ok', { dossiers, blobs }) : failed('store-failed', { detail: integrity }),
    disk,
  };
}

async function checkScanner(counter: Counter): Promise<Check> {
  const devices = await counter.capture.devices();
  if (!devices.ok) return failed('scanner-failed', { detail: devices.code });
  const [first] = devices.value;
  return first ? fine('scanner-ok', { count: devices.value.length, name: first.name }) : warning('scanner-none');
}

function checkProvince({ connection }: SyncStatus): Check {
  if (connection === 'online') return fine('province-online');
  return connection === 'refused' ? failed('province-refused') : warning(`province-${connection}`);
}

function checkClock({ clockOffsetMs }: SyncStatus): Check {
  if (clockOffsetMs === null) return warning('clock-unknown');
  const seconds = Math.round(clockOffsetMs / 1000);
  return Math.abs(clockOffsetMs) > CLOCK_TOLERANCE_MS
    ? warning('clock-off', { seconds })
    : fine('clock-ok', { seconds });
}

function checkRecognition(machine: Machine): Check {
  const model = join(machine.paths.resources, 'tessdata', 'vie.traineddata');
  return existsSync(model) ? fine('recognition-ok') : failed('recognition-failed', { detail: model });
}

function checkHost(counter: Counter): Check | undefined {
  const { host, version } = counter.session.state();
  if (host === 'electron') return fine('host-electron', { version });
  return host === 'chromium' ? warning('host-chromium', { version }) : undefined; // the command line has no window to speak of
}

function fine(message: string, values: Check['values'] = {}): Check {
  return { state: 'ok', message, values };
}
function warning(message: string, values: Check['values'] = {}): Check {
  return { state: 'warning', message, values };
}
function failed(message: string, values: Check['values'] = {}): Check {
  return { state: 'failed', message, values };
}
