/**
 * @file Where a signature stands on the page. A `Place` is measured in points from the visible lower left corner of the
 * page as displayed (after `/Rotate`, inside the crop box, `/UserUnit` counted): what officers see, drag and type.
 */
import { Failure } from '../../rooms/failure.ts';
import type { Page } from '../pdf/pages.ts';

/** x, y, width, height; points, origin bottom left of the page as displayed. */
export type Place = readonly [x: number, y: number, width: number, height: number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Left, bottom, right, top in the page's own space. */
export type UserRect = readonly [left: number, bottom: number, right: number, top: number];

export const POINTS_PER_MM = 72 / 25.4;

/** Text at the top of the page stands in the margin of 20–25 mm, above the letterhead (NĐ 30/2020, PL I, mục I.1). */
const MARK_TOP_PT = 14;
const MARGIN_PT = 28;
/** A signature between title and name on a page that says nothing: the middle of the right half (PL I, mục II.7). */
const SIGNATURE_CENTRE = 0.72;
const SIGNATURE_BOTTOM_PT = 100;
/** Room for a signature when nothing else bounds it: 60 × 25 mm. */
export const SIGNATURE_ROOM: Size = { width: 60 * POINTS_PER_MM, height: 25 * POINTS_PER_MM };
/** The seal covers about one third of the personal signature, on its left (PL I, mục II.8a). */
const SEAL_OVERLAP = 1 / 3;
/** A ten-thousandth of a point is a rounding, not an attempt to leave the page. */
const ROUNDING_PT = 0.01;

/** The page as displayed, points. */
export function displayedSize(page: Page): Size {
  const [left, bottom, right, top] = page.cropBox;
  const [width, height] = [(right - left) * page.userUnit, (top - bottom) * page.userUnit];
  return page.rotation % 180 === 0 ? { width, height } : { width: height, height: width };
}

/** From the page as displayed to the page's own space (ISO 32000-2, 8.3.2.3); `toDisplaySpace` of a page is the way back. */
export function toUserSpace(page: Page, place: Place): UserRect {
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
  const [x, y, w, h] = place.map((length) => length / page.userUnit) as [number, number, number, number];
  const [ax, ay] = corner(x, y);
  const [bx, by] = corner(x + w, y + h);
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
}

/** @throws Failure `signature-place-outside` unless the place has an area and lies inside the page as displayed */
export function requireInside(place: Place, shown: Size): void {
  const [x, y, width, height] = place;
  const isPlace = place.every(Number.isFinite) && width > 0 && height > 0;
  const isInside =
    x >= -ROUNDING_PT &&
    y >= -ROUNDING_PT &&
    x + width <= shown.width + ROUNDING_PT &&
    y + height <= shown.height + ROUNDING_PT;
  if (!isPlace || !isInside)
    throw new Failure(
      'signature-place-outside',
      `${place.map(Math.round).join(', ')} on a page of ${Math.round(shown.width)} × ${Math.round(shown.height)} points`,
    );
}

/** Widest text of a mark at the top: the right half of the page, never narrower than a name needs, never wider than the page. */
export function markWidth(shown: Size): number {
  return Math.min(shown.width - 2 * Math.min(MARGIN_PT, shown.width / 20), Math.max(shown.width / 2, 220));
}

/** Top right corner of the page (PL I, mục II.8b; phần II.I.3). */
export function topRight(size: Size, shown: Size): Place {
  const margin = Math.min(MARGIN_PT, shown.width / 20);
  return [
    Math.max(0, shown.width - margin - size.width),
    Math.max(0, shown.height - MARK_TOP_PT - size.height),
    size.width,
    size.height,
  ];
}

/** Where a person's signature goes when the document does not show it. */
export function usualSignatureRoom(shown: Size, size: Size = SIGNATURE_ROOM): Place {
  const width = Math.min(size.width, shown.width);
  const height = Math.min(size.height, shown.height);
  return slideInside([shown.width * SIGNATURE_CENTRE - width / 2, SIGNATURE_BOTTOM_PT, width, height], shown);
}

/** As large as the room allows, proportions kept, in its middle. */
export function fitInto(image: Size, room: Place): Place {
  const scale = Math.min(room[2] / image.width, room[3] / image.height);
  return centredIn({ width: image.width * scale, height: image.height * scale }, room);
}

/** In the middle of a room, larger than it if need be. */
export function centredIn(size: Size, room: Place): Place {
  return [room[0] + (room[2] - size.width) / 2, room[1] + (room[3] - size.height) / 2, size.width, size.height];
}

/** The seal over the left third of the personal signature, level with it, in its own size. */
export function besideSignature(seal: Size, signature: Place, shown: Size): Place {
  const [x, y, width, height] = signature;
  return slideInside(
    [x + width * SEAL_OVERLAP - seal.width, y + height / 2 - seal.height / 2, seal.width, seal.height],
    shown,
  );
}

/** The nearest place of the same size inside the page. */
export function slideInside([x, y, width, height]: Place, shown: Size): Place {
  const within = (value: number, most: number): number => Math.min(Math.max(0, value), Math.max(0, most));
  return [within(x, shown.width - width), within(y, shown.height - height), width, height];
}
