/**
 * @file XML of strangers: parsed by libxml2 inside WebAssembly with no door to the network or the disk, refused when it
 * brings a document type, and canonicalised by the same library (C14N 1.0, 1.1, exclusive).
 */
import { ParseOption, XmlC14NMode, XmlDocument, XmlElement, XmlError, type XmlNode, XmlParseError } from 'libxml2-wasm';
import { Failure } from '../../rooms/failure.ts';

export const DS = 'http://www.w3.org/2000/09/xmldsig#';
export const XADES = 'http://uri.etsi.org/01903/v1.3.2#';

/** Results of procedures are kilobytes; the tree in memory is forty times the text. */
export const MAX_XML_BYTES = 10 * 1024 * 1024;
/** Canonical form repeats what an element inherits: a long name declared once may be written a million times. */
const MAX_CANONICAL_BYTES = 64 * 1024 * 1024;

export interface Canonicalisation {
  readonly mode: 0 | 1 | 2;
  readonly withComments: boolean;
  readonly inclusivePrefixes: readonly string[];
}

export const EXCLUSIVE: Canonicalisation = {
  mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
  withComments: false,
  inclusivePrefixes: [],
};

/**
 * Parses, works, and gives the memory back. libxml2's own limits hold: 256 levels, 10 MB a text, entities never expanded.
 * @throws Failure `file-too-large`, `file-damaged` (not well-formed, or with a document type)
 */
export function withXml<T>(bytes: Uint8Array, work: (document: XmlDocument) => T): T {
  if (bytes.length > MAX_XML_BYTES) throw new Failure('file-too-large', `XML of more than ${MAX_XML_BYTES} bytes`);
  let document: XmlDocument;
  try {
    document = XmlDocument.fromBuffer(bytes, {
      option: ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_SYS_CATALOG,
    });
  } catch (cause) {
    if (!(cause instanceof XmlParseError)) throw cause;
    throw new Failure('file-damaged', cause.message.trim().slice(0, 300), { cause });
  }
  try {
    // Entities and default attributes could make a reader see other content than the one that is signed.
    if (document.dtd) throw new Failure('file-damaged', 'a document type (DOCTYPE) is not accepted');
    return work(document);
  } catch (cause) {
    // A broken machine inside WebAssembly judges nothing any more: the process ends, and the next file gets a new one.
    if (cause instanceof Error && cause.name === 'RuntimeError')
      queueMicrotask(() => {
        throw cause;
      });
    throw cause;
  } finally {
    document.dispose();
  }
}

/**
 * Canonical octets of the whole document, or of one element with what it inherits.
 * @throws Failure `file-too-large` when the form outgrows its limit, `file-damaged` when there is none
 */
export function canonicalise(node: XmlDocument | XmlElement, method: Canonicalisation): Buffer {
  const parts: Buffer[] = [];
  let size = 0;
  const handler = {
    write: (part: Uint8Array): number => {
      size += part.length;
      if (size > MAX_CANONICAL_BYTES) return -1;
      parts.push(Buffer.from(part)); // the memory behind it is used again
      return part.length;
    },
    close: (): boolean => true,
  };
  try {
    node.canonicalize(handler, {
      mode: method.mode,
      withComments: method.withComments,
      ...(method.inclusivePrefixes.length === 0 ? {} : { inclusiveNamespacePrefixes: [...method.inclusivePrefixes] }),
    });
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause;
    throw new Failure(size > MAX_CANONICAL_BYTES ? 'file-too-large' : 'file-damaged', cause.message, { cause });
  }
  if (size > MAX_CANONICAL_BYTES)
    throw new Failure('file-too-large', `canonical form beyond ${MAX_CANONICAL_BYTES} bytes`);
  return Buffer.concat(parts);
}

export function isElement(node: XmlNode | null, namespace: string, name: string): node is XmlElement {
  return node instanceof XmlElement && node.name === name && node.namespaceUri === namespace;
}

export function childElements(parent: XmlElement): XmlElement[] {
  const children: XmlElement[] = [];
  for (let child = parent.firstChild; child; child = child.next) if (child instanceof XmlElement) children.push(child);
  return children;
}

export function childrenNamed(parent: XmlElement, namespace: string, name: string): XmlElement[] {
  return childElements(parent).filter((child) => isElement(child, namespace, name));
}

/** The only child of that name; undefined when there is none or more than one. */
export function onlyChild(parent: XmlElement | undefined, namespace: string, name: string): XmlElement | undefined {
  const found = parent ? childrenNamed(parent, namespace, name) : [];
  return found.length === 1 ? found[0] : undefined;
}

/** Decoded content of a base64 element; undefined when it is anything else. */
export function base64Content(element: XmlElement | undefined): Buffer | undefined {
  const text = element?.content.replace(/[\t\n\r ]+/g, '');
  return text !== undefined && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
    ? Buffer.from(text, 'base64')
    : undefined;
}

/** Attribute without a namespace. */
export function attribute(element: XmlElement, name: string): string | undefined {
  return element.attrs.find((each) => each.name === name && each.namespaceUri === '')?.value;
}
