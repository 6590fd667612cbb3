/** @file QR codes as a grid of modules (ISO/IEC 18004 = TCVN 7322), drawn as vectors: sharp on any printer. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';

export interface QrGrid {
  readonly size: number;
  isDark(column: number, row: number): boolean;
}

let prepared: Promise<unknown> | undefined;

/** The package would fetch its WebAssembly from a CDN; it is read from the package instead. */
function prepareWriter(): Promise<unknown> {
  prepared ??= readFile(createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm')).then((wasm) =>
    prepareZXingModule({
      overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) },
      fireImmediately: true,
    }),
  );
  return prepared;
}

/** Error correction M: a receipt is folded and carried for weeks. */
export async function encodeQr(text: string): Promise<QrGrid> {
  await prepareWriter();
  const { symbol, error } = await writeBarcode(text, {
    format: 'QRCode',
    options: 'ecLevel=M',
    scale: 1,
    addQuietZones: false,
  });
  if (error || symbol.width === 0) throw new Error(`the QR code cannot be written: ${error}`);
  const { data, width } = symbol;
  return { size: width, isDark: (column, row) => data[row * width + column] === 0 };
}
