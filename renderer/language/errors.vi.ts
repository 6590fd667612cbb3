/**
 * @file What every expected failure says to an officer, in three sentences: what happened, whether the data is safe, what
 * to do next. Imports types only: the command line prints the same sentences.
 */
import type { ErrorCode } from '../../preload/error-codes.ts';

export interface ErrorText {
  readonly what: string;
  readonly safe: string;
  readonly next: string;
}
export type ErrorSentences = Readonly<Record<ErrorCode, ErrorText>>;

const KEPT = 'Mọi thông tin đã nhập và trang đã quét vẫn còn trên máy này.';
const UNSIGNED = 'Chưa có gì được ký. Tệp gốc không đổi.';
const QUEUED = 'Hồ sơ đã lưu an toàn trên máy này và chưa gửi đi.';
const KEPT_PAGES = 'Tệp gốc không đổi. Những trang đã nhập trước đó vẫn còn trong hồ sơ.';
const UNTOUCHED = 'Không có gì thay đổi.';

export const errorsVi: ErrorSentences = {
  internal: {
    what: 'Phần mềm gặp lỗi bất ngờ.',
    safe: KEPT,
    next: 'Thử lại một lần. Nếu vẫn lỗi, chép chi tiết kỹ thuật gửi bộ phận kỹ thuật.',
  },
  'bad-request': {
    what: 'Phần mềm không hiểu yêu cầu vừa gửi.',
    safe: UNTOUCHED,
    next: 'Mở lại hồ sơ rồi làm lại. Nếu vẫn lỗi, chép chi tiết kỹ thuật gửi bộ phận kỹ thuật.',
  },
  'not-allowed': {
    what: 'Bạn không có quyền làm việc này, hoặc phiên làm việc đã hết.',
    safe: UNTOUCHED,
    next: 'Đăng nhập lại, hoặc nhờ người có quyền.',
  },
  cancelled: {
    what: 'Việc này đã được dừng theo yêu cầu.',
    safe: 'Những gì đã làm xong trước đó vẫn được giữ.',
    next: 'Làm lại khi cần.',
  },
  timeout: {
    what: 'Chờ quá lâu mà không có trả lời.',
    safe: KEPT,
    next: 'Thử lại. Nếu lặp lại, nhấn F9 để kiểm tra thiết bị.',
  },
  'room-stopped': {
    what: 'Một phần của phần mềm vừa dừng.',
    safe: KEPT,
    next: 'Làm lại bước vừa rồi. Nếu vẫn lỗi, đóng rồi mở lại phần mềm.',
  },
  'already-running': {
    what: 'Phần mềm đang mở ở một cửa sổ khác.',
    safe: UNTOUCHED,
    next: 'Chuyển sang cửa sổ đang mở.',
  },
  'settings-unreadable': {
    what: 'Không đọc được cấu hình của máy này.',
    safe: UNTOUCHED,
    next: 'Báo bộ phận kỹ thuật: tệp cấu hình và chỗ sai ghi ở dưới.',
  },
  'wrong-officer-pin': { what: 'PIN chưa đúng.', safe: UNTOUCHED, next: 'Gõ lại PIN của bạn.' },
  'officer-locked-out': {
    what: 'Bạn đã nhập sai PIN nhiều lần, phải chờ một lúc.',
    safe: 'Hồ sơ của bạn vẫn còn nguyên.',
    next: 'Chờ ít phút rồi thử lại, hoặc nhờ quản trị đặt lại PIN.',
  },
  'not-found': { what: 'Không tìm thấy mục này trong kho.', safe: UNTOUCHED, next: 'Chọn lại từ danh sách hồ sơ.' },
  'stale-revision': {
    what: 'Hồ sơ vừa được thay đổi ở chỗ khác.',
    safe: 'Bản mới nhất đã được giữ.',
    next: 'Xem lại hồ sơ rồi làm lại bước vừa rồi.',
  },
  'store-locked': {
    what: 'Kho dữ liệu đang được một chương trình khác dùng.',
    safe: 'Dữ liệu còn nguyên.',
    next: 'Đóng chương trình kia rồi mở lại phần mềm.',
  },
  'store-damaged': {
    what: 'Kho dữ liệu trên máy bị hỏng.',
    safe: 'Phần mềm đã ngừng ghi để không hỏng thêm. Hồ sơ tỉnh đã nhận vẫn ở tỉnh.',
    next: 'Đừng tắt máy. Gọi bộ phận kỹ thuật để phục hồi từ bản sao lưu.',
  },
  'store-key-missing': {
    what: 'Không tìm thấy khóa mở kho dữ liệu.',
    safe: 'Dữ liệu còn nguyên nhưng đang khóa.',
    next: 'Gọi bộ phận kỹ thuật để mở bằng khóa dự phòng.',
  },
  'store-newer': {
    what: 'Kho dữ liệu do bản phần mềm mới hơn ghi.',
    safe: 'Dữ liệu còn nguyên, phần mềm không đụng tới.',
    next: 'Cập nhật phần mềm trên máy này.',
  },
  'store-other-mode': {
    what: 'Kho dữ liệu này thuộc chế độ khác: kho luyện tập và kho làm việc thật không dùng chung.',
    safe: 'Dữ liệu còn nguyên, phần mềm không đụng tới.',
    next: 'Báo bộ phận kỹ thuật: đặt lại chế độ trong cấu hình, hoặc dùng thư mục dữ liệu riêng cho mỗi chế độ.',
  },
  'disk-full': {
    what: 'Ổ đĩa đã đầy.',
    safe: 'Những gì đã lưu trước đó vẫn còn. Bước vừa rồi chưa lưu.',
    next: 'Dọn chỗ trống trên ổ đĩa rồi làm lại bước vừa rồi.',
  },
  'disk-error': {
    what: 'Ổ đĩa không ghi hoặc đọc được.',
    safe: 'Những gì đã lưu trước đó vẫn còn. Bước vừa rồi chưa lưu.',
    next: 'Thử lại. Nếu vẫn lỗi, gọi bộ phận kỹ thuật kiểm tra ổ đĩa.',
  },
  'draft-incomplete': {
    what: 'Hồ sơ còn thiếu nên chưa lưu chính thức được.',
    safe: KEPT,
    next: 'Làm nốt các mục ghi “Còn thiếu”.',
  },
  'dossier-sealed': {
    what: 'Hồ sơ đã lưu chính thức, không sửa được nữa.',
    safe: 'Hồ sơ còn nguyên.',
    next: 'Nếu cần bổ sung giấy tờ, lập phiếu yêu cầu bổ sung.',
  },
  'procedure-unknown': {
    what: 'Thủ tục này không có trong danh mục đang có hiệu lực.',
    safe: KEPT,
    next: 'Tìm lại thủ tục theo tên.',
  },
  'component-not-in-procedure': {
    what: 'Thành phần này không thuộc thủ tục đã chọn.',
    safe: KEPT,
    next: 'Chọn một thành phần có trong danh sách.',
  },
  'component-not-digitised': {
    what: 'Thành phần này không phải quét.',
    safe: KEPT,
    next: 'Chỉ ghi hình thức và số lượng của giấy tờ này.',
  },
  'result-missing': {
    what: 'Chưa có tệp kết quả đã ký cho hồ sơ này.',
    safe: UNTOUCHED,
    next: 'Gắn đúng kết quả của hồ sơ này rồi ký.',
  },
  'result-of-another-dossier': {
    what: 'Tệp này đã là kết quả của một hồ sơ khác.',
    safe: 'Cả hai hồ sơ đều không đổi.',
    next: 'Chọn đúng tệp kết quả của hồ sơ này.',
  },
  'result-mismatch': {
    what: 'Nội dung tệp kết quả không khớp với hồ sơ.',
    safe: UNTOUCHED,
    next: 'Xem lại tên, số và ngày trong tệp rồi chọn đúng tệp.',
  },
  'result-unconfirmed': {
    what: 'Chưa chắc tệp này là kết quả của hồ sơ: tên, số định danh hoặc ngày đọc được không khớp.',
    safe: UNTOUCHED,
    next: 'Đối chiếu từng mục; nếu đúng là kết quả của hồ sơ này thì ghi lý do rồi gắn.',
  },
  'result-signed-already': {
    what: 'Chứng thư này đã ký kết quả này rồi.',
    safe: 'Chữ ký trước vẫn còn nguyên; kết quả vẫn đang chờ chữ ký còn thiếu.',
    next: 'Cắm token của người hoặc cơ quan còn phải ký rồi ký lại.',
  },
  'results-of-two-steps': {
    what: 'Danh sách có cả kết quả chờ người ký và kết quả chờ dấu của cơ quan.',
    safe: UNSIGNED,
    next: 'Chọn riêng từng loại rồi ký: mỗi loại dùng một chứng thư.',
  },
  'record-incomplete': {
    what: 'Bản ghi còn thiếu thông tin bắt buộc, có giá trị không hợp lệ, hoặc trang còn đang đọc.',
    safe: 'Những gì đã nhập vẫn được giữ.',
    next: 'Nhập hoặc sửa các ô được đánh dấu rồi xác nhận lại.',
  },
  'record-duplicate': {
    what: 'Số và năm này đã có trong nhóm hồ sơ.',
    safe: UNTOUCHED,
    next: 'So với bản ghi đã có. Nếu đúng là hai bản ghi khác nhau, ghi lý do rồi xác nhận lại.',
  },
  'stack-full': {
    what: 'Chồng hồ sơ đã đủ số trang tối đa.',
    safe: 'Những trang đã quét vẫn còn trong chồng.',
    next: 'Mở một chồng mới và nạp tiếp phần còn lại; xác nhận bản ghi không giải phóng chỗ trong chồng này.',
  },
  'stack-in-use': {
    what: 'Chồng này đã có bản ghi hoàn thành nên không bỏ được.',
    safe: UNTOUCHED,
    next: 'Ẩn những trang thừa thay vì bỏ cả chồng.',
  },
  'transition-not-allowed': {
    what: 'Hồ sơ đang ở trạng thái không cho làm việc này.',
    safe: UNTOUCHED,
    next: 'Xem trạng thái hồ sơ ở đầu trang.',
  },
  backdating: {
    what: 'Ngày giờ bị lùi lại so với lần ghi trước.',
    safe: 'Không có gì được ghi lùi ngày.',
    next: 'Chỉnh đúng giờ của máy rồi thử lại.',
  },
  'capture-running': {
    what: 'Hồ sơ này đang được quét hoặc nhập thêm giấy tờ, nên chưa lưu được.',
    safe: 'Các trang đã vào vẫn nằm trong hồ sơ; chưa có gì được gửi đi.',
    next: 'Chờ quét xong hoặc dừng quét, rồi lưu lại.',
  },
  'scanner-offline': {
    what: 'Không liên lạc được với máy quét.',
    safe: 'Những trang đã quét vẫn còn trong hồ sơ.',
    next: 'Bật máy quét, kiểm tra dây hoặc mạng, rồi nhấn F2.',
  },
  'scanner-busy': {
    what: 'Máy quét đang bận việc khác.',
    safe: 'Những trang đã quét vẫn còn trong hồ sơ.',
    next: 'Chờ máy quét xong việc rồi nhấn F2.',
  },
  'scanner-jam': {
    what: 'Máy quét bị kẹt giấy.',
    safe: 'Những trang đã quét vẫn còn trong hồ sơ.',
    next: 'Lấy tờ bị kẹt ra, đặt lại từ tờ đó rồi nhấn F2.',
  },
  'scanner-cover-open': {
    what: 'Nắp máy quét đang mở.',
    safe: 'Những trang đã quét vẫn còn trong hồ sơ.',
    next: 'Đóng nắp rồi nhấn F2.',
  },
  'scanner-feeder-empty': {
    what: 'Khay nạp không có giấy.',
    safe: 'Những trang đã quét vẫn còn trong hồ sơ.',
    next: 'Đặt giấy vào khay rồi nhấn F2.',
  },
  'scanner-double-feed': {
    what: 'Máy quét kéo hai tờ cùng lúc.',
    safe: 'Những trang trước đó vẫn còn trong hồ sơ.',
    next: 'Tách hai tờ, đặt lại từ tờ đó rồi nhấn F2.',
  },
  'scanner-settings-refused': {
    what: 'Máy quét không nhận cách quét đã chọn.',
    safe: UNTOUCHED,
    next: 'Chọn nguồn giấy hoặc độ nét khác rồi nhấn F2.',
  },
  'scanner-failed': {
    what: 'Máy quét báo lỗi.',
    safe: 'Những trang đã quét vẫn còn trong hồ sơ.',
    next: 'Tắt rồi bật lại máy quét, sau đó nhấn F2.',
  },
  'print-failed': { what: 'Không in được.', safe: KEPT, next: 'Kiểm tra máy in rồi in lại từ hồ sơ.' },
  'file-empty': { what: 'Tệp đã chọn không có nội dung.', safe: KEPT_PAGES, next: 'Chọn tệp khác.' },
  'file-not-supported': {
    what: 'Loại tệp này chưa đọc được.',
    safe: KEPT_PAGES,
    next: 'Dùng tệp PDF, TIFF, JPEG, PNG hoặc HEIC.',
  },
  'file-damaged': {
    what: 'Tệp bị hỏng, không đọc được.',
    safe: KEPT_PAGES,
    next: 'Xin lại tệp, hoặc quét từ bản giấy.',
  },
  'image-too-large': { what: 'Ảnh quá lớn để xử lý.', safe: KEPT_PAGES, next: 'Quét lại ở độ nét 200 hoặc 300.' },
  'pdf-password': {
    what: 'Tệp PDF có đặt mật khẩu.',
    safe: KEPT_PAGES,
    next: 'Xin bản không đặt mật khẩu, hoặc in ra rồi quét.',
  },
  'pdf-page-too-complex': {
    what: 'Một trang của tệp PDF quá phức tạp, không vẽ xong trong thời gian cho phép.',
    safe: KEPT_PAGES,
    next: 'In trang đó ra rồi quét, hoặc xin lại tệp.',
  },
  'pdf-too-many-pages': {
    what: 'Tệp PDF có quá nhiều trang.',
    safe: KEPT_PAGES,
    next: 'Tách thành nhiều tệp nhỏ hơn rồi nhập từng tệp.',
  },
  'file-too-large': { what: 'Tệp quá lớn.', safe: KEPT_PAGES, next: 'Quét lại ở độ nét 200, hoặc tách tệp nhỏ hơn.' },
  'file-not-found': {
    what: 'Không mở được tệp đã nêu.',
    safe: 'Không có tệp nào bị thay đổi.',
    next: 'Kiểm tra tên tệp, thư mục và quyền đọc rồi làm lại.',
  },
  'file-exists': {
    what: 'Ở nơi ghi kết quả đã có tệp cùng tên.',
    safe: 'Tệp đang có vẫn nguyên, không bị ghi đè.',
    next: 'Chọn thư mục khác, hoặc dời tệp cũ đi rồi làm lại.',
  },
  'no-identity-code': {
    what: 'Không thấy mã QR của thẻ căn cước.',
    safe: UNTOUCHED,
    next: 'Đặt thẻ ngay ngắn rồi đọc lại, hoặc gõ tay.',
  },
  'identity-code-unreadable': {
    what: 'Mã QR đọc được không phải của thẻ căn cước.',
    safe: UNTOUCHED,
    next: 'Đưa đúng mặt thẻ có mã QR, hoặc gõ tay.',
  },
  'token-module-missing': {
    what: 'Máy này chưa cài phần mềm của token.',
    safe: UNSIGNED,
    next: 'Gọi bộ phận kỹ thuật cài phần mềm của nhà cung cấp token.',
  },
  'token-module-refused': {
    what: 'Phần mềm của token không được phép chạy trên máy này.',
    safe: UNSIGNED,
    next: 'Gọi bộ phận kỹ thuật kiểm tra danh sách được phép.',
  },
  'token-missing': {
    what: 'Chưa thấy USB ký số.',
    safe: UNSIGNED,
    next: 'Cắm token vào cổng USB, đợi vài giây rồi ký lại.',
  },
  'token-removed': {
    what: 'Token bị rút ra khi đang ký.',
    safe: 'Tệp nào đã ký xong thì được giữ, tệp khác không đổi.',
    next: 'Cắm lại token rồi ký tiếp phần còn lại.',
  },
  'token-busy': {
    what: 'Token đang ký cho một lần ký khác của phần mềm này.',
    safe: UNSIGNED,
    next: 'Đợi lần ký kia xong, hoặc dừng nó, rồi ký lại.',
  },
  'token-held': {
    what: 'Token báo lỗi thiết bị: thường là chương trình khác đang giữ token (phần mềm ký số, thuế, bảo hiểm).',
    safe: 'Tệp nào đã ký xong thì được giữ, tệp khác không đổi.',
    next: 'Đóng chương trình kia rồi ký tiếp. Nếu không có chương trình nào, rút token, cắm sang cổng khác.',
  },
  'token-not-responding': {
    what: 'Token không trả lời.',
    safe: 'Tệp nào đã ký xong thì được giữ, tệp khác không đổi.',
    next: 'Rút token, đợi năm giây, cắm lại rồi ký tiếp.',
  },
  'token-failed': {
    what: 'Token báo lỗi khi ký.',
    safe: UNSIGNED,
    next: 'Rút token, cắm lại rồi ký. Nếu vẫn lỗi, chép chi tiết kỹ thuật gửi bộ phận kỹ thuật.',
  },
  'pin-wrong': { what: 'PIN của token chưa đúng.', safe: UNSIGNED, next: 'Xem còn mấy lần thử, rồi gõ lại thật chắc.' },
  'pin-locked': {
    what: 'Token đã bị khóa vì sai PIN quá số lần.',
    safe: UNSIGNED,
    next: 'Liên hệ nơi cấp token để mở khóa.',
  },
  'pin-unanswered': {
    what: 'Token không trả lời sau khi nhận PIN.',
    safe: 'Chưa ký tệp nào. Lần thử PIN này có thể đã bị trừ.',
    next: 'Rút token, đợi năm giây, cắm lại. Xem còn mấy lần thử trước khi gõ PIN lần nữa.',
  },
  'pin-must-change': {
    what: 'Token còn dùng PIN ban đầu và đòi đổi PIN trước khi ký.',
    safe: UNSIGNED,
    next: 'Mở phần mềm quản lý token, đổi PIN, rồi ký lại.',
  },
  'pin-length': {
    what: 'PIN gõ vào thiếu hoặc thừa ký tự.',
    safe: 'Token chưa bị trừ lần thử nào.',
    next: 'Gõ lại PIN cho đủ ký tự.',
  },
  'pin-last-try': {
    what: 'Token chỉ còn một lần thử PIN.',
    safe: 'Chưa thử PIN, chưa ký tệp nào.',
    next: 'Người giữ token tự gõ PIN thật chắc; nếu không nhớ, liên hệ nơi cấp token trước khi thử.',
  },
  'pin-cancelled': { what: 'Bạn đã thôi không ký.', safe: UNSIGNED, next: 'Nhấn F4 khi muốn ký.' },
  'certificate-missing': {
    what: 'Không thấy chứng thư trên token.',
    safe: UNSIGNED,
    next: 'Kiểm tra đúng token của bạn chưa, rồi ký lại.',
  },
  'certificate-expired': {
    what: 'Chứng thư đã hết hạn hoặc chưa tới ngày hiệu lực.',
    safe: UNSIGNED,
    next: 'Liên hệ nơi cấp để gia hạn chứng thư.',
  },
  'certificate-not-for-signing': {
    what: 'Chứng thư này không dùng để ký văn bản.',
    safe: UNSIGNED,
    next: 'Chọn chứng thư khác trên token.',
  },
  'certificate-mismatch': {
    what: 'Chứng thư trên token không còn là chứng thư đã chọn.',
    safe: UNSIGNED,
    next: 'Cắm đúng token rồi ký lại.',
  },
  'signature-does-not-verify': {
    what: 'Chữ ký token trả về không khớp với chứng thư.',
    safe: 'Chữ ký này đã bị bỏ, tệp gốc không đổi.',
    next: 'Ký lại. Nếu lặp lại, đổi token và báo bộ phận kỹ thuật.',
  },
  'pdf-not-signable': {
    what: 'Tệp PDF này thuộc loại không ký được ở đây: biểu mẫu XFA, bộ tệp PDF, mã hóa riêng, hoặc người soạn đặt điều kiện cho người ký.',
    safe: UNSIGNED,
    next: 'Xem lý do trong phần chi tiết; xin bản PDF thường, hoặc in ra rồi quét thành tệp mới.',
  },
  'pdf-damaged': {
    what: 'Tệp PDF này hỏng cấu trúc nên không ký được.',
    safe: UNSIGNED,
    next: 'Mở bằng chương trình PDF, sửa và lưu thành bản mới rồi ký bản mới (chữ ký cũ trong tệp sẽ mất); hoặc in ra rồi quét lại.',
  },
  'pdf-not-permitted': {
    what: 'Người tạo tệp PDF đã khóa quyền, không cho thêm chữ ký.',
    safe: UNSIGNED,
    next: 'Dùng mật khẩu chủ sở hữu của tệp, hoặc xin bản không khóa quyền.',
  },
  'xml-not-signable': {
    what: 'Tệp XML này đã có chữ ký bên trong; ký thêm sẽ làm hỏng chữ ký cũ.',
    safe: UNSIGNED,
    next: 'Ký rời (tệp .p7s bên cạnh), hoặc ký lên bản XML chưa có chữ ký.',
  },
  'pdf-certified-no-changes': {
    what: 'Người ký trước đã khóa tệp, không cho ký thêm.',
    safe: UNSIGNED,
    next: 'Hỏi nơi gửi tệp xin bản cho phép ký thêm.',
  },
  'signature-place-outside': {
    what: 'Vị trí chữ ký nằm ngoài trang, hoặc quá nhỏ.',
    safe: UNSIGNED,
    next: 'Đặt lại khung chữ ký trong trang rồi ký lại.',
  },
  'signature-field-missing': {
    what: 'Tài liệu không có ô chữ ký mang tên đã nêu, hoặc ô đó đã được ký.',
    safe: UNSIGNED,
    next: 'Xem lại tên ô chữ ký; hoặc không nêu tên để chương trình tự chọn chỗ ký.',
  },
  'signature-image-missing': {
    what: 'Chưa có hình con dấu hoặc chữ ký, hoặc hình không ghi kích thước thật.',
    safe: UNSIGNED,
    next: 'Đăng ký hình ở bàn ký, nhập bề rộng con dấu theo mi-li-mét.',
  },
  'certificate-revoked': {
    what: 'Chứng thư của người ký hoặc của máy chủ dấu thời gian đã bị thu hồi.',
    safe: 'Tệp đã ký vẫn được giữ nguyên.',
    next: 'Ký lại bằng chứng thư còn hiệu lực; báo bộ phận kỹ thuật nếu là máy chủ dấu thời gian.',
  },
  'certificate-not-trusted': {
    what: 'Chứng thư không dẫn đến chứng thư gốc nào mà máy này tin cậy.',
    safe: 'Tệp đã ký vẫn được giữ nguyên, chỉ chưa thêm được dữ liệu xác minh.',
    next: 'Báo bộ phận kỹ thuật thêm chứng thư gốc vào danh sách tin cậy của máy này.',
  },
  'authority-unreachable': {
    what: 'Máy chủ chứng thực (tra cứu thu hồi hoặc dấu thời gian) không trả lời.',
    safe: 'Chữ ký đã tạo vẫn còn nguyên; dữ liệu xác minh sẽ được lấy lại sau.',
    next: 'Kiểm tra mạng hoặc chờ; chương trình tự thử lại.',
  },
  'time-stamp-refused': {
    what: 'Máy chủ dấu thời gian từ chối, hoặc trả về dấu thời gian không đúng.',
    safe: 'Chữ ký đã tạo vẫn còn nguyên, chỉ chưa có dấu thời gian.',
    next: 'Báo bộ phận kỹ thuật kiểm tra địa chỉ máy chủ dấu thời gian trong cấu hình.',
  },
  'province-unreachable': {
    what: 'Chưa nối được với tỉnh.',
    safe: QUEUED,
    next: 'Cứ làm tiếp. Phần mềm tự gửi khi có mạng.',
  },
  'province-refused': {
    what: 'Tỉnh không nhận yêu cầu này.',
    safe: QUEUED,
    next: 'Xem lý do ở chi tiết, sửa nếu được, hoặc báo bộ phận kỹ thuật.',
  },
  'receipt-invalid': {
    what: 'Giấy báo nhận của tỉnh không đúng chữ ký.',
    safe: 'Hồ sơ vẫn được giữ trên máy này, chưa coi là đã gửi.',
    next: 'Phần mềm sẽ hỏi lại tỉnh. Nếu lặp lại, báo bộ phận kỹ thuật.',
  },
  'clock-off': {
    what: 'Đồng hồ máy lệch nhiều so với tỉnh.',
    safe: QUEUED,
    next: 'Chỉnh đúng giờ của máy, phần mềm sẽ tự gửi lại.',
  },
  'bridge-port-taken': {
    what: 'Cổng ký số dành cho trang web đang bị chiếm: VGCA Sign Service đang chạy trên máy này.',
    safe: UNTOUCHED,
    next: 'Cứ dùng VGCA Sign Service, hoặc tắt nó rồi nhấn “Mở lại cổng”.',
  },
  'bridge-origin-refused': {
    what: 'Trang web này chưa được phép dùng chữ ký số của máy.',
    safe: UNSIGNED,
    next: 'Nếu trang đúng là của cơ quan, thử lại và chọn “Cho phép”, hoặc đề nghị quản trị thêm trang vào danh sách.',
  },
  'bridge-address-refused': {
    what: 'Trang web đưa địa chỉ tệp mà phần mềm không được phép truy cập.',
    safe: UNSIGNED,
    next: 'Đề nghị quản trị thêm máy chủ tệp vào danh sách được phép.',
  },
  'bridge-request-unreadable': {
    what: 'Trang web gửi yêu cầu không đúng dạng: cần một chuỗi JSON.',
    safe: UNSIGNED,
    next: 'Báo đơn vị quản lý trang web.',
  },
  'bridge-not-supported': {
    what: 'Quầy Một Cửa không làm việc này thay cho trang web.',
    safe: UNSIGNED,
    next: 'Làm việc này trong Quầy Một Cửa, hoặc dùng VGCA Sign Service.',
  },
  'bridge-busy': {
    what: 'Trang web đã gửi quá nhiều yêu cầu đang chờ.',
    safe: UNSIGNED,
    next: 'Trả lời các yêu cầu đang hiện, rồi thử lại.',
  },
  'bridge-hash-refused': {
    what: 'Trang web xin ký một mã mà không ai xem được nội dung. Việc này chỉ dành cho trang do quản trị chỉ định.',
    safe: UNSIGNED,
    next: 'Đề nghị quản trị thêm trang vào danh sách, nếu trang đúng là của cơ quan.',
  },
  'bridge-download-failed': {
    what: 'Không tải được tệp cần ký từ trang web.',
    safe: UNSIGNED,
    next: 'Đăng nhập lại trang web rồi thử lại.',
  },
  'bridge-upload-failed': {
    what: 'Đã ký xong nhưng trang web không nhận tệp.',
    safe: 'Tệp đã ký được giữ trên máy này, không phải ký lại.',
    next: 'Mở Quầy Một Cửa, nhấn F9, rồi nhấn “Gửi lại”.',
  },
};
