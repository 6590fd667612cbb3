/** @file Files made to harm whoever opens them, each in a few lines; none needs a sample from anywhere. */
import { crc32, deflateSync } from 'node:zlib';
import { makePdf } from './tiny-pdf.ts';

/** Objects as written, numbered from 1; the first one is the catalogue. A classic table, right in all that is not the attack. */
export function makeRawPdf(bodies: readonly (string | Buffer)[], trailer = ''): Buffer {
  const parts = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  let offset = parts[0]!.length;
  let rows = '';
  for (const [index, body] of bodies.entries()) {
    const part = Buffer.concat([
      Buffer.from(`${index + 1} 0 obj\n`),
      Buffer.from(body as string, 'latin1'),
      Buffer.from('\nendobj\n'),
    ]);
    rows += `${String(offset).padStart(10, '0')} 00000 n \n`;
    parts.push(part);
    offset += part.length;
  }
  const size = bodies.length + 1;
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<</Size ${size}/Root 1 0 R${trailer}>>\nstartxref\n${offset}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

export function pdfStreamOf(entries: string, bytes: string | Buffer): Buffer {
  const body = Buffer.from(bytes as string, 'latin1');
  return Buffer.concat([
    Buffer.from(`<<${entries}/Length ${body.length}>>\nstream\n`),
    body,
    Buffer.from('\nendstream'),
  ]);
}

const CATALOG = '<</Type/Catalog/Pages 2 0 R>>';
const PAGES = '<</Type/Pages/Count 1/Kids[3 0 R]>>';

/** One page whose resources and further objects (from number 5) are given. */
export function makeAttackedPage(
  content: string | Buffer,
  resources: string,
  objects: readonly (string | Buffer)[] = [],
): Buffer {
  return makeRawPdf([
    CATALOG,
    PAGES,
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<<${resources}>>>>`,
    Buffer.isBuffer(content) ? content : pdfStreamOf('', content),
    ...objects,
  ]);
}

const FORM = '/Type/XObject/Subtype/Form/BBox[0 0 300 200]';

/** Forms that each draw the next one ten times: 10^depth drawings from a kilobyte. */
export function makeEndlessPage(depth = 12): Buffer {
  const forms = Array.from({ length: depth }, (_, level) =>
    pdfStreamOf(`${FORM}/Resources<</XObject<</N ${6 + level} 0 R>>>>`, '/N Do '.repeat(10)),
  );
  return makeAttackedPage('/N Do', '/XObject<</N 5 0 R>>', [...forms, pdfStreamOf(FORM, '0 0 1 rg 10 10 50 50 re f')]);
}

export const hostilePdfs: Readonly<Record<string, () => Buffer>> = {
  'a form that draws itself': () =>
    makeAttackedPage('/N Do', '/XObject<</N 5 0 R>>', [
      pdfStreamOf(`${FORM}/Resources<</XObject<</N 5 0 R>>>>`, '/N Do /N Do'),
    ]),
  'a page tree that bites its tail': () => makeRawPdf([CATALOG, '<</Type/Pages/Count 1/Kids[2 0 R]>>']),
  'a page tree that claims a billion pages': () => makeRawPdf([CATALOG, '<</Type/Pages/Count 1000000000/Kids[]>>']),
  'a page without a parent, a box or anything': () => makeRawPdf([CATALOG, PAGES, '<</Type/Page>>']),
  'a cross-reference that names itself as its predecessor': () => {
    const once = makePdf([{ width: 100, height: 100 }]);
    const at = once.lastIndexOf('xref\n0 ');
    return Buffer.from(once.toString('latin1').replace('/Root 1 0 R>>', `/Root 1 0 R/Prev ${at}>>`), 'latin1');
  },
  'arrays in arrays, a hundred thousand deep': () =>
    makeAttackedPage(`${'['.repeat(100_000)}`, `/Deep ${'['.repeat(100_000)}${']'.repeat(100_000)}`),
  'a content stream that unpacks to 300 megabytes': () =>
    makeAttackedPage(pdfStreamOf('/Filter/FlateDecode', deflateSync(Buffer.alloc(300_000_000, 'q Q '))), ''),
  'a stream packed in itself a thousand times': () =>
    makeAttackedPage(pdfStreamOf(`/Filter[${'/FlateDecode'.repeat(1000)}]`, deflateSync(Buffer.from('q'))), ''),
  'a picture of 100,000 by 100,000 points': () =>
    makeAttackedPage('300 0 0 200 0 0 cm /I Do', '/XObject<</I 5 0 R>>', [
      pdfStreamOf(
        '/Type/XObject/Subtype/Image/Width 100000/Height 100000/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode',
        deflateSync(Buffer.alloc(1_000_000)),
      ),
    ]),
  'a picture whose mask is itself': () =>
    makeAttackedPage('300 0 0 200 0 0 cm /I Do', '/XObject<</I 5 0 R>>', [
      pdfStreamOf(
        '/Type/XObject/Subtype/Image/Width 10/Height 10/ColorSpace/DeviceGray/BitsPerComponent 8/SMask 5 0 R',
        Buffer.alloc(100),
      ),
    ]),
  'a bilevel picture that is no JBIG2': () =>
    makeAttackedPage('300 0 0 200 0 0 cm /I Do', '/XObject<</I 5 0 R>>', [
      pdfStreamOf(
        '/Type/XObject/Subtype/Image/Width 2000/Height 2000/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/JBIG2Decode',
        Buffer.from('00000000300001000000130000ffff0000ffff', 'hex'),
      ),
    ]),
  'a font of garbage': () =>
    makeAttackedPage('BT /F 20 Tf 10 10 Td (Xin chao) Tj ET', '/Font<</F 5 0 R>>', [
      '<</Type/Font/Subtype/TrueType/BaseFont/Bad/FirstChar 0/LastChar 255/Widths[500]/FontDescriptor 6 0 R>>',
      '<</Type/FontDescriptor/FontName/Bad/Flags 32/FontBBox[0 0 1 1]/ItalicAngle 0/Ascent 1/Descent 0/CapHeight 1/StemV 1/FontFile2 7 0 R>>',
      pdfStreamOf('/Length1 64', Buffer.concat([Buffer.from('00010000ffff', 'hex'), Buffer.alloc(58, 0xff)])),
    ]),
  'a font whose letters draw themselves': () =>
    makeAttackedPage('BT /F 20 Tf 10 10 Td (aaaaaaaa) Tj ET', '/Font<</F 5 0 R>>', [
      '<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/CharProcs<</a 6 0 R>>/Encoding<</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[1]/Resources<</Font<</F 5 0 R>>>>>>',
      pdfStreamOf('', '1 0 d0 BT /F 20 Tf (aaaaaaaa) Tj ET'),
    ]),
  'a pattern that is filled with itself': () =>
    makeAttackedPage('/Pattern cs /P scn 0 0 300 200 re f', '/Pattern<</P 5 0 R>>', [
      pdfStreamOf(
        '/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.001/YStep 0.001/Resources<</Pattern<</P 5 0 R>>>>',
        '/Pattern cs /P scn 0 0 1 1 re f',
      ),
    ]),
  'a function of a million points a side': () =>
    makeAttackedPage('/S sh', '/Shading<</S 5 0 R>>', [
      '<</ShadingType 1/ColorSpace/DeviceRGB/Function 6 0 R>>',
      pdfStreamOf(
        '/FunctionType 0/Domain[0 1 0 1]/Range[0 1 0 1 0 1]/Size[1000000 1000000]/BitsPerSample 8',
        Buffer.alloc(10),
      ),
    ]),
  'a script, a launch and a form that sends itself': () =>
    makeRawPdf([
      '<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(while(true){})>>/AA<</WC<</S/Launch/F(/bin/sh)>>>>/AcroForm<</Fields[]/XFA(<x/>)>>>>',
      PAGES,
      '<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/AA<</O<</S/URI/URI(http://127.0.0.1:9/)>>>>>>',
    ]),
};

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A whole PNG of one colour: kilobytes on disk, three bytes a pixel when unpacked. */
export function makePngBomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(Buffer.alloc((width * 3 + 1) * height, 0), { level: 1 })),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A PNG whose text chunk unpacks to 200 megabytes. */
export function makePngTextBomb(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(8, 0);
  header.writeUInt32BE(8, 4);
  header.set([8, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk(
      'zTXt',
      Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync(Buffer.alloc(200_000_000, 0x61))]),
    ),
    pngChunk('iCCP', Buffer.concat([Buffer.from('icc\0\0', 'latin1'), deflateSync(Buffer.alloc(100_000_000, 0x61))])),
    pngChunk('IDAT', deflateSync(Buffer.alloc(72))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

export interface TiffKind {
  readonly width: number;
  readonly height: number;
  readonly isBigEndian?: boolean;
  readonly bits?: 1 | 8 | 16;
  /** Samples of a pixel. */
  readonly samples?: 1 | 3 | 4;
  /** 0 white is zero, 1 black is zero, 2 RGB, 5 CMYK. */
  readonly photometric: 0 | 1 | 2 | 5;
  readonly isPlanar?: boolean;
  readonly tile?: number;
  readonly resolution?: { readonly x: number; readonly y: number; readonly unit: 1 | 2 | 3 };
  /** Where the next directory stands; the file's only one when left out. */
  readonly next?: (ownAt: number) => number;
  readonly overrides?: Readonly<Record<number, number>>;
}

/** An uncompressed TIFF of one directory, every sample at half of its range. */
export function makeTiff(kind: TiffKind): Buffer {
  const { width, height, bits = 8, samples = 1, isBigEndian = false, tile } = kind;
  const put16 = (buffer: Buffer, value: number, at: number) =>
    isBigEndian ? buffer.writeUInt16BE(value, at) : buffer.writeUInt16LE(value, at);
  const put32 = (buffer: Buffer, value: number, at: number) =>
    isBigEndian ? buffer.writeUInt32BE(value, at) : buffer.writeUInt32LE(value, at);
  const [across, down] = tile ? [Math.ceil(width / tile), Math.ceil(height / tile)] : [1, 1];
  const [partWidth, partHeight] = tile ? [tile, tile] : [width, height];
  const planes = kind.isPlanar ? samples : 1;
  const rowBytes = Math.ceil((partWidth * bits * (samples / planes)) / 8);
  const parts = across * down * planes;
  const partBytes = rowBytes * partHeight;
  const pixels = Buffer.alloc(partBytes * parts, 0x80);
  const tables: Buffer[] = [];
  let tableAt = 8 + pixels.length;
  const aside = (values: readonly number[], size: 2 | 4): number => {
    const table = Buffer.alloc(values.length * size);
    for (const [index, value] of values.entries()) (size === 2 ? put16 : put32)(table, value, index * size);
    tables.push(table);
    tableAt += table.length;
    return tableAt - table.length;
  };
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, 4, 1, width],
    [257, 4, 1, height],
    [
      258,
      3,
      samples,
      samples > 2
        ? aside(
            Array.from({ length: samples }, () => bits),
            2,
          )
        : bits,
    ],
    [259, 3, 1, 1],
    [262, 3, 1, kind.photometric],
    [277, 3, 1, samples],
    [284, 3, 1, kind.isPlanar ? 2 : 1],
  ];
  const offsets = Array.from({ length: parts }, (_, part) => 8 + part * partBytes);
  const counts = offsets.map(() => partBytes);
  const list = (values: readonly number[]): number => (values.length === 1 ? (values[0] ?? 0) : aside(values, 4));
  if (tile)
    entries.push([322, 4, 1, tile], [323, 4, 1, tile], [324, 4, parts, list(offsets)], [325, 4, parts, list(counts)]);
  else entries.push([273, 4, parts, list(offsets)], [278, 4, 1, height], [279, 4, parts, list(counts)]);
  if (kind.resolution) {
    const { x, y, unit } = kind.resolution;
    entries.push(
      [282, 5, 1, aside([Math.round(x * 1000), 1000], 4)],
      [283, 5, 1, aside([Math.round(y * 1000), 1000], 4)],
      [296, 3, 1, unit],
    );
  }
  entries.sort((a, b) => a[0] - b[0]);
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  put16(directory, entries.length, 0);
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = 2 + index * 12;
    put16(directory, tag, at);
    put16(directory, type, at + 2);
    put32(directory, count, at + 4);
    const shown = kind.overrides?.[tag] ?? value;
    if (type === 3 && count === 1) put16(directory, shown, at + 8);
    else put32(directory, shown, at + 8);
  }
  put32(directory, kind.next?.(tableAt) ?? 0, directory.length - 4);
  const head = Buffer.alloc(8);
  head.write(isBigEndian ? 'MM' : 'II', 'latin1');
  put16(head, 42, 2);
  put32(head, tableAt, 4);
  return Buffer.concat([head, pixels, ...tables, directory]);
}
