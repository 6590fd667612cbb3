/**
 * @file The room that a Vietnamese official paper leaves for a signature: between the title of whoever signs and the name
 * (NĐ 30/2020, PL I, mục II.7). The last occurrence counts: names and titles stand in the text above, too.
 */
import { foldText } from '../../dossiers/fold-text.ts';
import { slideInside, SIGNATURE_ROOM, type Place, type Size } from '../../signing/appearance/placement.ts';
import type { Segment } from './text-segments.ts';

export type FoundBy = 'name-and-title' | 'name' | 'title' | 'none';

export interface SignatureRoom {
  readonly rect: Place;
  readonly foundBy: Exclude<FoundBy, 'none'>;
}

/** Folded without spaces: letters set apart must not matter. */
const TITLES = [
  'CHỦ TỊCH',
  'PHÓ CHỦ TỊCH',
  'GIÁM ĐỐC',
  'PHÓ GIÁM ĐỐC',
  'TỔNG GIÁM ĐỐC',
  'TRƯỞNG PHÒNG',
  'PHÓ TRƯỞNG PHÒNG',
  'TRƯỞNG BAN',
  'PHÓ TRƯỞNG BAN',
  'CHÁNH VĂN PHÒNG',
  'PHÓ CHÁNH VĂN PHÒNG',
  'CHÁNH THANH TRA',
  'CỤC TRƯỞNG',
  'CHI CỤC TRƯỞNG',
  'VỤ TRƯỞNG',
  'BỘ TRƯỞNG',
  'THỨ TRƯỞNG',
  'HIỆU TRƯỞNG',
  'VIỆN TRƯỞNG',
  'TRƯỞNG CÔNG AN',
  'CÔNG CHỨNG VIÊN',
  'NGƯỜI KÝ',
  'NGƯỜI THỰC HIỆN CHỨNG THỰC',
  'NGƯỜI KÝ GIẤY KHAI SINH',
  'CÁN BỘ TIẾP NHẬN',
  'THỦ TRƯỞNG ĐƠN VỊ',
  'THỦ TRƯỞNG CƠ QUAN',
].map(compact);
/** `KT. CHỦ TỊCH`, `TM. ỦY BAN NHÂN DÂN`, `TL.`, `TUQ.`, `Q.` */
const ON_BEHALF = /^(KT|TM|TL|TUQ|Q)\s*\.\s*\p{Lu}/u;
/** Degrees and ranks that stand before a name: `TS.`, `PGS.TS`, `Đại tá`. */
const MAX_RANK_LETTERS = 12;
const MIN_NAME_LETTERS = 4;
const MAX_TITLE_LETTERS = 70;

const LEAST_ROOM_PT = 34;
const USUAL_ROOM_PT = 68;
const MOST_ROOM_PT = 100;
/** Title and name belong together within this distance, bottom to top. */
const MAX_DISTANCE_PT = 190;
const CLEARANCE_PT = 4;
const BOTTOM_MARGIN_PT = 40;

/** @param segments of one page, from the top */
export function findSignatureRoom(
  segments: readonly Segment[],
  shown: Size,
  signerName: string,
  titles: readonly string[],
): SignatureRoom | null {
  const wantedTitles = [...titles.map(compact).filter((title) => title.length >= MIN_NAME_LETTERS), ...TITLES];
  const names = findNames(segments, compact(signerName));
  const titleLines = segments.filter((segment) => isTitle(segment, wantedTitles));
  let named: SignatureRoom | null = null;
  for (const name of names.toReversed()) {
    const title = titleAbove(name, titleLines);
    if (title) return { rect: roomAbove(name, segments, shown), foundBy: 'name-and-title' };
    named ??= { rect: roomAbove(name, segments, shown), foundBy: 'name' };
  }
  if (named) return named;
  for (const title of titleLines.toReversed()) {
    const rect = roomBelow(title, segments, shown);
    if (rect) return { rect, foundBy: 'title' };
  }
  return null;
}

function compact(text: string): string {
  return foldText(text).replaceAll(' ', '');
}

/** Lines that are the name and hardly anything else; a long name may take two. */
function findNames(segments: readonly Segment[], name: string): Segment[] {
  if (name.length < MIN_NAME_LETTERS) return [];
  const isName = (text: string): boolean =>
    text === name || (text.endsWith(name) && text.length - name.length <= MAX_RANK_LETTERS);
  return segments.flatMap((segment) => {
    const folded = compact(segment.text);
    if (isName(folded)) return [segment];
    if (folded.length < 2 || !name.includes(folded.slice(-Math.min(folded.length, name.length)))) return [];
    const below = segments.find((other) => other !== segment && isRightBelow(segment, other));
    return below && isName(folded + compact(below.text)) ? [surround(segment, below)] : [];
  });
}

function isTitle(segment: Segment, titles: readonly string[]): boolean {
  const text = segment.text.trim();
  const letters = text.match(/\p{L}/gu) ?? [];
  if (letters.length === 0 || letters.length > MAX_TITLE_LETTERS) return false;
  const capitals = letters.filter((letter) => letter === letter.toLocaleUpperCase('vi')).length;
  if (capitals < letters.length * 0.8) return false;
  const folded = compact(text);
  return ON_BEHALF.test(text) || titles.some((title) => folded.startsWith(title));
}

function titleAbove(name: Segment, titles: readonly Segment[]): Segment | undefined {
  return titles.findLast(
    (title) =>
      title.bottom >= name.bottom && title.bottom - name.top <= MAX_DISTANCE_PT && isSameColumn(title, name, 0.5),
  );
}

/** From the name up to whatever stands above it in its column. */
function roomAbove(name: Segment, segments: readonly Segment[], shown: Size): Place {
  const ceiling = Math.min(
    shown.height,
    ...segments
      .filter((other) => other.bottom >= name.top - CLEARANCE_PT && isSameColumn(other, name, 0))
      .map((other) => other.bottom),
  );
  const free = ceiling - name.top - 2 * CLEARANCE_PT;
  const height = free < LEAST_ROOM_PT ? LEAST_ROOM_PT : Math.min(free, MOST_ROOM_PT);
  const bottom =
    free > MOST_ROOM_PT ? name.top + CLEARANCE_PT : name.top + CLEARANCE_PT + Math.max(0, (free - height) / 2);
  return roomAt(name, bottom, height, shown);
}

/** Below a title, when there is room at all: forms leave the name to whoever signs. */
function roomBelow(title: Segment, segments: readonly Segment[], shown: Size): Place | null {
  const floor = Math.max(
    BOTTOM_MARGIN_PT,
    ...segments
      .filter((other) => other.top <= title.bottom + CLEARANCE_PT && isSameColumn(other, title, 0))
      .map((other) => other.top),
  );
  const free = title.bottom - floor - 2 * CLEARANCE_PT;
  if (free < LEAST_ROOM_PT) return null;
  const height = Math.min(free, USUAL_ROOM_PT);
  return roomAt(title, title.bottom - CLEARANCE_PT - height, height, shown);
}

function roomAt(column: Segment, bottom: number, height: number, shown: Size): Place {
  const width = Math.min(SIGNATURE_ROOM.width, shown.width);
  const middle = (column.left + column.right) / 2;
  return slideInside([middle - width / 2, bottom, width, Math.min(height, shown.height)], shown);
}

/** One above the other: they overlap by this share of the narrower one. */
function isSameColumn(one: Segment, other: Segment, share: number): boolean {
  const overlap = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  return overlap > share * Math.min(one.right - one.left, other.right - other.left);
}

function isRightBelow(upper: Segment, lower: Segment): boolean {
  const height = upper.top - upper.bottom;
  const distance = upper.bottom - lower.top;
  return distance > -height && distance < height && isSameColumn(upper, lower, 0.3);
}

function surround(one: Segment, other: Segment): Segment {
  return {
    text: `${one.text} ${other.text}`,
    left: Math.min(one.left, other.left),
    right: Math.max(one.right, other.right),
    bottom: Math.min(one.bottom, other.bottom),
    top: Math.max(one.top, other.top),
  };
}
