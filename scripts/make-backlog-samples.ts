/**
 * @file Draws the practice stack of old records: three invented extracts of a civil-status book, one of them of two sides.
 * Run by hand: `node scripts/make-backlog-samples.ts`; the results are committed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const RESOURCES = join(import.meta.dirname, '..', 'resources');
const FOLDER = join(RESOURCES, 'samples', 'stack-ho-so-cu');
const FONT = join(RESOURCES, 'fonts', 'LiberationSerif-Regular.ttf');
const [WIDTH_PX, HEIGHT_PX, DPI] = [1654, 2339, 200];
const [MARGIN_PX, TOP_PX, PITCH_PX] = [190, 210, 84];
const MARK = 'MẪU LUYỆN TẬP – KHÔNG CÓ GIÁ TRỊ';
/** Old paper is not white. */
const PAPER = '#f4ecd8';
const INK = '#2a2620';

interface Person {
  readonly number: string;
  readonly name: string;
  readonly born: string;
  readonly inWords: string;
  readonly sex: string;
  readonly father: string;
  readonly mother: string;
  readonly registered: string;
}

const PEOPLE: readonly Person[] = [
  {
    number: '41/1999',
    name: 'HOÀNG THỊ NGỌC ÁNH',
    born: '07/03/1999',
    inWords: 'Ngày bảy tháng ba năm một nghìn chín trăm chín mươi chín',
    sex: 'Nữ',
    father: 'HOÀNG VĂN KHOÁT',
    mother: 'LƯƠNG THỊ NHÀN',
    registered: '15/03/1999',
  },
  {
    number: '42/1999',
    name: 'NGUYỄN ĐỨC THỊNH',
    born: '22/02/1999',
    inWords: 'Ngày hai mươi hai tháng hai năm một nghìn chín trăm chín mươi chín',
    sex: 'Nam',
    father: 'NGUYỄN ĐỨC HÒA',
    mother: 'PHẠM THỊ LỤA',
    registered: '16/03/1999',
  },
  {
    number: '43/1999',
    name: 'LÒ VĂN PÀNH',
    born: '01/01/1999',
    inWords: 'Ngày một tháng một năm một nghìn chín trăm chín mươi chín',
    sex: 'Nam',
    father: 'LÒ VĂN SƠN',
    mother: 'QUÀNG THỊ MAI',
    registered: '18/03/1999',
  },
];

function front(person: Person): readonly string[] {
  return [
    MARK,
    'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
    'Độc lập - Tự do - Hạnh phúc',
    'GIẤY KHAI SINH',
    `Số: ${person.number}`,
    `Họ, chữ đệm, tên: ${person.name}`,
    `Ngày, tháng, năm sinh: ${person.born}`,
    `Ghi bằng chữ: ${person.inWords}`,
    `Giới tính: ${person.sex}          Dân tộc: Kinh          Quốc tịch: Việt Nam`,
    'Nơi sinh: Trạm Y tế xã Quảng Lưu',
    `Họ, chữ đệm, tên người mẹ: ${person.mother}`,
    'Năm sinh: 1974          Dân tộc: Kinh          Quốc tịch: Việt Nam',
    `Họ, chữ đệm, tên người cha: ${person.father}`,
    'Năm sinh: 1971          Dân tộc: Kinh          Quốc tịch: Việt Nam',
    'Nơi đăng ký khai sinh: Ủy ban nhân dân xã Quảng Lưu',
    `Ngày, tháng, năm đăng ký: ${person.registered}`,
  ];
}

const back = (person: Person): readonly string[] => [
  MARK,
  'Phần ghi chú những thay đổi sau này',
  `Bổ sung quê quán theo đơn của ông ${person.father}.`,
  'Người thực hiện ký, ghi rõ họ tên',
];

async function draw(lines: readonly string[]): Promise<Buffer> {
  const pieces = await Promise.all(
    lines.map(async (line, index) => {
      const text = { text: line, font: 'Liberation Serif 13', fontfile: FONT, dpi: DPI, rgba: true };
      const ink = await sharp({ text: { ...text, text: `<span foreground="${INK}">${line}</span>` } })
        .png()
        .toBuffer({ resolveWithObject: true });
      const isTitle = index < 4;
      const left = isTitle ? Math.round((WIDTH_PX - ink.info.width) / 2) : MARGIN_PX;
      // Cut to its ink, a line without descenders stands higher: by its own middle all stand alike.
      return { input: ink.data, left, top: TOP_PX + index * PITCH_PX - Math.round(ink.info.height / 2) };
    }),
  );
  return sharp({ create: { width: WIDTH_PX, height: HEIGHT_PX, channels: 3, background: PAPER } })
    .composite(pieces)
    .withMetadata({ density: DPI })
    .jpeg({ quality: 72 })
    .toBuffer();
}

await mkdir(FOLDER, { recursive: true });
const [first, second, third] = PEOPLE as readonly [Person, Person, Person];
const sheets = [front(first), front(second), back(second), front(third)];
for (const [index, lines] of sheets.entries())
  await writeFile(join(FOLDER, `${String(index + 1).padStart(2, '0')}-so-khai-sinh.jpg`), await draw(lines));
