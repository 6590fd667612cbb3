/**
 * @file What a signature looks like on the page (NĐ 30/2020, PL I, mục II.7–8 and phần II.I.3): image and text in a form
 * with its own embedded font, upright on turned pages, measured from the visible corner of odd crop boxes.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { embedFontSubset, type EmbeddedFont } from '../../pdf/font.ts';
import { pdfNumber, pdfNumbers, pdfStream } from '../../pdf/objects.ts';
import { Failure } from '../../rooms/failure.ts';
import type { Appearance } from '../../signatures/protocol.ts';
import type { Page } from '../pdf/pages.ts';
import { toVietnamTime } from '../vietnam-time.ts';

/** User-space rectangle of the widget, and the objects of its normal appearance; the first object is the form. */
export interface DrawnAppearance {
  readonly rect: readonly [number, number, number, number];
  readonly objects: (firstNumber: number) => { readonly number: number; readonly body: Buffer }[];
}

export interface AppearanceText {
  readonly signerName: string;
  readonly signedAt: string;
}

type Rect = readonly [x: number, y: number, width: number, height: number];

const FONT_FILE = 'fonts/LiberationSerif-Regular.ttf';
const SIZE_PT = 10;
const LEADING = 1.2;
const MARGIN_PT = 28;
const PADDING_PT = 2;
const MAX_IMAGE_PIXELS = 16_000_000;

/** Null for an invisible signature. */
export async function drawAppearance(
  appearance: Appearance,
  text: AppearanceText,
  page: Page,
  resourcesFolder: string,
): Promise<DrawnAppearance | null> {
  if (appearance.kind === 'none') return null;
  const image = appearance.image === undefined ? null : await readImage(appearance.image);
  if (appearance.kind === 'agency' && !image) throw new Failure('bad-request', 'the seal of an agency is an image');
  const lines = linesOf(appearance, text);
  const shown = displayedSize(page);
  if (lines.length === 0 && !image)
    throw new Failure('bad-request', `appearance ${appearance.kind} without text or image`);
  const font =
    lines.length > 0 ? await embedFontSubset(await readFile(join(resourcesFolder, FONT_FILE)), lines.join('')) : null;
  const wrapped = font
    ? lines.flatMap((line) => wrap(font, line, (appearance.rect?.[2] ?? shown.width - 2 * MARGIN_PT) - 2 * PADDING_PT))
    : [];
  const rect = appearance.rect ?? defaultRect(appearance.kind, font, wrapped, image !== null, shown);
  if (!(rect[2] > 0 && rect[3] > 0)) throw new Failure('bad-request', 'the rectangle of the signature is empty');
  return {
    rect: toUserSpace(page, rect),
    objects: (first) => formObjects(first, rect, page.rotation, font, wrapped, image),
  };
}

function linesOf(appearance: Appearance, text: AppearanceText): string[] {
  if (appearance.lines) return [...appearance.lines];
  const time = toVietnamTime(text.signedAt);
  switch (appearance.kind) {
    case 'officer':
      return [`Số hóa và ký số bởi: ${text.signerName}`, time];
    case 'annex':
    case 'copy':
      return [text.signerName, time];
    case 'personal':
      return appearance.image === undefined ? [`Người ký: ${text.signerName}`, `Thời gian ký: ${time}`] : [];
    default:
      return [];
  }
}

/** Top right for marks of digitisation, annexes and copies; above the lower right corner for signatures and seals. */
function defaultRect(
  kind: Appearance['kind'],
  font: EmbeddedFont | null,
  lines: readonly string[],
  hasImage: boolean,
  page: { width: number; height: number },
): Rect {
  const textWidth = Math.max(0, ...lines.map((line) => font?.widthOf(line, SIZE_PT) ?? 0)) + 2 * PADDING_PT;
  const textHeight = lines.length * SIZE_PT * LEADING + 2 * PADDING_PT;
  const isMark = kind === 'officer' || kind === 'annex' || kind === 'copy';
  const width = Math.min(page.width, hasImage ? Math.max(textWidth, 140) : textWidth);
  const height = Math.min(page.height, hasImage ? textHeight + 70 : textHeight);
  const x = Math.max(0, page.width - MARGIN_PT - width);
  return isMark
    ? [x, Math.max(0, page.height - MARGIN_PT / 2 - height), width, height]
    : [x, Math.min(page.height - height, 100), width, height];
}

function displayedSize(page: Page): { width: number; height: number } {
  const [left, bottom, right, top] = page.cropBox;
  const [width, height] = [(right - left) * page.userUnit, (top - bottom) * page.userUnit];
  return page.rotation % 180 === 0 ? { width, height } : { width: height, height: width };
}

/** From points of the page as displayed, origin bottom left, to the page's own space (ISO 32000-2, 8.3.2.3). */
export function toUserSpace(page: Page, rect: Rect): readonly [number, number, number, number] {
  const [left, bottom, right, top] = page.cropBox;
  const [width, height] = [right - left, top - bottom];
  const corner = (x: number, y: number): readonly [number, number] => {
    switch (page.rotation) {
      case 0:
        return [left + x, bottom + y];
      case 90:
        return [left + width - y, bottom + x];
      case 180:
        return [left + width - x, bottom + height - y];
      case 270:
        return [left + y, bottom + height - x];
    }
  };
  const [x, y, w, h] = rect.map((length) => length / page.userUnit) as [number, number, number, number];
  const [ax, ay] = corner(x, y);
  const [bx, by] = corner(x + w, y + h);
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
}

function wrap(font: EmbeddedFont, line: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of line.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || font.widthOf(longer, SIZE_PT) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly colour: Buffer;
  readonly alpha: Buffer;
}

async function readImage(base64: string): Promise<Pixels> {
  const { default: sharp } = await import('sharp');
  try {
    const { data, info } = await sharp(Buffer.from(base64, 'base64'), { limitInputPixels: MAX_IMAGE_PIXELS })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const pixels = info.width * info.height;
    const colour = Buffer.alloc(pixels * 3);
    const alpha = Buffer.alloc(pixels);
    for (let pixel = 0; pixel < pixels; pixel++) {
      data.copy(colour, pixel * 3, pixel * 4, pixel * 4 + 3);
      alpha[pixel] = data[pixel * 4 + 3] ?? 255;
    }
    return { width: info.width, height: info.height, colour, alpha };
  } catch (cause) {
    throw new Failure(
      'file-not-supported',
      `image of the signature: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** Turns the form the other way than the page is turned, so that it stands upright for the reader. */
const UPRIGHT: Readonly<Record<Page['rotation'], string>> = {
  0: '1 0 0 1 0 0',
  90: '0 1 -1 0 0 0',
  180: '-1 0 0 -1 0 0',
  270: '0 -1 1 0 0 0',
};

function formObjects(
  first: number,
  rect: Rect,
  rotation: Page['rotation'],
  font: EmbeddedFont | null,
  lines: readonly string[],
  image: Pixels | null,
): { number: number; body: Buffer }[] {
  const [, , width, height] = rect;
  const imageNumber = first + 1;
  const fontObjects = font?.fontObjects(first + (image ? 3 : 1)) ?? [];
  const resources: string[] = [];
  let content = '';
  const textHeight = lines.length * SIZE_PT * LEADING;
  if (image) {
    resources.push(`/XObject <</Im ${imageNumber} 0 R>>`);
    const space = Math.max(height - textHeight, height * 0.3);
    const scale = Math.min(width / image.width, space / image.height);
    const [w, h] = [image.width * scale, image.height * scale];
    content += `q ${pdfNumbers(w, 0, 0, h, (width - w) / 2, height - h)} cm /Im Do Q\n`;
  }
  if (font && fontObjects[0]) {
    resources.push(`/Font <</F1 ${fontObjects[0].number} 0 R>>`);
    const widest = Math.max(...lines.map((line) => font.widthOf(line, SIZE_PT)));
    const scale = Math.min(1, (width - 2 * PADDING_PT) / widest, (height - PADDING_PT) / textHeight);
    const size = SIZE_PT * Math.max(0.3, scale);
    content += `BT /F1 ${pdfNumber(size)} Tf 0 g\n`;
    const top = image ? lines.length * size * LEADING : height - PADDING_PT;
    lines.forEach((line, index) => {
      const baseline = top - font.ascent * size - index * size * LEADING;
      content += `1 0 0 1 ${pdfNumbers(PADDING_PT, baseline)} Tm ${font.encode(line)} Tj\n`;
    });
    content += 'ET\n';
  }
  const form =
    `/Type /XObject /Subtype /Form /BBox [0 0 ${pdfNumbers(width, height)}] /Matrix [${UPRIGHT[rotation]}] ` +
    `/Resources <<${resources.join(' ')}>>`;
  return [
    { number: first, body: pdfStream(form, Buffer.from(content, 'latin1')) },
    ...(image ? imageObjects(imageNumber, image) : []),
    ...fontObjects,
  ];
}

function imageObjects(number: number, image: Pixels): { number: number; body: Buffer }[] {
  const common = `/Type /XObject /Subtype /Image /Width ${image.width} /Height ${image.height} /BitsPerComponent 8 /Filter /FlateDecode`;
  return [
    { number, body: pdfStream(`${common} /ColorSpace /DeviceRGB /SMask ${number + 1} 0 R`, deflateSync(image.colour)) },
    { number: number + 1, body: pdfStream(`${common} /ColorSpace /DeviceGray`, deflateSync(image.alpha)) },
  ];
}
