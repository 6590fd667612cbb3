/** @file What scanners and copiers do to a page: tilt, tint, blur, grain, lost contrast, compression. */
import sharp from 'sharp';
import type { Random } from './vary-paper.ts';

export type Condition = 'office' | 'poor' | 'seal';

interface Damage {
  readonly skewDeg: readonly [number, number];
  readonly paper: readonly [number, number, number];
  readonly blurPx: number;
  readonly contrast: number;
  readonly noise: number;
  readonly quality: readonly [number, number];
  readonly isGrey: boolean;
}

const DAMAGE: Readonly<Record<Condition, Damage>> = {
  office: {
    skewDeg: [0.5, 1.6],
    paper: [250, 246, 236],
    blurPx: 0.5,
    contrast: 0.92,
    noise: 5,
    quality: [60, 75],
    isGrey: false,
  },
  poor: {
    skewDeg: [1.8, 3],
    paper: [232, 230, 224],
    blurPx: 0.8,
    contrast: 0.56,
    noise: 7,
    quality: [45, 50],
    isGrey: true,
  },
  seal: {
    skewDeg: [0.3, 1],
    paper: [252, 251, 247],
    blurPx: 0.5,
    contrast: 0.95,
    noise: 4,
    quality: [65, 75],
    isGrey: false,
  },
};

/** @returns a JPEG that says it has 200 dots per inch */
export async function worsen(png: Buffer, condition: Condition, random: Random): Promise<Buffer> {
  const damage = DAMAGE[condition];
  const between = ([least, most]: readonly [number, number]): number => least + (most - least) * random();
  const skewDeg = between(damage.skewDeg) * (random() < 0.5 ? -1 : 1);
  const { width = 0, height = 0 } = await sharp(png).metadata();
  const turned = await sharp(png)
    .flatten({ background: '#fff' })
    .rotate(skewDeg, { background: '#fff' })
    .toBuffer({ resolveWithObject: true });
  const { data, info } = await sharp(turned.data)
    .extract({
      left: Math.max(0, (turned.info.width - width) >> 1),
      top: Math.max(0, (turned.info.height - height) >> 1),
      width,
      height,
    })
    .blur(damage.blurPx)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  for (let at = 0; at < data.length; at += 3) {
    // Twelve uniform numbers would be a better bell; three are enough for grain.
    const grain = (random() + random() + random() - 1.5) * 2 * damage.noise;
    for (let plane = 0; plane < 3; plane++) {
      const ink = 255 - (data[at + plane] as number);
      const value =
        (damage.paper[plane] as number) - ink * damage.contrast * ((damage.paper[plane] as number) / 255) + grain;
      data[at + plane] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  const page = sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } });
  return (damage.isGrey ? page.greyscale() : page)
    .withMetadata({ density: 200 })
    .jpeg({ quality: Math.round(between(damage.quality)) })
    .toBuffer();
}
