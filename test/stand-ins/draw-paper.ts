/** @file A paper as a scanner would give it: lines of text set in the type of official papers, 200 dots per inch. */
import { fileURLToPath } from 'node:url';
import sharp, { type OutputInfo } from 'sharp';

interface Face {
  /** Name and size in points. */
  readonly font: string;
  readonly file: string;
}

const fileOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const SERIF: Face = { font: 'Liberation Serif 13', file: fileOf('resources/fonts/LiberationSerif-Regular.ttf') };
/** Its zeros have dots in them. */
export const TYPEWRITER: Face = {
  font: 'Liberation Mono 10',
  file: fileOf('test/fixtures/fonts/LiberationMono-Regular.ttf'),
};
const WIDTH_PX = 1654;
const HEIGHT_PX = 2339;
const MARGIN_PX = 130;
const PITCH_PX = 60;
const GAP_PX = 90;
/** The fixtures are measured on a typewriter of 22 pixels a letter; print is narrower. */
const PLACE_SCALE = 0.62;
const TALLEST = 'Ẵg';

/** One line each, in the notation of the fixtures: `\t` is a wide gap, `text@700` stands at a place of its own. */
export async function drawPaper(lines: readonly string[], face = SERIF): Promise<Buffer> {
  const pieces: { input: Buffer; left: number; top: number }[] = [];
  for (const [index, line] of lines.entries()) {
    let left = MARGIN_PX;
    for (const cell of line.split('\t').filter((text) => text.trim() !== '')) {
      const placed = /^(.*)@(\d+)$/.exec(cell);
      if (placed) left = MARGIN_PX + Math.round(Number(placed[2]) * PLACE_SCALE);
      const text = (placed?.[1] ?? cell).trim();
      const { data, info } = await drawText(text, face);
      pieces.push({ input: data, left, top: 150 + index * PITCH_PX });
      left += info.width + GAP_PX;
    }
  }
  return sharp({ create: { width: WIDTH_PX, height: HEIGHT_PX, channels: 3, background: '#fff' } })
    .composite(pieces)
    .withMetadata({ density: 200 })
    .jpeg({ quality: 80 })
    .toBuffer();
}

/** Every piece has the height of the tallest letters, so that words with and without descenders share a baseline. */
async function drawText(text: string, face: Face): Promise<{ data: Buffer; info: OutputInfo }> {
  // Pango cuts a picture to its ink: the tallest letters in front keep the baseline where it is, and are cut off again.
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const drawn = await setType(`${TALLEST}${escaped}`, face);
  const bar = await setType(TALLEST, face);
  const left = bar.info.width + 2;
  return sharp(drawn.data)
    .extract({ left, top: 0, width: drawn.info.width - left, height: drawn.info.height })
    .png()
    .toBuffer({ resolveWithObject: true });
}

function setType(text: string, face: Face): Promise<{ data: Buffer; info: OutputInfo }> {
  return sharp({
    text: { text: `<span>${text}</span>`, font: face.font, fontfile: face.file, dpi: 200, rgba: true },
  })
    .png()
    .toBuffer({ resolveWithObject: true });
}
