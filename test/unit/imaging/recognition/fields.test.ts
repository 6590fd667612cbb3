import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadDocumentTypes, type DocumentType } from '../../../../main/imaging/recognition/document-types.ts';
import { readFields } from '../../../../main/imaging/recognition/fields.ts';
import { identityFields } from '../../../../main/imaging/recognition/identity-fields.ts';
import { pageOf } from './page-of.ts';

const types = await loadDocumentTypes(fileURLToPath(new URL('../../../../resources/document-types/', import.meta.url)));

function read(code: string, lines: readonly string[], confidence?: number): Record<string, string> {
  return Object.fromEntries(
    readFields(pageOf(lines, confidence), typeOf(code)).map((field) => [field.name, field.value]),
  );
}
function typeOf(code: string): DocumentType {
  const type = types.find((candidate) => candidate.code === code);
  if (!type) throw new Error(code);
  return type;
}

const PARENTS = [
  'GIẤY KHAI SINH',
  'Họ, chữ đệm, tên: PHẠM NGỌC THẢO VY',
  'Ngày, tháng, năm sinh: 19/11/2024',
  'Giới tính: Nữ\tDân tộc: Tày\tQuốc tịch: Việt Nam',
  'Họ, chữ đệm, tên người mẹ: VŨ THỊ QUỲNH',
  'Năm sinh: 1998\tDân tộc: Kinh\tQuốc tịch: Việt Nam',
  'Nơi cư trú: Thôn Phú Đa, xã Quảng Lưu',
  'Họ, chữ đệm, tên người cha: PHẠM ĐỨC THUẬN',
  'Năm sinh: 1996\tDân tộc: Tày\tQuốc tịch: Việt Nam',
  'Nơi cư trú: Thôn Nà Khuổi, xã Thượng Nung',
];

describe('fields by their labels', () => {
  it('gives each value to the person in whose part of the form it stands', () => {
    expect(read('giay-khai-sinh', PARENTS)).toMatchObject({
      fullName: 'PHẠM NGỌC THẢO VY',
      birthDate: '2024-11-19',
      sex: 'Nữ',
      ethnicity: 'Tày',
      motherName: 'VŨ THỊ QUỲNH',
      motherBirthYear: '1998',
      motherEthnicity: 'Kinh',
      motherAddress: 'Thôn Phú Đa, xã Quảng Lưu',
      fatherName: 'PHẠM ĐỨC THUẬN',
      fatherBirthYear: '1996',
      fatherAddress: 'Thôn Nà Khuổi, xã Thượng Nung',
    });
  });

  it('takes the date in words when the digits cannot be read', () => {
    const lines = PARENTS.toSpliced(
      2,
      1,
      'Ngày, tháng, năm sinh: 1q//1l',
      'Ghi bằng chữ: Ngày mười chín tháng mười một năm hai nghìn không trăm hai mươi bốn',
    );
    expect(read('giay-khai-sinh', lines)).toMatchObject({ birthDate: '2024-11-19' });
  });

  it("leaves the mother's address open rather than take the father's", () => {
    const fields = read(
      'giay-khai-sinh',
      PARENTS.filter((line) => line !== 'Nơi cư trú: Thôn Phú Đa, xã Quảng Lưu'),
    );
    expect(fields).not.toHaveProperty('motherAddress');
    expect(fields['fatherAddress']).toBe('Thôn Nà Khuổi, xã Thượng Nung');
  });

  it('finds labels with misread letters and labels joined to their value', () => {
    const lines = PARENTS.map((line) =>
      line.replace('Ngày, tháng, năm sinh:', 'Ngảy, thảng, nắm sinh:').replace('tính: Nữ', 'tính:Nữ'),
    );
    expect(read('giay-khai-sinh', lines)).toMatchObject({ birthDate: '2024-11-19', sex: 'Nữ' });
  });

  it('ends a value at the number of the next item and follows it over full lines', () => {
    const fields = read('to-khai-thay-doi-thong-tin-cu-tru', [
      'TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ',
      '1. Họ, chữ đệm và tên: CAO VIẾT NGHĨA',
      '2. Ngày, tháng, năm sinh: 25/12/1987\t3. Giới tính: Nam',
      '7. Họ, chữ đệm và tên chủ hộ: CAO VIẾT NGHĨA\t8. Mối quan hệ với chủ hộ: Chủ hộ',
      '9. Số định danh cá nhân của chủ hộ: 038087015329',
      '10. Nội dung đề nghị: Đăng ký thường trú cho bản thân và các thành viên trong hộ từ thôn',
      'Cẩm Hoa, xã Cẩm Tú đến thôn Chiềng Đông, xã Cẩm Thạch theo hợp đồng tặng cho nhà ở và',
      'quyền sử dụng đất đã được chứng thực.',
      '11. Những thành viên trong hộ gia đình cùng thay đổi:',
    ]);
    expect(fields).toMatchObject({
      birthDate: '1987-12-25',
      sex: 'Nam',
      relationToHouseholder: 'Chủ hộ',
      householderIdNumber: '038087015329',
      requestContent:
        'Đăng ký thường trú cho bản thân và các thành viên trong hộ từ thôn Cẩm Hoa, xã Cẩm Tú đến thôn Chiềng Đông, xã Cẩm Thạch theo hợp đồng tặng cho nhà ở và quyền sử dụng đất đã được chứng thực',
    });
  });

  it('takes authority, number, date and signer of a decision from their places', () => {
    const fields = read('quyet-dinh', [
      'ỦY BAN NHÂN DÂN\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
      'XÃ NGỌC LIÊN\tĐộc lập - Tự do - Hạnh phúc',
      'Số: 346/QĐ-UBND\tNgọc Liên, ngày 18 tháng 8 năm 2025',
      'QUYẾT ĐỊNH',
      'Về việc hưởng trợ cấp xã hội hằng tháng',
      'Căn cứ Luật Tổ chức chính quyền địa phương, ngày 19 tháng 6 năm 2015 của Quốc hội;',
      'CHỦ TỊCH',
      'Bùi Trung Kiên',
    ]);
    expect(fields).toMatchObject({
      authority: 'ỦY BAN NHÂN DÂN XÃ NGỌC LIÊN',
      number: '346/QĐ-UBND',
      issuedOn: '2025-08-18',
      subject: 'hưởng trợ cấp xã hội hằng tháng',
      signerTitle: 'CHỦ TỊCH',
      signerName: 'Bùi Trung Kiên',
    });
  });

  it('takes the date of a typewritten line, whose spaces behind commas are wide for so narrow a pitch', () => {
    const typed = pageOf([
      'BIÊN LAI THU PHÍ, LỆ PHÍ',
      'Địa chỉ: Thôn Đoài, xã Krông Pắc, tỉnh Đắk Lắk',
      'Krông Pắc, ngày 16 tháng 8 năm 2025',
      'NGƯỜI THU TIỀN',
    ]).map((line) => ({
      ...line,
      baselineY: line.baselineY * 0.6,
      words: line.words.map((word) => {
        const [x, y, width, height] = word.box;
        return word.text.endsWith(',') ? { ...word, box: [x, y, width - 14, height] as const } : word;
      }),
    }));
    expect(readFields(typed, typeOf('bien-lai'))).toContainEqual(
      expect.objectContaining({ name: 'issuedOn', value: '2025-08-16' }),
    );
  });

  it('takes the date behind a speck that was read as a full stop', () => {
    const fields = read('xac-nhan-thong-tin-ve-cu-tru', [
      'Số: 88/XN\tKrông Pắc,. ngày 20 tháng 7 năm 2025',
      'XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ',
    ]);
    expect(fields).toMatchObject({ issuedOn: '2025-07-20' });
  });

  it('takes the date of a line whose words have a letter wrong', () => {
    const fields = read('xac-nhan-thong-tin-ve-cu-tru', [
      'Số: 88/XN\tKrông Pắc, ngòy 20 thúng 7 năn 2025',
      'XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ',
    ]);
    expect(fields).toMatchObject({ issuedOn: '2025-07-20' });
  });

  it('reads what stands behind "Nam/Nữ", which often loses its colon', () => {
    const lines = ['SƠ YẾU LÝ LỊCH', '1. Họ và tên (chữ in hoa): CAO NGỌC OANH\tNam/Nữ Nữ', '2. Sinh ngày: 14/9/1990'];
    expect(read('so-yeu-ly-lich', lines)).toMatchObject({ fullName: 'CAO NGỌC OANH', sex: 'Nữ' });
  });

  it('writes ethnic groups and provinces as the law lists them', () => {
    const fields = read('giay-khai-sinh', ['GIẤY KHAI SINH', 'Dân tộc: Tây', 'Nơi sinh: Xã Ea Kar, tỉnh Dák Lắk']);
    expect(fields).toMatchObject({ ethnicity: 'Tày', birthPlace: 'Xã Ea Kar, tỉnh Đắk Lắk' });
  });

  it('marks what breaks its own rules as doubtful, whatever the letters say', () => {
    const lines = PARENTS.map((line) => line.replace('19/11/2024', '39/11/2024'));
    const date = readFields(pageOf(lines, 96), typeOf('giay-khai-sinh')).find((field) => field.name === 'birthDate');
    expect(date?.confidence).toBeLessThanOrEqual(40);
  });

  const IN_WORDS = 'Ghi bằng chữ: Ngày mười chín tháng mười một năm hai nghìn không trăm hai mươi bốn';
  const withWords = (digits: string) => [
    ...PARENTS.slice(0, 2),
    `Ngày, tháng, năm sinh: ${digits}`,
    IN_WORDS,
    ...PARENTS.slice(3),
  ];
  const birthDate = (digits: string) =>
    readFields(pageOf(withWords(digits), 96), typeOf('giay-khai-sinh')).filter(({ name }) => name === 'birthDate');

  it('believes digits that the words beside them confirm', () => {
    expect(birthDate('19/11/2024')).toMatchObject([{ value: '2024-11-19', confidence: 96 }]);
  });

  it('doubts digits that the words beside them contradict, and keeps what was read', () => {
    expect(birthDate('18/11/2024')).toMatchObject([{ value: '2024-11-18', confidence: 40 }]);
  });

  it('takes the date from its words where the digits cannot be read', () => {
    expect(birthDate('~~~~')).toMatchObject([{ value: '2024-11-19' }]);
  });

  it('ends a value before the line of place and date, however full its own line is', () => {
    const fields = read('giay-khai-sinh', [
      ...PARENTS,
      'Nơi đăng ký khai sinh: Ủy ban nhân dân xã Quảng Lưu, tỉnh Thanh Hóa, nước Cộng hòa xã hội chủ nghĩa',
      'Quảng Lưu, ngày 10 tháng 01 năm 2025',
    ]);
    expect(fields).toMatchObject({ issuedOn: '2025-01-10' });
    expect(Object.values(fields).join('\n')).not.toContain('Quảng Lưu, ngày');
  });

  it('follows an address over a line that cannot end so, and no other short line', () => {
    const lines = [
      'GIẤY KHAI SINH',
      'Nơi sinh: Bệnh viện đa khoa huyện Ba Vì',
      'Quê quán: Xã Yên Định, tỉnh',
      'Thanh Hóa',
    ];
    const wide = 'Họ, chữ đệm, tên người đi khai sinh: NGUYỄN THỊ HOÀI THƯƠNG THƯƠNG';
    expect(read('giay-khai-sinh', [...lines, wide])).toMatchObject({ hometown: 'Xã Yên Định, tỉnh Thanh Hóa' });
    lines[2] = 'Quê quán: Xã Yên Định';
    expect(read('giay-khai-sinh', [...lines, wide])).toMatchObject({ hometown: 'Xã Yên Định' });
    lines[2] = 'Quê quán: Xã Yên Định, tỉnh';
    lines[3] = 'Tôi cam đoan lời khai trên là đúng';
    expect(read('giay-khai-sinh', [...lines, wide])).toMatchObject({ hometown: 'Xã Yên Định, tỉnh' });
    lines[2] = 'Quê quán: Xã Yên Định, tỉnh Thanh Hóa,';
    expect(read('giay-khai-sinh', [...lines, wide])).toMatchObject({ hometown: 'Xã Yên Định, tỉnh Thanh Hóa' });
  });

  it('reads neither column of a table whose headings are not there', () => {
    expect(
      read('to-khai-dang-ky-ket-hon', ['TỜ KHAI ĐĂNG KÝ KẾT HÔN', 'Họ, chữ đệm, tên\tVŨ THỊ QUỲNH\tPHẠM ĐỨC THUẬN']),
    ).toEqual({});
  });

  it('shows the box of the value, not of the label', () => {
    const lines = pageOf(PARENTS);
    const name = readFields(lines, typeOf('giay-khai-sinh')).find((field) => field.name === 'fullName');
    const words = lines[1]?.words ?? [];
    expect(name?.box?.[0]).toBe(words[4]?.box[0]);
  });

  it('finds a label that lost its colon where it begins its line, and nowhere else', () => {
    const lines = (bare: string): string[] => [
      'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
      'TỜ KHAI ĐĂNG KÝ NHẬN CHA, MẸ, CON',
      'Họ, chữ đệm, tên người yêu cầu: HÀ PHƯƠNG CHIẾN',
      bare,
      'Quan hệ với người nhận cha/mẹ/con: Bản thân',
    ];
    const code = 'to-khai-dang-ky-nhan-cha-me-con';
    const found = read(code, lines('Nơi cư trú Thôn Đông, xã Gò Quao'));
    expect(found).toMatchObject({ requesterAddress: 'Thôn Đông, xã Gò Quao', requesterName: 'HÀ PHƯƠNG CHIẾN' });
    expect(read(code, lines('tại Nơi cư trú Thôn Đông'))).not.toHaveProperty('requesterAddress');
    expect(read(code, lines('Nơi cư trú của người đó'))).not.toHaveProperty('requesterAddress');
  });

  it('reads the nine digits of papers from before 2016', () => {
    const declared = read('to-khai-dang-ky-khai-sinh', [
      'TỜ KHAI ĐĂNG KÝ KHAI SINH',
      'Họ, chữ đệm, tên người yêu cầu: LÊ THỊ BA',
      'Giấy tờ tùy thân: Chứng minh nhân dân số 171234567, cấp ngày 14/8/2013',
    ]);
    expect(declared).toMatchObject({ requesterIdNumber: '171234567', requesterIdIssuedOn: '2013-08-14' });
    const land = read('giay-chung-nhan-quyen-su-dung-dat', [
      'GIẤY CHỨNG NHẬN',
      'QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU NHÀ Ở VÀ TÀI SẢN KHÁC GẮN LIỀN VỚI ĐẤT',
      'I. Người sử dụng đất, chủ sở hữu nhà ở và tài sản khác gắn liền với đất',
      'Ông Trần Văn Bình, sinh năm 1950, CMND số 171234567',
      'II. Thửa đất, nhà ở và tài sản khác gắn liền với đất',
    ]);
    expect(land).toMatchObject({ ownerName: 'Trần Văn Bình', ownerIdNumber: '171234567' });
  });

  it('ends a value that runs on before a heading in capitals', () => {
    const found = read('quyet-dinh', [
      'ỦY BAN NHÂN DÂN\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
      'Số: 346/QĐ-UBND\tTân Phú, ngày 12 tháng 5 năm 2025',
      'QUYẾT ĐỊNH',
      'Về việc hưởng trợ cấp xã hội hằng tháng đối với người khuyết tật đặc biệt nặng',
      'CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ TÂN PHÚ',
    ]);
    expect(found['subject']).toBe('hưởng trợ cấp xã hội hằng tháng đối với người khuyết tật đặc biệt nặng');
  });

  it('has no fields on an empty page', () => {
    for (const type of types) expect(readFields([], type)).toEqual([]);
  });
});

describe('fields by the code of a card', () => {
  const box: [number, number, number, number] = [10, 10, 90, 90];

  it('gives the person of a card with certainty and source', () => {
    const fields = identityFields([
      {
        format: 'QRCode',
        text: '038195004217|171234567|Lê Thị Hồng Nhung|02031995|Nữ|Thôn Đông Thành, xã Hoằng Sơn|14082023',
        box,
      },
    ]);
    expect(Object.fromEntries(fields.map((field) => [field.name, field.value]))).toMatchObject({
      idNumber: '038195004217',
      fullName: 'Lê Thị Hồng Nhung',
      birthDate: '1995-03-02',
    });
    expect(fields.every((field) => field.source === 'qr' && field.confidence === 100)).toBe(true);
  });

  it('leaves other codes alone', () => {
    expect(identityFields([{ format: 'QRCode', text: 'https://dichvucong.gov.vn/tra-cuu?ma=H56', box }])).toEqual([]);
  });
});
