/**
 * @file Which scanners there are, under ids that stay: a network scanner keeps its id when the router gives it another
 * address. Those seen before are remembered with their last address and asked directly, beside listening for announcements.
 */
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { ScannerDevice } from '../../preload/types.ts';
import type { imagingRoom, Scanner } from '../imaging/protocol.ts';
import type { ResultOf } from '../rooms/define.ts';
import type { Settings } from '../settings/settings.ts';
import type { Rooms } from './rooms.ts';

export interface ScannerList {
  readonly devices: () => Promise<Result<readonly ScannerDevice[]>>;
  /** Where a device is, as far as is known without asking around; listed anew when it never was. */
  readonly find: (deviceId: string) => Promise<Result<Scanner>>;
  /** After it did not answer where it was: where it is now, when that is elsewhere. */
  readonly findElsewhere: (deviceId: string, scanner: Scanner) => Promise<Scanner | null>;
}

interface Listed {
  readonly deviceId: string;
  readonly scanner: Scanner;
}

export function createScannerList(rooms: Pick<Rooms, 'imaging' | 'store'>, settings: Settings): ScannerList {
  let listed: readonly Listed[] = [];

  async function remembered(): Promise<readonly Listed[]> {
    const known = await rooms.store.call('knownScanners', {});
    return known.ok ? known.value : [];
  }

  async function list(): Promise<Result<readonly Listed[]>> {
    const found = await rooms.imaging.call('listScanners', {
      addresses: [...settings.scanners.addresses],
      useDiscovery: settings.scanners.useDiscovery,
      useSane: settings.scanners.useSane,
      watchedFolder: settings.scanners.watchedFolder ?? null,
      sampleFolder: settings.mode === 'practice' ? settings.scanners.sampleFolder : null,
      // Without discovery IT has said which devices there are: an address of the past is not one of them.
      remembered: settings.scanners.useDiscovery ? (await remembered()).map(({ scanner }) => scanner.id) : [],
    });
    if (!found.ok) return found;
    listed = found.value.map((scanner) => ({ deviceId: deviceIdOf(scanner), scanner }));
    const seen = listed.filter(({ scanner }) => isWorthRemembering(scanner));
    if (seen.length > 0) await rooms.store.call('rememberScanners', { seen });
    return ok(listed);
  }

  return {
    devices: async () => {
      const found = await list();
      if (!found.ok) return found;
      const idOf = new Map(found.value.map(({ deviceId, scanner }) => [scanner.id, deviceId]));
      return ok(
        found.value.map(({ deviceId, scanner: { name, driver, sources, dpis, twinOf } }) => ({
          id: deviceId,
          name,
          driver,
          sources,
          dpis,
          ...(twinOf === undefined ? {} : { twinOf: idOf.get(twinOf) ?? twinOf }),
        })),
      );
    },
    find: async (deviceId) => {
      const isWanted = (one: Listed): boolean => one.deviceId === deviceId;
      const near = listed.find(isWanted) ?? (await remembered()).find(isWanted);
      if (near) return ok(near.scanner);
      const found = await list();
      if (!found.ok) return found;
      const scanner = found.value.find(isWanted)?.scanner;
      return scanner ? ok(scanner) : refuse('scanner-offline', deviceId);
    },
    findElsewhere: async (deviceId, scanner) => {
      const found = await list();
      const again = found.ok ? found.value.find((one) => one.deviceId === deviceId)?.scanner : undefined;
      return again === undefined || again.id === scanner.id ? null : again;
    },
  };
}

type Scanned = Result<ResultOf<typeof imagingRoom.methods, 'scan'>>;

/** Scans where the device was last; if it is not there and gave nothing, looks for it once and scans where it is now. */
export async function scanWherever(
  scanners: Pick<ScannerList, 'findElsewhere'>,
  deviceId: string,
  scanner: Scanner,
  scan: (at: Scanner) => Promise<Scanned>,
): Promise<Scanned> {
  const first = await scan(scanner);
  const isGone = first.ok && first.value.pages === 0 && first.value.code === 'scanner-offline';
  const elsewhere = isGone ? await scanners.findElsewhere(deviceId, scanner) : null;
  return elsewhere === null ? first : scan(elsewhere);
}

function deviceIdOf({ driver, uuid, id }: Scanner): string {
  return uuid === undefined ? id : `${driver}:uuid:${uuid}`;
}

/** Only what has both: an id of its own that outlives its address, and an address. */
function isWorthRemembering({ driver, uuid }: Scanner): boolean {
  return driver === 'escl' && uuid !== undefined;
}
