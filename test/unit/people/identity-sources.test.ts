import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bringTogether, type CardReading, type CardSource } from '../../../main/people/identity-sources.ts';
import { sameAddress, sameAsZoneName, sameDate, sameName } from '../../../main/people/identity-names.ts';

type Values = Readonly<Record<string, string>>;

function read(source: CardSource, values: Values, page = 1, confidence = 95): CardReading<number>[] {
  return Object.entries(values).map(([name, value]) => ({ name, value, source, confidence, place: page, box: null }));
}
const NGHIA = {
  idNumber: '038187015329',
  fullName: 'Cao Thị Nghĩa',
  birthDate: '1987-12-25',
  sex: 'female',
  address: 'Thôn Chiềng Đông, Xã Cẩm Thạch, Thanh Hóa',
  idIssuedOn: '2023-08-14',
};
const NGHIA_ZONE = {
  idNumber: '038187015329',
  birthDate: '1987-12-25',
  sex: 'female',
  expiresOn: '2027-12-25',
  plainName: 'CAO THI NGHIA',
};
const AN_ZONE = { idNumber: '001090000123', birthDate: '1990-08-15', sex: 'male', plainName: 'NGUYEN VAN AN' };

describe('one person read in three ways', () => {
  test('agrees with herself: the code wins, the zone adds what only it has, print adds nothing', () => {
    const print = { ...NGHIA, fullName: 'CAO THỊ NGHĨA', sex: 'Nữ', permanentAddress: NGHIA.address };
    const [person, ...others] = bringTogether([
      [...read('qr', NGHIA), ...read('ocr', print)],
      read('mrz', NGHIA_ZONE, 2),
    ]);
    expect(others).toEqual([]);
    expect(person?.mismatches).toEqual([]);
    expect(Object.fromEntries(Object.entries(person?.values ?? {}).map(([name, { value }]) => [name, value]))).toEqual({
      ...NGHIA,
      expiresOn: '2027-12-25',
    });
    expect(person?.values.expiresOn).toMatchObject({ source: 'mrz', place: 2 });
    expect(person?.values.fullName?.source).toBe('qr');
  });

  test('a date that differs is shown from both, the code’s first', () => {
    const [person] = bringTogether([read('qr', NGHIA), read('mrz', { ...NGHIA_ZONE, birthDate: '1987-12-26' }, 2)]);
    expect(person?.mismatches).toHaveLength(1);
    expect(person?.mismatches[0]).toMatchObject({
      field: 'birthDate',
      readings: [
        { value: '1987-12-25', source: 'qr', place: 1 },
        { value: '1987-12-26', source: 'mrz', place: 2 },
      ],
    });
    expect(person?.values.birthDate?.value).toBe('1987-12-25');
  });

  test('marks that print lost are no other name; letters are', () => {
    const names = (printed: string): number =>
      bringTogether([[...read('qr', NGHIA), ...read('ocr', { idNumber: NGHIA.idNumber, fullName: printed })]])[0]
        ?.mismatches.length ?? -1;
    expect(names('CAO THI NGHĨA')).toBe(0);
    expect(names('CAO THỊ NGHĨ')).toBe(1);
  });

  test('without a code the printed name carries the marks that the zone has not', () => {
    const print = { idNumber: NGHIA.idNumber, fullName: 'CAO THỊ NGHĨA' };
    const [person] = bringTogether([[...read('mrz', NGHIA_ZONE), ...read('ocr', print)]]);
    expect(person?.values.fullName).toMatchObject({ value: 'CAO THỊ NGHĨA', source: 'ocr' });
    expect(person?.values.idNumber?.source).toBe('mrz');
    expect(person?.mismatches).toEqual([]);
  });

  test('a printed number with a misread digit is the same person, shown beside the decoded one', () => {
    const [person, ...others] = bringTogether([
      read('ocr', { idNumber: '038187015328', fullName: 'CAO THỊ NGHĨA' }),
      read('mrz', NGHIA_ZONE, 2),
    ]);
    expect(others).toEqual([]);
    expect(person?.values.idNumber).toMatchObject({ value: '038187015329', source: 'mrz' });
    expect(person?.mismatches).toMatchObject([{ field: 'idNumber', readings: [{ source: 'mrz' }, { source: 'ocr' }] }]);
  });

  test('print that contradicts the number written beside it is a doubt of its own', () => {
    const [person] = bringTogether([read('ocr', { idNumber: '038187015329', birthDate: '1978-12-25', sex: 'Nam' })]);
    expect(person?.mismatches).toMatchObject([
      { field: 'birthDate', fault: 'year of birth does not fit the number', readings: [{ value: '1978-12-25' }] },
      { field: 'sex', fault: 'sex does not fit the number', readings: [{ value: 'male' }] },
    ]);
  });
});

describe('whose card is whose', () => {
  test('two decoded numbers are two people, on one page or on two', () => {
    expect(bringTogether([read('qr', NGHIA), read('mrz', AN_ZONE, 2)])).toHaveLength(2);
    const people = bringTogether([[...read('qr', NGHIA), ...read('mrz', AN_ZONE)]]);
    expect(people.map(({ values }) => values.idNumber?.value)).toEqual(['038187015329', '001090000123']);
    expect(people.flatMap(({ mismatches }) => mismatches)).toEqual([]);
  });

  test('a code and a zone of one name and two numbers on one card contradict each other', () => {
    const [person, ...others] = bringTogether([
      [...read('qr', NGHIA), ...read('mrz', { ...NGHIA_ZONE, idNumber: '038187015330' })],
    ]);
    expect(others).toEqual([]);
    expect(person?.mismatches[0]).toMatchObject({ field: 'idNumber', readings: [{ source: 'qr' }, { source: 'mrz' }] });
  });

  test('two cards printed on one page stay two people', () => {
    const first = { idNumber: NGHIA.idNumber, fullName: 'CAO THỊ NGHĨA' };
    const second = { idNumber: AN_ZONE.idNumber, fullName: 'NGUYỄN VĂN AN' };
    const people = bringTogether([[...read('ocr', first), ...read('ocr', second)]]);
    expect(people.map(({ values }) => values.fullName?.value)).toEqual(['CAO THỊ NGHĨA', 'NGUYỄN VĂN AN']);
  });

  test('a back without a number goes to the only person there is, and to nobody when there are two', () => {
    const back = read('ocr', { idIssuedOn: '2023-08-15' }, 2);
    const { idIssuedOn: _, ...noDate } = NGHIA;
    expect(bringTogether([read('qr', noDate), back])[0]?.values.idIssuedOn?.place).toBe(2);
    const people = bringTogether([read('qr', noDate), read('mrz', AN_ZONE, 3), back]);
    expect(people.map(({ values }) => values.idIssuedOn)).toEqual([undefined, undefined]);
  });
});

describe('one value written in two ways', () => {
  test('tones stand where the writer puts them', () => {
    expect(sameName('HÒA THÚY', 'Hoà Thuý')).toBe(true);
    expect(sameName('Hòa', 'Hóa')).toBe(false);
    expect(sameName('Nguyễn  Ẩn'.normalize('NFD'), 'NGUYỄN ẨN')).toBe(true);
  });
  test('a zone cuts long names and knows no marks', () => {
    expect(sameAsZoneName('Đỗ Ẩn', 'DO AN')).toBe(true);
    expect(sameAsZoneName('Tôn Nữ Hoàng Thị Phương Thảo Nguyên', 'TON NU HOANG THI PHUONG THAO')).toBe(true);
    expect(sameAsZoneName('Nguyễn Văn Anh', 'NGUYEN VAN AN')).toBe(false);
  });
  test('a year says nothing against a day in it', () => {
    expect(sameDate('1950', '1950-01-01')).toBe(true);
    expect(sameDate('1950', '1951-01-01')).toBe(false);
  });
  test('an address survives a misread mark, not another house', () => {
    expect(sameAddress('Xã Cẩm Thạch, Thanh Hóa', 'Xã Cấm Thạch, Thanh Hóa')).toBe(true);
    expect(sameAddress('Xã Cẩm Thạch, Thanh Hóa', 'Phường Bến Nghé, Hồ Chí Minh')).toBe(false);
  });
});

test('whatever is read, no value is lost without being shown and nobody appears twice', () => {
  const reading = fc.record({
    name: fc.constantFrom('idNumber', 'fullName', 'plainName', 'birthDate', 'sex', 'permanentAddress', 'other'),
    value: fc.constantFrom('038187015329', '001090000123', '1987-12-25', 'Nam', 'Nữ', 'Cao Thị Nghĩa', 'x', ' '),
    source: fc.constantFrom('qr' as const, 'mrz' as const, 'ocr' as const),
    confidence: fc.integer({ min: 0, max: 100 }),
    place: fc.integer({ min: 1, max: 3 }),
    box: fc.constant(null),
  });
  fc.assert(
    fc.property(fc.array(fc.array(reading, { maxLength: 8 }), { maxLength: 4 }), (pages) => {
      const people = bringTogether(pages);
      const numbers = people.map(({ values }) => values.idNumber?.value);
      expect(numbers).not.toContain(undefined);
      expect(new Set(numbers).size).toBe(numbers.length);
      for (const { values, mismatches } of people)
        for (const { field, readings } of mismatches) {
          expect(readings[0]).toBe(values[field]);
          expect(new Set(readings.map(({ value }) => value)).size).toBe(readings.length);
        }
    }),
  );
});
