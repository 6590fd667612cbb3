/**
 * @file Revocation lists (RFC 5280, 5). A list may name a million certificates: nothing is built for its entries, they are
 * walked over in place. Lists of other authorities (indirect), of changes (delta) and of some reasons only are refused.
 */
import { Asn1Error, childOf, placeAt, readAsn1, readOid, readTime, type Asn1Node, type Asn1Place } from '../asn1.ts';
import type { Certificate } from '../certificate.ts';
import { OID } from '../object-identifiers.ts';
import { checkSignature, EvidenceRefused } from './signed-structure.ts';
import type { StatusProof } from './status-proof.ts';

/** The largest public lists measured 5 MB; beyond this somebody is playing with our memory. */
export const MAX_LIST_BYTES = 20 * 1024 * 1024;

export interface RevocationList {
  readonly bytes: Buffer;
  readonly issuerDer: Buffer;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number | null;
  /** Where the entries stand in `bytes`; null when nothing is revoked. */
  readonly entries: Asn1Place | null;
  readonly scope: ListScope;
  readonly remembersSinceMs: number | null;
  readonly usesSha1: boolean;
}

/** Issuing distribution point (RFC 5280, 5.2.5). */
interface ListScope {
  readonly hasAuthorities: boolean;
  readonly hasOthers: boolean;
  /** Where it says it is published; empty when it does not say. */
  readonly urls: readonly string[];
}

const EVERYTHING: ListScope = { hasAuthorities: true, hasOthers: true, urls: [] };

/**
 * Reads the frame and checks the signature: once for each list, however many certificates are looked up in it.
 * @throws EvidenceRefused (Vietnamese), or an Error of the DER reader
 */
export function openRevocationList(bytes: Buffer, issuer: Certificate): RevocationList {
  if (bytes.length > MAX_LIST_BYTES) throw new EvidenceRefused('danh sách thu hồi (CRL) quá lớn');
  const frame = readFrame(bytes);
  if (!frame.issuerDer.equals(issuer.subjectDer))
    throw new EvidenceRefused('danh sách thu hồi (CRL) là của nơi cấp khác');
  if (issuer.keyUsage && !issuer.keyUsage.crlSign)
    throw new EvidenceRefused(`chứng thư "${issuer.commonName}" không được quyền ký danh sách thu hồi (CRL)`);
  const { scope, remembersSinceMs } = readExtensions(frame.extensions);
  let digest: string;
  try {
    digest = checkSignature(frame, issuer.publicKey);
  } catch (cause) {
    if (!(cause instanceof EvidenceRefused)) throw cause;
    throw new EvidenceRefused(`danh sách thu hồi (CRL): ${cause.message}`, { cause });
  }
  const { issuerDer, thisUpdateMs, nextUpdateMs, entries } = frame;
  return {
    bytes,
    issuerDer,
    thisUpdateMs,
    nextUpdateMs,
    entries,
    scope,
    remembersSinceMs,
    usesSha1: digest === 'sha1',
  };
}

/** @throws EvidenceRefused when the list does not speak about such certificates; Asn1Error when an entry is malformed */
export function lookUp(list: RevocationList, certificate: Certificate): StatusProof {
  const { scope } = list;
  if (certificate.isCa ? !scope.hasAuthorities : !scope.hasOthers)
    throw new EvidenceRefused('danh sách thu hồi (CRL) không dành cho loại chứng thư này');
  if (scope.urls.length > 0 && !scope.urls.some((url) => certificate.revocationListUrls.includes(url)))
    throw new EvidenceRefused('danh sách thu hồi (CRL) thuộc địa chỉ khác với địa chỉ ghi trong chứng thư');
  const entry = list.entries ? findEntry(list.bytes, list.entries, certificate.serialDer) : null;
  return {
    kind: 'list',
    bytes: list.bytes,
    status: entry ? 'revoked' : 'good',
    revokedAtMs: entry?.revokedAtMs ?? null,
    reason: entry?.reason ?? null,
    thisUpdateMs: list.thisUpdateMs,
    nextUpdateMs: list.nextUpdateMs,
    remembersSinceMs: list.remembersSinceMs,
    usesSha1: list.usesSha1,
  };
}

interface Frame {
  readonly issuerDer: Buffer;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number | null;
  readonly entries: Asn1Place | null;
  readonly extensions: Asn1Node | null;
  readonly signed: Buffer;
  readonly algorithm: Asn1Node;
  readonly signature: Asn1Node;
}

function readFrame(bytes: Buffer): Frame {
  const root = sequenceAt(bytes, 0, bytes.length);
  if (root.end !== bytes.length) throw new Asn1Error('bytes after the list');
  const list = sequenceAt(bytes, root.contentStart, root.end);
  const algorithm = sequenceAt(bytes, list.end, root.end);
  const signature = placeAt(bytes, algorithm.end, root.end);
  if (signature.end !== root.end) throw new Asn1Error('bytes after the signature');

  const parts: Asn1Place[] = [];
  for (let position = list.contentStart; position < list.end;) {
    const part = placeAt(bytes, position, list.end);
    parts.push(part);
    position = part.end;
    if (parts.length > 7) throw new Asn1Error('a list with too many parts');
  }
  const take = (...tags: readonly number[]): Asn1Place | undefined =>
    parts[0] && tags.includes(parts[0].tag) ? parts.shift() : undefined;
  take(0x02);
  const inner = take(0x30);
  const [issuer, thisUpdate, nextUpdate] = [take(0x30), take(0x17, 0x18), take(0x17, 0x18)];
  const entries = take(0x30);
  const extensions = take(0xa0);
  if (!inner || !issuer || !thisUpdate || parts.length > 0) throw new Asn1Error('a list without its parts');
  const raw = (place: Asn1Place): Buffer => bytes.subarray(place.start, place.end);
  if (!raw(inner).equals(raw(algorithm))) throw new Asn1Error('two signature algorithms in one list');
  return {
    issuerDer: raw(issuer),
    thisUpdateMs: readTime(readAsn1(raw(thisUpdate))),
    nextUpdateMs: nextUpdate ? readTime(readAsn1(raw(nextUpdate))) : null,
    entries: entries ?? null,
    extensions: extensions ? childOf(readAsn1(raw(extensions)), 0, 0x30) : null,
    signed: raw(list),
    algorithm: readAsn1(raw(algorithm)),
    signature: readAsn1(raw(signature)),
  };
}

function sequenceAt(bytes: Buffer, start: number, limit: number): Asn1Place {
  const place = placeAt(bytes, start, limit);
  if (place.tag !== 0x30) throw new Asn1Error(`not a sequence at ${start}`);
  return place;
}

function readExtensions(list: Asn1Node | null): { scope: ListScope; remembersSinceMs: number | null } {
  let scope = EVERYTHING;
  let remembersSinceMs: number | null = null;
  for (const extension of list?.children ?? []) {
    const oid = readOid(childOf(extension, 0));
    const isCritical = extension.children.some((child) => child.tag === 0x01 && child.content[0] !== 0);
    const value = extension.children.find((child) => child.tag === 0x04)?.content ?? Buffer.alloc(0);
    if (oid === OID.deltaCrl) throw new EvidenceRefused('danh sách thu hồi (CRL) chỉ chứa thay đổi (delta)');
    if (oid === OID.issuingDistributionPoint) scope = readScope(readAsn1(value));
    else if (oid === OID.expiredCertificatesOnList) remembersSinceMs = readTime(readAsn1(value));
    else if (isCritical)
      throw new EvidenceRefused(`danh sách thu hồi (CRL) có phần mở rộng bắt buộc ${oid} chưa hỗ trợ`);
  }
  return { scope, remembersSinceMs };
}

function readScope(point: Asn1Node): ListScope {
  const isSet = (tag: number): boolean =>
    point.children.some((child) => child.tag === tag && (child.content[0] ?? 0) !== 0);
  if (isSet(0x84)) throw new EvidenceRefused('danh sách thu hồi (CRL) gián tiếp, gộp nhiều nơi cấp');
  if (point.children.some((child) => child.tag === 0x83))
    throw new EvidenceRefused('danh sách thu hồi (CRL) chỉ chứa một số lý do thu hồi');
  if (isSet(0x85)) throw new EvidenceRefused('danh sách thu hồi (CRL) chỉ dành cho chứng thư thuộc tính');
  const name = point.children.find((child) => child.tag === 0xa0)?.children[0];
  if (name && name.tag !== 0xa0)
    throw new EvidenceRefused('danh sách thu hồi (CRL) ghi nơi công bố theo cách chưa hỗ trợ');
  const urls = (name?.children ?? [])
    .filter((child) => child.tag === 0x86)
    .map((child) => child.content.toString('latin1'));
  return { hasAuthorities: !isSet(0x81), hasOthers: !isSet(0x82), urls };
}

/** Walks over the entries without making anything of them but the one that is looked for. */
function findEntry(
  bytes: Buffer,
  entries: Asn1Place,
  serialDer: Buffer,
): { revokedAtMs: number; reason: number | null } | null {
  let earliest: { revokedAtMs: number; reason: number | null } | null = null;
  for (let position = entries.contentStart; position < entries.end;) {
    if (bytes[position] !== 0x30) throw new Asn1Error(`not a revoked certificate at ${position}`);
    let contentStart = position + 2;
    let length = bytes[position + 1] ?? 0;
    if (length >= 0x80) {
      const place = placeAt(bytes, position, entries.end);
      contentStart = place.contentStart;
      length = place.end - place.contentStart;
    }
    const end = contentStart + length;
    if (end > entries.end || length < 3) throw new Asn1Error(`a revoked certificate ends wrongly at ${position}`);
    if (startsWith(bytes, contentStart, end, serialDer)) {
      const found = readEntry(readAsn1(bytes.subarray(position, end)));
      if (found && (earliest === null || found.revokedAtMs < earliest.revokedAtMs)) earliest = found;
    }
    position = end;
  }
  return earliest;
}

function startsWith(bytes: Buffer, start: number, end: number, value: Buffer): boolean {
  if (start + value.length > end) return false;
  for (let offset = value.length - 1; offset >= 0; offset--) {
    if (bytes[start + offset] !== value[offset]) return false;
  }
  return true;
}

const REMOVED_FROM_LIST = 8;

/** Null for an entry that takes a revocation back. */
function readEntry(entry: Asn1Node): { revokedAtMs: number; reason: number | null } | null {
  let reason: number | null = null;
  for (const extension of entry.children[2]?.children ?? []) {
    const oid = readOid(childOf(extension, 0));
    const isCritical = extension.children.some((child) => child.tag === 0x01 && child.content[0] !== 0);
    const value = extension.children.find((child) => child.tag === 0x04)?.content ?? Buffer.alloc(0);
    if (oid === OID.reasonCode) reason = readAsn1(value).content[0] ?? null;
    else if (oid === OID.certificateIssuer) throw new EvidenceRefused('danh sách thu hồi (CRL) gộp nhiều nơi cấp');
    else if (isCritical) throw new EvidenceRefused(`mục thu hồi có phần mở rộng bắt buộc ${oid} chưa hỗ trợ`);
  }
  return reason === REMOVED_FROM_LIST ? null : { revokedAtMs: readTime(childOf(entry, 1)), reason };
}
