/**
 * @file What an XML signature covers. A reference is resolved here, by position, and never by whatever element answers to a
 * name first: the element that was digested is the element that is judged (signature wrapping, McIntosh and Austel 2005).
 */
import { createHash } from 'node:crypto';
import { XmlElement, type XmlDocument } from 'libxml2-wasm';
import { ALGORITHM, CANONICALISATIONS, DEFAULT_CANONICALISATION, XML_DIGESTS } from './algorithms.ts';
import {
  attribute,
  base64Content,
  canonicalise,
  childElements,
  childrenNamed,
  DS,
  isElement,
  onlyChild,
  withXml,
  type Canonicalisation,
} from './xml-document.ts';

/** Why a signature is not right, in Vietnamese. */
export class XmlSignatureBroken extends Error {}
/** A form that is correct XML but that nothing here can judge; in Vietnamese. */
export class XmlSignatureUnsupported extends Error {}

export type Covered =
  /** The document element, less signatures. */
  | { readonly kind: 'document' }
  | { readonly kind: 'signed-properties' }
  /** Some element by its Id; the rest of the document is not covered. */
  | { readonly kind: 'part'; readonly name: string };

export interface ReferenceCheck {
  readonly covered: Covered;
  readonly isRight: boolean;
  readonly digestName: string;
}

const MAX_TRANSFORMS = 4;

/**
 * @param bytes the document, parsed anew without its signatures where a transform takes them out
 * @param signature the element that the reference belongs to
 */
export function checkReference(
  bytes: Uint8Array,
  document: XmlDocument,
  signature: XmlElement,
  reference: XmlElement,
): ReferenceCheck {
  const digestName = XML_DIGESTS[attribute(onlyRequired(reference, 'DigestMethod'), 'Algorithm') ?? ''];
  if (!digestName) throw new XmlSignatureUnsupported('Thuật toán băm của chữ ký XML không được hỗ trợ.');
  const stated = base64Content(onlyRequired(reference, 'DigestValue'));
  const transforms = readTransforms(reference);
  const uri = attribute(reference, 'URI');
  const target = resolve(document, uri);
  const canonical =
    transforms.removes === 'nothing'
      ? canonicalise(target ?? document, transforms.canonicalisation)
      : canonicalWithout(bytes, signature, target, transforms);
  const isRight = stated !== undefined && createHash(digestName).update(canonical).digest().equals(stated);
  return { covered: coveredBy(document, signature, target, transforms.removes), isRight, digestName };
}

/** Null is the whole document. */
function resolve(document: XmlDocument, uri: string | undefined): XmlElement | null {
  if (uri === '') return null;
  const id = /^#([\p{L}\p{N}_.:-]+)$/u.exec(uri ?? '')?.[1];
  if (id === undefined)
    throw new XmlSignatureUnsupported(
      `Chữ ký XML trỏ tới nội dung bên ngoài hoặc cách trỏ không được hỗ trợ (${uri ?? 'không có URI'}).`,
    );
  const found = document
    .find(`//*[@Id='${id}' or @ID='${id}' or @id='${id}' or @xml:id='${id}']`, {
      xml: 'http://www.w3.org/XML/1998/namespace',
    })
    .filter((node) => node instanceof XmlElement);
  if (found.length > 1)
    throw new XmlSignatureBroken(`Có ${found.length} phần tử cùng mang Id "${id}": dấu hiệu tráo nội dung đã ký.`);
  const [element] = found;
  if (!element) throw new XmlSignatureBroken(`Không còn phần tử "${id}" mà chữ ký phủ.`);
  return element;
}

interface Transforms {
  readonly removes: 'nothing' | 'this-signature' | 'all-signatures';
  readonly canonicalisation: Canonicalisation;
}

/** Only transforms that can be judged by name; an arbitrary expression could hide content from the digest. */
function readTransforms(reference: XmlElement): Transforms {
  const list = onlyChild(reference, DS, 'Transforms');
  const steps = list ? childElements(list) : [];
  if (steps.length > MAX_TRANSFORMS) throw new XmlSignatureUnsupported('Chữ ký XML có quá nhiều phép biến đổi.');
  let removes: Transforms['removes'] = 'nothing';
  let canonicalisation: Canonicalisation | undefined;
  for (const step of steps) {
    const algorithm = attribute(step, 'Algorithm') ?? '';
    const method = readCanonicalisation(step);
    if (canonicalisation) throw new XmlSignatureUnsupported('Chữ ký XML biến đổi tiếp sau khi chuẩn hóa.');
    if (method) canonicalisation = method;
    else if (algorithm === ALGORITHM.enveloped) removes = removes === 'nothing' ? 'this-signature' : removes;
    else if (removesAllSignatures(step, algorithm)) removes = 'all-signatures';
    else throw new XmlSignatureUnsupported(`Phép biến đổi "${algorithm}" của chữ ký XML không được hỗ trợ.`);
  }
  // Same-document references leave comments out, whatever the method says (XMLDSig 1.1, 4.4.3.3).
  return { removes, canonicalisation: { ...(canonicalisation ?? DEFAULT_CANONICALISATION), withComments: false } };
}

/** The two expressions that European signers write so that signatures may stand side by side. */
function removesAllSignatures(step: XmlElement, algorithm: string): boolean {
  const [expression, ...others] = childElements(step);
  if (!expression || others.length > 0) return false;
  const text = expression.content.replace(/\s+/g, '');
  if (algorithm === ALGORITHM.xpath && isElement(expression, DS, 'XPath')) {
    const prefix = /^not\(ancestor-or-self::([\w.-]+):Signature\)$/.exec(text)?.[1];
    return prefix !== undefined && expression.namespaceForPrefix(prefix) === DS;
  }
  if (algorithm !== ALGORITHM.xpathFilter || !isElement(expression, ALGORITHM.xpathFilter, 'XPath')) return false;
  const prefix = /^\/descendant::([\w.-]+):Signature$/.exec(text)?.[1];
  return (
    attribute(expression, 'Filter') === 'subtract' &&
    prefix !== undefined &&
    expression.namespaceForPrefix(prefix) === DS
  );
}

/** @returns undefined when the element names no canonicalisation */
export function readCanonicalisation(element: XmlElement): Canonicalisation | undefined {
  const method = CANONICALISATIONS[attribute(element, 'Algorithm') ?? ''];
  if (!method) return undefined;
  const children = childElements(element);
  if (children.length === 0) return method;
  const prefixes = isElement(children[0] ?? null, ALGORITHM.exclusive, 'InclusiveNamespaces')
    ? attribute(children[0] as XmlElement, 'PrefixList')
    : undefined;
  if (prefixes === undefined || children.length > 1)
    throw new XmlSignatureUnsupported('Tham số chuẩn hóa của chữ ký XML không được hỗ trợ.');
  // `#default` is how the empty prefix is written; libxml2 knows it by the same word.
  return { ...method, inclusivePrefixes: prefixes.split(/\s+/).filter((prefix) => prefix !== '') };
}

/** Canonicalises a second parse of the document, out of which the signatures are taken by their place in the tree. */
function canonicalWithout(
  bytes: Uint8Array,
  signature: XmlElement,
  target: XmlElement | null,
  { removes, canonicalisation }: Transforms,
): Buffer {
  const signaturePlace = placeOf(signature);
  const targetPlace = target && placeOf(target);
  return withXml(bytes, (copy) => {
    const element = targetPlace && atPlace(copy, targetPlace);
    const doomed =
      removes === 'this-signature'
        ? [atPlace(copy, signaturePlace)]
        : // Outermost ones: those inside go with them.
          copy.find('//ds:Signature[not(ancestor::ds:Signature)]', { ds: DS });
    for (const each of doomed) {
      if (element && each.isSameNode(element)) throw new XmlSignatureBroken('Chữ ký XML phủ chính nó.');
      each.remove();
    }
    return canonicalise(element ?? copy, canonicalisation);
  });
}

/** Positions among the elements of each level, from the root down. */
function placeOf(element: XmlElement): number[] {
  const place: number[] = [];
  for (let current: XmlElement = element; ;) {
    const { parent } = current;
    if (!parent) return place.toReversed();
    place.push(childElements(parent).findIndex((child) => child.isSameNode(current)));
    current = parent;
  }
}

function atPlace(document: XmlDocument, place: readonly number[]): XmlElement {
  let current = document.root;
  for (const index of place) {
    const child = childElements(current)[index];
    if (!child) throw new Error('the second parse differs from the first');
    current = child;
  }
  return current;
}

function coveredBy(
  document: XmlDocument,
  signature: XmlElement,
  target: XmlElement | null,
  removes: Transforms['removes'],
): Covered {
  const isRoot = signature.isSameNode(document.root); // an enveloping one: taking it out leaves nothing
  const isWhole = !isRoot && (target === null || target.isSameNode(document.root));
  // Taking every signature out would hide whatever somebody put into another element of that name.
  if (isWhole && (removes === 'this-signature' || hidesNothing(document))) return { kind: 'document' };
  if (target && isSignedPropertiesOf(signature, target)) return { kind: 'signed-properties' };
  return { kind: 'part', name: target?.name ?? document.root.name };
}

/** Whether all signatures stand directly under the document element, where no reader looks for content. */
function hidesNothing(document: XmlDocument): boolean {
  return document
    .find('//ds:Signature[not(ancestor::ds:Signature)]', { ds: DS })
    .every((each) => each.parent?.isSameNode(document.root) ?? true);
}

const XADES_NAMESPACES = [
  'http://uri.etsi.org/01903/v1.3.2#',
  'http://uri.etsi.org/01903/v1.2.2#',
  'http://uri.etsi.org/01903/v1.1.1#',
];

/** `Signature/Object/QualifyingProperties/SignedProperties` of this very signature. */
export function signedPropertiesOf(signature: XmlElement): XmlElement | undefined {
  const id = attribute(signature, 'Id');
  const qualifying = childrenNamed(signature, DS, 'Object')
    .flatMap(childElements)
    .filter((each) => each.name === 'QualifyingProperties' && XADES_NAMESPACES.includes(each.namespaceUri));
  const [own, ...others] = qualifying;
  if (!own) return undefined;
  if (others.length > 0 || id === undefined || attribute(own, 'Target') !== `#${id}`)
    throw new XmlSignatureBroken('Thuộc tính XAdES không thuộc về đúng chữ ký này.');
  return onlyChild(own, own.namespaceUri, 'SignedProperties');
}

function isSignedPropertiesOf(signature: XmlElement, element: XmlElement): boolean {
  return signedPropertiesOf(signature)?.isSameNode(element) ?? false;
}

export function onlyRequired(parent: XmlElement, name: string): XmlElement {
  const child = onlyChild(parent, DS, name);
  if (!child) throw new XmlSignatureBroken(`Chữ ký XML thiếu hoặc lặp phần tử ${name}.`);
  return child;
}
