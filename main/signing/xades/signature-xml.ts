/**
 * @file Writes a XAdES baseline B signature (EN 319 132-1, 6.3) that its document envelops: the whole document is signed,
 * less the signature itself, and the signed properties with it.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { XmlDocument } from 'libxml2-wasm';
import { Failure } from '../../rooms/failure.ts';
import { der, derSequence } from '../asn1.ts';
import type { Certificate } from '../certificate.ts';
import { toVietnamTime } from '../vietnam-time.ts';
import { ALGORITHM } from './algorithms.ts';
import { canonicalise, childElements, DS, EXCLUSIVE, isElement, withXml, XADES } from './xml-document.ts';

export interface XmlDraft {
  /** The document with its signature, whose value is still empty. */
  readonly bytes: Buffer;
  /** Canonical `SignedInfo`: what is signed. */
  readonly signedInfo: Buffer;
  /** Id of the `Signature` element. */
  readonly id: string;
}

export interface XmlSigning {
  /** The signer's first, then every intermediate. */
  readonly certificates: readonly Certificate[];
  /** ISO 8601. */
  readonly signedAt: string;
}

/**
 * @throws Failure `file-damaged`, `file-too-large`, `xml-not-signable` for one that carries a signature already: a second
 * enveloped one would break the first (XMLDSig 1.1, 6.6.4)
 */
export function writeXmlDraft(bytes: Uint8Array, { certificates, signedAt }: XmlSigning): XmlDraft {
  const [signer] = certificates;
  if (!signer) throw new Error('a signature needs its certificate');
  const id = `S-${randomBytes(16).toString('hex')}`;
  const place = `place-${randomBytes(16).toString('hex')}`;
  const { digest, text } = withXml(bytes, (document) => {
    if (document.get('//ds:Signature', { ds: DS }))
      throw new Failure('xml-not-signable', 'the document carries a signature already');
    const documentDigest = sha256(canonicalise(document, EXCLUSIVE));
    document.root.addElement(place);
    return { digest: documentDigest, text: document.toString({ format: false }) };
  });
  const properties = signedProperties(id, signer, signedAt);
  const propertiesDigest = sha256(
    canonicalPart(signatureXml(id, '', properties, certificates), (root) => {
      const object = childElements(root).find((child) => isElement(child, DS, 'Object'));
      const qualifying = object && childElements(object)[0];
      return qualifying && childElements(qualifying)[0];
    }),
  );
  const info = signedInfo(id, signer, digest, propertiesDigest);
  const signature = signatureXml(id, info, properties, certificates);
  const [before, after, ...others] = text.split(`<${place}/>`);
  if (before === undefined || after === undefined || others.length > 0)
    throw new Error('the place was not written once');
  return {
    bytes: Buffer.from(`${before}${signature}${after}`, 'utf8'),
    signedInfo: canonicalPart(signature, (root) => childElements(root)[0]),
    id,
  };
}

/** @param value PKCS#1 v1.5, or r and s of ECDSA side by side (XMLDSig 1.1, 6.4.3) */
export function fillSignatureValue(draft: Buffer, id: string, value: Uint8Array): Buffer {
  const opening = Buffer.from(`<ds:SignatureValue Id="${id}-value">`);
  const start = draft.indexOf(opening);
  if (start < 0) throw new Failure('bad-request', 'not the draft of this signature');
  const position = start + opening.length;
  const filling = Buffer.from(Buffer.from(value).toString('base64'));
  return Buffer.concat([draft.subarray(0, position), filling, draft.subarray(position)]);
}

/** ECDSA's DER as r and s of the curve's size, side by side. */
export function ecdsaSideBySide(
  signature: { readonly r: Buffer; readonly s: Buffer },
  coordinateBytes: number,
): Buffer {
  return Buffer.concat(
    [signature.r, signature.s].map((integer) => {
      const magnitude = integer.subarray(integer.findIndex((octet) => octet !== 0));
      return Buffer.concat([Buffer.alloc(coordinateBytes - magnitude.length), magnitude]);
    }),
  );
}

function canonicalPart(
  signature: string,
  choose: (root: XmlDocument['root']) => XmlDocument['root'] | undefined,
): Buffer {
  return withXml(Buffer.from(signature), (document) => {
    const part = choose(document.root);
    if (!part) throw new Error('the signature lacks the part to canonicalise');
    return canonicalise(part, EXCLUSIVE);
  });
}

function signatureXml(id: string, info: string, properties: string, certificates: readonly Certificate[]): string {
  const x509 = certificates
    .map((certificate) => `<ds:X509Certificate>${certificate.der.toString('base64')}</ds:X509Certificate>`)
    .join('');
  return (
    `<ds:Signature xmlns:ds="${DS}" Id="${id}">${info}<ds:SignatureValue Id="${id}-value"></ds:SignatureValue>` +
    `<ds:KeyInfo><ds:X509Data>${x509}</ds:X509Data></ds:KeyInfo>` +
    `<ds:Object><xades:QualifyingProperties xmlns:xades="${XADES}" Target="#${id}">${properties}` +
    '</xades:QualifyingProperties></ds:Object></ds:Signature>'
  );
}

function signedInfo(id: string, signer: Certificate, documentDigest: string, propertiesDigest: string): string {
  const method = signer.publicKey.asymmetricKeyType === 'ec' ? ALGORITHM.ecdsaSha256 : ALGORITHM.rsaSha256;
  const exclusive = `<ds:Transform Algorithm="${ALGORITHM.exclusive}"/>`;
  return (
    `<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${ALGORITHM.exclusive}"/>` +
    `<ds:SignatureMethod Algorithm="${method}"/>` +
    `<ds:Reference Id="${id}-document" URI=""><ds:Transforms>` +
    `<ds:Transform Algorithm="${ALGORITHM.enveloped}"/>${exclusive}</ds:Transforms>${digestXml(documentDigest)}` +
    `</ds:Reference><ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#${id}-properties">` +
    `<ds:Transforms>${exclusive}</ds:Transforms>${digestXml(propertiesDigest)}</ds:Reference></ds:SignedInfo>`
  );
}

/** Table 1 of EN 319 132-1 for level B: time, certificate by digest with issuer and serial number, and the media type. */
function signedProperties(id: string, signer: Certificate, signedAt: string): string {
  const issuerSerial = derSequence(derSequence(der(0xa4, signer.issuerDer)), signer.serialDer).toString('base64');
  return (
    `<xades:SignedProperties Id="${id}-properties"><xades:SignedSignatureProperties>` +
    `<xades:SigningTime>${toVietnamTime(signedAt)}</xades:SigningTime>` +
    `<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>${digestXml(sha256(signer.der))}</xades:CertDigest>` +
    `<xades:IssuerSerialV2>${issuerSerial}</xades:IssuerSerialV2></xades:Cert></xades:SigningCertificateV2>` +
    '</xades:SignedSignatureProperties><xades:SignedDataObjectProperties>' +
    `<xades:DataObjectFormat ObjectReference="#${id}-document"><xades:MimeType>application/xml</xades:MimeType>` +
    '</xades:DataObjectFormat></xades:SignedDataObjectProperties></xades:SignedProperties>'
  );
}

function digestXml(value: string): string {
  return `<ds:DigestMethod Algorithm="${ALGORITHM.sha256}"/><ds:DigestValue>${value}</ds:DigestValue>`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}
