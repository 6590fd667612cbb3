/**
 * @file What a page is made of in the archive: from below, a picture of the paper, photographs in their places, coloured
 * ink, black ink. Ink is kept without the loss of a pixel; only paper and photographs are JPEG.
 */
import type { Box } from '../../../preload/types.ts';
import { encodeBackground, extractBackground, takeOut } from './background.ts';
import { encodeJpeg, encodePicture, type EncodedImage } from './encode-jpeg.ts';
import { separateColouredInk } from './coloured-ink.ts';
import { measureInkColours } from './ink-colours.ts';
import { separateInk } from './ink-mask.ts';
import { encodeJbig2, type BilevelImage } from './jbig2.ts';
import { cutOut, type PagePixels } from './level-page.ts';
import { findPictures } from './pictures.ts';

export interface Picture {
  /** In pixels of the page; it may reach past the right and lower edge by part of a cell. */
  readonly box: Box;
  readonly image: EncodedImage;
}

export interface InkLayer {
  readonly box: Box;
  readonly jbig2: Uint8Array;
}

export interface PageLayers {
  readonly paper: Picture | null;
  readonly pictures: readonly Picture[];
  readonly coloured: (InkLayer & { readonly shades: EncodedImage }) | null;
  readonly black: (InkLayer & { readonly colour: readonly [number, number, number] }) | null;
}

const SHADES_QUALITY = 60;
/** For all photographs of a page together. */
const PICTURES_BYTES = 42_000;
/** Of the page: what has more pictures than this is a photograph. */
const MOSTLY_PICTURE = 0.6;
/** A coloured pattern under the text (security paper) is no ink: as a mask it would cost more than all the rest. */
const MOST_COLOURED_BYTES_PER_SQUARE_INCH = 160;

export async function separateLayers(page: PagePixels, dpi: number): Promise<PageLayers> {
  const black = separateInk(page);
  const whole: Box = [0, 0, page.width, page.height];
  const firstLook = extractBackground(page, black, dpi);
  const boxes = findPictures(firstLook, black).map((box) => toPage(box, firstLook.cellPx, page));
  if (area(boxes) >= MOSTLY_PICTURE * area([whole])) {
    const image = await encodePicture(page, dpi, PICTURES_BYTES);
    return { paper: null, pictures: [{ box: whole, image }], coloured: null, black: null };
  }
  const ink = separateColouredInk(page, black, firstLook, boxes);
  const jbig2 = ink && encodeJbig2(cutMask(ink, ink.box));
  const squareInches = (page.width / dpi) * (page.height / dpi);
  const coloured = jbig2 && jbig2.length <= MOST_COLOURED_BYTES_PER_SQUARE_INCH * squareInches ? ink : null;
  const background = coloured || boxes.length > 0 ? takeOut(page, firstLook, coloured, boxes) : firstLook;
  const pictures: Picture[] = [];
  for (const box of boxes) {
    const share = (PICTURES_BYTES * area([box])) / area(boxes);
    pictures.push({ box, image: await encodePicture(cutOut(page, box), dpi, share) });
    eraseFrom(black, box);
  }
  return {
    paper: {
      box: [0, 0, background.width * background.cellPx, background.height * background.cellPx],
      image: await encodeBackground(background, ink !== coloured),
    },
    pictures,
    coloured:
      coloured && jbig2
        ? {
            box: coloured.box,
            jbig2,
            shades: await encodeJpeg(measureInkColours(page, coloured, dpi), SHADES_QUALITY, false, true),
          }
        : null,
    black: black.data.includes(1) ? { box: whole, jbig2: encodeJbig2(black), colour: black.inkColour } : null,
  };
}

function toPage([x, y, width, height]: Box, cellPx: number, page: PagePixels): Box {
  const [left, top] = [x * cellPx, y * cellPx];
  return [left, top, Math.min(page.width - left, width * cellPx), Math.min(page.height - top, height * cellPx)];
}

function area(boxes: readonly Box[]): number {
  return boxes.reduce((sum, [, , width, height]) => sum + width * height, 0);
}

function eraseFrom(mask: BilevelImage, [left, top, width, height]: Box): void {
  for (let y = top; y < top + height; y++) mask.data.fill(0, y * mask.width + left, y * mask.width + left + width);
}

function cutMask(mask: BilevelImage, [left, top, width, height]: Box): BilevelImage {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (y + top) * mask.width + left;
    data.set(mask.data.subarray(start, start + width), y * width);
  }
  return { data, width, height };
}
