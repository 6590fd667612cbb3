/** @file Finds scanners that announce themselves by DNS-SD: `_uscan._tcp` (HTTP) and `_uscans._tcp` (HTTPS). */
import bonjour from 'bonjour-service';
import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { isLocalAddress, type DeviceAddress } from './device-address.ts';

export interface Announcement {
  readonly type: string;
  readonly port: number;
  readonly addresses?: readonly string[] | undefined;
  readonly txt?: Readonly<Record<string, unknown>> | undefined;
}

export interface DiscoveredDevice {
  /** Device id of its TXT record, the same over every protocol and address. */
  readonly uuid: string | null;
  /** Best first. */
  readonly addresses: readonly DeviceAddress[];
}

const LISTEN_MS = 2_000;

/** Listens for two seconds. A computer without a network has no devices, which is not an error. */
export async function discoverDevices(signal: AbortSignal): Promise<DiscoveredDevice[]> {
  const announcements: Announcement[] = [];
  let service: bonjour.Bonjour;
  try {
    service = new bonjour.Bonjour({}, () => undefined);
  } catch {
    return []; // no socket for multicast: manual addresses still work
  }
  try {
    for (const type of ['uscan', 'uscans']) service.find({ type }, (found) => void announcements.push(found));
    await pause(LISTEN_MS, undefined, { signal });
  } finally {
    service.destroy();
  }
  return mergeAnnouncements(announcements);
}

/**
 * One device announces itself over HTTP and HTTPS, IPv4 and IPv6: merged by `uuid`. Addresses are those of its A and AAAA
 * records, never the sender of the packet (a router may have passed it on). IPv4 before IPv6, HTTPS before HTTP;
 * link-local IPv6 cannot be dialled without its scope and is left out.
 */
export function mergeAnnouncements(announcements: readonly Announcement[]): DiscoveredDevice[] {
  const devices = new Map<string, { uuid: string | null; addresses: DeviceAddress[] }>();
  for (const announcement of announcements) {
    const text = (name: string): string | null => {
      const value = announcement.txt?.[name];
      return typeof value === 'string' && value !== '' ? value : null;
    };
    const usable = (announcement.addresses ?? []).filter(
      (address) => isLocalAddress(address) && !/^fe80:/i.test(address) && mayBeScanner(address, announcement.port),
    );
    const uuid = text('uuid')?.toLowerCase() ?? null;
    const key = uuid ?? `${usable[0]}:${announcement.port}`;
    const device = devices.get(key) ?? { uuid, addresses: [] };
    devices.set(key, device);
    const announced = text('rs') ?? 'eSCL';
    // Anybody on the network may announce: a root that is more than a path would become a request of its choice.
    const root = `/${(/^[\w./-]{1,64}$/.test(announced) ? announced : 'eSCL').replace(/^\/+|\/+$/g, '')}`;
    for (const host of usable) {
      device.addresses.push({
        isSecure: announcement.type === 'uscans',
        host,
        port: announcement.port,
        root,
        fingerprint: null,
      });
    }
  }
  for (const device of devices.values()) device.addresses.sort((a, b) => rank(a) - rank(b));
  return [...devices.values()].filter((device) => device.addresses.length > 0);
}

/** On this very machine only ipp-usb offers scanners, from port 60000 on; anything else there is not ours to ask. */
function mayBeScanner(address: string, port: number): boolean {
  const isLoopback = address.startsWith('127.') || address === '::1';
  return !isLoopback || port >= 60_000;
}

function rank(address: DeviceAddress): number {
  return (isIP(address.host) === 6 ? 2 : 0) + (address.isSecure ? 0 : 1);
}
