/**
 * @file Cards read each by itself: two of them on one page lie as they were put down, one tilted, the other on its head, and
 * read together they would be one table of nonsense. What is found comes back in pixels of the stored page.
 */
import sharp from 'sharp';
import type { Box } from '../../../preload/types.ts';
import { readZone } from '../mrz/read-zone.ts';
import type { Template } from '../mrz/templates.ts';
import type { CardPlace } from '../page-shape/find-paper.ts';
import type { Line, RecognisedPage } from '../protocol.ts';
import { completeCardFields } from './card-fields.ts';
import type { DecodedPage } from './decode.ts';
import type { DocumentType } from './document-types.ts';
import { readFields, type ReadField } from './fields.ts';
import { clipBox, toStoredBox, unionBox, type Rotation } from './geometry.ts';
import { identityFields, mayShowCard, zoneFields } from './identity-fields.ts';
import { textOf } from './lines.ts';
import type { OcrPool } from './ocr-pool.ts';
import { greyChannel, type ColourImage, type GreyImage } from './raster.ts';
import { readPage } from './read-page.ts';

export interface CardReading {
  readonly lines: readonly Line[];
  readonly fields: RecognisedPage['fields'];
  readonly rotation: Rotation;
  /** Clockwise, after the quarter turns: the card's own tilt and that of its print. */
  readonly skewDeg: number;
  /** A code, a zone or the words of a card say that this is one. */
  readonly isCard: boolean;
}

export interface CardReader {
  readonly pool: OcrPool;
  readonly templates: readonly Template[];
  /** Whose fields are on cards. */
  readonly cardType: DocumentType | undefined;
}

/** One card. @param codes all codes of the page, stored pixels */
export async function readCard(
  page: DecodedPage,
  place: CardPlace,
  codes: RecognisedPage['codes'],
  { pool, templates, cardType }: CardReader,
  signal: AbortSignal,
): Promise<CardReading> {
  const level = await cutLevel(page, place);
  const { plane } = level;
  const size = { storedWidthPx: plane.width, storedHeightPx: plane.height };
  const reading = await readPage({ plane, dpi: page.dpi, ...size }, pool, signal);
  const { geometry } = reading;
  const zone = readZone(plane, page.dpi, templates);
  const text = reading.lines.map(({ words }) => textOf(words)).join('\n');
  const own = codes.filter(({ box }) => isInside(box, level.storedBox));
  const identity = identityFields(own);
  const isCard = place.isCertain || zone !== null || identity.length > 0 || mayShowCard(text);
  const toStored = (box: Box): [number, number, number, number] => [...level.toStored(toStoredBox(geometry, box))];
  const printed = isCard && cardType ? completeCardFields(readFields(reading.lines, cardType), reading.lines) : [];
  return {
    lines: reading.lines.map(({ words }) => {
      const placed = words.map(({ text: word, confidence, box }) => ({ text: word, confidence, box: toStored(box) }));
      return { text: textOf(words), words: placed, box: [...(unionBox(placed.map(({ box }) => box)) ?? [0, 0, 1, 1])] };
    }),
    fields: [
      ...identity,
      ...(zone ? zoneFields({ ...zone, box: level.toStored(zone.box) }) : []),
      ...printed
        .filter(isBelievable)
        .map(({ box, ...field }) => ({ ...field, source: 'ocr' as const, box: box && toStored(box) })),
    ],
    rotation: geometry.rotation,
    skewDeg: (place.tiltDeg ?? 0) + geometry.skewDeg,
    isCard,
  };
}

/** Letters seen in a portrait or a pattern. */
function isBelievable({ confidence }: ReadField): boolean {
  return confidence >= 40;
}

interface LevelCard {
  readonly plane: GreyImage;
  readonly storedBox: Box;
  /** A box on the plane → the same on the stored page. */
  readonly toStored: (box: Box) => Box;
}

/** Cuts the card out and turns it level by its edges; print alone levels what has none. */
async function cutLevel(page: DecodedPage, { box, tiltDeg }: CardPlace): Promise<LevelCard> {
  const cut = greyChannel(cutOut(page.image, box));
  const plane = tiltDeg === null || Math.abs(tiltDeg) < 0.05 ? cut : await turnBack(cut, tiltDeg);
  const angle = ((tiltDeg ?? 0) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const scale = page.storedWidthPx / page.image.width;
  const toStored = ([x, y, width, height]: Box): Box => {
    const dx = x + width / 2 - plane.width / 2;
    const dy = y + height / 2 - plane.height / 2;
    const centreX = box[0] + cut.width / 2 + dx * cos - dy * sin;
    const centreY = box[1] + cut.height / 2 + dx * sin + dy * cos;
    const stored: Box = [centreX - width / 2, centreY - height / 2, width, height];
    return clipBox(stored.map((length) => length * scale) as unknown as Box, page.storedWidthPx, page.storedHeightPx);
  };
  const storedBox = box.map((length) => length * scale) as unknown as Box;
  return { plane, storedBox, toStored };
}

function cutOut({ data, width, height }: ColourImage, [left, top, wide, high]: Box): ColourImage {
  const right = Math.min(width, left + wide);
  const bottom = Math.min(height, top + high);
  const cut = new Uint8Array((right - left) * (bottom - top) * 3);
  for (let y = top, to = 0; y < bottom; y++, to += (right - left) * 3)
    cut.set(data.subarray((y * width + left) * 3, (y * width + right) * 3), to);
  return { data: cut, width: right - left, height: bottom - top };
}

/** The canvas grows so that no corner is lost; its middle stays the middle. */
async function turnBack(image: GreyImage, tiltDeg: number): Promise<GreyImage> {
  const { data, info } = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 1 } })
    .rotate(-tiltDeg, { background: '#ffffff' })
    .toColourspace('b-w')
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function isInside([x, y, width, height]: Box, [left, top, wide, high]: Box): boolean {
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  return middleX >= left && middleX <= left + wide && middleY >= top && middleY <= top + high;
}
