import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clipBox,
  toPreparedBox,
  toPreparedPoint,
  toStoredBox,
  toStoredPoint,
  unionBox,
  type PageGeometry,
  type Rotation,
} from '../../../../main/imaging/recognition/geometry.ts';

const geometries: fc.Arbitrary<PageGeometry> = fc
  .record({
    storedWidthPx: fc.integer({ min: 50, max: 5000 }),
    storedHeightPx: fc.integer({ min: 50, max: 5000 }),
    rotation: fc.constantFrom<Rotation>(0, 90, 180, 270),
    skewDeg: fc.double({ min: -5, max: 5, noNaN: true }),
    scale: fc.double({ min: 0.5, max: 2.5, noNaN: true }),
  })
  .map((geometry) => ({
    ...geometry,
    preparedWidthPx: geometry.storedWidthPx * 2,
    preparedHeightPx: geometry.storedHeightPx * 2,
  }));
const boxes = fc.tuple(
  fc.integer({ min: 0, max: 4000 }),
  fc.integer({ min: 0, max: 4000 }),
  fc.integer({ min: 1, max: 900 }),
  fc.integer({ min: 1, max: 90 }),
);

describe('geometry of a prepared page', () => {
  it('brings every point back to where it was', () => {
    fc.assert(
      fc.property(
        geometries,
        fc.integer({ min: 0, max: 5000 }),
        fc.integer({ min: 0, max: 5000 }),
        (geometry, x, y) => {
          const [px, py] = toPreparedPoint(geometry, x, y);
          const [sx, sy] = toStoredPoint(geometry, px, py);
          expect(sx).toBeCloseTo(x, 6);
          expect(sy).toBeCloseTo(y, 6);
        },
      ),
    );
  });

  it('brings every box back with its own size', () => {
    fc.assert(
      fc.property(geometries, boxes, (geometry, box) => {
        const back = toStoredBox(geometry, toPreparedBox(geometry, box));
        box.forEach((value, index) => expect(back[index]).toBeCloseTo(value, 6));
      }),
    );
  });

  it('keeps what is on the page on the page for whole quarter turns', () => {
    fc.assert(
      fc.property(
        geometries,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (geometry, u, v) => {
          const isOnSide = geometry.rotation % 180 === 90;
          const upright = { ...geometry, skewDeg: 0 };
          const [width, height] = isOnSide
            ? [geometry.storedHeightPx, geometry.storedWidthPx]
            : [geometry.storedWidthPx, geometry.storedHeightPx];
          const level = {
            ...upright,
            preparedWidthPx: width * geometry.scale,
            preparedHeightPx: height * geometry.scale,
          };
          const [x, y] = toStoredPoint(level, u * level.preparedWidthPx, v * level.preparedHeightPx);
          expect(x).toBeGreaterThanOrEqual(-1e-6);
          expect(x).toBeLessThanOrEqual(geometry.storedWidthPx + 1e-6);
          expect(y).toBeGreaterThanOrEqual(-1e-6);
          expect(y).toBeLessThanOrEqual(geometry.storedHeightPx + 1e-6);
        },
      ),
    );
  });

  it('finds the top left of an upright page at the right corner of one lying on its side', () => {
    const geometry: PageGeometry = {
      storedWidthPx: 300,
      storedHeightPx: 200,
      rotation: 90,
      skewDeg: 0,
      scale: 1,
      preparedWidthPx: 200,
      preparedHeightPx: 300,
    };
    // Turned clockwise by a quarter the stored bottom left becomes the top left.
    expect(toStoredPoint(geometry, 0, 0)).toEqual([0, 200]);
    expect(toStoredBox(geometry, [10, 20, 60, 8])).toEqual([20, 130, 8, 60]);
  });

  it('turns a line that falls to the right back to level', () => {
    const geometry: PageGeometry = {
      storedWidthPx: 1000,
      storedHeightPx: 1000,
      rotation: 0,
      skewDeg: 2,
      scale: 1,
      preparedWidthPx: 1000,
      preparedHeightPx: 1000,
    };
    const [, left] = toPreparedPoint(geometry, 100, 500 - 400 * Math.tan((2 * Math.PI) / 180));
    const [, right] = toPreparedPoint(geometry, 900, 500 + 400 * Math.tan((2 * Math.PI) / 180));
    expect(left).toBeCloseTo(right, 6);
  });

  it('cuts boxes to the image and never to nothing', () => {
    fc.assert(
      fc.property(
        fc.tuple(
          fc.integer({ min: -500, max: 2000 }),
          fc.integer({ min: -500, max: 2000 }),
          fc.integer({ min: 0, max: 900 }),
          fc.integer({ min: 0, max: 900 }),
        ),
        (box) => {
          const [x, y, width, height] = clipBox(box, 800, 600);
          expect(x).toBeGreaterThanOrEqual(0);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(width).toBeGreaterThanOrEqual(1);
          expect(height).toBeGreaterThanOrEqual(1);
          expect(x + width).toBeLessThanOrEqual(800);
          expect(y + height).toBeLessThanOrEqual(600);
        },
      ),
    );
  });

  it('joins boxes into the smallest one around them', () => {
    expect(
      unionBox([
        [10, 10, 5, 5],
        [30, 8, 10, 4],
      ]),
    ).toEqual([10, 8, 30, 7]);
    expect(unionBox([])).toBeNull();
  });
});
