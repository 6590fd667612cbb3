/**
 * @file Draws the practice material that is not a printed form: a fictional identity card photocopied on A4 at 300 dpi, and
 * the empty back of a sheet as a scanner sees it. Run by hand: `node scripts/make-samples.ts`; the results are committed.
 */
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import sharp from 'sharp';
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';

const RESOURCES = join(import.meta.dirname, '..', 'resources');
const PERSON = {
  id: '038087015329',
  name: 'Cao Viết Nghĩa',
  born: '25/12/1987',
  sex: 'Nam',
  home: 'Thôn Chiềng Đông, Xã Cẩm Thạch, Thanh Hóa',
  issued: '14/08/2023',
  expires: '25/12/2027',
} as const;
const MARK = 'MẪU LUYỆN TẬP – KHÔNG CÓ GIÁ TRỊ';
const CARD_DPI = 300;
const PAGE_DPI = 200;
const QR_MM = 18;

const onlyDigits = (date: string): string => date.replaceAll('/', '');
/** As on the chip card: id | old id | name | birth | sex | address | day of issue. */
const PAYLOAD = [
  PERSON.id,
  '',
  PERSON.name,
  onlyDigits(PERSON.born),
  PERSON.sex,
  PERSON.home,
  onlyDigits(PERSON.issued),
].join('|');

for (const [file, weight] of [
  ['LiberationSerif-Regular.ttf', 'Serif'],
  ['LiberationSerif-Bold.ttf', 'SerifBold'],
] as const) {
  GlobalFonts.registerFromPath(join(RESOURCES, 'fonts', file), weight);
}
await writeFile(join(RESOURCES, 'samples', 'the-can-cuoc.jpg'), await drawCardCopy());
await writeFile(join(RESOURCES, 'samples', 'stack-thuong-tru', '04-mat-sau-trang.jpg'), await drawBlankBack());

async function drawCardCopy(): Promise<Buffer> {
  const mm = CARD_DPI / 25.4;
  const canvas = createCanvas(Math.round(210 * mm), Math.round(297 * mm));
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fbfaf7';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.save();
  pen.translate(62 * mm, 45 * mm);
  pen.rotate((0.7 * Math.PI) / 180); // nobody lays a card down straight
  pen.scale(mm, mm);
  await drawCard(pen);
  pen.restore();
  pen.fillStyle = '#b02020';
  pen.font = `${6 * mm}px SerifBold`;
  pen.textAlign = 'center';
  pen.fillText(MARK, canvas.width / 2, 130 * mm);
  pen.font = `${3.6 * mm}px Serif`;
  pen.fillText('Người, số và địa chỉ trên thẻ này đều là hư cấu.', canvas.width / 2, 138 * mm);
  return asScan(canvas.toBuffer('image/png'), CARD_DPI, 6, 42);
}

/** Front of the card; one unit is a millimetre. */
async function drawCard(pen: SKRSContext2D): Promise<void> {
  const [width, height] = [85.6, 53.98];
  pen.fillStyle = '#dfe9e4';
  pen.strokeStyle = '#5a6a66';
  pen.lineWidth = 0.3;
  pen.beginPath();
  pen.roundRect(0, 0, width, height, 3);
  pen.fill();
  pen.stroke();
  const write = (text: string, x: number, y: number, size: number, font = 'Serif', colour = '#202020'): void => {
    pen.fillStyle = colour;
    pen.font = `${size}px ${font}`;
    pen.fillText(text, x, y);
  };
  write('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 12, 5.2, 2.3, 'SerifBold');
  write('Độc lập – Tự do – Hạnh phúc', 22, 8.6, 2.2, 'SerifBold');
  write('CĂN CƯỚC CÔNG DÂN', 17, 14, 3.6, 'SerifBold', '#a02828');
  write('Số / No.:', 25, 22.5, 2.4);
  write(PERSON.id, 34.5, 22.7, 3.8, 'SerifBold');
  write('Họ và tên / Full name:', 25, 27.2, 2.1);
  write(PERSON.name.toLocaleUpperCase('vi'), 25, 30.8, 3, 'SerifBold');
  write(`Ngày sinh / Date of birth: ${PERSON.born}`, 25, 34.6, 2.4);
  write(`Giới tính / Sex: ${PERSON.sex}     Quốc tịch / Nationality: Việt Nam`, 25, 38.2, 2.3);
  write('Nơi thường trú / Place of residence:', 25, 42, 2.1);
  write(PERSON.home, 25, 45.4, 2.4);
  write(`Có giá trị đến: ${PERSON.expires}`, 3, 50.5, 2);
  drawPortrait(pen);
  await drawQrCode(pen, width - QR_MM - 3, 3);
  pen.save();
  pen.translate(43, 39);
  pen.rotate(-0.3);
  pen.globalAlpha = 0.3;
  pen.textAlign = 'center';
  write(MARK, 0, 0, 3.4, 'SerifBold', '#c01818');
  pen.restore();
}

/** A silhouette: no face, not even an invented one. */
function drawPortrait(pen: SKRSContext2D): void {
  pen.fillStyle = '#c4d2d6';
  pen.fillRect(3, 17, 19, 26);
  pen.fillStyle = '#76868c';
  pen.beginPath();
  pen.ellipse(12.5, 26, 4.2, 5.4, 0, 0, 2 * Math.PI);
  pen.fill();
  pen.beginPath();
  pen.ellipse(12.5, 43, 8.6, 10, 0, Math.PI, 2 * Math.PI);
  pen.fill();
}

async function drawQrCode(pen: SKRSContext2D, left: number, top: number): Promise<void> {
  const wasm = await readFile(createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm'));
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer }, fireImmediately: true });
  const { symbol, error } = await writeBarcode(PAYLOAD, {
    format: 'QRCode',
    options: 'ecLevel=M',
    addQuietZones: false,
  });
  if (error) throw new Error(error);
  pen.fillStyle = '#ffffff';
  pen.fillRect(left - 1, top - 1, QR_MM + 2, QR_MM + 2);
  pen.fillStyle = '#101010';
  const size = QR_MM / symbol.width;
  for (let y = 0; y < symbol.height; y++) {
    for (let x = 0; x < symbol.width; x++) {
      // A hair wider than a module, so that no light shows between neighbours.
      if (symbol.data[y * symbol.width + x] === 0)
        pen.fillRect(left + x * size, top + y * size, size * 1.02, size * 1.02);
    }
  }
}

async function drawBlankBack(): Promise<Buffer> {
  const [width, height] = [1653, 2339];
  const canvas = createCanvas(width, height);
  const pen = canvas.getContext('2d');
  const light = pen.createLinearGradient(0, 0, width, height);
  light.addColorStop(0, '#f7f6f2');
  light.addColorStop(1, '#efede6');
  pen.fillStyle = light;
  pen.fillRect(0, 0, width, height);
  const random = seededRandom(7);
  for (let speck = 0; speck < 60; speck++) {
    pen.fillStyle = `rgba(90, 85, 80, ${0.1 + random() * 0.3})`;
    pen.fillRect(random() * width, random() * height, 1 + random() * 2, 1 + random() * 2);
  }
  return asScan(canvas.toBuffer('image/png'), PAGE_DPI, 5, 11);
}

/** Softened, with the grain of a scanner's sensor, as the JPEG it would send. */
async function asScan(png: Buffer, dpi: number, grain: number, seed: number): Promise<Buffer> {
  const { data, info } = await sharp(png).removeAlpha().blur(0.6).raw().toBuffer({ resolveWithObject: true });
  const random = seededRandom(seed);
  for (let pixel = 0; pixel < data.length; pixel += 3) {
    const noise = (random() + random() + random() - 1.5) * grain;
    for (let channel = 0; channel < 3; channel++) {
      data[pixel + channel] = Math.max(0, Math.min(255, Math.round((data[pixel + channel] ?? 0) + noise)));
    }
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    .jpeg({ quality: 82 })
    .withMetadata({ density: dpi })
    .toBuffer();
}

/** Mulberry32: the same picture on every run. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
