/**
 * @file USB beside the drivers: hears of plugging in and out, and knows signing tokens by their ids. Only a hint: tokens are
 * what PKCS#11 says.
 */
import { loadUsb, watchBus, type UsbDeviceIds, type UsbPort } from '../usb/usb-bus.ts';
import type { KnownModules } from './known-modules.ts';
import type { UsbToken } from './protocol.ts';

/** @returns whether events will come; see {@link watchBus}. */
export function watchUsb(onChange: () => void, load: () => Promise<UsbPort> = loadUsb): Promise<boolean> {
  return watchBus(onChange, onChange, load);
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
