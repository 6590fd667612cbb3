/** @file Papers on a glass whose lid is dark or coloured: the lid is what the page's rim shows and paper is not. */
import { filledArea, findPatches, type Patch } from './patches.ts';
import { smallestRectangle } from './rectangle.ts';
import type { SmallPage } from './small-page.ts';

/** Paper may be tinted, a lid may be grey: they differ by this in some plane, or what is seen is one sheet. */
const LEAST_CONTRAST = 45;
/** How far a lid's pixel may be from the lid's own colour: dust, the fall of the lamp. */
const LID_SLACK = 32;
const RIM_MM = 1.2;
/** A strip along one side of A4 is a tenth of the rim; less is a shadow in a corner. */
const LEAST_RIM_SHARE = 0.04;
/** A sheet fills its own rectangle; a block of text or a picture on a coloured page does not. */
const LEAST_FILL = 0.93;
/** The least that is a thing on the glass and not dust. */
const LEAST_MM2 = 4;
const SHEET_MM2 = 1_500;
/** The brightest pixels of a page, of every seventh that is looked at. */
const BRIGHT_SHARE = 0.08;
const SAMPLE_STEP = 7;

/** What lies on the lid, sheets first; null when the rim shows no lid. */
export function findSheetsOnLid(page: SmallPage): readonly Patch[] | null {
  const { width, height, pixelsPerMm } = page;
  const rim = rimOf(page, Math.max(1, Math.round(RIM_MM * pixelsPerMm)));
  const paper = brightColour(page);
  const strange = rim.filter((at) => distance(page, at, paper) > LEAST_CONTRAST);
  if (strange.length < rim.length * LEAST_RIM_SHARE) return null;
  const lid = medianColour(page, strange);
  const mask = new Uint8Array(width * height).fill(1);
  const queue = strange.filter((at) => distance(page, at, lid) <= LID_SLACK);
  for (const at of queue) mask[at] = 0;
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const x = at % width;
    const neighbours = [x > 0 ? at - 1 : -1, x + 1 < width ? at + 1 : -1, at - width, at + width];
    for (const next of neighbours) {
      if (mask[next] !== 1 || distance(page, next, lid) > LID_SLACK) continue;
      mask[next] = 0;
      queue.push(next);
    }
  }
  const things = findPatches(mask, width, height, LEAST_MM2 * pixelsPerMm ** 2).sort((a, b) => b.pixels - a.pixels);
  const sheets = things.filter(({ pixels }) => pixels >= SHEET_MM2 * pixelsPerMm ** 2);
  return sheets.length > 0 && sheets.every(isSheet) ? things : null;
}

function isSheet(patch: Patch): boolean {
  const rectangle = smallestRectangle(patch.outline);
  return rectangle !== null && filledArea(patch) >= LEAST_FILL * rectangle.width * rectangle.height;
}

function rimOf({ width, height }: SmallPage, depth: number): number[] {
  const rim: number[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (x < depth || y < depth || x >= width - depth || y >= height - depth) rim.push(y * width + x);
  return rim;
}

type Colour = readonly [number, number, number];

/** The brighter end of the page: paper, whatever the lid. */
function brightColour(page: SmallPage): Colour {
  const { data } = page;
  const brightness = (at: number): number =>
    (data[at * 3] as number) + (data[at * 3 + 1] as number) + (data[at * 3 + 2] as number);
  const counts = new Uint32Array(3 * 255 + 1);
  const samples: number[] = [];
  for (let at = 0; at < page.width * page.height; at += SAMPLE_STEP) {
    samples.push(at);
    counts[brightness(at)]!++;
  }
  let least = counts.length - 1;
  for (let seen = counts[least] as number; seen < samples.length * BRIGHT_SHARE; seen += counts[least] as number)
    least--;
  return medianColour(
    page,
    samples.filter((at) => brightness(at) >= least),
  );
}

function medianColour({ data }: SmallPage, pixels: readonly number[]): Colour {
  const middle = (plane: number): number => {
    const values = pixels.map((at) => data[at * 3 + plane] ?? 0).sort((a, b) => a - b);
    return values[values.length >> 1] ?? 0;
  };
  return [middle(0), middle(1), middle(2)];
}

function distance({ data }: SmallPage, at: number, [red, green, blue]: Colour): number {
  return Math.max(
    Math.abs((data[at * 3] ?? 0) - red),
    Math.abs((data[at * 3 + 1] ?? 0) - green),
    Math.abs((data[at * 3 + 2] ?? 0) - blue),
  );
}
