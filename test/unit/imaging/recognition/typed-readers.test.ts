import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTyped, repairDigits, type ReaderKind } from '../../../../main/imaging/recognition/typed-readers.ts';

const CASES: readonly [ReaderKind, string, string | null, boolean?][] = [
  ['date', '27/02/2025 (Ngày hai mươi bảy', '2025-02-27'],
  ['date', '8/6/1990', '1990-06-08'],
  ['date', 'ngày 05 tháng 3 năm 2025', '2025-03-05'],
  ['date', '01 tháng 9 năm 2025.', '2025-09-01'],
  ['date', '2O/l1/2O24', '2024-11-20'],
  ['date', '19 / 11 / 2024', '2024-11-19'],
  ['date', '31/02/2025', '2025-02-31', false],
  ['date', 'Ngày mười chín tháng mười một', null],
  ['date-time', '16 giờ 30 phút, ngày 13 tháng 8 năm 2025', '2025-08-13T16:30'],
  ['date-time', '9h05, ngày 1/8/2025', '2025-08-01T09:05'],
  ['date-time', 'ngày 13 tháng 8 năm 2025', '2025-08-13'],
  ['year', '1995', '1995'],
  ['year', '¡998 Dân', '1998'],
  ['year', '12345', null],
  ['personal-number', 'Căn cước số 038195004217, cấp ngày', '038195004217'],
  ['personal-number', '038 195 004 217', '038195004217'],
  ['personal-number', 'O3819500421l', '038195004211'],
  ['personal-number', '999195004217', '999195004217'],
  ['personal-number', '005195004217', '005195004217', false],
  ['personal-number', '0381950042', null],
  ['phone', '0912 345 067', '0912345067'],
  ['phone', '+84 912 345 067', '0912345067'],
  ['phone', '0112 345 067', '0112345067', false],
  ['email', 'caonghia87(@example.vn', 'caonghia87@example.vn'],
  ['email', 'Không có', null],
  ['email', 'binh@examp Le. vn', 'binh@example.vn', false],
  ['email', 'binhan@moit . gov .vn Số nhà 12', 'binhan@moit.gov.vn', false],
  ['email', 'an@gmail. com Điện thoại', 'an@gmail.com', false],
  ['email', 'lan@abc. com. vn', 'lan@abc.com.vn', false],
  ['email', 'hoa@thon Doai', null],
  ['money', '750.000 đồng/tháng', '750000'],
  ['money', '1.250.OOO đồng', '1250000'],
  ['money', '0 đồng', '0'],
  ['document-number', '346/QĐ-UBND', '346/QĐ-UBND'],
  ['document-number', '000.17.42.H56-250811-0093', '000.17.42.H56-250811-0093'],
  ['document-number', 'CV 418 207', 'CV 418 207'],
  ['sex', 'Nam', 'Nam'],
  ['sex', 'NữỮ', 'Nữ'],
  ['sex', 'Kinh', null],
  ['number', '312,6 m² (Bằng chữ', '312,6'],
  ['number', 'm2 84,5', '84,5'],
  ['name', 'PHẠM NGỌC THẢO VY', 'PHẠM NGỌC THẢO VY'],
  ['name', 'Ông Hà Văn Thuyết. Địa chỉ', 'Hà Văn Thuyết'],
  ['name', 'Tống Duy Khiêm.', 'Tống Duy Khiêm'],
  ['name', 'bà Lò Thị Ún, sinh ngày', 'Lò Thị Ún'],
  ['name', 'NGUYỄN VĂN Ố1', 'NGUYỄN VĂN Ố', false],
  ['name', 'nguyễn', 'nguyễn', false],
  ['text', ': Thôn Căm,  xã Thọ Xương.', 'Thôn Căm, xã Thọ Xương'],
  ['text', ' .,', null],
  ['document-number', 'CH 01234', 'CH 01234'],
  ['birth-date', '05/9/1950', '1950-09-05'],
  ['birth-date', '1950', '1950'],
  ['birth-date', 'không rõ', null],
  ['date-in-words', 'Ngày hai mươi bảy tháng hai năm hai nghìn không trăm hai mươi lăm', '2025-02-27'],
  ['date-in-words', 'Ngày ba mươi tháng hai năm hai nghìn', '2000-02-30', false],
  ['money-in-words', 'Một trăm năm mươi nghìn đồng chẵn', '150000'],
  ['money-in-words', 'Một trăm năm mươi nghìn', '150000', false],
  ['money-in-words', 'miễn thu', null],
  ['identity-number', 'Chứng minh nhân dân số 171234567, cấp ngày', '171234567'],
  ['identity-number', '171 234 567', '171234567'],
  ['identity-number', 'Căn cước số 038195004217', '038195004217'],
  ['identity-number', '0381950042', null],
  ['tax-code', '2800123456', '2800123456'],
  ['tax-code', '2800123456-001', '2800123456-001'],
  ['tax-code', '038195004217', '038195004217'],
  ['parcel-number', '112', '112'],
  ['parcel-number', ': 45-1, tờ', '45-1'],
  ['parcel-number', 'DC 15', 'DC 15'],
  ['parcel-number', 'chưa đo', null],
  ['date', 'ngày Ø7 tháng 12 năm 2Ø25', '2025-12-07'],
  // Nobody was born in the 24th century: the fourth digit is misread.
  ['personal-number', '038950726730', '038950726730', false],
  ['text', 'Công an xã Tủa Chùa, tính Bắc Ninh', 'Công an xã Tủa Chùa, tỉnh Bắc Ninh'],
  ['text', 'thồn Đoài, xà Tân Phú, tĩnh Thanh Hóa', 'thôn Đoài, xã Tân Phú, tỉnh Thanh Hóa'],
  ['text', 'Tổ 5, phương Hạc Thành', 'Tổ 5, phường Hạc Thành'],
  ['text', 'tính từ ngày nộp, xa nơi ở', 'tính từ ngày nộp, xa nơi ở'],
  ['text', 'Phương Liên, Thơn Tính', 'Phương Liên, Thơn Tính'],
  ['area', '312,6 m²', '312,6'],
  ['area', '1.250,5 m²', '1250,5'],
  ['area', '1.250 m2', '1250'],
  ['area', '95.5 m²', '95,5'],
  ['area', '12.500.000,25', '12500000,25'],
  ['area', 'm²', null],
];

describe('typed readers', () => {
  it('knows the one word for an office, and the 6 that was read as a letter', () => {
    expect(readTyped('text', 'Chỉ nhánh Văn phòng đăng ký đất đai')?.value).toBe('Chi nhánh Văn phòng đăng ký đất đai');
    expect(readTyped('text', 'Chỉ đạo của các nhánh')?.value).toBe('Chỉ đạo của các nhánh');
    expect(readTyped('year', '199G Dân tộc')).toMatchObject({ value: '1996', isSure: true });
  });

  it.each(CASES)('%s of "%s" is %s', (kind, text, value, isSure = true) => {
    const reading = readTyped(kind, text);
    expect(reading?.value ?? null).toBe(value);
    if (reading) expect(reading.isSure).toBe(isSure);
  });

  it('reads back every date it could have been given, in both spellings', () => {
    const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(days, (day) => {
        const iso = day.toISOString().slice(0, 10);
        const [year, month, date] = iso.split('-').map(Number);
        expect(readTyped('date', `${date}/${month}/${year}`)?.value).toBe(iso);
        expect(readTyped('date', `ngày ${date} tháng ${month} năm ${year}`)?.value).toBe(iso);
      }),
    );
  });

  it('restores the word for the kind of a place and never the name behind it', () => {
    const names = fc.constantFrom('Tính Gia', 'Xá Lượng', 'Phương Lâm', 'Thơn Rưng', 'Cấm Thủy');
    fc.assert(
      fc.property(names, fc.constantFrom('tính', 'tỉnh', 'tinh'), (name, word) => {
        expect(readTyped('text', `xã ${name}, ${word} ${name}`)?.value).toBe(`xã ${name}, tỉnh ${name}`);
      }),
    );
  });

  it('repairs only what stands for a digit', () => {
    expect(repairDigits('O1lIS8B')).toBe('0111588');
  });

  it('never changes a letter of a name', () => {
    const names = fc.array(fc.constantFrom('NGUYỄN', 'Lò', 'Ún', 'SOI', 'Bình', 'Ý', 'Đặng', 'Ngọc', 'Ánh'), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(names, (words) => {
        expect(readTyped('name', words.join(' '))?.value).toBe(words.join(' '));
      }),
    );
  });
});
