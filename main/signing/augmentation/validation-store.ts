/**
 * @file The document security store (ISO 32000-2, 12.8.4.3; EN 319 142-1, 5.4.2): certificates, OCSP answers and revocation
 * lists inside the file, so that its signatures can be verified when nobody answers any more. Added as one new section;
 * nothing that stands in the store is ever taken out.
 */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { pdfDate } from '../../pdf/objects.ts';
import type { PdfDocument } from '../pdf/document.ts';
import { appendUpdate, sourceObject, type NewObject } from '../pdf/update.ts';
import {
  array,
  dict,
  integer,
  name,
  PdfDamaged,
  reference,
  withEntries,
  type PdfDict,
  type PdfStream,
  type PdfValue,
} from '../pdf/values.ts';
import type { Evidence } from '../validation/evidence.ts';
import { toVietnamTime } from '../vietnam-time.ts';
import { parseSource } from '../pdf/parser.ts';

/** What was used for one signature. */
export interface SignatureEvidence {
  /** The value of its `/Contents`, padding included. */
  readonly contents: Buffer;
  readonly evidence: Evidence;
}

const LISTS = [
  ['Certs', 'Cert', 'certificates'],
  ['OCSPs', 'OCSP', 'ocspResponses'],
  ['CRLs', 'CRL', 'revocationLists'],
] as const;
type ListName = (typeof LISTS)[number][0];

const MAX_ENTRIES = 10_000;

/** @returns the name of the signature's entry in `/VRI`: SHA-1 of its value, capitals (EN 319 142-1, 5.4.2.3) */
export function validationKey(contents: Buffer): string {
  return createHash('sha1').update(contents).digest('hex').toUpperCase();
}

/** What the file's store holds already. @throws PdfDamaged when it is not what a store must be */
export function readEvidence(document: PdfDocument): Evidence {
  const store = document.dictionary(document.catalog.entries.get('DSS'));
  const read = (list: ListName): Buffer[] =>
    store ? storedStreams(document, store, list).map(([, bytes]) => bytes) : [];
  return { certificates: read('Certs'), ocspResponses: read('OCSPs'), revocationLists: read('CRLs') };
}

/**
 * The file with a store that holds the evidence beside what was there; undefined when it holds everything already.
 * @param at ISO 8601, for `/TU`
 */
export function addEvidence(
  document: PdfDocument,
  signatures: readonly SignatureEvidence[],
  at: string,
): Buffer | undefined {
  const stored = document.catalog.entries.get('DSS');
  const old = document.dictionary(stored) ?? dict([]);
  if (old.hasDoubleKeys) throw new PdfDamaged('the document security store has a key twice');
  const objects: NewObject[] = [];
  let next = document.size;
  const known = new Map<ListName, Map<string, PdfValue>>();
  const items = new Map<ListName, PdfValue[]>();
  for (const [list] of LISTS) {
    const present = storedStreams(document, old, list);
    known.set(list, new Map(present.map(([value, bytes]) => [hashOf(bytes), value])));
    const value = document.entry(old, list);
    items.set(list, value.kind === 'array' ? [...value.items] : []);
  }
  const referTo = (list: ListName, bytes: Buffer): PdfValue => {
    const hash = hashOf(bytes);
    const present = known.get(list)?.get(hash);
    if (present) return present;
    const number = next++;
    objects.push(sourceObject(number, streamOf(bytes)));
    known.get(list)?.set(hash, reference(number));
    items.get(list)?.push(reference(number));
    return reference(number);
  };

  const oldRecords = document.dictionary(old.entries.get('VRI')) ?? dict([]);
  if (oldRecords.hasDoubleKeys) throw new PdfDamaged('the validation records have a key twice');
  const records = new Map(oldRecords.entries);
  for (const { contents, evidence } of signatures) {
    const key = validationKey(contents);
    const entries: [string, PdfValue][] = LISTS.flatMap(([list, entry, kind]): [string, PdfValue][] => {
      const used = evidence[kind].map((bytes) => referTo(list, bytes));
      return used.length === 0 ? [] : [[entry, array(used)]];
    });
    // A record that stands there is left as its writer made it: another verifier may have relied on it.
    if (records.has(key) || entries.length === 0) continue;
    records.set(key, dict([...entries, ['TU', parseSource(pdfDate(toVietnamTime(at)))]]));
  }
  // A record alone only says again which of the lists belongs to what: no reason for a section of its own.
  if (objects.length === 0) return undefined;

  const changes: Record<string, PdfValue> = { VRI: dict(records) };
  for (const [list] of LISTS) {
    const values = items.get(list) ?? [];
    if (values.length > MAX_ENTRIES) throw new PdfDamaged('the document security store has too many entries');
    if (values.length > 0) changes[list] = array(values);
  }
  const store = withEntries(old.entries.has('Type') ? old : withEntries(old, { Type: name('DSS') }), changes);
  const catalogChanges: Record<string, PdfValue> = withExtensionLevel(document);
  if (stored?.kind === 'reference' && document.resolve(stored).kind === 'dict') {
    objects.push(sourceObject(stored.number, store, stored.generation));
  } else {
    const number = next++;
    objects.push(sourceObject(number, store));
    catalogChanges['DSS'] = reference(number);
  }
  if (Object.keys(catalogChanges).length > 0) {
    const root = document.trailer.entries.get('Root');
    if (root?.kind !== 'reference') throw new PdfDamaged('/Root is not a reference');
    objects.push(sourceObject(root.number, withEntries(document.catalog, catalogChanges), root.generation));
  }
  return Buffer.concat([document.bytes, appendUpdate(document, objects, `DSS ${at}`).bytes]);
}

/** `/ESIC` says that the file uses ETSI's long-term parts; PDF 2.0 has them by itself, but nobody objects to the entry. */
function withExtensionLevel(document: PdfDocument): Record<string, PdfValue> {
  const extensions = document.dictionary(document.catalog.entries.get('Extensions'));
  if (extensions?.entries.has('ESIC')) return {};
  const level = dict([
    ['BaseVersion', name('1.7')],
    ['ExtensionLevel', integer(1)],
  ]);
  return { Extensions: withEntries(extensions ?? dict([]), { ESIC: level }) };
}

/** Every entry of a list with its content. What is no stream of bytes stays in the list and is not compared with. */
function storedStreams(document: PdfDocument, store: PdfDict, list: ListName): [PdfValue, Buffer][] {
  const value = document.entry(store, list);
  if (value.kind === 'null') return [];
  if (value.kind !== 'array' || value.items.length > MAX_ENTRIES)
    throw new PdfDamaged(`/${list} of the document security store is not a list`);
  return value.items.flatMap((item): [PdfValue, Buffer][] => {
    const stream = document.resolve(item);
    return stream.kind === 'stream' ? [[item, document.decode(stream)]] : [];
  });
}

function streamOf(bytes: Buffer): PdfStream {
  const packed = deflateSync(bytes);
  return packed.length < bytes.length
    ? { kind: 'stream', dict: dict([['Filter', name('FlateDecode')]]), bytes: packed }
    : { kind: 'stream', dict: dict([]), bytes };
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}
