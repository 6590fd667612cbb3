/**
 * @file Which addresses a page may name. Without this the program would fetch for any page what only this PC can reach, and
 * send the officer's session to anybody.
 */
import { BlockList, isIP, isIPv6 } from 'node:net';
import { Failure } from '../rooms/failure.ts';

export interface TransferPolicy {
  readonly allowedOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
}

export interface AllowedAddress {
  readonly url: URL;
  /** The administrator named this host or its page, so it may lie inside the office's own network. */
  readonly mayBePrivate: boolean;
}

/**
 * http(s), the page's own host or one the administrator listed; https stays https unless the host is listed.
 * @throws Failure `bridge-address-refused`; the detail names the host, never the query
 */
export function checkAddress(address: string, origin: string, policy: TransferPolicy, base?: URL): AllowedAddress {
  if (!URL.canParse(address, base?.href)) throw new Failure('bridge-address-refused', 'địa chỉ không đọc được');
  const url = new URL(address, base?.href);
  const page = new URL(origin);
  const isListed = policy.allowedHosts.includes(url.host);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Failure('bridge-address-refused', `không phải http(s): ${url.protocol.slice(0, 20)}`);
  if (url.username !== '' || url.password !== '') throw new Failure('bridge-address-refused', 'địa chỉ có mật khẩu');
  if (url.host !== page.host && !isListed) throw new Failure('bridge-address-refused', url.host);
  if (url.protocol === 'http:' && page.protocol === 'https:' && !isListed)
    throw new Failure('bridge-address-refused', `không mã hóa: ${url.host}`);
  url.hash = '';
  const mayBePrivate = isListed || policy.allowedOrigins.includes(origin);
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !mayBePrivate && !isPublicAddress(literal))
    throw new Failure('bridge-address-refused', url.host);
  return { url, mayBePrivate };
}

const NOT_PUBLIC = new BlockList();
// IANA special-purpose registries (RFC 6890 and successors).
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  NOT_PUBLIC.addSubnet(network, prefix, 'ipv4');

/** Only 2000::/3 is handed out; in it 6to4 and Teredo wrap IPv4 addresses, and 2001:db8 is for documents. */
const GLOBAL_IPV6 = new BlockList();
GLOBAL_IPV6.addSubnet('2000::', 3, 'ipv6');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  NOT_PUBLIC.addSubnet(network, prefix, 'ipv6');

/** @param address a literal IPv4 or IPv6 address */
export function isPublicAddress(address: string): boolean {
  if (!isIPv6(address)) return !NOT_PUBLIC.check(address, 'ipv4');
  const bare = address.replace(/%.*$/, '');
  return GLOBAL_IPV6.check(bare, 'ipv6') && !NOT_PUBLIC.check(bare, 'ipv6');
}
