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

/** Divides by the paper: paper becomes 255, ink keeps its share of it. */
export function flattenBackground(image: GreyImage, paper: PaperMap = measurePaper(image)): GreyImage {
  const { data, width, height } = image;
  const flat = new Uint8Array(data.length);
  const leftBlock = new Uint16Array(width);
  const rightShare = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    const position = blockPosition(x, paper.columns);
    leftBlock[x] = position.block;
    rightShare[x] = position.share;
  }
  const level = new Float32Array(paper.columns + 1);
  for (let y = 0; y < height; y++) {
    const { block, share } = blockPosition(y, paper.rows);
    const above = block * paper.columns;
    const below = Math.min(block + 1, paper.rows - 1) * paper.columns;
    for (let column = 0; column < paper.columns; column++) {
      const top = paper.data[above + column] as number;
      level[column] = top + ((paper.data[below + column] as number) - top) * share;
    }
    level[paper.columns] = level[paper.columns - 1] as number;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const left = level[leftBlock[x] as number] as number;
      const white = left + ((level[(leftBlock[x] as number) + 1] as number) - left) * (rightShare[x] as number);
      // A block without paper (black edge, photograph) would be amplified into noise: never divide by less than 40.
      const value = ((data[at] as number) * 255) / (white < 40 ? 40 : white);
      flat[at] = value > 255 ? 255 : value;
    }
  }
  return { data: flat, width, height };
}

/** Between which two block centres a pixel lies, and how far on the way to the second. */
function blockPosition(pixel: number, blocks: number): { block: number; share: number } {
  const position = Math.min(Math.max((pixel + 0.5) / BLOCK_PX - 0.5, 0), blocks - 1);
  const block = Math.floor(position);
  return { block, share: position - block };
}
