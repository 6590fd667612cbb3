import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Scanner } from '../../../main/imaging/protocol.ts';
import type { ScanSettings } from '../../../preload/types.ts';
import { LAN, MINH, openKit, type Kit } from './store-kit.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await openKit();
});
afterEach(() => kit.end());

const GREY: ScanSettings = { source: 'adf', fallsToGlass: false, dpi: 300, colour: false, area: 'a5' };
const scanner = (uuid: string, id = `escl:http://192.168.1.9:80/eSCL`): Scanner => ({
  id,
  name: 'M426',
  driver: 'escl',
  sources: ['adf'],
  dpis: [200],
  uuid,
});

describe('preferences', () => {
  test('are the usual ones until somebody changes them', async () => {
    expect(await kit.call('preferences', { officerId: LAN })).toEqual({
      theme: 'system',
      textPercent: 100,
      scannerId: null,
    });
  });

  test('outlive a restart: the look of each officer, the scanner of the machine', async () => {
    await kit.call('setPreferences', { officerId: LAN, change: { theme: 'dark' } });
    await kit.call('setPreferences', { officerId: LAN, change: { textPercent: 150, scannerId: 'sane:fujitsu' } });
    await kit.call('setPreferences', { officerId: MINH, change: { theme: 'light' } });
    kit = await kit.reopen();
    const scannerId = 'sane:fujitsu';
    expect(await kit.call('preferences', { officerId: LAN })).toEqual({ theme: 'dark', textPercent: 150, scannerId });
    expect(await kit.call('preferences', { officerId: MINH })).toEqual({ theme: 'light', textPercent: 100, scannerId });
  });

  test('that cannot be read are the usual ones, never a failure', async () => {
    await kit.call('setPreferences', { officerId: LAN, change: { theme: 'dark', scannerId: 'sample:x' } });
    kit.service.context.sql("UPDATE officer_preference SET theme = 'sepia'").run();
    expect(await kit.call('preferences', { officerId: LAN })).toMatchObject({ theme: 'system', scannerId: 'sample:x' });
  });
});

describe('how a paper is scanned on a device', () => {
  const choose = (deviceId: string, paper: string, settings: ScanSettings | null) =>
    kit.call('setPreferences', { officerId: LAN, change: { scan: { deviceId, paper, settings } } });
  const read = (deviceId: string, paper: string) => kit.call('scanSettings', { deviceId, paper });

  test('is remembered for that device and that paper alone, whoever chose it, and over a restart', async () => {
    await choose('a', 'form', GREY);
    kit = await kit.reopen();
    expect(await read('a', 'form')).toEqual(GREY);
    expect(await read('a', 'card')).toBeNull();
    expect(await read('b', 'form')).toBeNull();
  });

  test('goes back to the proposal', async () => {
    await choose('a', 'form', GREY);
    await choose('a', 'form', null);
    expect(await read('a', 'form')).toBeNull();
  });

  test('of the oldest choices is forgotten when there are too many', async () => {
    for (let paper = 0; paper <= 500; paper++) {
      kit.clock.nowMs += 1_000;
      await choose('a', `p${paper}`, GREY);
    }
    expect(await read('a', 'p0')).toBeNull();
    expect(await read('a', 'p1')).toEqual(GREY);
    expect(await read('a', 'p500')).toEqual(GREY);
  });
});

describe('scanners of the network', () => {
  const remember = (...uuids: string[]) =>
    kit.call('rememberScanners', { seen: uuids.map((uuid) => ({ deviceId: uuid, scanner: scanner(uuid) })) });

  test('are remembered with their newest address, newest first, twenty at most', async () => {
    await remember('old');
    for (let one = 0; one < 19; one++) {
      kit.clock.nowMs += 1_000;
      await remember(`d${one}`);
    }
    kit.clock.nowMs += 1_000;
    const moved = scanner('old', 'escl:http://192.168.1.77:80/eSCL');
    await kit.call('rememberScanners', { seen: [{ deviceId: 'old', scanner: moved }] });
    kit.clock.nowMs += 1_000;
    await remember('new');
    kit = await kit.reopen();
    const known = await kit.call('knownScanners', {});
    expect(known.map(({ deviceId }) => deviceId).slice(0, 2)).toEqual(['new', 'old']);
    expect(known).toHaveLength(20);
    expect(known[1]?.scanner).toEqual(moved);
    expect(known.map(({ deviceId }) => deviceId)).not.toContain('d0');
  });
});
