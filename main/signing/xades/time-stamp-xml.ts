/**
 * @file The signature time-stamp of XAdES (EN 319 132-1, 5.3): an unsigned property that vouches for `SignatureValue`. Only
 * what is inserted changes; everything else keeps its bytes.
 */
import { XmlElement, type XmlDocument } from 'libxml2-wasm';
import { Failure } from '../../rooms/failure.ts';
import { ALGORITHM } from './algorithms.ts';
import { signedPropertiesOf } from './references.ts';
import { canonicalise, DS, EXCLUSIVE, onlyChild, withXml } from './xml-document.ts';

/** What the authority stamps: `SignatureValue` of the only signature, in exclusive canonical form. */
export function canonicalSignatureValue(bytes: Buffer): Buffer {
  return withXml(bytes, (document) => {
    const value = onlyChild(onlySignature(document), DS, 'SignatureValue');
    if (!value) throw new Failure('xml-not-signable', 'the signature has no value');
    return canonicalise(value, EXCLUSIVE);
  });
}

/** @param token DER of the authority's TimeStampToken */
export function withXmlTimeStamp(bytes: Buffer, token: Buffer): Buffer {
  const prefix = withXml(bytes, (document) => {
    const properties = signedPropertiesOf(onlySignature(document));
    // Ours end so; what another program wrote is not ours to rewrite.
    if (!properties || properties.next) throw new Failure('xml-not-signable', 'the signature has unsigned properties');
    return properties.prefix;
  });
  const closing = Buffer.from(`</${prefix}:SignedProperties>`);
  const position = bytes.lastIndexOf(closing);
  if (position < 0) throw new Failure('xml-not-signable', 'the signed properties are written in another way');
  const end = position + closing.length;
  const name = (local: string): string => `${prefix}:${local}`;
  const property =
    `<${name('UnsignedProperties')}><${name('UnsignedSignatureProperties')}><${name('SignatureTimeStamp')}>` +
    `<ds:CanonicalizationMethod xmlns:ds="${DS}" Algorithm="${ALGORITHM.exclusive}"/>` +
    `<${name('EncapsulatedTimeStamp')}>${token.toString('base64')}</${name('EncapsulatedTimeStamp')}>` +
    `</${name('SignatureTimeStamp')}></${name('UnsignedSignatureProperties')}></${name('UnsignedProperties')}>`;
  return Buffer.concat([bytes.subarray(0, end), Buffer.from(property), bytes.subarray(end)]);
}

function onlySignature(document: XmlDocument): XmlElement {
  const [signature, ...others] = document.find('//ds:Signature', { ds: DS });
  if (!(signature instanceof XmlElement) || others.length > 0)
    throw new Failure('xml-not-signable', `${others.length + (signature ? 1 : 0)} signatures`);
  return signature;
}
