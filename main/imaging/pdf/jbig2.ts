/**
 * @file Lossless JBIG2 (ITU-T T.88) for one bilevel page, in the form a PDF embeds (ISO 32000-1, 7.4.7): page
 * information and one immediate lossless generic region, arithmetic coding, template 0, typical prediction. Symbol
 * coding is left out on purpose: its lossy matching has exchanged digits in archives, and the gain is small.
 */
import { createMqEncoder } from './mq-encoder.ts';

/** One byte per pixel, 1 = black. */
export interface BilevelImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Context that codes "this row equals the one above" (6.2.5.7, figure 8). */
const TYPICAL_ROW_CONTEXT = 0x9b25;
const PAGE_INFORMATION = 48;
const IMMEDIATE_LOSSLESS_GENERIC_REGION = 39;
/** Template 0 with typical prediction on; the four adaptive pixels at their nominal places. */
const GENERIC_REGION_FLAGS = Buffer.from([0x08, 3, -1, -3, -1, 2, -2, -2, -2].map((value) => value & 0xff));

export function encodeJbig2(image: BilevelImage): Buffer {
  const pageInformation = Buffer.alloc(19);
  pageInformation.writeUInt32BE(image.width, 0);
  pageInformation.writeUInt32BE(image.height, 4);
  pageInformation[16] = 0x01;
  const region = Buffer.alloc(17);
  region.writeUInt32BE(image.width, 0);
  region.writeUInt32BE(image.height, 4);
  return Buffer.concat([
    segment(0, PAGE_INFORMATION, pageInformation),
    segment(
      1,
      IMMEDIATE_LOSSLESS_GENERIC_REGION,
      Buffer.concat([region, GENERIC_REGION_FLAGS, encodeGenericRegion(image)]),
    ),
  ]);
}

function segment(number: number, type: number, data: Buffer): Buffer {
  const header = Buffer.alloc(11);
  header.writeUInt32BE(number, 0);
  header[4] = type;
  header[6] = 1;
  header.writeUInt32BE(data.length, 7);
  return Buffer.concat([header, data]);
}

/**
 * The context of a pixel is 5 pixels two rows above, 7 one row above and 4 to its left, kept in three shifting windows.
 * Rows are copied into buffers with white margins, so that the loop needs no test for the borders.
 */
function encodeGenericRegion({ data, width, height }: BilevelImage): Uint8Array {
  const encoder = createMqEncoder(1 << 16);
  const margin = 4;
  let twoAbove = new Uint8Array(width + 2 * margin);
  let above = new Uint8Array(width + 2 * margin);
  let current = new Uint8Array(width + 2 * margin);
  let wasTypical = 0;
  for (let y = 0; y < height; y++) {
    current.set(data.subarray(y * width, (y + 1) * width), margin);
    const isTypical = Buffer.compare(current, above) === 0 ? 1 : 0;
    encoder.encode(TYPICAL_ROW_CONTEXT, isTypical ^ wasTypical);
    wasTypical = isTypical;
    if (!isTypical) {
      let far = ((twoAbove[margin] as number) << 1) | (twoAbove[margin + 1] as number);
      let near =
        ((above[margin] as number) << 2) | ((above[margin + 1] as number) << 1) | (above[margin + 2] as number);
      let left = 0;
      for (let x = margin; x < width + margin; x++) {
        far = ((far << 1) | (twoAbove[x + 2] as number)) & 0x1f;
        near = ((near << 1) | (above[x + 3] as number)) & 0x7f;
        const bit = current[x] as number;
        encoder.encode((far << 11) | (near << 4) | left, bit);
        left = ((left << 1) | bit) & 0x0f;
      }
    }
    [twoAbove, above, current] = [above, current, twoAbove];
  }
  return encoder.finish();
}
