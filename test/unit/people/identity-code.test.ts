import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultOfPersonalNumber, parseIdentityCode } from '../../../main/people/identity-code.ts';
import { Failure } from '../../../main/rooms/failure.ts';

const CARD = '001090000123|012345678|Nguyễn Văn A|15081990|Nam|Thôn 1, Xã B, Huyện C, Hà Nội|25042021';

describe('the code of an identity card', () => {
  test('gives every field with its source', () => {
    expect(parseIdentityCode(CARD)).toEqual({
      kind: 'person',
      fullName: 'Nguyễn Văn A',
      idNumber: '001090000123',
      oldIdNumber: '012345678',
      birthDate: '1990-08-15',
      sex: 'male',
      address: 'Thôn 1, Xã B, Huyện C, Hà Nội',
      phone: null,
      email: null,
      idIssuedOn: '2021-04-25',
      sources: {
        fullName: 'qr',
        idNumber: 'qr',
        oldIdNumber: 'qr',
        birthDate: 'qr',
        sex: 'qr',
        address: 'qr',
        idIssuedOn: 'qr',
      },
    });
  });

  test.each([
    ['an empty old number', '001090000123||Nguyễn Văn A|15081990|Nam|Hà Nội|25042021'],
    ['the further fields of the 2024 card', `${CARD}|Nguyễn Văn B|Trần Thị C|`],
    ['the line end of a keyboard-wedge reader', `${CARD}\r\n`],
    ['decomposed letters', CARD.normalize('NFD')],
    ['no date of issue', '001090000123||Nguyễn Văn A|15081990|Nam|Hà Nội'],
    ['a birth abroad', '900090000123||Nguyễn Văn A|15081990|Nam|Hà Nội|25042021'],
    ['a woman born after 2000', '038305000123||Lê Thị B|01022005|Nữ|Thanh Hóa|25042021'],
    ['only a year of birth', '001140000123||Nguyễn Thị A|00001940|Nữ|Hà Nội|25042021'],
  ])('is read with %s', (_name, payload) => {
    expect(parseIdentityCode(payload).fullName).toBe(parseIdentityCode(payload).fullName.normalize('NFC'));
  });

  test.each([
    ['a web address', 'https://vneid.gov.vn/abc'],
    ['nothing', ''],
    ['too few fields', '001090000123|012345678|Nguyễn Văn A'],
    ['a number of 11 digits', CARD.replace('001090000123', '00109000012')],
    ['a province that never was', CARD.replace('001090000123', '003090000123')],
    ['another year of birth than the number says', CARD.replace('15081990', '15081991')],
    ['another sex than the number says', CARD.replace('|Nam|', '|Nữ|')],
    ['31 February', CARD.replace('15081990', '31021990')],
    ['a third sex word', CARD.replace('|Nam|', '|N|')],
    ['an old number of 8 digits', CARD.replace('012345678', '01234567')],
    ['no name', CARD.replace('Nguyễn Văn A', '')],
    ['markup in the name', CARD.replace('Nguyễn Văn A', '<img src=x>')],
    ['a thousand fields', `${CARD}${'|x'.repeat(1_000)}`],
    ['an address longer than any', CARD.replace('Hà Nội', 'x'.repeat(501))],
    ['control characters in the address', CARD.replace('Hà Nội', 'Hà\u0000Nội')],
    ['a broken date of issue', CARD.replace('25042021', '2504')],
  ])('is refused with %s', (_name, payload) => {
    expect(() => parseIdentityCode(payload)).toThrow(expect.objectContaining({ code: 'identity-code-unreadable' }));
  });

  test('never throws anything but a named failure, and never tells the data', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.string(), { minLength: 6, maxLength: 9 }).map((parts) => parts.join('|')),
        ),
        (payload) => {
          try {
            parseIdentityCode(payload);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Failure);
          }
        },
      ),
    );
  });

  test('checks the digits against each other for every century and sex', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1900, max: 2399 }),
        fc.constantFrom('male' as const, 'female' as const),
        (year, sex) => {
          const digit = Math.floor((year - 1900) / 100) * 2 + (sex === 'male' ? 0 : 1);
          const number = `079${digit}${String(year % 100).padStart(2, '0')}123456`;
          expect(faultOfPersonalNumber(number, { birthDate: `${year}-06-01`, sex })).toBeNull();
          expect(
            faultOfPersonalNumber(number, { birthDate: `${year}-06-01`, sex: sex === 'male' ? 'female' : 'male' }),
          ).not.toBeNull();
          expect(faultOfPersonalNumber(number, { birthDate: `${year + 1}-06-01` })).not.toBeNull();
        },
      ),
    );
  });
});
