/** @file How a signature shows: the options of `motcua sign` about the page, read and checked. */
import { readFileSync } from 'node:fs';
import type { Appearance } from '../signing/appearance/appearance.ts';
import { say, UsageError } from './output.ts';

export interface AppearanceOptions {
  readonly appearance: Appearance['kind'];
  readonly page?: string;
  readonly rect?: string;
  readonly image?: string;
  readonly imageWidth?: string;
  readonly line: readonly string[];
  readonly documentNumber?: string;
  readonly copyForm?: string;
  readonly agencyName?: string;
}

const MAX_IMAGE_BYTES = 5 * 1024 * 1024;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
const MM_PER_POINT = 25.4 / 72;
/** Seals of agencies measure 34–42 mm. Taken, and said, where neither picture nor option tells the size. */
const USUAL_SEAL_MM = 36;
const PLAUSIBLE_SEAL_MM = { least: 15, most: 60 } as const;

/** @throws UsageError naming the option */
export function readAppearance(options: AppearanceOptions): Appearance {
  const { appearance: kind, page, rect, image, imageWidth, line, documentNumber, copyForm, agencyName } = options;
  const other = [page, rect, image, imageWidth, line[0], documentNumber, copyForm, agencyName];
  if (kind === 'none' && other.some((value) => value !== undefined))
    throw new UsageError('--page, --rect, --image, --line… cần --appearance khác none');
  if (image !== undefined && kind !== 'personal' && kind !== 'agency')
    throw new UsageError('--image chỉ dùng với --appearance personal hoặc agency');
  if (image === undefined && kind === 'agency') throw new UsageError('--appearance agency cần --image (hình con dấu)');
  if (page !== undefined && !/^[1-9]\d{0,5}$/.test(page)) throw new UsageError('--page: số trang, từ 1');
  const place = rect === undefined ? undefined : readRect(rect);
  const picture = image === undefined ? undefined : readImage(image);
  const imageWidthMm =
    picture && kind === 'agency' ? sealWidth(picture, imageWidth, place) : readMillimetres(imageWidth);
  return {
    kind,
    ...(page === undefined ? {} : { page: Number(page) }),
    ...(place ? { rect: place } : {}),
    ...(line.length === 0 ? {} : { lines: [...line] }),
    ...(picture ? { image: picture.toString('base64') } : {}),
    ...(imageWidthMm === undefined ? {} : { imageWidthMm }),
    ...(documentNumber === undefined ? {} : { documentNumber }),
    ...(copyForm === undefined ? {} : { copyForm }),
    ...(agencyName === undefined ? {} : { agencyName }),
  };
}

/** Points, origin bottom left of the page as displayed. */
function readRect(text: string): [number, number, number, number] {
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [x, y, width, height, ...rest] = parts;
  if (x === undefined || y === undefined || width === undefined || height === undefined || rest.length > 0)
    throw new UsageError('--rect X,Y,W,H');
  if (!parts.every(Number.isFinite) || width <= 0 || height <= 0)
    throw new UsageError('--rect X,Y,W,H: bốn số, rộng và cao lớn hơn 0');
  return [x, y, width, height];
}

function readImage(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new UsageError(`--image ${path}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (![PNG, JPEG].some((magic) => bytes.subarray(0, magic.length).equals(magic)))
    throw new UsageError(`--image ${path}: không phải ảnh PNG hoặc JPEG`);
  if (bytes.length > MAX_IMAGE_BYTES) throw new UsageError(`--image ${path}: lớn hơn 5 MB`);
  return bytes;
}

function readMillimetres(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value >= 5 && value <= 100)) throw new UsageError('--image-width: bề rộng thật của hình, từ 5 đến 100 mm');
  return value;
}

/** A seal is shown at its real size (NĐ 30/2020, PL I, II.8a): from the option, the rectangle, or the picture itself. */
function sealWidth(
  picture: Buffer,
  option: string | undefined,
  rect: readonly [number, number, number, number] | undefined,
): number | undefined {
  const asked = readMillimetres(option);
  if (asked !== undefined) return asked;
  if (rect) return Math.min(100, Math.max(5, rect[2] * MM_PER_POINT));
  const stated = picture.subarray(0, JPEG.length).equals(JPEG) ? undefined : pngWidthMm(picture);
  const { least, most } = PLAUSIBLE_SEAL_MM;
  if (stated !== undefined && stated >= least && stated <= most) return undefined;
  say(`Hình con dấu không ghi kích thước thật: dùng bề rộng ${USUAL_SEAL_MM} mm. Nêu đúng bằng --image-width.`);
  return USUAL_SEAL_MM;
}

/** From the `pHYs` chunk in pixels per metre (PNG, 11.3.5.3); undefined without one. */
function pngWidthMm(png: Buffer): number | undefined {
  const widthPx = png.length > 24 ? png.readUInt32BE(16) : 0;
  for (let position = 8; position + 12 <= png.length;) {
    const length = png.readUInt32BE(position);
    const type = png.toString('latin1', position + 4, position + 8);
    if (type === 'IDAT') return undefined;
    if (type === 'pHYs' && length === 9 && position + 17 <= png.length) {
      const perMetre = png.readUInt32BE(position + 8);
      return png[position + 16] === 1 && perMetre > 0 ? (widthPx / perMetre) * 1000 : undefined;
    }
    position += 12 + length;
  }
  return undefined;
}
