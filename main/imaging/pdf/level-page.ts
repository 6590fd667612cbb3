/** @file The stored image turned upright and level, at its own resolution: what the archive copy shows. */
import sharp from 'sharp';
import { giveBack } from '../../blobs/give-back.ts';
import { Failure } from '../../rooms/failure.ts';
import type { Box } from '../../../preload/types.ts';
import { clipBox, toPreparedBox, type PageGeometry, type Rotation } from '../recognition/geometry.ts';

/** Three bytes a pixel, sRGB. */
export interface PagePixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** An A3 sheet at 600 dpi has 70 Mpx. */
const MAX_PIXELS = 200_000_000;
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'tiff', 'webp']);
/** Smaller angles move the far edge of a line by less than a pixel or two; turning would only blur. */
const MIN_SKEW_DEG = 0.05;

export interface LevelPage {
  /** The paper: the whole image, or what `crop` left of it. */
  readonly pixels: PagePixels;
  /** Between the stored image and the whole level one, before it was cropped. */
  readonly geometry: PageGeometry;
  /** The paper on the level image. */
  readonly paper: Box;
}

/** @param crop the paper in pixels of the stored image; carried by its centre like every box of the page */
export async function levelPage(
  bytes: Uint8Array,
  rotation: Rotation,
  skewDeg: number,
  crop: Box | null = null,
): Promise<LevelPage> {
  const upright = await decodeUpright(bytes, rotation);
  const appliedDeg = Math.abs(skewDeg) < MIN_SKEW_DEG ? 0 : skewDeg;
  const level = appliedDeg === 0 ? upright : await turnBack(upright, appliedDeg);
  if (level !== upright) giveBack(upright.data);
  const isOnSide = rotation === 90 || rotation === 270;
  const geometry: PageGeometry = {
    storedWidthPx: isOnSide ? upright.height : upright.width,
    storedHeightPx: isOnSide ? upright.width : upright.height,
    rotation,
    skewDeg: appliedDeg,
    scale: 1,
    preparedWidthPx: upright.width,
    preparedHeightPx: upright.height,
  };
  const paper: Box =
    crop === null
      ? [0, 0, level.width, level.height]
      : clipBox(toPreparedBox(geometry, crop), level.width, level.height);
  const pixels = cutOut(level, paper);
  if (pixels !== level) giveBack(level.data);
  return { pixels, geometry, paper };
}

/** The part of a picture within a box of whole pixels that lies inside it. */
export function cutOut(page: PagePixels, [left, top, width, height]: Box): PagePixels {
  if (width === page.width && height === page.height) return page;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = ((y + top) * page.width + left) * 3;
    data.set(page.data.subarray(start, start + width * 3), y * width * 3);
  }
  return { data, width, height };
}

async function decodeUpright(bytes: Uint8Array, rotation: Rotation): Promise<PagePixels> {
  if (bytes.length === 0) throw new Failure('file-empty');
  let size: { width: number; height: number };
  try {
    const metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (!FORMATS.has(metadata.format)) throw new Error(`${metadata.format} is not a page image`);
    size = metadata;
  } catch (cause) {
    throw new Failure('file-not-supported', String(cause), { cause });
  }
  if (size.width * size.height > MAX_PIXELS) throw new Failure('image-too-large', `${size.width} × ${size.height}`);
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
      .autoOrient()
      .rotate(rotation)
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { data: info.channels === 1 ? repeatChannel(data) : data, width: info.width, height: info.height };
  } catch (cause) {
    throw new Failure('file-damaged', String(cause), { cause });
  }
}

/** Turns by the negative of the skew about the centre and keeps the sheet's size; new corners get the colour of the paper. */
async function turnBack(page: PagePixels, skewDeg: number): Promise<PagePixels> {
  const raw = { width: page.width, height: page.height, channels: 3 } as const;
  const [r, g, b] = paperColour(page);
  const turned = await sharp(page.data, { raw, limitInputPixels: false })
    .rotate(-skewDeg, { background: { r, g, b } })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const left = Math.max(0, Math.round((turned.info.width - page.width) / 2));
  const top = Math.max(0, Math.round((turned.info.height - page.height) / 2));
  const data = new Uint8Array(page.width * page.height * 3);
  for (let y = 0; y < page.height; y++) {
    const start = ((y + top) * turned.info.width + left) * 3;
    data.set(turned.data.subarray(start, start + page.width * 3), y * page.width * 3);
  }
  giveBack(turned.data);
  return { data, width: page.width, height: page.height };
}

/** Median of a coarse grid: more than half of any document page is paper. */
function paperColour({ data, width, height }: PagePixels): [number, number, number] {
  const samples: [number[], number[], number[]] = [[], [], []];
  const step = Math.max(1, Math.round(Math.sqrt((width * height) / 10_000)));
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      for (let channel = 0; channel < 3; channel++)
        samples[channel]?.push(data[(y * width + x) * 3 + channel] as number);
    }
  }
  return samples.map((values) => values.sort((a, b) => a - b)[values.length >> 1] ?? 255) as [number, number, number];
}

function repeatChannel(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(grey.length * 3);
  for (let at = 0; at < grey.length; at++) data.fill(grey[at] as number, at * 3, at * 3 + 3);
  return data;
}
