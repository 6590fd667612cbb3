/**
 * @file Stock Chromium knows no custom schemes, so `app://counter/x` is loaded as `https://counter.app.invalid/x`: a secure
 * context with an origin of its own under a top-level domain that can never exist (RFC 2606).
 */
import { notSupported } from './unsupported.ts';

const schemes = new Set<string>();

export function addScheme(scheme: string): void {
  schemes.add(scheme);
}

/** Address as the program knows it → address as Chromium knows it; undefined when the scheme was never registered. */
export function toBrowserAddress(url: string): string | undefined {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]+)(.*)$/is.exec(url);
  if (!match?.[1] || !match[2] || !schemes.has(match[1].toLowerCase())) return undefined;
  if (!/^[a-z0-9-]+$/i.test(match[2])) notSupported(`the host name in ${url}`);
  return `https://${match[2]}.${match[1]}.invalid${match[3] || '/'}`.replace(/^[^/]+\/\/[^/]+/, (origin) =>
    origin.toLowerCase(),
  );
}

/** The way back. Addresses of other schemes stay as they are. */
export function toProgramAddress(url: string): string {
  const match = /^https:\/\/([a-z0-9-]+)\.([a-z][a-z0-9+-]*)\.invalid(?=[/?#]|$)(.*)$/s.exec(url);
  if (!match?.[1] || !match[2] || !schemes.has(match[2])) return url;
  return `${match[2]}://${match[1]}${match[3] ?? ''}`;
}

/** The scheme of a registered address, or undefined for anything a handler cannot answer. */
export function registeredSchemeOf(programUrl: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(programUrl)?.[1]?.toLowerCase();
  return scheme !== undefined && schemes.has(scheme) ? scheme : undefined;
}

/** As Electron computes the origin of a standard scheme; `URL.origin` says `null` for it. */
export function originOf(programUrl: string): string {
  if (registeredSchemeOf(programUrl) !== undefined) return /^[^:]+:\/\/[^/?#]+/.exec(programUrl)?.[0] ?? 'null';
  return URL.canParse(programUrl) ? new URL(programUrl).origin : 'null';
}
