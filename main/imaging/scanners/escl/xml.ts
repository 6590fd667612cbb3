/**
 * @file Reads the small XML of scanners. Devices and whatever else answers in the network are not trusted: no document
 * type, no entities but the five of XML and character numbers, and limits on size, depth and count. Prefixes differ from
 * maker to maker, so elements are known by their local names; attributes carry nothing we need and are skipped.
 */
import { Failure } from '../../../rooms/failure.ts';

export interface XmlElement {
  /** Local name, without prefix. */
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

export const MAX_XML_BYTES = 1024 * 1024;
const MAX_DEPTH = 32;
const MAX_ELEMENTS = 20_000;
const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<\/\s*([^\s<>/]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s<>=/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/gy;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

interface OpenElement {
  readonly qualifiedName: string;
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/** The root element. @throws Failure `scanner-failed` for anything that is not a plain, small, well-formed document. */
export function readXml(source: Uint8Array | string): XmlElement {
  if (source.length > MAX_XML_BYTES) throw refused('longer than 1 MiB');
  const text = typeof source === 'string' ? source : decodeUtf8(source);
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  TOKEN.lastIndex = 0;
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (let at = start; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (!token)
      throw refused(text.startsWith('<!', at) ? 'document type or entity declaration' : `not well-formed at ${at}`);
    const [, cdata, closing, opening, , selfClosing, characters] = token;
    const parent = open.at(-1);
    if (opening !== undefined) {
      if (root || ++count > MAX_ELEMENTS || open.length >= MAX_DEPTH)
        throw refused('second root, too many elements or too deep');
      const element: OpenElement = {
        qualifiedName: opening,
        name: opening.slice(opening.indexOf(':') + 1),
        text: '',
        children: [],
      };
      if (selfClosing) root = close(element, parent);
      else open.push(element);
    } else if (closing !== undefined) {
      const element = open.pop();
      if (element?.qualifiedName !== closing) throw refused(`</${closing}> closes nothing`);
      root = close(element, open.at(-1));
    } else if (parent) {
      parent.text += cdata ?? (characters === undefined ? '' : decodeCharacters(characters));
    } else if ((cdata ?? characters ?? '').trim() !== '') {
      throw refused('text outside the root');
    }
  }
  if (!root || open.length > 0) throw refused('ends inside an element');
  return root;
}

/** The first element on the way `path` of local names below `element`. */
export function find(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((at, name) => at?.children.find((child) => child.name === name), element);
}

export function findText(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  const text = find(element, ...path)?.text.trim();
  return text === '' ? undefined : text;
}

/** A whole number, or undefined when it is missing or nonsense. */
export function findNumber(element: XmlElement | undefined, ...path: readonly string[]): number | undefined {
  const text = findText(element, ...path);
  return text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Every element called `name` anywhere below `element`, in document order. */
export function findAll(element: XmlElement | undefined, name: string): XmlElement[] {
  if (!element) return [];
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...findAll(child, name)]);
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function close(element: OpenElement, parent: OpenElement | undefined): XmlElement | undefined {
  const closed: XmlElement = { name: element.name, text: element.text, children: element.children };
  if (!parent) return closed;
  parent.children.push(closed);
  return undefined;
}

function decodeCharacters(text: string): string {
  return text.replace(/&([^;\s]{1,10});|&/g, (all: string, name: string | undefined) => {
    const number = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name ?? '');
    const code = number ? Number.parseInt(number[1] ?? number[2] ?? '', number[1] === undefined ? 10 : 16) : Number.NaN;
    if (code > 0 && code <= 0x10ffff) return String.fromCodePoint(code);
    const known = name !== undefined && Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
    if (known === undefined) throw refused(`unknown entity ${all}`);
    return known;
  });
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Failure('scanner-failed', 'XML is not UTF-8', { cause });
  }
}

function refused(why: string): Failure {
  return new Failure('scanner-failed', `XML refused: ${why}`);
}
