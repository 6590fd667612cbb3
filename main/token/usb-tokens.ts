/**
 * @file USB beside the drivers: hears of plugging in and out, and knows signing tokens by their ids. Only a hint: tokens are
 * what PKCS#11 says. Opens no device, so that no other program notices. Where there is no USB it stays silent.
 */
import type { KnownModules } from './known-modules.ts';
import type { UsbToken } from './protocol.ts';

export interface UsbDeviceIds {
  readonly vendorId: number;
  readonly productId: number;
}

/** The part of the `usb` package that is used: its native half, whose promises can be awaited. */
export interface UsbPort {
  readonly nativeGetDevices: () => Promise<readonly UsbDeviceIds[]>;
  readonly Emitter: new () => {
    addAttach(listener: () => void): Promise<void>;
    addDetach(listener: () => void): Promise<void>;
  };
}

/** Loaded late: a machine without its binary still finds tokens by looking every now and then. */
async function loadUsb(): Promise<UsbPort> {
  return import('usb/index.js');
}

/** @returns whether events will come. Never throws: no bus, no permission and no binary are all the same answer. */
export async function watchUsb(onChange: () => void, load: () => Promise<UsbPort> = loadUsb): Promise<boolean> {
  try {
    const usb = await load();
    await usb.nativeGetDevices(); // fails where the bus cannot be seen, before anything is subscribed to
    const emitter = new usb.Emitter();
    await emitter.addAttach(onChange);
    await emitter.addDetach(onChange);
    return true;
  } catch {
    return false;
  }
}

/** Null where USB cannot be looked at. */
export async function listUsbTokens(
  known: KnownModules['usb'],
  load: () => Promise<UsbPort> = loadUsb,
): Promise<UsbToken[] | null> {
  try {
    const usb = await load();
    return (await usb.nativeGetDevices()).flatMap((device) => {
      const found = usbTokenOf(known, device);
      return found ? [found] : [];
    });
  } catch {
    return null;
  }
}

function usbTokenOf(known: KnownModules['usb'], { vendorId, productId }: UsbDeviceIds): UsbToken | undefined {
  const hex = (value: number): string => value.toString(16).padStart(4, '0');
  const id = `${hex(vendorId)}:${hex(productId)}`;
  const entry = known.find((one) => one.id === id);
  return entry && { id, name: entry.name, authority: entry.ca };
}
