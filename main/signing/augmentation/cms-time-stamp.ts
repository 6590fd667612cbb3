/**
 * @file The signature time-stamp inside a CMS (CAdES: EN 319 122-1, 5.3; RFC 3161, appendix A): an unsigned attribute that
 * vouches for the signature value. Everything else in the CMS keeps the bytes it was written with.
 */
import { Asn1Error, childOf, der, derOid, derSequence, derSetOf, readAsn1, readOid, type Asn1Node } from '../asn1.ts';
import { OID } from '../object-identifiers.ts';

/**
 * The CMS with one more signature time-stamp. Only lengths around it change.
 * @param token DER of the authority's TimeStampToken
 */
export function withSignatureTimeStamp(cms: Buffer, token: Buffer): Buffer {
  const { content, signedData, signerInfos, signerInfo } = open(cms);
  const attribute = derSequence(derOid(OID.signatureTimeStamp), der(0x31, token));
  const attributes = derSetOf(...(unsignedAttributesOf(signerInfo)?.children ?? []).map(({ raw }) => raw), attribute);
  attributes[0] = 0xa1;
  const kept = signerInfo.children.filter((child) => child.tag !== 0xa1).map(({ raw }) => raw);
  const stamped = der(signerInfos.tag, derSequence(...kept, attributes));
  const parts = signedData.children.map((child) => (child === signerInfos ? stamped : child.raw));
  return derSequence(childOf(content, 0).raw, der(0xa0, derSequence(...parts)));
}

/**
 * Whether `after` is the very signature `before` with nothing but unsigned attributes and certificates added: the same
 * signed attributes, signature value, algorithms and signer.
 */
export function extendsSignature(before: Buffer, after: Buffer): boolean {
  try {
    return extendsSignedData(open(before), open(after));
  } catch (cause) {
    if (cause instanceof Asn1Error) return false;
    throw cause;
  }
}

type Opened = ReturnType<typeof open>;

function extendsSignedData(before: Opened, after: Opened): boolean {
  const [oldParts, newParts] = [before, after].map(({ signedData, signerInfos }) =>
    signedData.children.filter((child) => child !== signerInfos && child.tag !== 0xa0),
  );
  const certificates = ({ signedData }: Opened): readonly Asn1Node[] =>
    signedData.children.find((child) => child.tag === 0xa0)?.children ?? [];
  const unsigned = ({ signerInfo }: Opened): readonly Asn1Node[] => unsignedAttributesOf(signerInfo)?.children ?? [];
  const signed = ({ signerInfo }: Opened): readonly Asn1Node[] => signerInfo.children.filter(({ tag }) => tag !== 0xa1);
  return (
    isSameList(oldParts ?? [], newParts ?? []) &&
    isSameList(signed(before), signed(after)) &&
    containsAll(certificates(after), certificates(before)) &&
    containsAll(unsigned(after), unsigned(before))
  );
}

function isSameList(a: readonly Asn1Node[], b: readonly Asn1Node[]): boolean {
  return a.length === b.length && a.every((node, index) => node.raw.equals(b[index]?.raw ?? Buffer.alloc(0)));
}

function containsAll(whole: readonly Asn1Node[], parts: readonly Asn1Node[]): boolean {
  return parts.every((part) => whole.some((candidate) => candidate.raw.equals(part.raw)));
}

function open(cms: Buffer): { content: Asn1Node; signedData: Asn1Node; signerInfos: Asn1Node; signerInfo: Asn1Node } {
  const content = readAsn1(cms);
  if (content.tag !== 0x30 || readOid(childOf(content, 0)) !== OID.signedData) throw new Asn1Error('not a SignedData');
  const signedData = childOf(childOf(content, 1, 0xa0), 0, 0x30);
  const signerInfos = signedData.children.at(-1);
  if (signerInfos?.tag !== 0x31 || signerInfos.children.length !== 1) throw new Asn1Error('not exactly one signer');
  return { content, signedData, signerInfos, signerInfo: childOf(signerInfos, 0, 0x30) };
}

function unsignedAttributesOf(signerInfo: Asn1Node): Asn1Node | undefined {
  return signerInfo.children.find((child) => child.tag === 0xa1);
}
