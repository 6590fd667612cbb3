/**
 * @file Background flattening: divides a page by its own paper, so that tint, shadow and a weak lamp become white. Only
 * for recognition; the stored image keeps its background.
 */
import type { GreyImage } from './raster.ts';

const BLOCK_PX = 32;
const PAPER_PERCENTILE = 0.8;

/** The paper's brightness over the page: one value per 32-px block, to be read bilinearly. */
export interface PaperMap {
  readonly data: Float32Array;
  readonly columns: number;
  readonly rows: number;
}

/** The 80th percentile of each block: above the ink of a dense line, below the brightest noise. */
export function measurePaper(image: GreyImage): PaperMap {
  const { data, width, height } = image;
  const columns = Math.ceil(width / BLOCK_PX);
  const rows = Math.ceil(height / BLOCK_PX);
  const paper = new Float32Array(columns * rows);
  const histogram = new Uint16Array(256);
  for (let row = 0; row < rows; row++) {
    const top = row * BLOCK_PX;
    const bottom = Math.min(top + BLOCK_PX, height);
    for (let column = 0; column < columns; column++) {
      const left = column * BLOCK_PX;
      const right = Math.min(left + BLOCK_PX, width);
      histogram.fill(0);
      for (let y = top; y < bottom; y++) {
        for (let at = y * width + left, end = y * width + right; at < end; at++) {
          const value = data[at] as number;
          histogram[value] = (histogram[value] as number) + 1;
        }
      }
      const wanted = Math.ceil((bottom - top) * (right - left) * PAPER_PERCENTILE);
      let level = 0;
      for (let seen = histogram[0] as number; seen < wanted && level < 255; seen += histogram[level] as number) level++;
      paper[row * columns + column] = level;
    }
  }
  return { data: paper, columns, rows };
}

/** A block without paper (black edge, photograph) would be amplified into noise: never divide by less. */
const DARKEST_PAPER = 40;

/** `value × 255 / paper` at `paper × 256 + value`: looking it up takes a third of the time of working it out. */
const SHARES = Uint8Array.from({ length: 256 * 256 }, (_, at) =>
  Math.min(255, ((at & 255) * 255) / Math.max(DARKEST_PAPER, at >> 8)),
);

/** Parts of a brightness level that are kept while it is carried from one block to the next. */
const FRACTION_BITS = 16;

/** Divides by the paper: paper becomes 255, ink keeps its share of it. */
export function flattenBackground(image: GreyImage, paper: PaperMap = measurePaper(image)): GreyImage {
  const { data, width, height } = image;
  const flat = new Uint8Array(data.length);
  const levels = new Float64Array(paper.columns + 2);
  for (let y = 0; y < height; y++) {
    paperAlongRow(paper, y, levels);
    // From the middle of one block to the middle of the next; before the first and behind the last it stays as it is.
    for (let span = 0, x = 0; x < width; span++) {
      const end = Math.min(width, span * BLOCK_PX + BLOCK_PX / 2);
      const step = ((levels[span + 1] as number) - (levels[span] as number)) / BLOCK_PX;
      const rise = Math.round(step * 2 ** FRACTION_BITS);
      let white = Math.round(((levels[span] as number) + step / 2 + 0.5) * 2 ** FRACTION_BITS);
      for (let at = y * width + x, last = y * width + end; at < last; at++, white += rise)
        flat[at] = SHARES[((white >> FRACTION_BITS) << 8) | (data[at] as number)] as number;
      x = end;
    }
  }
  return { data: flat, width, height };
}

/** The paper of each block at that row, the first and the last one twice. */
function paperAlongRow({ data, columns, rows }: PaperMap, y: number, levels: Float64Array): void {
  const position = Math.min(Math.max((y + 0.5) / BLOCK_PX - 0.5, 0), rows - 1);
  const above = Math.floor(position);
  const below = Math.min(above + 1, rows - 1);
  for (let column = 0; column < columns; column++) {
    const top = data[above * columns + column] as number;
    levels[column + 1] = top + ((data[below * columns + column] as number) - top) * (position - above);
  }
  levels[0] = levels[1] as number;
  levels[columns + 1] = levels[columns] as number;
}
