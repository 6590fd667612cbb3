/**
 * @file Practice mode's own province: the reference gateway as a process of this program on loopback, with its data beside
 * the counter's. Everything the counter does with it goes over the same wire as with a real one.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { provinceRoom } from '../../province/protocol.ts';
import type { Machine } from '../ports/ports.ts';
import { unwrap } from '../rooms/failure.ts';
import { Supervisor } from '../rooms/supervisor.ts';
import type { Settings } from '../settings/settings.ts';
import type { ProvinceSettings } from '../sync/protocol.ts';

export interface PracticeProvince {
  readonly settings: () => Promise<ProvinceSettings>;
  readonly room: Supervisor<typeof provinceRoom>;
  readonly stop: () => Promise<void>;
}

export function openPracticeProvince(machine: Machine, settings: Settings): PracticeProvince {
  const folder = join(machine.paths.data, 'practice-province');
  // Practice only: the device secret guards nothing but sample data, and must be the same after a restart.
  const device = { id: settings.counter.id, secret: createHash('sha256').update(`practice ${folder}`).digest('hex') };
  let port = 0; // any free one at first; the same again after a crash, because sync knows the address
  const room = new Supervisor(provinceRoom, {
    launch: machine.launch,
    onLog: (level, text) => machine.log(level, `province: ${text}`),
    init: () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return { folder, port, agencyCode: settings.agency.code, device };
    },
  });
  return {
    room,
    stop: () => room.stop(),
    settings: async () => {
      const { url, receiptKeys } = unwrap(await room.call('address', {}));
      port = Number(new URL(url).port);
      return {
        url,
        receiptKeys,
        deviceId: device.id,
        deviceSecret: device.secret,
        agencyCode: settings.agency.code,
        counterId: settings.counter.id,
        maxBytesPerSecond: null,
      };
    },
  };
}
