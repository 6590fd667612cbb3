/**
 * @file The USB bus for whoever must hear of plugging in and out: signing tokens and scanners. Only a hint, in each room by
 * itself: each of them is ended and replaced on its own. Opens no device, so that no other program notices. Where there is no
 * USB it stays silent.
 */

/** One way into a device, as its descriptors say. */
export interface UsbInterface {
  readonly interfaceClass: number;
  readonly interfaceSubclass: number;
  readonly interfaceProtocol: number;
}

export interface UsbDeviceIds {
  readonly vendorId: number;
  readonly productId: number;
}

export interface UsbDevice extends UsbDeviceIds {
  /** The same in the notice that it was pulled out. */
  readonly handle: string;
  readonly manufacturerName: string | null;
  readonly productName: string | null;
  readonly configurations: readonly {
    readonly interfaces: readonly { readonly alternates: readonly UsbInterface[] }[];
  }[];
}

/** The part of the `usb` package that is used: its native half, whose promises can be awaited. */
export interface UsbPort {
  readonly nativeGetDevices: () => Promise<readonly UsbDeviceIds[]>;
  readonly Emitter: new () => {
    addAttach(listener: (device: UsbDevice) => void): Promise<void>;
    addDetach(listener: (handle: string) => void): Promise<void>;
  };
}

/** Loaded late: a machine without its binary still finds devices by looking every now and then. */
export async function loadUsb(): Promise<UsbPort> {
  return import('usb/index.js');
}

/** @returns whether events will come. Never throws: no bus, no permission and no binary are all the same answer. */
export async function watchBus(
  onAttach: (device: UsbDevice) => void,
  onDetach: (handle: string) => void,
  load: () => Promise<UsbPort> = loadUsb,
): Promise<boolean> {
  try {
    const usb = await load();
    await usb.nativeGetDevices(); // fails where the bus cannot be seen, before anything is subscribed to
    const emitter = new usb.Emitter();
    await emitter.addAttach(onAttach);
    await emitter.addDetach(onDetach);
    return true;
  } catch {
    return false;
  }
}
