import { expect, test } from 'vitest';
import { pinLengths } from '../../../main/token/token-flags.ts';

test.each<[string, number, number, number, number]>([
  ['limits as usual', 4, 16, 4, 16],
  ['one length only', 8, 8, 8, 8],
  ['unavailable', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 255],
  ['unavailable, written in 32 of 64 bits', 0xffff_ffff, 0xffff_ffff, 0, 255],
  ['effectively infinite', 4, 0, 4, 255],
  ['a maximum below the minimum', 6, 4, 6, 255],
  ['a maximum that no token has', 4, 4_096, 4, 255],
])(
  'what a driver says about the length of a PIN, %s, becomes limits a PIN can keep',
  (_, min, max, shownMin, shownMax) =>
    expect(pinLengths({ minPinLength: min, maxPinLength: max })).toEqual({
      minPinLength: shownMin,
      maxPinLength: shownMax,
    }),
);
