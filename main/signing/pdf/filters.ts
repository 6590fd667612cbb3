/** @file Undoes the filters that structure streams use: Flate with PNG or TIFF predictors. Bounded against bombs. */
import { inflateSync } from 'node:zlib';
import { PdfDamaged, type PdfStream, type PdfValue } from './values.ts';

export interface InflateBudget {
  /** What all streams of one document together may still inflate to. */
  remainingBytes: number;
}

type Resolve = (value: PdfValue | undefined) => PdfValue;

export function decodeStream(stream: PdfStream, budget: InflateBudget, resolve: Resolve): Buffer {
  const filters = asList(resolve(stream.dict.entries.get('Filter')), resolve);
  const parameters = asList(resolve(stream.dict.entries.get('DecodeParms')), resolve);
  let bytes = stream.bytes;
  for (const [index, filter] of filters.entries()) {
    if (index === 0 && filter.kind === 'name' && filter.name === 'Crypt') continue; // undone by the security handler
    if (filter.kind !== 'name' || (filter.name !== 'FlateDecode' && filter.name !== 'Fl')) {
      throw new PdfDamaged(`structure stream with filter ${filter.kind === 'name' ? filter.name : filter.kind}`);
    }
    bytes = undoPredictor(inflate(bytes, budget), parameters[index], resolve);
  }
  return bytes;
}

function inflate(bytes: Buffer, budget: InflateBudget): Buffer {
  try {
    const inflated = inflateSync(bytes, { maxOutputLength: Math.max(1, budget.remainingBytes) });
    budget.remainingBytes -= inflated.length;
    return inflated;
  } catch (cause) {
    throw new PdfDamaged(`stream cannot be inflated: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
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
  if (predictor < 10 || rowBytes > bytes.length) throw new PdfDamaged(`predictor ${predictor} in a structure stream`);
  return undoPng(bytes, rowBytes, pixelBytes);
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
