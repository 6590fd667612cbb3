/**
 * @file The rules of ISO 19005-2 (PDF/A-2) that can be seen in the structure of a file, one function per clause. The file
 * is read through `qpdf --qdf`, so that streams and objects are in the open, and as its raw bytes.
 */
import { readFileSync } from 'node:fs';
import { run } from './tools.ts';

export interface OpenedPdf {
  readonly raw: string;
  readonly plain: string;
}

export function openForRules(file: string): OpenedPdf {
  return {
    raw: readFileSync(file).toString('latin1'),
    plain: run('qpdf', ['--qdf', '--object-streams=disable', '--decode-level=generalized', file, '-'], 'buffer'),
  };
}

/** The rule's clause → what is wrong; empty when the file keeps them all. */
export function findBrokenRules({ raw, plain }: OpenedPdf): string[] {
  const dictionaries = raw.replace(/stream\n[\s\S]*?\nendstream/g, 'stream endstream');
  const metadata = /<x:xmpmeta[\s\S]*<\/x:xmpmeta>/.exec(raw)?.[0] ?? '';
  const fontPrograms = (plain.match(/\/FontFile2 /g) ?? []).length;
  const rules: readonly (readonly [string, boolean])[] = [
    ['6.1.2 header %PDF-1.n, then a comment of four bytes above 127', /^%PDF-1\.[0-7]\n%[\x80-\xff]{4}\n/.test(raw)],
    [
      '6.1.3 two equal or distinct file identifiers in the trailer',
      /trailer\n<<[^]*\/ID \[<[0-9A-F]{32}> <[0-9A-F]{32}>\]/.test(raw),
    ],
    ['6.1.3 not encrypted', !/\/Encrypt\b/.test(raw)],
    ['6.1.3 nothing after the end-of-file marker', /%%EOF\n?$/.test(raw)],
    [
      '6.1.4 xref keyword and subsection header on lines of their own',
      /\nxref\n0 \d+\n0000000000 65535 f \n/.test(raw),
    ],
    ['6.1.7 streams have their stated length', everyStreamHasItsLength(raw)],
    ['6.1.7 no external streams', !/\/(FFilter|FDecodeParms)\b/.test(dictionaries)],
    ['6.1.7.2 no LZW, no Crypt filter', !/\/(LZWDecode|LZW|Crypt)\b/.test(dictionaries)],
    [
      '6.1.8 object headers on lines of their own',
      (raw.match(/\n\d+ 0 obj\n/g) ?? []).length === (raw.match(/\nendobj\n/g) ?? []).length,
    ],
    [
      '6.2.3 output intent GTS_PDFA1 with an ICC profile',
      /\/S \/GTS_PDFA1[^>]*\/DestOutputProfile/.test(dictionaries) && hasIccProfile(plain),
    ],
    [
      '6.2.4.3 only device RGB and grey, which the output intent covers',
      !/\/(DeviceCMYK|Separation|DeviceN|Pattern)\b/.test(dictionaries) &&
        !/(^|\s)[kK]\s/.test(contentOperators(plain)),
    ],
    [
      '6.2.8 images: no alternates, no OPI, no interpolation',
      !/\/(Alternates|OPI)\b|\/Interpolate true/.test(dictionaries),
    ],
    ['6.2.9 no PostScript or reference XObjects', !/\/Subtype \/PS\b|\/Ref\b/.test(dictionaries)],
    ['6.2.10 no transparency used', !/\/(SMask|BM|CA|ca|Group)\b/.test(dictionaries)],
    [
      '6.2.11.4 every font program is embedded',
      (plain.match(/\/Type \/FontDescriptor/g) ?? []).length === fontPrograms,
    ],
    [
      '6.2.11.3.2 CIDFontType2 fonts have a CIDToGIDMap',
      (plain.match(/\/CIDFontType2\b/g) ?? []).length === (plain.match(/\/CIDToGIDMap /g) ?? []).length,
    ],
    [
      '6.2.11.7.2 level U: every Type 0 font has ToUnicode',
      (plain.match(/\/Subtype \/Type0\b/g) ?? []).length === (plain.match(/\/ToUnicode /g) ?? []).length,
    ],
    ['6.2.11.7.2 no text means U+0000, U+FEFF or U+FFFE', !/^<[0-9A-F]{4}> <(0000|FEFF|FFFE)>$/m.test(plain)],
    [
      '6.4, 6.5, 6.6.1 no forms, annotations, actions, scripts',
      !/\/(AcroForm|Annots|OpenAction|AA|JavaScript|JS|EmbeddedFiles|XFA)\b/.test(dictionaries),
    ],
    [
      '6.6.2.1 XMP in the catalog, not compressed',
      /\/Type \/Catalog[^]*?\/Metadata \d+ 0 R/.test(dictionaries) && metadata !== '',
    ],
    ['6.6.2.1 no attributes bytes or encoding in the packet header', !/<\?xpacket[^>]*(bytes|encoding)=/.test(raw)],
    ['6.6.4 version and conformance marks', /<pdfaid:part>2<.*<pdfaid:conformance>U</.test(metadata)],
    ['6.6.3 title and dates in XMP as in the information dictionary', infoMatchesXmp(raw, metadata)],
    ['6.6.2.3 own properties are described by an extension schema', ownPropertiesAreDescribed(metadata)],
    ['6.8.4 natural language', /\/Lang \(vi-VN\)/.test(dictionaries)],
    [
      '6.1.13 page boundaries between 3 and 14 400 units',
      pageSizes(plain).every((size) => size >= 3 && size <= 14_400) && pageSizes(plain).length > 0,
    ],
  ];
  return rules.filter(([, holds]) => !holds).map(([clause]) => clause);
}

function everyStreamHasItsLength(raw: string): boolean {
  const heads = [...raw.matchAll(/\/Length (\d+)>>\nstream\n/g)];
  return (
    heads.length > 0 &&
    heads.every((head) => raw.startsWith('\nendstream\nendobj', head.index + head[0].length + Number(head[1])))
  );
}

function hasIccProfile(plain: string): boolean {
  const body = /\/N 3\n[^]*?stream\n([^]*?)endstream/.exec(plain)?.[1] ?? '';
  return (
    body.slice(36, 40) === 'acsp' &&
    body.slice(12, 16) === 'mntr' &&
    body.slice(16, 20) === 'RGB ' &&
    Buffer.from(body, 'latin1').readUInt32BE(0) <= body.length
  );
}

function contentOperators(plain: string): string {
  return [...plain.matchAll(/%% Contents for page \d+\n[^]*?stream\n([^]*?)endstream/g)]
    .map((match) => match[1]?.replace(/<[0-9A-F]*>/g, ''))
    .join('\n');
}

function infoMatchesXmp(raw: string, metadata: string): boolean {
  const info = /\/Title (\([^)]*\)|<FEFF[0-9A-F]*>)[^]*?\/CreationDate \(D:(\d{14})([^)]*)\)/.exec(raw);
  if (!info) return false;
  const [, title = '', digits = '', zone = ''] = info;
  const text = title.startsWith('(')
    ? title.slice(1, -1)
    : Buffer.from(title.slice(5, -1), 'hex').swap16().toString('utf16le');
  const date = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}T${digits.slice(8, 10)}:${digits.slice(10, 12)}:${digits.slice(12)}`;
  const offset = zone === 'Z' ? 'Z' : zone.replace("'", ':').replace("'", '');
  const xmp = Buffer.from(metadata, 'latin1').toString('utf8');
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return (
    xmp.includes(`<rdf:li xml:lang="x-default">${escaped}</rdf:li>`) &&
    xmp.includes(`<xmp:CreateDate>${date}${offset}</xmp:CreateDate>`)
  );
}

function ownPropertiesAreDescribed(metadata: string): boolean {
  const used = [...metadata.matchAll(/<hoso:(\w+)>/g)].map((match) => match[1]);
  const described = new Set([...metadata.matchAll(/<pdfaProperty:name>(\w+)</g)].map((match) => match[1]));
  return used.every((name) => described.has(name));
}

function pageSizes(plain: string): number[] {
  return [...plain.matchAll(/\/MediaBox \[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]/g)].flatMap((match) => [
    Number(match[1]),
    Number(match[2]),
  ]);
}
