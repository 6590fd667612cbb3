/** @file A scanner's glass: papers and cards laid on it, the lid behind them, and what lamps, sensors and copiers add. */
import { createCanvas, loadImage } from '@napi-rs/canvas';
import sharp, { type Sharp } from 'sharp';

export interface Laid {
  readonly picture: Buffer;
  /** True size and the upper left corner on the glass, before it is turned about its middle. */
  readonly widthMm: number;
  readonly heightMm: number;
  readonly xMm: number;
  readonly yMm: number;
  readonly turnDeg?: number;
}

export type Lid = 'white' | 'shadowed' | 'black' | 'grey' | 'blue';
export type Condition = 'clean' | 'office' | 'poor' | 'photocopy';

export interface Glass {
  readonly dpi: number;
  readonly lid: Lid;
  readonly condition: Condition;
  readonly widthMm?: number;
  readonly heightMm?: number;
  readonly seed?: number;
}

const LID_COLOURS: Readonly<Record<Lid, string>> = {
  white: '#fcfcfb',
  shadowed: '#fbfbfa',
  black: '#141416',
  grey: '#8f9092',
  blue: '#5577a8',
};

export async function layOnGlass(laid: readonly Laid[], glass: Glass): Promise<Buffer> {
  const mm = glass.dpi / 25.4;
  const width = Math.round((glass.widthMm ?? 210) * mm);
  const height = Math.round((glass.heightMm ?? 297) * mm);
  const canvas = createCanvas(width, height);
  const pen = canvas.getContext('2d');
  pen.fillStyle = LID_COLOURS[glass.lid];
  pen.fillRect(0, 0, width, height);
  for (const one of laid) {
    const picture = await loadImage(one.picture);
    pen.save();
    pen.translate((one.xMm + one.widthMm / 2) * mm, (one.yMm + one.heightMm / 2) * mm);
    pen.rotate(((one.turnDeg ?? 0) * Math.PI) / 180);
    if (glass.lid === 'shadowed') {
      pen.shadowColor = 'rgba(0,0,0,0.42)';
      pen.shadowBlur = 0.8 * mm;
      pen.shadowOffsetX = 0.35 * mm;
      pen.shadowOffsetY = 0.35 * mm;
    }
    pen.drawImage(picture, (-one.widthMm / 2) * mm, (-one.heightMm / 2) * mm, one.widthMm * mm, one.heightMm * mm);
    pen.restore();
  }
  const { data } = pen.getImageData(0, 0, width, height);
  return scanAs(Buffer.from(data.buffer), width, height, glass);
}

/** The same sheet as different machines see it. */
async function scanAs(rgba: Buffer, width: number, height: number, glass: Glass): Promise<Buffer> {
  const image = sharp(rgba, { raw: { width, height, channels: 4 } }).removeAlpha();
  const random = randomOf(glass.seed ?? 1);
  const noisy = async (pipeline: Sharp, sigma: number, shade: number): Promise<Buffer> => {
    const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
    const { channels } = info;
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += channels) {
        const noise = sigma * (random() + random() + random() - 1.5) * 2;
        const light = 1 - shade * (0.5 + 0.5 * Math.sin((x / width) * 2.6 + (y / height) * 1.7));
        for (let plane = at; plane < at + channels; plane++)
          data[plane] = Math.max(0, Math.min(255, (data[plane] ?? 0) * light + noise));
      }
    }
    return data;
  };
  const raw = (data: Buffer): Sharp =>
    sharp(data, { raw: { width, height, channels: (data.length / width / height) as 1 | 3 } });
  const density = { density: glass.dpi };
  switch (glass.condition) {
    case 'clean':
      return image.withMetadata(density).jpeg({ quality: 85 }).toBuffer();
    case 'office':
      return raw(await noisy(image.blur(0.6), 4, 0.04))
        .withMetadata(density)
        .jpeg({ quality: 75 })
        .toBuffer();
    case 'poor': {
      const weak = await noisy(image.blur(1.1).linear(0.5, 105), 7, 0.12);
      return raw(weak).withMetadata(density).jpeg({ quality: 45 }).toBuffer();
    }
    case 'photocopy': {
      const grey = await noisy(image.blur(0.8).greyscale(), 14, 0.1);
      const copied = await raw(grey).threshold(150).raw().toBuffer();
      return raw(copied).blur(0.5).withMetadata(density).jpeg({ quality: 70 }).toBuffer();
    }
  }
}

/** Mulberry32: the same page for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
