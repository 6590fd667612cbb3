import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readKnownModules } from '../../../main/token/known-modules.ts';
import { listUsbTokens, watchUsb } from '../../../main/token/usb-tokens.ts';
import type { UsbDevice, UsbPort } from '../../../main/usb/usb-bus.ts';

const { usb: known } = readKnownModules(join(import.meta.dirname, '../../../resources'));

/** A bus with devices on it; `plug` and `pull` are a person's hands. */
function bus(devices: readonly [vendorId: number, productId: number][]) {
  const attached: (() => void)[] = [];
  const detached: (() => void)[] = [];
  const port: UsbPort = {
    nativeGetDevices: async () => devices.map(([vendorId, productId]) => ({ vendorId, productId })),
    Emitter: class {
      async addAttach(listener: (device: UsbDevice) => void): Promise<void> {
        attached.push(() => listener({} as UsbDevice));
      }
      async addDetach(listener: (handle: string) => void): Promise<void> {
        detached.push(() => listener('1-2'));
      }
    },
  };
  const all = (listeners: readonly (() => void)[]) => () => {
    for (const listener of listeners) listener();
  };
  return { load: async () => port, port, plug: all(attached), pull: all(detached) };
}

describe('the USB bus', () => {
  test('wakes whoever looks for tokens when something is plugged in or pulled out', async () => {
    const { load, plug, pull } = bus([]);
    let woken = 0;
    expect(await watchUsb(() => void woken++, load)).toBe(true);
    plug();
    pull();
    expect(woken).toBe(2);
  });

  test.each<[string, () => Promise<UsbPort>]>([
    ['without its binary', () => Promise.reject(new Error('Cannot find native binding'))],
    [
      'where it cannot be seen',
      async () => ({ ...bus([]).port, nativeGetDevices: () => Promise.reject(new Error('/sys/bus/usb not found')) }),
    ],
    [
      'that will not be listened to',
      async () => ({
        ...bus([]).port,
        Emitter: class {
          addAttach = () => Promise.reject(new Error('EACCES'));
          addDetach = () => Promise.reject(new Error('EACCES'));
        },
      }),
    ],
  ])('%s is no fault: there are no events, and nothing is said', async (_, load) => {
    expect(await watchUsb(() => {}, load)).toBe(false);
  });

  test('of this machine is seen or not, without a word and without an end', async () => {
    expect(typeof (await watchUsb(() => {}))).toBe('boolean');
    const tokens = await listUsbTokens(known);
    expect(tokens === null || Array.isArray(tokens)).toBe(true);
  });

  test('shows the tokens on it by maker and model, and nothing else on it', async () => {
    const { load } = bus([
      [0x046d, 0xc31c],
      [0x25dd, 0x2371],
      [0x0529, 0x0620],
    ]);
    expect(await listUsbTokens(known, load)).toEqual([
      { id: '25dd:2371', name: 'Bit4id TokenME EVO v2', authority: 'VGCA (Bit4id)' },
      { id: '0529:0620', name: 'SafeNet eToken 5100/5110', authority: 'VGCA (SafeNet)' },
    ]);
  });
});
