import { describe, expect, test } from 'vitest';
import { shapeOfSize } from '../../../../main/imaging/page-shape/paper-sizes.ts';

describe('a paper is told by its true size, either way round', () => {
  test.each([
    [210, 297, 'a4'],
    [297, 210, 'a4'],
    [215, 299, 'a4'],
    [148, 210, 'a5'],
    [297, 420, 'a3'],
    [85.6, 54, 'card'],
    [52, 84, 'card'],
    [216, 356, 'other'],
    [125, 176, 'other'],
    [0, 0, 'other'],
  ] as const)('%s × %s mm', (width, height, shape) => {
    expect(shapeOfSize(width, height)).toBe(shape);
  });
});
