/** @file Citizens' cards, both sides, of 2021 and of 2024, drawn at true size with everything a counter reads off them. */
import { createCanvas, GlobalFonts, ImageData, loadImage, type SKRSContext2D } from '@napi-rs/canvas';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';
import { CARD_MM } from '../../main/imaging/page-shape/paper-sizes.ts';
import { CELL_HEIGHT, CELL_WIDTH } from '../../main/imaging/mrz/templates.ts';
import { checkDigit } from '../../main/people/machine-readable-zone.ts';
import { foldText } from '../../main/dossiers/fold-text.ts';

export interface CardHolder {
  readonly idNumber: string;
  readonly oldIdNumber?: string;
  readonly fullName: string;
  /** ISO dates. */
  readonly birthDate: string;
  readonly sex: 'Nam' | 'Nữ';
  readonly hometown: string;
  readonly address: string;
  readonly issuedOn: string;
  readonly expiresOn: string;
}

export interface CardStyle {
  readonly year: 2021 | 2024;
  readonly dpi: number;
  /** Error correction and size of the QR code. */
  readonly level?: 'L' | 'M';
  readonly qrMm?: number;
  /** Family of the machine-readable zone; the shipped pictures of OCR-B when left out. */
  readonly zoneFont?: string;
  readonly textFont?: string;
}

const ROOT = new URL('../../', import.meta.url);
GlobalFonts.registerFromPath(fileURLToPath(new URL('resources/fonts/LiberationSerif-Regular.ttf', ROOT)), 'Card Serif');
GlobalFonts.registerFromPath(fileURLToPath(new URL('resources/fonts/LiberationSerif-Bold.ttf', ROOT)), 'Card Bold');
const { glyphs } = JSON.parse(readFileSync(new URL('resources/ocr-b.json', ROOT), 'utf8')) as {
  glyphs: Record<string, string>;
};
const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm'));
const isReady = prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer }, fireImmediately: true });

const INK = '#20242c';
const day = (iso: string): string => iso.split('-').toReversed().join('/');
const compact = (iso: string): string => iso.split('-').toReversed().join('');

export function payloadOf(holder: CardHolder): string {
  const { idNumber, oldIdNumber = '', fullName, birthDate, sex, address, issuedOn } = holder;
  return [idNumber, oldIdNumber, fullName, compact(birthDate), sex, address, compact(issuedOn)].join('|');
}

export function zoneOf(holder: CardHolder): readonly [string, string, string] {
  const number = holder.idNumber.slice(3);
  const optional = `${holder.idNumber}<<`;
  const birth = holder.birthDate.slice(2).replaceAll('-', '');
  const expiry = holder.expiresOn.slice(2).replaceAll('-', '');
  const first = `IDVNM${number}${checkDigit(number)}${optional}${checkDigit(optional)}`;
  const dates = `${birth}${checkDigit(birth)}`;
  const ends = `${expiry}${checkDigit(expiry)}`;
  const composite = checkDigit(`${first.slice(5)}${dates}${ends}${'<'.repeat(11)}`);
  const [family = '', ...given] = foldText(holder.fullName).toUpperCase().split(' ');
  const third = `${family}<<${given.join('<')}`.slice(0, 30).padEnd(30, '<');
  return [first, `${dates}${holder.sex === 'Nam' ? 'M' : 'F'}${ends}VNM${'<'.repeat(11)}${composite}`, third];
}

/** A code of the given size in millimetres, quiet zone not counted. */
export async function drawQr(text: string, sizeMm: number, dpi: number, level: 'L' | 'M' = 'M'): Promise<Buffer> {
  await isReady;
  const { symbol } = await writeBarcode(text, { format: 'QRCode', ecLevel: level, scale: 1, addQuietZones: false });
  const size = Math.round((sizeMm / 25.4) * dpi);
  // Modules at their true, broken width: a printer knows nothing of the scanner's pixels.
  const canvas = createCanvas(size, size);
  const pen = canvas.getContext('2d');
  pen.fillStyle = 'white';
  pen.fillRect(0, 0, size, size);
  pen.fillStyle = 'black';
  const module = size / symbol.width;
  for (let y = 0; y < symbol.height; y++)
    for (let x = 0; x < symbol.width; x++)
      if (symbol.data[y * symbol.width + x] === 0) pen.fillRect(x * module, y * module, module + 0.02, module + 0.02);
  return canvas.toBuffer('image/png');
}

interface Sheet {
  readonly pen: SKRSContext2D;
  readonly mm: number;
  readonly write: (text: string, x: number, y: number, sizeMm: number, colour?: string, isBold?: boolean) => void;
  readonly png: () => Buffer;
}

function newCard({ dpi, textFont = 'Card Serif' }: CardStyle, tint: string): Sheet {
  const mm = dpi / 25.4;
  const canvas = createCanvas(Math.round(CARD_MM.long * mm), Math.round(CARD_MM.short * mm));
  const pen = canvas.getContext('2d');
  pen.fillStyle = tint;
  pen.beginPath();
  pen.roundRect(0, 0, canvas.width, canvas.height, 3 * mm);
  pen.fill();
  pen.clip();
  pen.strokeStyle = 'rgba(150,175,190,0.45)';
  pen.lineWidth = 0.12 * mm;
  for (let row = -10; row < 70; row += 1.6) {
    pen.beginPath();
    for (let x = 0; x <= CARD_MM.long; x += 1) pen.lineTo(x * mm, (row + Math.sin(x / 6) * 1.2 + x / 12) * mm);
    pen.stroke();
  }
  return {
    pen,
    mm,
    write: (text, x, y, sizeMm, colour = INK, isBold = false) => {
      pen.fillStyle = colour;
      pen.font = `${sizeMm * mm}px "${isBold && textFont === 'Card Serif' ? 'Card Bold' : textFont}"`;
      pen.fillText(text, x * mm, y * mm);
    },
    png: () => canvas.toBuffer('image/png'),
  };
}

export async function drawCardFront(holder: CardHolder, style: CardStyle): Promise<Buffer> {
  const card = newCard(style, style.year === 2021 ? '#dfe9e2' : '#e4e6ef');
  const { write, pen, mm } = card;
  pen.fillStyle = '#b9a18c';
  pen.fillRect(4 * mm, 19 * mm, 20 * mm, 26 * mm);
  pen.fillStyle = '#6b5648';
  pen.beginPath();
  pen.ellipse(14 * mm, 29 * mm, 6 * mm, 8 * mm, 0, 0, 7);
  pen.fill();
  write('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 17, 5, 2.4, INK, true);
  write('Độc lập - Tự do - Hạnh phúc', 26, 8, 2.2);
  write('SOCIALIST REPUBLIC OF VIET NAM', 23, 11, 2);
  if (style.year === 2021) {
    write('CĂN CƯỚC CÔNG DÂN', 27, 17, 3.4, '#b02020', true);
    write('Citizen Identity Card', 33, 20, 2.2);
    write('Số / No.:', 27, 25, 2.4);
    write(holder.idNumber, 38, 25.2, 3.6, INK, true);
    write('Họ và tên / Full name:', 27, 29, 2.2);
    write(holder.fullName.toUpperCase(), 27, 32.4, 2.9);
    write(`Ngày sinh / Date of birth: ${day(holder.birthDate)}`, 27, 36, 2.3);
    write(`Giới tính / Sex: ${holder.sex}`, 27, 39, 2.3);
    write('Quốc tịch / Nationality: Việt Nam', 48, 39, 2.3);
    write('Quê quán / Place of origin:', 27, 42, 2.2);
    write(holder.hometown, 27, 45, 2.3);
    const [near = '', ...rest] = holder.address.split(', ');
    write(`Nơi thường trú / Place of residence: ${near}`, 27, 48.2, 2.2);
    write(rest.join(', '), 27, 51.2, 2.3);
    write('Có giá trị đến:', 4, 48.2, 1.9);
    write(`Date of expiry: ${day(holder.expiresOn)}`, 4, 50.6, 1.9);
    await drawCode(card, holder, style, CARD_MM.long - (style.qrMm ?? 15) - 2, 2);
  } else {
    write('CĂN CƯỚC', 38, 17, 3.8, '#b02020', true);
    write('IDENTITY CARD', 38, 20, 2.2);
    write('Số định danh cá nhân / Personal identification number', 27, 25, 2.1);
    write(holder.idNumber, 27, 28.8, 3.6, INK, true);
    write('Họ, chữ đệm và tên khai sinh / Full name', 27, 32.4, 2.1);
    write(holder.fullName.toUpperCase(), 27, 36, 2.9);
    write('Ngày, tháng, năm sinh / Date of birth', 27, 39.6, 2.1);
    write(day(holder.birthDate), 27, 43, 2.5);
    write('Giới tính / Sex', 66, 39.6, 2.1);
    write(holder.sex, 66, 43, 2.5);
    write('Quốc tịch / Nationality', 27, 46.6, 2.1);
    write('Việt Nam', 27, 50, 2.5);
  }
  return card.png();
}

export async function drawCardBack(holder: CardHolder, style: CardStyle): Promise<Buffer> {
  const card = newCard(style, style.year === 2021 ? '#e0e8de' : '#e6e4ec');
  const { write } = card;
  if (style.year === 2021) {
    write('Đặc điểm nhận dạng / Personal identification:', 4, 6, 2.2);
    write('Nốt ruồi c 1cm trên sau đuôi mắt phải', 4, 9.4, 2.3);
    write(`Ngày, tháng, năm / Date, month, year: ${day(holder.issuedOn)}`, 4, 14, 2.2);
    write('CỤC TRƯỞNG CỤC CẢNH SÁT', 4, 18, 2.2);
    write('QUẢN LÝ HÀNH CHÍNH VỀ TRẬT TỰ XÃ HỘI', 4, 21, 2.2);
  } else {
    write('Nơi cư trú / Place of residence', 4, 5.5, 2.1);
    write(holder.address, 4, 9, 2.3);
    write('Nơi đăng ký khai sinh / Place of birth', 4, 13, 2.1);
    write(holder.hometown, 4, 16.5, 2.3);
    write('Ngày, tháng, năm cấp / Date of issue', 4, 20.5, 2.1);
    write(day(holder.issuedOn), 4, 23.8, 2.3);
    write('Ngày, tháng, năm hết hạn / Date of expiry', 4, 27.2, 2.1);
    write(day(holder.expiresOn), 4, 30.4, 2.3);
    await drawCode(card, holder, style, CARD_MM.long - (style.qrMm ?? 15) - 3, 16);
  }
  drawZone(card, zoneOf(holder), style);
  return card.png();
}

async function drawCode(card: Sheet, holder: CardHolder, style: CardStyle, x: number, y: number): Promise<void> {
  const size = style.qrMm ?? 15;
  const picture = await loadImage(await drawQr(payloadOf(holder), size, style.dpi * 2, style.level));
  card.pen.fillStyle = 'white';
  card.pen.fillRect((x - 1) * card.mm, (y - 1) * card.mm, (size + 2) * card.mm, (size + 2) * card.mm);
  card.pen.drawImage(picture, x * card.mm, y * card.mm, size * card.mm, size * card.mm);
}

/** Ten characters an inch, six lines an inch (ICAO 9303-5). */
function drawZone({ pen, mm }: Sheet, lines: readonly string[], { zoneFont }: CardStyle): void {
  const pitch = 2.54;
  const left = (CARD_MM.long - 30 * pitch) / 2;
  for (const [row, line] of lines.entries()) {
    const middle = 38.5 + row * (25.4 / 6);
    for (const [column, character] of [...line].entries()) {
      if (zoneFont !== undefined) {
        pen.font = `100px "${zoneFont}"`;
        pen.font = `${(100 * pitch * mm) / pen.measureText('0').width}px "${zoneFont}"`;
        const width = pen.measureText(character).width;
        pen.fillStyle = INK;
        pen.fillText(character, (left + (column + 0.5) * pitch) * mm - width / 2, (middle + 1.3) * mm);
        continue;
      }
      const cell = Buffer.from(glyphs[character] ?? '', 'base64');
      const picture = createCanvas(CELL_WIDTH, CELL_HEIGHT);
      const rgba = new Uint8ClampedArray(cell.length * 4);
      for (const [at, grey] of cell.entries()) rgba.set([32, 36, 44, 255 - grey], at * 4);
      picture.getContext('2d').putImageData(new ImageData(rgba, CELL_WIDTH, CELL_HEIGHT), 0, 0);
      const height = (pitch * CELL_HEIGHT) / CELL_WIDTH;
      pen.drawImage(picture, (left + column * pitch) * mm, (middle - height / 2) * mm, pitch * mm, height * mm);
    }
  }
}
