/** @file Câu chữ về giấy tờ tùy thân: nguồn đọc trái nhau, thẻ của nhiều người, máy đọc mã cầm tay. */
export const identityVi = {
  identityDoubts: {
    title: 'Các nguồn đọc chưa khớp',
    note: 'Không cản trở tiếp nhận. Xem thẻ rồi chọn giá trị đúng; phím 1, 2, 3 chọn ngay.',
    whose: 'Có thẻ của {count} người. Ai là người nộp?',
    choose: 'Chọn',
    chooseValue: '{field}: {value}',
    choosePerson: '{name}, số {idNumber}',
    taken: 'đang dùng',
    onPage: '{source}, trang {page}',
    againstNumber: 'Không khớp với số định danh. Xem lại thẻ; nếu thẻ ghi đúng như vậy thì chọn.',
    unreadable: 'Chưa đọc được đủ, gõ tay',
    expiresOn: 'Có giá trị đến',
    showPaper: 'Xem trên giấy: {value}',
  },
  wedge: {
    repaired: 'Máy đọc mã gửi sai bảng mã. Đã khôi phục dấu tiếng Việt; hãy so lại họ tên và địa chỉ với thẻ.',
    composed:
      'Bộ gõ tiếng Việt đã biến đổi chữ mà máy đọc mã gửi tới nên không dùng được. Tắt bộ gõ (Ctrl+Shift) rồi quét lại thẻ.',
    garbled:
      'Máy đọc mã gửi mất dấu tiếng Việt, không khôi phục chắc chắn được. Đặt máy đọc mã ở bảng mã UTF-8 rồi quét lại, hoặc đọc QR từ tệp ảnh.',
    vneid: 'Đây là mã QR động của VNeID, không chứa thông tin thẻ. Quét mã trên thẻ căn cước.',
    separator: 'Đây là mã của tờ tách hồ sơ. Tờ này để lẫn trong xấp giấy khi quét, không phải thẻ căn cước.',
    receiptNotFound: 'Không tìm thấy hồ sơ {code} trên quầy này.',
    receiptOpened: 'Đã mở hồ sơ {code}',
    unknown: 'Mã vừa quét không phải thẻ căn cước hay giấy tiếp nhận.',
  },
};
