import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkDigit, parseMachineReadableZone } from '../../../main/people/machine-readable-zone.ts';

const LINES = ['IDVNM0900001233001090000123<<4', '9008157M3008155VNM<<<<<<<<<<<0', 'NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<'];

test('reads number, birth, sex, end and spelling', () => {
  expect(parseMachineReadableZone(LINES)).toEqual({
    ok: true,
    zone: {
      idNumber: '001090000123',
      birthDate: '1990-08-15',
      sex: 'male',
      expiresOn: '2030-08-15',
      plainName: 'NGUYEN VAN A',
    },
  });
});

test('computes the check digits of the standard (ICAO 9303-3, 4.9)', () => {
  expect(checkDigit('520727')).toBe('3');
  expect(checkDigit('AB2134<<<')).toBe('5');
});

describe('refuses', () => {
  test('every single wrong digit in the two lines under check digits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1 }),
        fc.integer({ min: 0, max: 29 }),
        fc.integer({ min: 1, max: 9 }),
        (line, at, step) => {
          const original = LINES[line] ?? '';
          const digit = original[at] ?? '';
          if (!/\d/.test(digit)) return;
          const wrong = original.slice(0, at) + ((Number(digit) + step) % 10) + original.slice(at + 1);
          const lines = LINES.map((text, index) => (index === line ? wrong : text));
          expect(parseMachineReadableZone(lines).ok).toBe(false);
        },
      ),
      { numRuns: 400 },
    );
  });

  test.each([
    ['another country', LINES.map((line) => line.replace('VNM', 'LAO'))],
    ['two lines', LINES.slice(0, 2)],
    ['a short line', [LINES[0] ?? '', LINES[1] ?? '', 'NGUYEN<<VAN<A']],
    ['small letters', LINES.map((line) => line.toLowerCase())],
    ['a name with a digit', [LINES[0] ?? '', LINES[1] ?? '', 'NGUYEN<<VAN<4<<<<<<<<<<<<<<<<<']],
  ])('%s', (_what, lines) => expect(parseMachineReadableZone(lines).ok).toBe(false));

  test('a sex or a year that the personal number contradicts', () => {
    const woman = [LINES[0] ?? '', (LINES[1] ?? '').replace('7M3', '7F3'), LINES[2] ?? ''];
    expect(parseMachineReadableZone(woman)).toEqual({ ok: false, faults: ['sex does not fit the number'] });
  });
});
