/**
 * @file Is there anything on the page? By connected components, not by the share of dark pixels: a verso that carries one
 * line, a signature or a small code must be kept. A page wrongly kept costs one click, a page wrongly hidden loses evidence.
 */
import { flattenBackground } from './flatten.ts';
import { shrinkDarkest, type ColourImage, type GreyImage } from './raster.ts';

const WORKING_DPI = 100;
const MARGIN = 0.04;
const MIN_MARK_PX = 14;
const NOISE_SIGMAS = 7;
/** Even on a noiseless page paler marks than this are paper, not ink. */
const MIN_DEPTH = 18;

/** True when no mark of at least 14 pixels (at 100 dpi) stands out from the paper by seven times its noise. */
export function isBlankPage(image: ColourImage, dpi: number): boolean {
  const small = shrinkDarkest(image, Math.max(1, Math.round(dpi / WORKING_DPI)));
  const flat = flattenBackground(small);
  const { paper, sigma } = measurePaperNoise(flat);
  return !hasMark(flat, paper - Math.max(NOISE_SIGMAS * sigma, MIN_DEPTH));
}

/** Brightness of the paper and its noise, from the brighter half of the pixels (ink lies in the other). */
function measurePaperNoise(image: GreyImage): { paper: number; sigma: number } {
  const histogram = new Uint32Array(256);
  const { data } = image;
  for (let at = 0; at < data.length; at++) histogram[data[at] as number]!++;
  let paper = 255;
  for (let seen = histogram[255] as number; seen < image.data.length / 2 && paper > 0;)
    seen += histogram[--paper] as number;
  // The median's lower neighbour at 16 % is one standard deviation below it for Gaussian noise.
  let low = paper;
  for (let seen = 0, level = 0; level <= paper; level++) {
    seen += histogram[level] as number;
    if (seen >= image.data.length * 0.16) {
      low = level;
      break;
    }
  }
  return { paper, sigma: Math.min(paper - low, 12) };
}

/** Looks for an 8-connected group of dark pixels; stops at the first that is large enough. */
function hasMark({ data, width, height }: GreyImage, threshold: number): boolean {
  const left = Math.round(width * MARGIN);
  const right = width - left;
  const top = Math.round(height * MARGIN);
  const bottom = height - top;
  const seen = new Uint8Array(data.length);
  const queue: number[] = [];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const start = y * width + x;
      if (seen[start] === 1 || (data[start] as number) >= threshold) continue;
      let size = 0;
      seen[start] = 1;
      queue.push(start);
      for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
        if (++size >= MIN_MARK_PX) return true;
        const column = at % width;
        const row = (at - column) / width;
        for (let ny = Math.max(top, row - 1); ny <= Math.min(bottom - 1, row + 1); ny++) {
          for (let nx = Math.max(left, column - 1); nx <= Math.min(right - 1, column + 1); nx++) {
            const next = ny * width + nx;
            if (seen[next] === 1 || (data[next] as number) >= threshold) continue;
            seen[next] = 1;
            queue.push(next);
          }
        }
      }
    }
  }
  return false;
}
