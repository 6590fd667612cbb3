/**
 * @file Pictures of signatures and seals: read strictly, their colours kept as they are, white paper made transparent where
 * the picture has no transparency of its own. What they are printed as in millimetres comes from the file (PNG `pHYs`, JFIF).
 */
import { crc32, deflateSync } from 'node:zlib';
import { Failure } from '../../rooms/failure.ts';

export interface SignatureImage {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Red, green, blue, eight bits each, rows from the top. */
  readonly colour: Buffer;
  /** Eight bits a pixel; null when nothing is transparent. */
  readonly alpha: Buffer | null;
  /** Null when the file does not say it. */
  readonly widthMm: number | null;
  readonly heightMm: number | null;
}

export const MAX_SIGNATURE_IMAGE_BYTES = 4 * 1024 * 1024;
/** A sheet at 300 dpi has nine million. */
const MAX_PIXELS = 16_000_000;
/** More than a printer shows of 60 mm: what is larger is made smaller, so that a photograph does not weigh down every file. */
const MAX_SIDE_PX = 1_400;
/** EXIF orientations from here on have width and height swapped: photographs of telephones. */
const LYING = 5;
/** Paper of a scan is not quite white. */
const PAPER_LEVEL = 232;
/** Fainter than this is the grain of paper, not a stroke. */
const LEAST_INK = 24;

/**
 * @param bytes PNG or JPEG
 * @throws Failure `file-empty`, `file-too-large`, `file-not-supported` (another format), `image-too-large`, `file-damaged`
 */
export async function readSignatureImage(bytes: Buffer): Promise<SignatureImage> {
  if (bytes.length === 0) throw new Failure('file-empty', 'image of the signature');
  if (bytes.length > MAX_SIGNATURE_IMAGE_BYTES) throw new Failure('file-too-large', `${bytes.length} bytes`);
  const density = readDensity(bytes);
  const { data, width, height, original } = await decode(bytes);
  const colour = Buffer.alloc(width * height * 3);
  const alpha = Buffer.alloc(width * height);
  let isOpaque = true;
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    data.copy(colour, pixel * 3, pixel * 4, pixel * 4 + 3);
    const opacity = data[pixel * 4 + 3] ?? 255;
    alpha[pixel] = opacity;
    if (opacity < 255) isOpaque = false;
  }
  if (isOpaque) takePaperAway(colour, alpha);
  if (!alpha.some((opacity) => opacity > 0)) throw new Failure('file-not-supported', 'the picture is empty');
  return {
    widthPx: width,
    heightPx: height,
    colour,
    alpha: alpha.some((opacity) => opacity < 255) ? alpha : null,
    widthMm: density === null ? null : (original.width / density.across) * 1000,
    heightMm: density === null ? null : (original.height / density.down) * 1000,
  };
}

interface Decoded {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly original: { readonly width: number; readonly height: number };
}

async function decode(bytes: Buffer): Promise<Decoded> {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  const open = () => sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'warning', animated: false });
  try {
    const { width, height, orientation = 1 } = await open().metadata();
    if (width * height > MAX_PIXELS) throw new Failure('image-too-large', `${width} × ${height} pixels`);
    const { data, info } = await open()
      .autoOrient()
      .resize({ width: MAX_SIDE_PX, height: MAX_SIDE_PX, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 4) throw new Failure('file-not-supported', `${info.channels} channels`);
    return {
      data,
      width: info.width,
      height: info.height,
      original: orientation < LYING ? { width, height } : { width: height, height: width },
    };
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const message = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    if (/pixel limit/i.test(message)) throw new Failure('image-too-large', message, { cause });
    throw new Failure('file-damaged', message, { cause });
  }
}

/**
 * Ink on white becomes ink alone: over white paper every pixel looks as before (c = a·ink + (1 − a)·white), over print the
 * print stays readable.
 */
function takePaperAway(colour: Buffer, alpha: Buffer): void {
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    const at = pixel * 3;
    const level = (offset: number): number => Math.min(255, ((colour[at + offset] ?? 255) * 255) / PAPER_LEVEL);
    const [red, green, blue] = [level(0), level(1), level(2)];
    const opacity = 255 - Math.min(red, green, blue);
    alpha[pixel] = Math.round(opacity);
    for (const [offset, value] of [red, green, blue].entries())
      colour[at + offset] = opacity === 0 ? 255 : Math.max(0, Math.round(((value - 255 + opacity) * 255) / opacity));
  }
}

/** Pixels per metre, from the file itself; sharp rounds to whole dots per inch. Null when it says nothing physical. */
function readDensity(bytes: Buffer): { across: number; down: number } | null {
  if (bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])))
    return readPngDensity(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return readJpegDensity(bytes);
  throw new Failure('file-not-supported', 'neither PNG nor JPEG');
}

/** `pHYs` (PNG 11.3.4.3): pixels per unit; unit 1 is the metre. It stands before the first `IDAT`. */
function readPngDensity(bytes: Buffer): { across: number; down: number } | null {
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT' || type === 'IEND') return null;
    if (type === 'pHYs' && length === 9 && at + 17 <= bytes.length)
      return bytes[at + 16] === 1 ? plausible(bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)) : null;
    at += 12 + length;
  }
  return null;
}

/** JFIF's APP0: unit 1 is dots per inch, 2 dots per centimetre. */
function readJpegDensity(bytes: Buffer): { across: number; down: number } | null {
  if (bytes.length < 18 || bytes[3] !== 0xe0 || bytes.toString('latin1', 6, 11) !== 'JFIF\0') return null;
  const perMetre = { 1: 1 / 0.0254, 2: 100 }[bytes[13] ?? 0];
  return perMetre === undefined
    ? null
    : plausible(bytes.readUInt16BE(14) * perMetre, bytes.readUInt16BE(16) * perMetre);
}

/** Between 30 and 2,400 dots per inch: anything else is a mistake of the program that wrote it. */
function plausible(across: number, down: number): { across: number; down: number } | null {
  const isDensity = (value: number): boolean => value >= 30 / 0.0254 && value <= 2_400 / 0.0254;
  return isDensity(across) && isDensity(down) ? { across, down } : null;
}

/** Without the empty margins: a signature in the middle of a sheet would be shown far too small, a seal by a wrong width. */
export function cropToInk(image: SignatureImage): SignatureImage {
  const { alpha, widthPx, heightPx } = image;
  if (!alpha) return image;
  let [left, top, right, bottom] = [widthPx, heightPx, -1, -1];
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      if ((alpha[y * widthPx + x] ?? 0) < LEAST_INK) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  if (right < left) return image;
  const [width, height] = [right - left + 1, bottom - top + 1];
  const colour = Buffer.alloc(width * height * 3);
  const opacity = Buffer.alloc(width * height);
  for (let row = 0; row < height; row++) {
    const from = (top + row) * widthPx + left;
    image.colour.copy(colour, row * width * 3, from * 3, (from + width) * 3);
    alpha.copy(opacity, row * width, from, from + width);
  }
  return {
    widthPx: width,
    heightPx: height,
    colour,
    alpha: opacity,
    widthMm: image.widthMm === null ? null : (image.widthMm * width) / widthPx,
    heightMm: image.heightMm === null ? null : (image.heightMm * height) / heightPx,
  };
}

/** Samples of an image object (ISO 32000-2, 8.9.5), compressed. */
export function imageStreams(image: SignatureImage): { readonly colour: Buffer; readonly alpha: Buffer | null } {
  return { colour: deflateSync(image.colour), alpha: image.alpha ? deflateSync(image.alpha) : null };
}

/** The same picture as a PNG that says how large it is: what is kept of a file an officer chose. */
export async function toPng(image: SignatureImage, widthMm: number | null): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const { widthPx, heightPx, colour, alpha } = image;
  const pixels = Buffer.alloc(widthPx * heightPx * 4, 255);
  for (let pixel = 0; pixel < widthPx * heightPx; pixel++) {
    colour.copy(pixels, pixel * 4, pixel * 3, pixel * 3 + 3);
    if (alpha) pixels[pixel * 4 + 3] = alpha[pixel] ?? 255;
  }
  const png = await sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 4 } })
    .png()
    .toBuffer();
  const width = widthMm ?? image.widthMm;
  return width === null ? png : withPhysicalSize(png, widthPx / (width / 1000));
}

/** Puts `pHYs` behind the header; libvips would round it. */
function withPhysicalSize(png: Buffer, perMetre: number): Buffer {
  const rest: Buffer[] = [];
  for (let at = 8; at + 12 <= png.length;) {
    const end = at + 12 + png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) !== 'pHYs') rest.push(png.subarray(at, end));
    at = end;
  }
  const chunk = Buffer.alloc(21);
  chunk.writeUInt32BE(9, 0);
  chunk.write('pHYs', 4, 'latin1');
  chunk.writeUInt32BE(Math.round(perMetre), 8);
  chunk.writeUInt32BE(Math.round(perMetre), 12);
  chunk[16] = 1;
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17);
  const [header = Buffer.alloc(0), ...others] = rest;
  return Buffer.concat([png.subarray(0, 8), header, chunk, ...others]);
}
