import { describe, expect, it } from 'vitest';
import { Form, type Block, type Run } from '../../../main/forms/form-model.ts';
import { buildPracticeResultForm } from '../../../main/forms/practice-result.ts';
import { buildReceiptForm, PROVISIONAL_NOTICE, writeReceiptQr } from '../../../main/forms/receipt-form.ts';
import { CONTEXT, listPapers, makeDossier, makeLargeDossier } from '../../fixtures/forms/dossiers.ts';

function textOf(block: Block): string[] {
  const join = (runs: readonly Run[]): string => runs.map((run) => (run.leader ? '…' : run.text)).join('');
  switch (block.kind) {
    case 'paragraph':
    case 'notice':
      return [join(block.runs)];
    case 'columns':
      return block.columns.flatMap((column) => column.blocks.flatMap(textOf));
    case 'table':
      return [...block.header.map(join), ...block.rows.flatMap((row) => row.map(join))];
    case 'signatures':
      return block.columns.flatMap(
        (column) => column.runs?.map(join) ?? [...column.titleLines, column.remark, column.name],
      );
    case 'qr':
      return [`[QR ${block.text}]`];
    default:
      return [];
  }
}
const linesOf = (form: unknown): string[] => Form.parse(form).blocks.flatMap(textOf);

describe('Mẫu 01', () => {
  it('has its 23 items in the order of TT 03/2025/TT-VPCP', () => {
    const text = linesOf(buildReceiptForm(makeDossier(), CONTEXT)).join('\n');
    const items = [
      'Chữ ký số của cơ quan, tổ chức',
      'TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc',
      'Số: 15/TNHS',
      'Mã hồ sơ: H56.242-261121-0015',
      'Hạc Thành, ngày 21 tháng 11 năm 2026',
      'GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ',
      'Bộ phận tiếp nhận và trả kết quả: ',
      'Tiếp nhận hồ sơ của: Nguyễn Quốc Tuấn',
      'Số định danh cá nhân/Số CMND: 038092001234',
      'Địa chỉ: Tổ dân phố 5',
      'Số điện thoại: 0912 345 678',
      'Email: …',
      'Nội dung yêu cầu giải quyết: Thủ tục đăng ký khai sinh (mã thủ tục: 1.001193)',
      '1. Thành phần hồ sơ, yêu cầu và số lượng mỗi loại giấy tờ gồm:\nSTT\nTên giấy tờ\nHình thức\nSố lượng\n1\nTờ khai đăng ký khai sinh theo mẫu\nbản chính\n01',
      '2. Số lượng hồ sơ: 01 (bộ)',
      '3. Thời gian giải quyết hồ sơ theo quy định là: 03 ngày làm việc',
      '4. Thời gian nhận hồ sơ: 09 giờ 10 phút, ngày 21/11/2026',
      '5. Thời gian trả kết quả giải quyết hồ sơ: 17 giờ 00 phút, ngày 26/11/2026',
      '6. Đăng ký nhận kết quả tại: ',
      'Phí, lệ phí (nếu có): 8.000 đồng',
      'Vào Sổ theo dõi hồ sơ, Quyển số: 01; Số thứ tự: 15',
      'NGƯỜI NỘP HỒ SƠ\n(Ký và ghi rõ họ tên)\nNguyễn Quốc Tuấn\nNGƯỜI TIẾP NHẬN HỒ SƠ\n(Ký và ghi rõ họ tên)\nLê Thị Hồng Nhung',
      'Ghi chú: Giấy này được lập thành 02 liên',
    ];
    expect(items).toHaveLength(23);
    const places = items.map((item) => [item, text.indexOf(item)] as const);
    expect(places.filter(([, at]) => at < 0).map(([item]) => item)).toEqual([]);
    const order = places.map(([, at]) => at);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('puts code, procedure, personal number and name of the paper into the QR code (TT 01/2023/TT-VPCP)', () => {
    expect(writeReceiptQr(makeDossier())).toBe(
      'H56.242-261121-0015|1.001193|038092001234|Giấy tiếp nhận hồ sơ và hẹn trả kết quả',
    );
    expect(linesOf(buildReceiptForm(makeDossier(), CONTEXT))[1]).toContain('[QR H56.242-261121-0015|');
  });

  it('says that a provisional code is provisional, and only then', () => {
    expect(linesOf(buildReceiptForm(makeLargeDossier(), CONTEXT))).toContain(PROVISIONAL_NOTICE);
    expect(linesOf(buildReceiptForm(makeLargeDossier(), CONTEXT)).join()).toContain('Mã hồ sơ: T-Q03-0042 (mã tạm)');
    expect(linesOf(buildReceiptForm(makeDossier(), CONTEXT)).join()).not.toContain('mã tạm');
  });

  it.each([
    ['original', 'bản chính', '02'],
    ['certified-copy', 'bản sao chứng thực', '02'],
    ['plain-copy', 'bản chụp', '02'],
    ['electronic', 'bản điện tử', '02'],
    ['presented', 'xuất trình', '02'],
    ['replaced-by-data', 'dữ liệu thay giấy', '–'],
  ] as const)('lists a paper handed in as %s', (form, word, quantity) => {
    const lines = linesOf(
      buildReceiptForm(makeDossier({ checklist: listPapers([['Giấy chứng sinh', form, 2]]) }), CONTEXT),
    );
    const at = lines.indexOf('Giấy chứng sinh');
    expect(lines.slice(at - 1, at + 3)).toEqual(['1', 'Giấy chứng sinh', word, quantity]);
  });

  it('lists only what was handed in', () => {
    const papers = listPapers([
      ['Tờ khai', 'original', 1],
      ['Văn bản ủy quyền', null, 0],
    ]);
    const text = linesOf(buildReceiptForm(makeDossier({ checklist: papers }), CONTEXT)).join('\n');
    expect(text).toContain('Tờ khai');
    expect(text).not.toContain('Văn bản ủy quyền');
    expect(linesOf(buildReceiptForm(makeDossier({ checklist: [] }), CONTEXT))).toContain('Không có giấy tờ kèm theo');
  });

  it.each([
    [null, 'Phí, lệ phí (nếu có): …'],
    [0, 'Phí, lệ phí (nếu có): không thu'],
    [1_250_000, 'Phí, lệ phí (nếu có): 1.250.000 đồng'],
  ])('writes the fee %s without claiming that an unpublished fee is free', (feeVnd, text) => {
    expect(linesOf(buildReceiptForm(makeDossier({ feeVnd }), CONTEXT))).toContain(text);
  });

  it('refuses a dossier that was not received yet', () => {
    expect(() => buildReceiptForm(makeDossier({ receipt: null }), CONTEXT)).toThrow('draft-incomplete');
    expect(() => buildReceiptForm(makeDossier({ applicant: null }), CONTEXT)).toThrow('draft-incomplete');
  });

  it('is valid data for the room that draws it', () => {
    for (const dossier of [makeDossier(), makeLargeDossier()]) {
      expect(Form.safeParse(JSON.parse(JSON.stringify(buildReceiptForm(dossier, CONTEXT)))).success).toBe(true);
    }
  });
});

describe('The practice decision', () => {
  it('says that it is practice, follows the order of NĐ 30/2020 and leaves room for the signer', () => {
    const form = buildPracticeResultForm(makeDossier(), {
      ...CONTEXT,
      signerName: 'Nguyễn Văn Thi',
      signerTitle: 'KT. Chủ tịch\nPhó Chủ tịch',
      number: 7,
      issuedAt: '2026-11-21T08:00:00Z',
    });
    const text = linesOf(form).join('\n');
    const order = [
      'LUYỆN TẬP – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ',
      'ỦY BAN NHÂN DÂN',
      'Số: 07/QĐ-LT',
      'CỘNG HÒA',
      'Hạc Thành, ngày 21 tháng 11 năm 2026',
      'QUYẾT ĐỊNH\n',
      'Căn cứ',
      'QUYẾT ĐỊNH:',
      'Điều 1.',
      'Điều 2.',
      'Điều 3.',
      'Nơi nhận:',
      'KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH',
      'Nguyễn Văn Thi',
    ];
    const places = order.map((item) => text.indexOf(item));
    expect(places.every((at) => at >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(form.backdrop).toBe('LUYỆN TẬP');
  });

  it('is bound to its dossier: two dossiers never give the same decision', () => {
    const context = { ...CONTEXT, issuedAt: '2026-11-21T08:00:00Z' };
    expect(linesOf(buildPracticeResultForm(makeDossier(), context))).not.toEqual(
      linesOf(buildPracticeResultForm(makeDossier({ code: 'H56.242-261121-0016' }), context)),
    );
  });
});
