/**
 * @file The two resolutions of every page of a TIFF (TIFF 6.0, sections 2 and 8): fax machines write 204 dots per inch across and
 * 98 down, and a reader that knows only one shows people half as tall. Nothing in the file is trusted to lie inside it.
 */

export interface TiffResolution {
  /** Dots per inch. */
  readonly x: number;
  readonly y: number;
}

const X_RESOLUTION = 282;
const Y_RESOLUTION = 283;
const RESOLUTION_UNIT = 296;
const RATIONAL = 5;
const PER_CENTIMETRE = 3;
const WITHOUT_UNIT = 1;
const MOST_ENTRIES = 4096;

/** Page by page, at most `most`; null where the file says nothing usable. Empty for BigTIFF. */
export function readTiffResolutions(bytes: Uint8Array, most: number): (TiffResolution | null)[] {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.byteLength < 8) return [];
  const isLittle = file.getUint8(0) === 0x49;
  if (file.getUint16(2, isLittle) !== 42) return [];
  const found: (TiffResolution | null)[] = [];
  const seen = new Set<number>();
  let at = file.getUint32(4, isLittle);
  while (at !== 0 && !seen.has(at) && found.length < most && at + 2 <= file.byteLength) {
    seen.add(at);
    const entries = file.getUint16(at, isLittle);
    const end = at + 2 + entries * 12;
    if (entries > MOST_ENTRIES || end + 4 > file.byteLength) break;
    found.push(readDirectory(file, at + 2, entries, isLittle));
    at = file.getUint32(end, isLittle);
  }
  return found;
}

function readDirectory(file: DataView, first: number, entries: number, isLittle: boolean): TiffResolution | null {
  let x = 0;
  let y = 0;
  let unit = 2;
  for (let entry = first; entry < first + entries * 12; entry += 12) {
    const tag = file.getUint16(entry, isLittle);
    if (tag === RESOLUTION_UNIT) unit = file.getUint16(entry + 8, isLittle);
    if (tag === X_RESOLUTION) x = readRational(file, entry, isLittle);
    if (tag === Y_RESOLUTION) y = readRational(file, entry, isLittle);
  }
  if (!(x > 0 && y > 0) || unit === WITHOUT_UNIT) return null;
  const inches = unit === PER_CENTIMETRE ? 2.54 : 1;
  return { x: x * inches, y: y * inches };
}

function readRational(file: DataView, entry: number, isLittle: boolean): number {
  const at = file.getUint32(entry + 8, isLittle);
  if (file.getUint16(entry + 2, isLittle) !== RATIONAL || at + 8 > file.byteLength) return 0;
  const value = file.getUint32(at, isLittle) / file.getUint32(at + 4, isLittle);
  return Number.isFinite(value) ? value : 0;
}
