/** @file A picture turned back by a small angle about its middle, so that a tilted side lies along one row or column. */
import type { TurnedRectangle } from './rectangle.ts';

export interface Grid {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
  /** A rectangle of this grid as it lies on the picture. */
  readonly toPage: (x: number, y: number, wide: number, high: number, angleDeg: number) => TurnedRectangle;
}

/** @param angleDeg clockwise tilt that becomes level; nearest pixels, 0 outside */
export function turnedGrid(data: Float32Array, width: number, height: number, angleDeg: number): Grid {
  const angle = (angleDeg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned = new Float32Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const v = y - height / 2;
    for (let x = 0; x < width; x++, at++) {
      const u = x - width / 2;
      const px = Math.round(u * cos - v * sin + width / 2);
      const py = Math.round(u * sin + v * cos + height / 2);
      if (px >= 0 && py >= 0 && px < width && py < height) turned[at] = data[py * width + px] as number;
    }
  }
  return {
    data: turned,
    width,
    height,
    toPage: (x, y, wide, high, turnDeg) => {
      const u = x + wide / 2 - width / 2;
      const v = y + high / 2 - height / 2;
      const centre = { x: u * cos - v * sin + width / 2, y: u * sin + v * cos + height / 2 };
      return { centre, width: wide, height: high, angleDeg: turnDeg };
    },
  };
}
