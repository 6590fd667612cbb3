import { describe, expect, test } from 'vitest';
import { completeCardFields } from '../../../../main/imaging/recognition/card-fields.ts';
import type { TextLine } from '../../../../main/imaging/recognition/lines.ts';

/** Lines 30 pixels apart, letters 10 wide; a number in front is where the line begins. */
function cardOf(...texts: readonly string[]): TextLine[] {
  return texts.map((line, row) => {
    const [, indent = '0', text = ''] = /^(?:(\d+)>)?(.*)$/.exec(line) ?? [];
    let left = Number(indent);
    const words = text.split(' ').map((word) => {
      const box = [left, row * 30, word.length * 10, 20] as const;
      left += word.length * 10 + 10;
      return { text: word, confidence: 90, box };
    });
    return { words, baselineY: row * 30 + 16, heightPx: 20 };
  });
}
const field = (name: string, value: string, box: readonly [number, number, number, number] | null = null) => ({
  name,
  value,
  confidence: 90,
  box,
});
const values = (fields: readonly { name: string; value: string }[]): Record<string, string> =>
  Object.fromEntries(fields.map(({ name, value }) => [name, value]));
const NUMBER = field('idNumber', '038187015329');

describe('a card of 2024, whose labels stand side by side above their values', () => {
  const lines = cardOf(
    'CĂN CƯỚC',
    '038187015329',
    'Họ, chữ đệm và tên khai sinh / Full name',
    'Ó CAO THỊ NGHĨA',
    'Ngày, tháng, năm sinh / Date of birth 600>Giới tính / Sex',
    '25/12/1987 Nữ',
    'Quốc tịch / Nationality Việt Nam',
  );

  test('gives birth date, sex and name by what they look like', () => {
    expect(values(completeCardFields([NUMBER, field('fullName', 'Ó')], lines))).toEqual({
      idNumber: '038187015329',
      fullName: 'CAO THỊ NGHĨA',
      birthDate: '1987-12-25',
      sex: 'Nữ',
    });
  });

  test('gives no birth date that the number contradicts, and takes no Nam from Việt Nam', () => {
    const other = cardOf('038187015329', '25/12/1988', 'Quốc tịch / Nationality Việt Nam');
    expect(values(completeCardFields([NUMBER], other))).toEqual({ idNumber: '038187015329' });
  });

  test('without a number nothing is guessed', () => {
    expect(completeCardFields([], lines)).toEqual([]);
  });
});

describe('a card of 2021', () => {
  test('gives the expiry from under the portrait', () => {
    const read = completeCardFields([NUMBER], cardOf('038187015329', 'Có giá trị đến:', 'Date of expiry: 25/12/2027'));
    expect(values(read)).toEqual({ idNumber: '038187015329', expiresOn: '2027-12-25' });
  });

  test('reads an address on under its label, and not into the next column', () => {
    const address = field('permanentAddress', 'Thôn Chiềng Đông', [550, 0, 160, 20]);
    const lines = cardOf('200>Nơi thường trú / Place of residence: Thôn Chiềng Đông', '200>Xã Cẩm Thạch, Thanh Hóa');
    expect(values(completeCardFields([address], lines))['permanentAddress']).toBe(
      'Thôn Chiềng Đông, Xã Cẩm Thạch, Thanh Hóa',
    );
    const expiry = cardOf(
      '200>Nơi thường trú / Place of residence: Thôn Chiềng Đông',
      '200>Date of expiry: 25/12/2027',
    );
    expect(values(completeCardFields([address], expiry))['permanentAddress']).toBe('Thôn Chiềng Đông');
  });
});
