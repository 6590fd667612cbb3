/** @file The page tree, with what pages inherit (ISO 32000-2, 7.7.3). */
import type { PdfDocument } from './document.ts';
import { PdfDamaged, type PdfDict, type PdfReference, type PdfValue } from './values.ts';

export interface Page {
  readonly reference: PdfReference;
  readonly dict: PdfDict;
  /** Left, bottom, right, top in user space: what is shown, before rotation. */
  readonly cropBox: readonly [number, number, number, number];
  /** Clockwise, degrees. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Points per unit of user space. */
  readonly userUnit: number;
}

const MAX_PAGES = 100_000;
const MAX_DEPTH = 64;
const INHERITED = ['MediaBox', 'CropBox', 'Rotate'] as const;
const A4: readonly [number, number, number, number] = [0, 0, 595.28, 841.89];

/** All pages in order. @throws PdfDamaged for a tree with a circle, without end, or with things that are no pages. */
export function listPages(document: PdfDocument): Page[] {
  const pages: Page[] = [];
  const seen = new Set<number>();
  const visit = (value: PdfValue | undefined, inherited: ReadonlyMap<string, PdfValue>, depth: number): void => {
    if (value?.kind !== 'reference' || seen.has(value.number) || depth > MAX_DEPTH)
      throw new PdfDamaged('page tree is not a tree');
    seen.add(value.number);
    const node = document.resolve(value);
    if (node.kind !== 'dict') throw new PdfDamaged(`object ${value.number} is not a page`);
    const known = new Map(inherited);
    for (const key of INHERITED) {
      const own = node.entries.get(key);
      if (own) known.set(key, own);
    }
    const kids = document.entry(node, 'Kids');
    if (kids.kind === 'array') {
      for (const kid of kids.items) visit(kid, known, depth + 1);
      return;
    }
    if (pages.length >= MAX_PAGES) throw new PdfDamaged('too many pages');
    pages.push(readPage(document, value, node, known));
  };
  visit(document.catalog.entries.get('Pages'), new Map(), 0);
  if (pages.length === 0) throw new PdfDamaged('the document has no pages');
  return pages;
}

/** A rectangle of user space as left, bottom, width and height in points of the page as displayed. */
export function toDisplaySpace(page: Page, rect: Page['cropBox']): readonly [number, number, number, number] {
  const [left, bottom, right, top] = page.cropBox;
  const corner = (x: number, y: number): readonly [number, number] => {
    switch (page.rotation) {
      case 0:
        return [x - left, y - bottom];
      case 90:
        return [y - bottom, right - x];
      case 180:
        return [right - x, top - y];
      case 270:
        return [top - y, x - left];
    }
  };
  const [ax, ay] = corner(rect[0], rect[1]);
  const [bx, by] = corner(rect[2], rect[3]);
  const unit = page.userUnit;
  return [Math.min(ax, bx) * unit, Math.min(ay, by) * unit, Math.abs(ax - bx) * unit, Math.abs(ay - by) * unit];
}

function readPage(
  document: PdfDocument,
  reference: PdfReference,
  dict: PdfDict,
  inherited: ReadonlyMap<string, PdfValue>,
): Page {
  const media = readBox(document, inherited.get('MediaBox')) ?? A4;
  const crop = readBox(document, inherited.get('CropBox'));
  const shown = crop ? intersect(crop, media) : media;
  const rotate = document.resolve(inherited.get('Rotate'));
  const turns = rotate.kind === 'number' ? ((Math.round(rotate.value / 90) % 4) + 4) % 4 : 0;
  const unit = document.entry(dict, 'UserUnit');
  return {
    reference,
    dict,
    cropBox: shown,
    rotation: ([0, 90, 180, 270] as const)[turns] ?? 0,
    userUnit: unit.kind === 'number' && unit.value > 0 ? unit.value : 1,
  };
}

/** Four numbers as left, bottom, right, top; undefined when they are not that. */
export function readBox(
  document: PdfDocument,
  value: PdfValue | undefined,
): readonly [number, number, number, number] | undefined {
  const box = document.resolve(value);
  if (box.kind !== 'array' || box.items.length !== 4) return undefined;
  const [a, b, c, d] = box.items.map((item) => {
    const corner = document.resolve(item);
    return corner.kind === 'number' ? corner.value : Number.NaN;
  }) as [number, number, number, number];
  if ([a, b, c, d].some((corner) => !Number.isFinite(corner))) return undefined;
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

function intersect(a: Page['cropBox'], b: Page['cropBox']): Page['cropBox'] {
  const both = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])] as const;
  return both[0] < both[2] && both[1] < both[3] ? both : b;
}
