/** @file What a page really shows: MuPDF's pixels in colour, poppler's words with their boxes. 72 dots per inch: a pixel is a point. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DrawnPage {
  readonly width: number;
  readonly height: number;
  /** From the top left. */
  colour(x: number, y: number): readonly [red: number, green: number, blue: number];
  /** Left, top, right, bottom of all pixels of a kind, null when there is none. */
  extent(
    isWanted: (red: number, green: number, blue: number) => boolean,
  ): readonly [number, number, number, number] | null;
}

export const isBlue = (red: number, green: number, blue: number): boolean => blue > red + 60 && blue > green + 60;
export const isRed = (red: number, green: number, blue: number): boolean => red > blue + 60 && red > green + 60;
export const isDark = (red: number, green: number, blue: number): boolean => red < 140 && green < 140 && blue < 140;

export function drawPage(folder: string, pdf: Buffer, page = 1): DrawnPage {
  const path = join(folder, 'drawn.pdf');
  writeFileSync(path, pdf);
  const image = execFileSync(
    'mutool',
    ['draw', '-q', '-r', '72', '-c', 'rgb', '-F', 'ppm', '-o', '-', path, String(page)],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 28,
    },
  );
  const header = /^P6\s+(?:#.*\s+)*(\d+)\s+(\d+)\s+255\s/.exec(image.toString('latin1', 0, 200));
  if (!header) throw new Error('no picture');
  const [width, height] = [Number(header[1]), Number(header[2])];
  const pixels = image.subarray(header[0].length);
  const colour = (x: number, y: number): readonly [number, number, number] => {
    const at = (y * width + x) * 3;
    return [pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0];
  };
  return {
    width,
    height,
    colour,
    extent(isWanted) {
      let [left, top, right, bottom] = [width, height, -1, -1];
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          if (!isWanted(...colour(x, y))) continue;
          left = Math.min(left, x);
          right = Math.max(right, x + 1);
          top = Math.min(top, y);
          bottom = Math.max(bottom, y + 1);
        }
      return right < 0 ? null : [left, top, right, bottom];
    },
  };
}

export interface PlacedWord {
  readonly text: string;
  /** Left, top, right, bottom in points from the top left of the page as displayed. */
  readonly box: readonly [number, number, number, number];
}

export function placedWords(folder: string, pdf: Buffer): readonly PlacedWord[] {
  const path = join(folder, 'words.pdf');
  writeFileSync(path, pdf);
  const html = execFileSync('pdftotext', ['-bbox', '-cropbox', path, '-'], { encoding: 'utf8' });
  return [
    ...html.matchAll(/<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)<\/word>/g),
  ].map(([, left, top, right, bottom, text = '']) => ({
    text: text.replaceAll('&amp;', '&').normalize('NFC'),
    box: [Number(left), Number(top), Number(right), Number(bottom)] as const,
  }));
}
