/**
 * @file Where a network scanner is, as one string that survives a restart: `escl:https://192.168.1.9:443/eSCL#sha256=…`.
 * The fingerprint pins the self-signed certificate that was seen when the device was listed.
 */
import { BlockList, isIP } from 'node:net';

export interface DeviceAddress {
  readonly isSecure: boolean;
  /** Name or address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Root path without a slash at the end, usually `/eSCL`. */
  readonly root: string;
  /** SHA-256 of the device's certificate, lower-case hex; null until it has been seen. */
  readonly fingerprint: string | null;
}

const ID_PREFIX = 'escl:';
const LOCAL_NETWORKS = new BlockList();
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
] as const) {
  LOCAL_NETWORKS.addSubnet(network, bits, 'ipv4');
}
LOCAL_NETWORKS.addAddress('::1', 'ipv6');
LOCAL_NETWORKS.addSubnet('fc00::', 7, 'ipv6');
LOCAL_NETWORKS.addSubnet('fe80::', 10, 'ipv6');

/** Private, link-local and loopback ranges (RFC 1918, 3927, 4193, 4291): where an office scanner can be. */
export function isLocalAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && LOCAL_NETWORKS.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** What IT typed: a name, an address, or a whole URL. More than one candidate when the protocol was left open. */
export function parseManualAddress(text: string): DeviceAddress[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  const urls = trimmed.includes('://') ? [trimmed] : [`http://${trimmed}`, `https://${trimmed}`];
  return urls.flatMap((url) => parseUrl(url) ?? []);
}

export function toScannerId(address: DeviceAddress): string {
  const host = isIP(address.host) === 6 ? `[${address.host}]` : address.host;
  const pin = address.fingerprint === null ? '' : `#sha256=${address.fingerprint}`;
  return `${ID_PREFIX}${address.isSecure ? 'https' : 'http'}://${host}:${address.port}${address.root}${pin}`;
}

export function fromScannerId(id: string): DeviceAddress | null {
  return id.startsWith(ID_PREFIX) ? parseUrl(id.slice(ID_PREFIX.length)) : null;
}

function parseUrl(text: string): DeviceAddress | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  const isSecure = url.protocol === 'https:';
  const pin = /^#sha256=([0-9a-f]{64})$/i.exec(url.hash)?.[1];
  return {
    isSecure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    root: url.pathname === '/' ? '/eSCL' : url.pathname.replace(/\/+$/, ''),
    fingerprint: pin?.toLowerCase() ?? null,
  };
}
