/**
 * @file Knows a scanner on the USB bus by what its descriptors say, so that plugging one in is noticed and can be said by
 * name. Whether it can be used is the drivers' matter: they are asked again.
 */
import { loadUsb, watchBus, type UsbDevice, type UsbInterface, type UsbPort } from '../../usb/usb-bus.ts';

/** Makers of scanners whose devices have interfaces of their own kind only (usb.ids). */
const MAKERS: Readonly<Record<number, string>> = {
  0x03f0: 'HP',
  0x040a: 'Kodak',
  0x0482: 'Kyocera',
  0x04a7: 'Visioneer',
  0x04a9: 'Canon',
  0x04b8: 'Epson',
  0x04c5: 'Fujitsu',
  0x04da: 'Panasonic',
  0x04f9: 'Brother',
  0x055f: 'Mustek',
  0x05ca: 'Ricoh',
  0x05da: 'Microtek',
  0x0638: 'Avision',
  0x07b3: 'Plustek',
  0x0924: 'Xerox',
  0x1083: 'Canon',
  0x29cc: 'Kodak Alaris',
};
const PRINTER = 7;
const IPP_OVER_USB = { interfaceClass: PRINTER, interfaceSubclass: 1, interfaceProtocol: 4 };
const STILL_IMAGE = 6;
const OF_ITS_MAKER = 0xff;
const MAX_NAME = 80;
/** A driver, or `ipp-usb`, needs a moment to take a device; some need several. */
const LOOKS_AFTER_MS = [0, 3_000, 9_000] as const;

export interface ScannerNews {
  /** Null: look again, there is nothing to say. */
  readonly pluggedIn: string | null;
}

/** Its name, or null for what is no scanner. */
export function scannerName(device: UsbDevice): string | null {
  const interfaces = device.configurations.flatMap(({ interfaces: all }) =>
    all.flatMap(({ alternates }) => alternates),
  );
  const maker = MAKERS[device.vendorId];
  const isScanner = interfaces.some(
    (one) =>
      isIppOverUsb(one) ||
      one.interfaceClass === STILL_IMAGE ||
      (maker !== undefined && (one.interfaceClass === PRINTER || one.interfaceClass === OF_ITS_MAKER)),
  );
  if (!isScanner) return null;
  const product = clean(device.productName);
  const vendor = clean(device.manufacturerName) || (maker ?? '');
  if (product === '') return vendor === '' ? 'USB' : vendor;
  const first = vendor.split(' ')[0] ?? '';
  return (product.toLowerCase().startsWith(first.toLowerCase()) ? product : `${first} ${product}`).slice(0, MAX_NAME);
}

/** @returns whether anything will be heard; see {@link watchBus}. */
export function watchUsbScanners(
  onNews: (news: ScannerNews) => void,
  load: () => Promise<UsbPort> = loadUsb,
  looksAfterMs: readonly number[] = LOOKS_AFTER_MS,
): Promise<boolean> {
  const here = new Set<string>();
  return watchBus(
    (device) => {
      const name = nameQuietly(device);
      if (name === null) return;
      here.add(device.handle);
      for (const [index, delayMs] of looksAfterMs.entries())
        setTimeout(() => onNews({ pluggedIn: index === 0 ? name : null }), delayMs).unref();
    },
    (handle) => {
      if (here.delete(handle)) onNews({ pluggedIn: null });
    },
    load,
  );
}

/** Descriptors of a device that is pulled out again while they are read cannot be read. */
function nameQuietly(device: UsbDevice): string | null {
  try {
    return scannerName(device);
  } catch {
    return null;
  }
}

function isIppOverUsb(one: UsbInterface): boolean {
  return (
    one.interfaceClass === IPP_OVER_USB.interfaceClass &&
    one.interfaceSubclass === IPP_OVER_USB.interfaceSubclass &&
    one.interfaceProtocol === IPP_OVER_USB.interfaceProtocol
  );
}

/** Devices say what they like: one line of plain characters. */
function clean(text: string | null): string {
  return (text ?? '')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, MAX_NAME);
}
