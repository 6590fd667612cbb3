/** @file TSTInfo, what a time-stamp authority signs (RFC 3161, 2.4.2). Strict: nothing may stand where nothing belongs. */
import { Asn1Error, childOf, readAsn1, readOid, readSmallInteger, readTime, type Asn1Node } from '../asn1.ts';

export interface TimeStampInfo {
  readonly policyOid: string;
  readonly digestOid: string;
  readonly digest: Buffer;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** DER content of the INTEGER; null when the request had none. */
  readonly nonce: Buffer | null;
}

/** @throws Asn1Error when the bytes are not exactly one TSTInfo of version 1 without unknown critical extensions */
export function readTimeStampInfo(bytes: Buffer): TimeStampInfo {
  const root = readAsn1(bytes);
  if (root.tag !== 0x30 || root.raw.length !== bytes.length) throw new Asn1Error('not exactly one TSTInfo');
  if (readSmallInteger(childOf(root, 0, 0x02)) !== 1) throw new Asn1Error('TSTInfo of another version');
  const imprint = childOf(root, 2, 0x30);
  childOf(root, 3, 0x02);
  const optional = root.children.slice(5);
  const tags = optional.map((node) => node.tag.toString(16)).join();
  // accuracy, ordering, nonce, tsa, extensions: each once, in this order.
  if (!/^(?:30(?:,|$))?(?:1(?:,|$))?(?:2(?:,|$))?(?:a0(?:,|$))?(?:a1)?$/.test(tags))
    throw new Asn1Error('TSTInfo with parts that do not belong there');
  const extensions = optional.find((node) => node.tag === 0xa1);
  if (extensions?.children.some(isCritical)) throw new Asn1Error('TSTInfo with an unknown critical extension');
  return {
    policyOid: readOid(childOf(root, 1)),
    digestOid: readOid(childOf(childOf(imprint, 0, 0x30), 0)),
    digest: childOf(imprint, 1, 0x04).content,
    timeMs: readTime(childOf(root, 4, 0x18)),
    nonce: optional.find((node) => node.tag === 0x02)?.content ?? null,
  };
}

function isCritical(extension: Asn1Node): boolean {
  return extension.children.some((child) => child.tag === 0x01 && child.content[0] !== 0);
}
