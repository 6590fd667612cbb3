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
    ['6.7.4 natural language', /\/Lang \(vi-VN\)/.test(dictionaries)],
    ['6.1.6 hexadecimal strings hold an even number of digits', hexStringsAreWhole(dictionaries)],
    ['6.1.8 names are text in UTF-8', namesAreUtf8(dictionaries)],
    ['6.1.10 no inline images', !/(^|\s)BI\s/.test(contentOperators(plain))],
    ['6.1.12 no permissions dictionary', !/\/Perms\b/.test(dictionaries)],
    ['6.1.13 implementation limits of names, strings, integers, objects and nesting', limitsHold(dictionaries, plain)],
    ['6.2.2 only operators of the standard, and only resources the page names itself', contentIsOwn(plain)],
    [
      '6.2.5 no transfer functions, halftones or black generation',
      !/\/(TR2?|HTP?|BG2?|UCR2?|ExtGState)\b/.test(dictionaries),
    ],
    [
      '6.2.6 no rendering intent of its own',
      !/\/(Intent|RI)\b/.test(dictionaries) && !/\sri\s/.test(contentOperators(plain)),
    ],
    ['6.2.8 every JPEG has the components of its colour space', jpegsMatchTheirColourSpace(raw)],
    [
      '6.2.8 stencils have one bit and no colour space; no soft masks',
      [...dictionaries.matchAll(/<<[^<>]*\/ImageMask true[^<>]*>>/g)].every(
        ([entry]) => /\/BitsPerComponent 1\b/.test(entry) && !/\/ColorSpace\b/.test(entry),
      ),
    ],
    [
      '6.2.11.3.1, 6.2.11.3.3 composite fonts use the identity mapping',
      (dictionaries.match(/\/Subtype \/Type0\b/g) ?? []).length ===
        (dictionaries.match(/\/Encoding \/Identity-H\b/g) ?? []).length &&
        (plain.match(/\/Subtype \/CIDFontType2\b/g) ?? []).length ===
          (plain.match(/\/Ordering \(Identity\)/g) ?? []).length,
    ],
    ['6.2.11.6 fonts are marked symbolic or not, never both', everyFontIsMarked(dictionaries)],
    ['6.6.2.3.3 the extension schema has all its fields, and values of known types', schemaIsComplete(metadata)],
    [
      '6.8, 6.9, 6.10, 6.11 no files inside, layers, alternate presentations, transitions or requirements',
      !/\/(AF|Filespec|OCProperties|OCG|AlternatePresentations|PresSteps|Trans|Requirements)\b/.test(dictionaries),
    ],
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
    .map((match) => match[1]?.replace(/<[0-9A-Fa-f]*>/g, ''))
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

function hexStringsAreWhole(dictionaries: string): boolean {
  return [...dictionaries.matchAll(/(?<!<)<([0-9A-Fa-f\s]*)>(?!>)/g)].every(
    ([, digits = '']) => digits.length % 2 === 0,
  );
}

function namesAreUtf8(dictionaries: string): boolean {
  return [...dictionaries.matchAll(/\/([^\s()<>[\]{}/%]+)/g)].every(([, name = '']) => {
    const bytes = Buffer.from(
      name.replace(/#([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    );
    return Buffer.compare(Buffer.from(bytes.toString('utf8'), 'utf8'), bytes) === 0;
  });
}

function limitsHold(dictionaries: string, plain: string): boolean {
  const names = [...dictionaries.matchAll(/\/([^\s()<>[\]{}/%]+)/g)].map((match) => match[1] ?? '');
  const strings = [...dictionaries.matchAll(/\([^)]*\)|<[0-9A-F]+>/g)].map(([text]) => text);
  const integers = [...dictionaries.matchAll(/(?<=[\s[])-?\d+(?=[\s\]])/g)].map(([digits]) => Math.abs(Number(digits)));
  let depth = 0;
  let deepest = 0;
  for (const [operator] of contentOperators(plain).matchAll(/(?<=^|\s)[qQ](?=\s|$)/g)) {
    depth += operator === 'q' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return (
    names.every((name) => name.length <= 127) &&
    strings.every((text) => text.length <= 2 * 32_767 + 2) &&
    integers.every((value) => value <= 2 ** 31 - 1) &&
    (dictionaries.match(/\n\d+ 0 obj\n/g) ?? []).length <= 8_388_607 &&
    depth === 0 &&
    deepest <= 28
  );
}

/** What the pages of this program are drawn with; each is in ISO 32000-1, annex A. */
const OPERATORS = new Set(
  'q Q cm Do rg RG g G w J j d m l c h re f f* S s n W W* BT ET Tf Tz Tr Tm Td Tj TJ Tc Tw Ts TL gs BDC BMC EMC'.split(
    ' ',
  ),
);

function contentIsOwn(plain: string): boolean {
  const content = contentOperators(plain)
    .replace(/\((?:\\.|[^\\)])*\)/g, ' ')
    .replace(/[[\]]/g, ' ');
  const words = content.split(/\s+/).filter(Boolean);
  const named = new Set(words.filter((word) => word.startsWith('/')));
  const offered = new Set(
    [...plain.matchAll(/\/Resources <<([^]*?)\n {2}>>/g)].flatMap((match) => match[1]?.match(/\/[^\s<>[\]]+/g) ?? []),
  );
  return (
    words.every((word) => /^[-+.\d]/.test(word) || word.startsWith('/') || OPERATORS.has(word)) &&
    [...named].every((name) => offered.has(name))
  );
}

/** Frame headers count components (ITU-T T.81, B.2.2); only baseline and progressive coding. */
function jpegsMatchTheirColourSpace(raw: string): boolean {
  return [
    ...raw.matchAll(/\/ColorSpace \/Device(RGB|Gray) [^>]*\/Filter \/DCTDecode \/Length (\d+)>>\nstream\n/g),
  ].every((head) => {
    const jpeg = Buffer.from(
      raw.slice(head.index + head[0].length, head.index + head[0].length + Number(head[2])),
      'latin1',
    );
    let at = 2;
    while (at < jpeg.length && ![0xc0, 0xc1, 0xc2].includes(jpeg[at + 1] ?? 0)) at += 2 + jpeg.readUInt16BE(at + 2);
    return jpeg[at + 4] === 8 && jpeg[at + 9] === (head[1] === 'RGB' ? 3 : 1);
  });
}

function everyFontIsMarked(dictionaries: string): boolean {
  return [...dictionaries.matchAll(/\/Type \/FontDescriptor[^>]*\/Flags (\d+)/g)].every(([, flags]) => {
    const bits = Number(flags) & (4 | 32);
    return bits === 4 || bits === 32;
  });
}

/** Tables 3 to 6 of 6.6.2.3.3; the prefixes are required as they are. */
function schemaIsComplete(metadata: string): boolean {
  if (!metadata.includes('<hoso:')) return true;
  const namespaces = [
    'xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"',
    'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"',
    'xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"',
  ];
  const schema =
    /<pdfaExtension:schemas><rdf:Bag>([^]*?)<\/rdf:Bag><\/pdfaExtension:schemas>/.exec(metadata)?.[1] ?? '';
  const uri = /<pdfaSchema:namespaceURI>([^<]+)</.exec(schema)?.[1] ?? '-';
  const rows = [
    ...schema.matchAll(
      /<rdf:li rdf:parseType="Resource"><pdfaProperty:name>(\w+)<\/pdfaProperty:name>([^]*?)<\/rdf:li>/g,
    ),
  ];
  return (
    namespaces.every((namespace) => metadata.includes(namespace)) &&
    metadata.includes(`xmlns:hoso="${uri}"`) &&
    /<pdfaSchema:prefix>hoso</.test(schema) &&
    /<pdfaSchema:schema>[^<]+</.test(schema) &&
    rows.length > 0 &&
    rows.every(([, name = '', fields = '']) => {
      const type = /<pdfaProperty:valueType>([^<]+)</.exec(fields)?.[1];
      const value = new RegExp(`<hoso:${name}>([^]*?)</hoso:${name}>`).exec(metadata)?.[1] ?? '';
      return (
        /<pdfaProperty:category>(external|internal)</.test(fields) &&
        /<pdfaProperty:description>[^<]+</.test(fields) &&
        (type === 'Text'
          ? !value.includes('<')
          : type === 'Integer'
            ? /^[+-]?\d+$/.test(value)
            : type === 'Date'
              ? /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/.test(value)
              : type === 'seq Text' && /^<rdf:Seq>(<rdf:li>[^<]*<\/rdf:li>)+<\/rdf:Seq>$/.test(value))
      );
    })
  );
}

function pageSizes(plain: string): number[] {
  return [...plain.matchAll(/\/MediaBox \[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]/g)].flatMap((match) => [
    Number(match[1]),
    Number(match[2]),
  ]);
}
