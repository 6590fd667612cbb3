/** @file Reads the metrics and the character map of a TrueType font (OpenType 1.9: head, hhea, maxp, hmtx, cmap, OS/2, post). */

export interface TrueTypeFont {
  readonly postScriptName: string;
  readonly unitsPerEm: number;
  readonly glyphCount: number;
  readonly boundingBox: readonly [number, number, number, number];
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly italicAngle: number;
  readonly weight: number;
  /** 0 = `.notdef`: the font has no glyph for the character. */
  glyphOf(codePoint: number): number;
  /** In font units. */
  advanceOf(glyph: number): number;
}

/** @throws Error when the bytes are not a TrueType font with the tables above. */
export function readTrueType(bytes: Uint8Array): TrueTypeFont {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = readTableDirectory(data);
  const table = (tag: string): Buffer => {
    const found = tables.get(tag);
    if (!found) throw new Error(`the font has no ${tag} table`);
    return found;
  };
  const head = table('head');
  const hhea = table('hhea');
  const hmtx = table('hmtx');
  const os2 = table('OS/2');
  const fullMetrics = hhea.readUInt16BE(34);
  const mapping = readCharacterMap(table('cmap'));
  const ascent = hhea.readInt16BE(4);
  return {
    postScriptName: readPostScriptName(tables.get('name')),
    unitsPerEm: head.readUInt16BE(18),
    glyphCount: table('maxp').readUInt16BE(4),
    boundingBox: [head.readInt16BE(36), head.readInt16BE(38), head.readInt16BE(40), head.readInt16BE(42)],
    ascent,
    descent: hhea.readInt16BE(6),
    capHeight: os2.readUInt16BE(0) >= 2 ? os2.readInt16BE(88) : ascent,
    italicAngle: table('post').readInt32BE(4) / 65536,
    weight: os2.readUInt16BE(4),
    glyphOf: (codePoint) => mapping.get(codePoint) ?? 0,
    advanceOf: (glyph) => hmtx.readUInt16BE(4 * Math.min(glyph, fullMetrics - 1)),
  };
}

function readTableDirectory(data: Buffer): Map<string, Buffer> {
  const version = data.length >= 12 ? data.readUInt32BE(0) : 0;
  if (version !== 0x00010000 && version !== 0x74727565) throw new Error('not a TrueType font');
  const tables = new Map<string, Buffer>();
  for (let index = 0; index < data.readUInt16BE(4); index++) {
    const entry = 12 + index * 16;
    const offset = data.readUInt32BE(entry + 8);
    tables.set(
      data.toString('latin1', entry, entry + 4),
      data.subarray(offset, offset + data.readUInt32BE(entry + 12)),
    );
  }
  return tables;
}

function readPostScriptName(name: Buffer | undefined): string {
  if (name) {
    const strings = name.readUInt16BE(4);
    for (let index = 0; index < name.readUInt16BE(2); index++) {
      const record = 6 + index * 12;
      if (name.readUInt16BE(record + 6) !== 6) continue;
      const start = strings + name.readUInt16BE(record + 10);
      const raw = name.subarray(start, start + name.readUInt16BE(record + 8));
      const text = raw.toString('latin1').replace(/[^\x21-\x7e]/g, '');
      if (text) return text;
    }
  }
  return 'Embedded';
}

/** Formats 4 (BMP) and 12 (all planes), of the Unicode platforms. */
function readCharacterMap(cmap: Buffer): Map<number, number> {
  const mapping = new Map<number, number>();
  for (let index = 0; index < cmap.readUInt16BE(2); index++) {
    const record = 4 + index * 8;
    const platform = cmap.readUInt16BE(record);
    const encoding = cmap.readUInt16BE(record + 2);
    if (platform !== 0 && !(platform === 3 && (encoding === 1 || encoding === 10))) continue;
    const subtable = cmap.subarray(cmap.readUInt32BE(record + 4));
    const format = subtable.readUInt16BE(0);
    if (format === 4) readSegmentMapping(subtable, mapping);
    else if (format === 12) readGroupMapping(subtable, mapping);
  }
  return mapping;
}

function readSegmentMapping(table: Buffer, mapping: Map<number, number>): void {
  const doubled = table.readUInt16BE(6);
  const [ends, starts, deltas, ranges] = [14, 16 + doubled, 16 + 2 * doubled, 16 + 3 * doubled] as const;
  for (let at = 0; at < doubled; at += 2) {
    const end = table.readUInt16BE(ends + at);
    const start = table.readUInt16BE(starts + at);
    const delta = table.readUInt16BE(deltas + at);
    const range = table.readUInt16BE(ranges + at);
    for (let code = start; code <= end && code !== 0xffff; code++) {
      const listed = range === 0 ? code : table.readUInt16BE(ranges + at + range + 2 * (code - start));
      const glyph = listed === 0 && range !== 0 ? 0 : (listed + delta) & 0xffff;
      if (glyph !== 0) mapping.set(code, glyph);
    }
  }
}

function readGroupMapping(table: Buffer, mapping: Map<number, number>): void {
  for (let index = 0; index < table.readUInt32BE(12); index++) {
    const group = 16 + index * 12;
    const start = table.readUInt32BE(group);
    const end = table.readUInt32BE(group + 4);
    const glyph = table.readUInt32BE(group + 8);
    for (let code = start; code <= end; code++) mapping.set(code, glyph + code - start);
  }
}
