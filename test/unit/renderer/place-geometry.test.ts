import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box } from '../../../preload/types.ts';
import {
  fitOnto,
  inMillimetres,
  moveBy,
  POINTS_PER_MM,
  resizeBy,
  type PageSize,
} from '../../../renderer/screens/signing/place-geometry.ts';

const A4: PageSize = { width: 595, height: 842 };
const somewhere = fc.double({ min: -2_000, max: 2_000, noNaN: true });
const anyPage = fc.record({
  width: fc.integer({ min: 60, max: 3_000 }),
  height: fc.integer({ min: 60, max: 3_000 }),
});
const boxOn = (page: PageSize): fc.Arbitrary<Box> =>
  fc
    .tuple(...[0, 1, 2, 3].map(() => fc.double({ min: 0.05, max: 0.5, noNaN: true })))
    .map(([x = 0, y = 0, w = 0, h = 0]): Box => [x * page.width, y * page.height, w * page.width, h * page.height]);
const moves = anyPage.chain((page) => fc.tuple(fc.constant(page), boxOn(page), somewhere, somewhere));

function expectInside([x, y, width, height]: Box, page: PageSize): void {
  expect(x).toBeGreaterThanOrEqual(0);
  expect(y).toBeGreaterThanOrEqual(0);
  expect(x + width).toBeLessThanOrEqual(page.width + 1e-6);
  expect(y + height).toBeLessThanOrEqual(page.height + 1e-6);
  expect(width).toBeGreaterThan(0);
  expect(height).toBeGreaterThan(0);
}

describe('the frame of a signature', () => {
  test('moved anywhere keeps its size and stays on the page', () => {
    fc.assert(
      fc.property(moves, ([page, box, dx, dy]) => {
        const moved = moveBy(box, dx, dy, page);
        expectInside(moved, page);
        expect(moved.slice(2)).toEqual(box.slice(2));
      }),
    );
  });

  test('drawn to any size stays on the page, its upper left corner where it was', () => {
    fc.assert(
      fc.property(moves, ([page, box, dx, dy]) => {
        const sized = resizeBy(box, dx, dy, page);
        expect(sized[0]).toBe(box[0]);
        expect(sized[1] + sized[3]).toBeCloseTo(box[1] + box[3], 6);
        expect(sized[2]).toBeGreaterThan(0);
        expect(sized[3]).toBeGreaterThan(0);
        expect(sized[0] + sized[2]).toBeLessThanOrEqual(Math.max(page.width, box[0] + 15 * POINTS_PER_MM) + 1e-6);
      }),
    );
  });

  test('put on a smaller page comes inside it', () => {
    fc.assert(fc.property(anyPage, anyPage.chain(boxOn), (page, box) => expectInside(fitOnto(box, page), page)));
  });

  test('a step of a millimetre is a millimetre, up is up', () => {
    const box: Box = [100, 100, 170, 70];
    expect(moveBy(box, POINTS_PER_MM, 0, A4)[0]).toBeCloseTo(102.83, 2);
    expect(moveBy(box, 0, 10 * POINTS_PER_MM, A4)[1]).toBeCloseTo(128.35, 2);
    expect(inMillimetres(box)).toEqual([35, 35, 60, 25]);
  });
});
