/**
 * @file Where the paper ends on a scanned page: a dark or coloured lid around it, cards on a light one, an A5 sheet whose
 * edges are faint shadows. Whatever is found, nothing that could be ink is ever outside the crop; when unsure there is none.
 */
import type { Box } from '../../../preload/types.ts';
import type { ColourImage } from '../recognition/raster.ts';
import { findSheetsOnLid } from './dark-lid.ts';
import { findFaintSheet } from './faint-edges.ts';
import { CARD_MM, PAPER_MM, shapeOfSize, type PaperShape } from './paper-sizes.ts';
import { filledArea, findPatches, joinExtents, joinPatches, type Extent, type Patch } from './patches.ts';
import { smallestRectangle, type TurnedRectangle } from './rectangle.ts';
import { measureGround, smallPageOf, type Ground, type SmallPage } from './small-page.ts';

/** Where a card seems to lie, in pixels of the page that was looked at. */
export interface CardPlace {
  /** Around all of it, with a little of its surroundings. */
  readonly box: Box;
  /** Clockwise tilt against the nearest quarter turn; null when its edges cannot be seen. */
  readonly tiltDeg: number | null;
  /** Its own edges and size say so; otherwise only a patch of print of that size, to be read before it is believed. */
  readonly isCertain: boolean;
}

export interface FoundPaper {
  /** Pixels of the page that was looked at; null when the whole page is paper, or nobody can tell. */
  readonly crop: Box | null;
  readonly shape: PaperShape;
  /** Clockwise tilt of the sheet by its own edges; null when they were not seen. */
  readonly tiltDeg: number | null;
  readonly cards: readonly CardPlace[];
}

/** Left standing around the paper. */
const MARGIN_MM = 1.5;
/** A crop that takes off less than this on every side is not worth a change of the page. */
const LEAST_GAIN_MM = 2.5;
/** Fainter than any pencil, stronger than the ground's own noise. */
const LEAST_INK = 9;
const INK_NOISES = 5;
const LEAST_INK_MM2 = 0.5;
/** The rim of a scan shows the edge of glass and lid; marks there are no writing. */
const RIM_MM = 1.5;
/** By which the upright extent of a tilted sheet is larger than the sheet. */
const TILT_ROOM_MM = 18;
const MOST_CARDS = 2;
/** The letters of two cards; a page of text has far more, and is not looked at any further. */
const MOST_PATCHES = 900;
const MOST_GROUPS = 24;

/** @param dpi resolution of `image` */
export function findPaper(image: ColourImage, dpi: number): FoundPaper {
  const page = smallPageOf(image, dpi);
  const mm = page.pixelsPerMm;
  const bySize = shapeOfSize(page.width / mm, page.height / mm);
  const things = findSheetsOnLid(page);
  if (things) return onLid(things, page, bySize);
  const ground = measureGround(page);
  const ink = findInk(page, ground);
  const cards = findCards(ink, page);
  if (cards.length > 0 && cards.every((card) => card.isCertain)) return withCards(cards, ink, page, bySize);
  const sheet = faintSheet(ink, page, ground, bySize);
  return sheet ? { ...sheet, cards } : { crop: null, shape: bySize, tiltDeg: null, cards };
}

function onLid(things: readonly Patch[], page: SmallPage, bySize: PaperShape): FoundPaper {
  const places = things.map((thing) => ({ thing, rectangle: smallestRectangle(thing.outline) }));
  const sheets = places.filter(({ thing }) => thing.pixels >= (places[0]?.thing.pixels ?? 0) / 4);
  const cards = sheets.flatMap(({ thing, rectangle }) =>
    rectangle && isCardSized(rectangle, page) ? [cardPlace(thing, rectangle, page)] : [],
  );
  const crop = cropAround(things, page);
  if (cards.length === sheets.length && cards.length <= MOST_CARDS) {
    return { crop, shape: cards.length === 1 ? 'card' : 'two-cards', tiltDeg: cards[0]?.tiltDeg ?? null, cards };
  }
  const [only, ...others] = sheets;
  if (!only?.rectangle || others.length > 0) return { crop, shape: 'other', tiltDeg: null, cards };
  const { width, height, angleDeg } = only.rectangle;
  const found = shapeOfSize(width / page.pixelsPerMm, height / page.pixelsPerMm);
  // A sheet that is a little cut by the glass keeps the size that the scan was asked for.
  const shape = found === 'other' && crop === null ? bySize : found;
  return { crop, shape, tiltDeg: angleDeg, cards };
}

/** Everything on the ground that could be ink or tint. */
function findInk(page: SmallPage, { distance, noise }: Ground): Patch[] {
  const { width, height, pixelsPerMm } = page;
  const least = Math.max(LEAST_INK, INK_NOISES * noise);
  const rim = Math.round(RIM_MM * pixelsPerMm);
  const mask = new Uint8Array(width * height);
  for (let y = rim; y < height - rim; y++)
    for (let x = rim, at = y * width + rim; x < width - rim; x++, at++)
      if ((distance[at] as number) > least) mask[at] = 1;
  return findPatches(mask, width, height, Math.max(2, LEAST_INK_MM2 * pixelsPerMm ** 2));
}

/** Print this near belongs together; a card's own lines stand closer, two cards farther apart. */
const JOIN_MM = 4;
/** A card that lies tilted needs this much more room, and its photocopy has less than all of it. */
const CARD_ROOM_MM = { long: 92, short: 63, leastLong: 55, leastShort: 26 } as const;
/** How far the shadow of a sheet falls beside it. */
const SHADOW_MM = 3.5;
/** Specks beside a card: dust, a staple's shadow. */
const SPECK_MM = 3;

/** One or two patches of a card's size and nothing else on the page; none otherwise. */
function findCards(ink: readonly Patch[], page: SmallPage): CardPlace[] {
  const mm = page.pixelsPerMm;
  // A page of text has hundreds of patches, and far too much room between the outermost.
  const groups = groupPatches(ink, page).filter(
    ({ left, right, top, bottom }) => Math.max(right - left, bottom - top) >= SPECK_MM * mm,
  );
  if (groups.length > MOST_CARDS) return [];
  const cards = groups.map((group) => {
    const [wide, high] = [(group.right - group.left) / mm, (group.bottom - group.top) / mm];
    const [long, short] = [Math.max(wide, high), Math.min(wide, high)];
    if (long < CARD_ROOM_MM.leastLong || short < CARD_ROOM_MM.leastShort || !fitsCard(long, short)) return null;
    return cardPlace(group, smallestRectangle(group.outline), page);
  });
  return cards.every((card) => card !== null) ? cards : [];
}

function fitsCard(long: number, short: number): boolean {
  return long <= CARD_ROOM_MM.long && short <= CARD_ROOM_MM.short;
}

/** Joins what stands near each other, then what would still be one card together. */
function groupPatches(ink: readonly Patch[], page: SmallPage): Patch[] {
  const mm = page.pixelsPerMm;
  if (ink.length > MOST_PATCHES) return [];
  const near = joinNear(ink, JOIN_MM * mm);
  if (near.length > MOST_GROUPS) return [];
  return mergeWhere(near, (a, b) => {
    const joint = joinExtents(a, b);
    const [wide, high] = [(joint.right - joint.left) / mm, (joint.bottom - joint.top) / mm];
    return fitsCard(Math.max(wide, high), Math.min(wide, high));
  });
}

/** What touches, directly or through others, within the gap. */
function joinNear(patches: readonly Patch[], gap: number): Patch[] {
  const parents = patches.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root] = parents[parents[root] as number] as number;
    return root;
  };
  for (const [index, patch] of patches.entries())
    for (let other = 0; other < index; other++)
      if (gapOf(patch, patches[other] as Patch) <= gap) parents[rootOf(index)] = rootOf(other);
  return [...Map.groupBy(patches.keys(), rootOf).values()].map((group) =>
    joinPatches(group.map((index) => patches[index] as Patch)),
  );
}

/** Until no two can be joined any more. */
function mergeWhere(patches: readonly Patch[], isJoined: (a: Patch, b: Patch) => boolean): Patch[] {
  const waiting = [...patches];
  const done: Patch[] = [];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    let current = next;
    for (let at = 0; at < waiting.length;) {
      const other = waiting[at] as Patch;
      if (isJoined(current, other)) {
        current = joinPatches([current, other]);
        waiting[at] = waiting.at(-1) as Patch;
        waiting.pop();
        at = 0;
      } else at++;
    }
    done.push(current);
  }
  return done;
}

function gapOf(a: Patch, b: Patch): number {
  return Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom, 0);
}

const CARD_SLACK_MM = 4;
const LEAST_CARD_FILL = 0.9;

function isCardSized({ width, height }: TurnedRectangle, { pixelsPerMm }: SmallPage): boolean {
  const long = Math.max(width, height) / pixelsPerMm;
  const short = Math.min(width, height) / pixelsPerMm;
  return Math.abs(long - CARD_MM.long) <= CARD_SLACK_MM && Math.abs(short - CARD_MM.short) <= CARD_SLACK_MM;
}

function cardPlace(group: Patch, rectangle: TurnedRectangle | null, page: SmallPage): CardPlace {
  const isFull = rectangle !== null && filledArea(group) >= LEAST_CARD_FILL * rectangle.width * rectangle.height;
  const isCertain = isFull && isCardSized(rectangle, page);
  return { box: pageBox([group], page, MARGIN_MM), tiltDeg: isCertain ? rectangle.angleDeg : null, isCertain };
}

function withCards(
  cards: readonly CardPlace[],
  ink: readonly Patch[],
  page: SmallPage,
  bySize: PaperShape,
): FoundPaper {
  return {
    crop: bySize === 'card' ? null : cropAround(ink, page),
    shape: cards.length === 2 ? 'two-cards' : 'card',
    tiltDeg: cards[0]?.tiltDeg ?? null,
    cards,
  };
}

/** A smaller sheet of a usual size whose shadow is seen on a glass that is larger, with nothing written beside it. */
function faintSheet(ink: readonly Patch[], page: SmallPage, ground: Ground, bySize: PaperShape): FoundPaper | null {
  const mm = page.pixelsPerMm;
  const size = bySize === 'a3' ? PAPER_MM.a4 : bySize === 'a4' ? PAPER_MM.a5 : null;
  if (!size || !couldHold(size, ink, mm)) return null;
  const sheet = findFaintSheet(page, ground, size);
  if (!sheet) return null;
  const room = SHADOW_MM * mm;
  const isBeside = (patch: Patch): boolean => patch.outline.some((point) => !isInside(point, sheet, room));
  if (ink.some(isBeside)) return null;
  const angle = (sheet.angleDeg * Math.PI) / 180;
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  const [wide, high] = [sheet.width * cos + sheet.height * sin, sheet.width * sin + sheet.height * cos];
  const { x, y } = sheet.centre;
  const around = { left: x - wide / 2, right: x + wide / 2, top: y - high / 2, bottom: y + high / 2 };
  const crop = cropAround([...ink, around], page);
  return { crop, shape: shapeOfSize(sheet.width / mm, sheet.height / mm), tiltDeg: sheet.angleDeg, cards: [] };
}

/** Print that reaches farther than the sheet, or none at all, needs no search for its edges. */
function couldHold([short, long]: readonly [number, number], ink: readonly Patch[], pixelsPerMm: number): boolean {
  if (ink.length === 0) return false;
  const wide = (Math.max(...ink.map(({ right }) => right)) - Math.min(...ink.map(({ left }) => left))) / pixelsPerMm;
  const high = (Math.max(...ink.map(({ bottom }) => bottom)) - Math.min(...ink.map(({ top }) => top))) / pixelsPerMm;
  const room = TILT_ROOM_MM;
  return (wide <= short + room && high <= long + room) || (wide <= long + room && high <= short + room);
}

function isInside({ x, y }: { x: number; y: number }, sheet: TurnedRectangle, room: number): boolean {
  const angle = (sheet.angleDeg * Math.PI) / 180;
  const [dx, dy] = [x - sheet.centre.x, y - sheet.centre.y];
  const along = dx * Math.cos(angle) + dy * Math.sin(angle);
  const across = dy * Math.cos(angle) - dx * Math.sin(angle);
  return Math.abs(along) <= sheet.width / 2 + room && Math.abs(across) <= sheet.height / 2 + room;
}

/** Everything that was seen, with its margin; null when hardly anything would be taken off. */
function cropAround(things: readonly Extent[], page: SmallPage): Box | null {
  const left = Math.min(...things.map((thing) => thing.left));
  const top = Math.min(...things.map((thing) => thing.top));
  const right = page.width - Math.max(...things.map((thing) => thing.right));
  const bottom = page.height - Math.max(...things.map((thing) => thing.bottom));
  if (Math.max(left, top, right, bottom) < (LEAST_GAIN_MM + MARGIN_MM) * page.pixelsPerMm) return null;
  return pageBox(things, page, MARGIN_MM);
}

/** In pixels of the page itself, clipped to it. What the small page left off at the right and bottom belongs to the margin. */
function pageBox(things: readonly Extent[], { width, height, factor, pixelsPerMm }: SmallPage, marginMm: number): Box {
  const margin = marginMm * pixelsPerMm;
  const left = Math.max(0, Math.floor(Math.min(...things.map((thing) => thing.left)) - margin));
  const top = Math.max(0, Math.floor(Math.min(...things.map((thing) => thing.top)) - margin));
  const right = Math.min(width, Math.ceil(Math.max(...things.map((thing) => thing.right)) + margin));
  const bottom = Math.min(height, Math.ceil(Math.max(...things.map((thing) => thing.bottom)) + margin));
  return [left * factor, top * factor, (right - left) * factor, (bottom - top) * factor];
}
