import { describe, expect, test } from 'vitest';
import { scannerName, watchUsbScanners, type ScannerNews } from '../../../main/imaging/scanners/usb-scanners.ts';
import type { UsbDevice, UsbPort } from '../../../main/usb/usb-bus.ts';

type Kind = readonly [interfaceClass: number, interfaceSubclass: number, interfaceProtocol: number];
const IPP_USB: Kind = [7, 1, 4];
const PRINTER: Kind = [7, 1, 2];
const STILL_IMAGE: Kind = [6, 1, 1];
const OF_ITS_MAKER: Kind = [255, 255, 255];
const KEYBOARD: Kind = [3, 1, 1];

function device(
  vendorId: number,
  kinds: readonly Kind[],
  names: [string | null, string | null] = [null, null],
): UsbDevice {
  return {
    vendorId,
    productId: 1,
    handle: '1-2',
    manufacturerName: names[0],
    productName: names[1],
    configurations: [
      {
        interfaces: kinds.map(([interfaceClass, interfaceSubclass, interfaceProtocol]) => ({
          alternates: [{ interfaceClass, interfaceSubclass, interfaceProtocol }],
        })),
      },
    ],
  };
}

describe('a device on the USB bus', () => {
  test.each<[string, UsbDevice, string | null]>([
    [
      'of Canon’s scanner line',
      device(0x1083, [OF_ITS_MAKER], ['Canon Electronics Inc.', 'CANON DR-C230']),
      'CANON DR-C230',
    ],
    ['that speaks IPP over USB', device(0x9999, [IPP_USB], ['Pantum', 'BM5100 series']), 'Pantum BM5100 series'],
    ['of the still image class', device(0x9999, [STILL_IMAGE], [null, 'S2070']), 'S2070'],
    [
      'that prints and scans',
      device(0x04f9, [PRINTER, OF_ITS_MAKER], ['Brother', 'MFC-L2710DW series']),
      'Brother MFC-L2710DW series',
    ],
    ['of a known maker without any name', device(0x04c5, [OF_ITS_MAKER]), 'Fujitsu'],
    ['of nobody, that is a still image device', device(0x9999, [STILL_IMAGE]), 'USB'],
    ['that is a keyboard of a maker of scanners', device(0x03f0, [KEYBOARD], ['HP', 'Keyboard']), null],
    ['that is a printer of a stranger', device(0x9999, [PRINTER], ['X', 'Printer']), null],
    ['that is a signing token', device(0x096e, [[11, 0, 0]], ['FT', 'ePass2003']), null],
    ['with no interface at all', device(0x04b8, []), null],
  ])('%s: %#', (_, found, name) => expect(scannerName(found)).toBe(name));

  test('says its name in one short line, whatever it says', () => {
    const rude = device(0x04b8, [OF_ITS_MAKER], ['EPSON', `DS-530\u202e\n<b>${'x'.repeat(500)}`]);
    expect(scannerName(rude)).toMatch(/^EPSON DS-530 <b>x{1,80}$/);
    expect(scannerName(rude)!.length).toBeLessThanOrEqual(80);
  });
});

describe('plugging in', () => {
  function bus() {
    let attach: (device: UsbDevice) => void = () => undefined;
    let detach: (handle: string) => void = () => undefined;
    const port: UsbPort = {
      nativeGetDevices: async () => [],
      Emitter: class {
        async addAttach(listener: typeof attach): Promise<void> {
          attach = listener;
        }
        async addDetach(listener: typeof detach): Promise<void> {
          detach = listener;
        }
      },
    };
    return { load: async () => port, plug: (one: UsbDevice) => attach(one), pull: (handle: string) => detach(handle) };
  }
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

  test('a scanner says its name once and has the drivers asked again until they have it; pulling it out too', async () => {
    const { load, plug, pull } = bus();
    const news: ScannerNews[] = [];
    expect(await watchUsbScanners((one) => news.push(one), load, [0, 5, 10])).toBe(true);
    plug(device(0x04c5, [OF_ITS_MAKER], ['Fujitsu', 'fi-7160']));
    await settled();
    pull('1-2');
    expect(news.map(({ pluggedIn }) => pluggedIn)).toEqual(['Fujitsu fi-7160', null, null, null]);
  });

  test('anything else is nobody’s business, and a device that cannot be read is none', async () => {
    const { load, plug, pull } = bus();
    const news: ScannerNews[] = [];
    await watchUsbScanners((one) => news.push(one), load, [0]);
    plug(device(0x046d, [KEYBOARD]));
    plug({
      ...device(0x04c5, []),
      get configurations(): never {
        throw new Error('LIBUSB_ERROR_NO_DEVICE');
      },
    });
    pull('1-2');
    await settled();
    expect(news).toEqual([]);
  });

  test('where there is no bus nothing is heard and nothing fails', async () => {
    expect(
      await watchUsbScanners(
        () => undefined,
        () => Promise.reject(new Error('no binary')),
      ),
    ).toBe(false);
  });
});
