/** @file The words of how something is scanned, in Vietnamese. */
export const scanOptionsVi = {
  scanOptions: {
    byRule: 'Theo thành phần: {kind} — {how}',
    byOfficer: 'Cách đã chọn cho {kind} — {how}',
    how: '{dpi} dpi, {colour}, {source}',
    inColour: 'màu',
    inGrey: 'đen trắng',
    reset: 'Quét như đề nghị',
    remembered: 'Máy này nhớ cách quét của từng máy quét và từng loại giấy.',
    fallsToGlass: 'Khay nạp hết giấy thì lấy trang trên mặt kính',
    area: 'Khổ quét',
    twin: '{name} — cách nối khác ({driver})',
    pluggedIn: '{name} vừa được cắm',
  },
  scanPapers: {
    form: 'Tờ khai, đơn',
    certificate: 'Giấy chứng nhận, trích lục',
    'small-print': 'Giấy chữ nhỏ',
    card: 'Thẻ căn cước',
    drawing: 'Bản vẽ',
    photograph: 'Ảnh',
    paper: 'Giấy tờ',
    stack: 'Cả xấp giấy',
  },
  scanAreas: { a4: 'A4', a5: 'A5', a3: 'A3', card: 'Thẻ (góc mặt kính)', max: 'Hết khổ của máy' },
};
