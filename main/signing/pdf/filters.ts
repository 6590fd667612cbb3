/** @file Undoes the filters that structure streams use: Flate with PNG or TIFF predictors, ASCII. Bounded against bombs. */
import { constants, inflateSync } from 'node:zlib';
import { PdfDamaged, type PdfStream, type PdfValue } from './values.ts';

export interface InflateBudget {
  /** What all streams of one document together may still inflate to. */
  remainingBytes: number;
}

/** How much a stream that breaks off is taken to have inflated to: nobody says. */
const COST_OF_DAMAGE = 16;

type Resolve = (value: PdfValue | undefined) => PdfValue;

export function decodeStream(stream: PdfStream, budget: InflateBudget, resolve: Resolve): Buffer {
  const filters = asList(resolve(stream.dict.entries.get('Filter')), resolve);
  const parameters = asList(resolve(stream.dict.entries.get('DecodeParms')), resolve);
  let bytes = stream.bytes;
  for (const [index, filter] of filters.entries()) {
    if (index === 0 && filter.kind === 'name' && filter.name === 'Crypt') continue; // undone by the security handler
    const filterName = filter.kind === 'name' ? filter.name : filter.kind;
    if (filterName === 'FlateDecode' || filterName === 'Fl')
      bytes = undoPredictor(inflate(bytes, budget), parameters[index], resolve);
    else if (filterName === 'ASCIIHexDecode' || filterName === 'AHx') bytes = readHexadecimal(bytes);
    else if (filterName === 'ASCII85Decode' || filterName === 'A85') bytes = readBase85(bytes);
    else throw new PdfDamaged(`structure stream with filter ${filterName}`);
  }
  return bytes;
}

function inflate(bytes: Buffer, budget: InflateBudget): Buffer {
  try {
    // Some writers leave out the checksum at the end; whoever reads the content notices when more is missing.
    const finishFlush = constants.Z_SYNC_FLUSH;
    const inflated = inflateSync(bytes, { finishFlush, maxOutputLength: Math.max(1, budget.remainingBytes) });
    budget.remainingBytes -= inflated.length;
    return inflated;
  } catch (cause) {
    // A bomb that is refused has cost time as well: named a thousand times it must not cost it a thousand times.
    const isTooLarge = cause instanceof RangeError;
    const cost = isTooLarge ? budget.remainingBytes : bytes.length * COST_OF_DAMAGE;
    budget.remainingBytes = Math.max(0, budget.remainingBytes - cost);
    throw new PdfDamaged(`stream cannot be inflated: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** ISO 32000-2, 7.4.2: up to `>`, white space ignored, an odd last digit followed by 0. */
function readHexadecimal(bytes: Buffer): Buffer {
  const digits = (bytes.toString('latin1').split('>')[0] ?? '').replace(/[\0\t\n\f\r ]+/g, '');
  if (!/^[0-9a-fA-F]*$/.test(digits)) throw new PdfDamaged('hexadecimal stream with other characters');
  return Buffer.from(digits.length % 2 === 1 ? `${digits}0` : digits, 'hex');
}

/** ISO 32000-2, 7.4.3: five characters from `!` to `u` are four bytes, `z` is four zeros, `~>` ends. */
function readBase85(bytes: Buffer): Buffer {
  const text = (bytes.toString('latin1').split('~')[0] ?? '').replace(/[\0\t\n\f\r ]+/g, '').replaceAll('z', '!!!!!');
  const out = Buffer.alloc(Math.ceil(text.length / 5) * 4);
  for (let group = 0; group * 5 < text.length; group++) {
    let value = 0;
    for (const character of text.slice(group * 5, group * 5 + 5).padEnd(5, 'u')) {
      const digit = character.charCodeAt(0) - 0x21;
      if (digit < 0 || digit > 84) throw new PdfDamaged('base-85 stream with other characters');
      value = value * 85 + digit;
    }
    if (value > 0xffff_ffff) throw new PdfDamaged('base-85 stream with a number too large');
    out.writeUInt32BE(value, group * 4);
  }
  const missing = (5 - (text.length % 5)) % 5;
  return out.subarray(0, out.length - missing);
}

function asList(value: PdfValue, resolve: Resolve): PdfValue[] {
  if (value.kind === 'null') return [];
  return value.kind === 'array' ? value.items.map(resolve) : [value];
}

function undoPredictor(bytes: Buffer, parameters: PdfValue | undefined, resolve: Resolve): Buffer {
  if (parameters?.kind !== 'dict') return bytes;
  const number = (key: string, otherwise: number): number => {
    const value = resolve(parameters.entries.get(key));
    return value.kind === 'number' && Number.isInteger(value.value) && value.value > 0 ? value.value : otherwise;
  };
  const predictor = number('Predictor', 1);
  if (predictor === 1) return bytes;
  const bitsPerPixel = number('Colors', 1) * number('BitsPerComponent', 8);
  const rowBytes = Math.ceil((number('Columns', 1) * bitsPerPixel) / 8);
  const pixelBytes = Math.max(1, bitsPerPixel >> 3);
  if (predictor === 2 && number('BitsPerComponent', 8) === 8) return undoTiff(bytes, rowBytes, pixelBytes);
  if (predictor < 10 || rowBytes > bytes.length) throw new PdfDamaged(`predictor ${predictor} in a structure stream`);
  return undoPng(bytes, rowBytes, pixelBytes);
}

/** Every byte is the difference from the one a pixel to its left (TIFF 6.0, section 14). */
function undoTiff(bytes: Buffer, rowBytes: number, pixelBytes: number): Buffer {
  const out = Buffer.from(bytes);
  for (let position = 0; position < out.length; position++) {
    if (position % rowBytes >= pixelBytes) out[position] = (out[position] ?? 0) + (out[position - pixelBytes] ?? 0);
  }
  return out;
}

function undoPng(bytes: Buffer, rowBytes: number, pixelBytes: number): Buffer {
  const rows = Math.ceil(bytes.length / (rowBytes + 1));
  const out = Buffer.alloc(rows * rowBytes);
  for (let row = 0; row < rows; row++) {
    const type = bytes[row * (rowBytes + 1)];
    const source = row * (rowBytes + 1) + 1;
    const target = row * rowBytes;
    for (let column = 0; column < rowBytes; column++) {
      const left = column >= pixelBytes ? (out[target + column - pixelBytes] ?? 0) : 0;
      const above = row > 0 ? (out[target + column - rowBytes] ?? 0) : 0;
      const corner = row > 0 && column >= pixelBytes ? (out[target + column - rowBytes - pixelBytes] ?? 0) : 0;
      out[target + column] = (bytes[source + column] ?? 0) + prediction(type, left, above, corner);
    }
  }
  return out;
}

function prediction(type: number | undefined, left: number, above: number, corner: number): number {
  switch (type) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const estimate = left + above - corner;
      const [toLeft, toAbove, toCorner] = [
        Math.abs(estimate - left),
        Math.abs(estimate - above),
        Math.abs(estimate - corner),
      ];
      return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
    default:
      throw new PdfDamaged(`row filter ${type}`);
  }
}
