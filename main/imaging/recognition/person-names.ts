/**
 * @file What the names of people look like: surnames, and syllables that are often met in them. Used to doubt a reading and
 * to say what else it could be; a name is never changed by it, because every list of names lacks somebody's.
 */
import { foldText } from '../../dossiers/fold-text.ts';
import { isSyllable, splitTone } from './syllables.ts';

/** Surnames of the Kinh and of the other peoples who write with the same letters. */
const SURNAMES =
  'An Ánh Ân Âu Bạch Bàn Bành Bế Biện Bồ Bùi Ca Cà Cái Cam Cao Cáp Cầm Cấn Chảo Chang Châu Châm Chế Chí Chiêm Chu Chúc Chung Chử Chương Chướng Cổ Công Cồ Cù Cung Cư Dã Danh Diêm Diệp Doãn Dư Dương ' +
  'Đàm Đan Đào Đái Đặng Đầu Đậu Đèo Điêu Điền Điểu Đinh Đoàn Đô Đổ Đỗ Đồng Đới Đường Đèo Giáp Giang Giàng Giản Hà Hạ Hán Hạng Hầu Hình Hoa Hoàng Hồ Hồng Hờ Hùng Huỳnh Hứa Hữu Kha Khang Khấu Khiếu Khổng Khuất Khúc Khương Khưu Kiên Kiều Kim Kỷ ' +
  'La Lã Lại Lai Lâm Lầu Lăng Lê Lều Liên Liêu Liễu Linh Long Lò Lô Lộ Lộc Lù Lục Luân Luyện Lư Lừ Lữ Lương Lường Lưu Lý Lỳ Ma Mã Mạc Mạch Mai Mạnh Mao Mâu Mẫn Mè Mè Mèo Minh Moong Mùa Mục Ngân Nghiêm Nghị Ngô Ngũ Ngụy Nguyễn Nhan Nhâm Nhữ Ninh Nông Ông Ổn ' +
  'Phạm Phan Phàn Phí Phó Phòng Phú Phù Phùng Phương Quan Quàng Quách Quản Quang Quảng Sái Sầm Sằm Sa Sạch Sùng Sơn Sử Tạ Tán Tào Tăng Tẩn Tề Thạch Thái Thang Thành Thào Thân Thi Thiều Thôi Thòng Tiêu Tiết Tô Tôn Tòng Tống Trà Trác Trang Tráng Tráng Trần Tri Triệu Triệu Trình Trịnh Trương Từ Tưởng Ty ' +
  'Ung Uông Uyên Ứng Vàng Vang Văn Văng Vân Vi Viêm Viên Võ Vòng Vũ Vương Vừ Vưu Xa Xã Xeo Xin Xín Xồng Yên';

/** Syllables of given and middle names that are met often. */
const GIVEN =
  'A Ái An Anh Ánh Ảnh Ân Ấn Ẩn Ba Bá Bách Bạch Bái Bảo Bằng Bé Bích Biên Biền Biển Bình Bính Bốn Bổng Bộ Bút Bửu Ca Cả Cam Cảnh Canh Cao Cát Cẩm Cẩn Cầm Cần Chánh Chăm Chanh Châm Chất Châu Chi Chí Chiên Chiến Chiều Chiểu Chinh Chín Chỉnh Chính Chung Chuẩn Chuyên Chuyền Chúc Chức Chung Chương Chưởng Công Cơ Cúc Cung Cuối Cúc Cương Cường Cửu Cừ ' +
  'Danh Dần Dân Dâng Diên Diễn Diễm Diện Diệp Diệu Dinh Dịu Doan Doanh Du Duân Duẩn Duật Dung Dũng Duy Duyên Duyệt Dư Dự Dương Dưỡng Đa Đài Đại Đại Đàm Đan Đán Đang Đáng Đảng Đàn Đào Đạo Đạt Đăng Đằng Đắc Đặng Đậu Đê Đệ Điềm Điền Điển Điệp Đính Đình Đỉnh Định Đoan Đoàn Đoài Đô Độ Đỗ Đôn Đông Đồng Đủ Đức Được Đương Đường Em Én ' +
  'Gái Gấm Ghi Gia Giác Giám Giang Giáo Giao Giáp Giàu Giản Gương Hà Hạ Hai Hải Hài Hàm Hãn Hán Hành Hạnh Hào Hảo Hạo Hằng Hân Hâm Hân Hậu Hè Hiên Hiến Hiền Hiển Hiện Hiệp Hiếu Hiệu Hinh Hoa Hoà Hoạch Hoài Hoan Hoán Hoàn Hoàng Hoạt Hồ Hồi Hội Hồng Hợi Hợp Huân Huấn Huệ Huế Hùng Huy Huyên Huyền Huyện Huynh Huỳnh Hưng Hương Hường Hướng Hưởng Hữu Hựu Ích ' +
  'Kha Khả Khai Khải Khanh Khánh Khang Khảo Khắc Khâm Khen Khiêm Khiêu Khiết Khoa Khoái Khoan Khoản Khoát Khôi Khởi Khuê Khuyên Khuyến Khương Kiêm Kiên Kiếm Kiều Kiệm Kiệt Kim Kính Kích Ký Kỳ Kỷ Kỹ La Lạc Lai Lài Lam Lan Lành Lanh Làn Lãm Lăng Lâm Lân Lập Lê Lệ Lệnh Len Liêm Liên Liễn Liệt Liệu Liễu Linh Lĩnh Lịch Loan Loát Long Lộ Lộc Lợi Luân Luận Luật Lung Luyên Luyến Luyện Lụa Lục Lư Lực Lương Lượng Lưu Lựu Ly Lý Lịch ' +
  'Mai Mậu Mạnh Mão Mận Mẫn Mân Mây Mến Mèo Mi Miên Miện Miều Minh Mít Mơ Mỡ Mợi Mùa Mùi Muôn Muộn Mười Mừng My Mỵ Mỹ Na Nam Nậm Năm Năng Nên Nga Ngà Ngạn Ngát Ngân Ngần Nghi Nghị Nghĩa Nghiêm Nghiên Nghiệp Ngoan Ngoãn Ngoạn Ngọ Ngọc Ngô Ngôn Ngợi Nguyên Nguyệt Nguyện Nguyễn Nhã Nhài Nhàn Nhan Nhạn Nhẫn Nhân Nhâm Nhất Nhật Nhậm Nhi Nhiên Nhiệm Nhị Nhinh Nho Nhơn Nhu Nhung Nhuận Nhường Như Nhựt Niên Ninh Nở Nụ Nữ Nương Oai Oanh ' +
  'Phác Phan Phấn Phẩm Phi Phiến Phiên Phiệt Phin Phong Phóng Phòng Phố Phu Phú Phúc Phụng Phùng Phước Phương Phường Phượng Pha Quan Quán Quang Quảng Quân Quất Quế Quốc Quý Quy Quyên Quyến Quyền Quyết Quyết Quỳ Quỳnh Quỹ Sa San Sang Sáng Sánh Sao Sản Sáu Sâm Sang Sen Sĩ Sinh Sính Soan Soạn Sơn Song Sung Sùng Súy Suốt Sửu Sương Sự Sỹ ' +
  'Tài Tám Tam Tân Tấn Tần Tảo Tạo Tặng Tâm Tập Tân Tất Tây Tế Thạch Thái Tham Thám Thanh Thành Thao Thảo Thạnh Thắm Thăng Thắng Thắm Thân Thận Thập Thất Thế Thêm Thi Thị Thìn Thiên Thiện Thiệp Thiều Thiệu Thinh Thịnh Thọ Thoa Thoan Thoại Thơ Thơm Thông Thống Thơi Thời Thu Thuận Thuần Thuân Thuật Thúc Thục Thuê Thủy Thúy Thùy Thuyên Thuyết Thuyền Thư Thức Thực Thường Thương Thượng Thưởng Tiên Tiến Tiền Tiệp Tiếp Tiềm Tiêm Tiểu Tín Tính Tình Tịnh Tỉnh Toan Toán Toàn Toản Toại Tố Tộ Tơ Tới Trà Trạch Trang Tráng Trãi Trân Trâm Trầm Triền Triển Triết Triệu Triều Trí Trinh Trình Trịnh Trọng Tròn Trúc Trụ Trung Trưởng Trường Trực Trước Tuân Tuần Tuấn Tuất Tuệ Tùng Tuyên Tuyền Tuyển Tuyến Tuyết Tú Túc Tụ Tư Từ Tứ Tự Tửu Tưởng Tường Tước Tươi Tý Tỵ Tỷ ' +
  'Uy Uyên Uyển Út Ươm Ưng Ứng Ước Ưu Ưởng Vạn Vân Văn Vang Vàng Vằn Vấn Vận Vẻ Ven Vi Vĩ Vị Viên Viển Viễn Viện Việt Vinh Vĩnh Vịnh Viết Võ Vọng Vũ Vui Vương Vượng Vy Vỹ Vỵ Xa Xanh Xiêm Xinh Xoan Xuân Xuyên Xuyến Xứng Xướng Ý Yên Yến Yêu';

const toKey = (syllable: string): string => {
  const split = splitTone(syllable);
  return split ? `${split.letters} ${split.tone}` : syllable;
};
const surnames = new Map(SURNAMES.split(' ').map((name) => [toKey(name), name]));
const given = new Map(GIVEN.split(' ').map((name) => [toKey(name), name]));
const byFold = (names: Iterable<string>): ReadonlyMap<string, readonly string[]> => {
  const groups = new Map<string, string[]>();
  for (const name of new Set(names)) groups.set(foldText(name), [...(groups.get(foldText(name)) ?? []), name]);
  return groups;
};
const surnamesByFold = byFold(surnames.values());
const givenByFold = byFold(given.values());

export type Familiarity =
  /** A surname in front, or a syllable often met in names behind. */
  | 'usual'
  /** Can be spelled so; nothing more is known. */
  | 'possible'
  /** No Vietnamese syllable; peoples with names of their own have such. */
  | 'foreign';

/** @param isFirst whether the syllable stands where the surname stands */
export function familiarityOf(syllable: string, isFirst: boolean): Familiarity {
  const key = toKey(syllable);
  if (isFirst ? surnames.has(key) : given.has(key) || surnames.has(key)) return 'usual';
  return isSyllable(syllable) ? 'possible' : 'foreign';
}

/** The least familiar syllable decides. */
export function familiarityOfName(name: string): Familiarity {
  const all = name.split(/[\s-]+/).map((syllable, index) => familiarityOf(syllable, index === 0));
  if (all.includes('foreign')) return 'foreign';
  return all.includes('possible') ? 'possible' : 'usual';
}

/** A smaller number is a likelier name: one for every syllable that is only possible, three for one that cannot be. */
export function strangenessOf(name: string): number {
  return name
    .split(/[\s-]+/)
    .map((syllable, index) => familiarityOf(syllable, index === 0))
    .reduce((sum, familiarity) => sum + (familiarity === 'usual' ? 0 : familiarity === 'possible' ? 1 : 3), 0);
}

const MAX_CANDIDATES = 3;

/**
 * Names that the reading may have lost a mark of: each unfamiliar syllable replaced by usual ones with the same letters, in
 * the same case. Empty when every syllable is usual, none near is known, or one is beyond all Vietnamese spelling.
 */
export function nearbyNames(name: string): string[] {
  const syllables = name.split(' ');
  let names: string[][] = [[]];
  let isChanged = false;
  for (const [index, syllable] of syllables.entries()) {
    const familiarity = familiarityOf(syllable, index === 0);
    const others = familiarity === 'usual' ? [] : nearbySyllables(syllable, index === 0);
    // A name of a people with syllables of its own: what is usual for others says nothing of it.
    if (familiarity === 'foreign' && others.length === 0) return [];
    if (others.length > 0) isChanged = true;
    const choices = others.length > 0 ? others : [syllable];
    names = names.flatMap((begun) => choices.map((choice) => [...begun, choice])).slice(0, MAX_CANDIDATES);
  }
  return isChanged ? names.map((words) => words.join(' ')) : [];
}

function nearbySyllables(syllable: string, isFirst: boolean): string[] {
  const fold = foldText(syllable);
  const known = (isFirst ? surnamesByFold.get(fold) : givenByFold.get(fold)) ?? [];
  const isCapitals = syllable === syllable.toUpperCase() && syllable.length > 1;
  return known.slice(0, MAX_CANDIDATES).map((name) => (isCapitals ? name.toUpperCase() : name));
}
