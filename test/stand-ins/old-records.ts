/** @file A shelf of invented old records as a scanner would give it: birth certificates of two sides, separator sheets between. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSeparatorSheets } from '../../main/forms/separator-sheet.ts';
import { composeFormPdf } from '../../main/imaging/pdf/form/compose-form.ts';
import { drawPaper } from './draw-paper.ts';

export interface OldRecord {
  readonly number: string;
  readonly year: string;
  readonly fullName: string;
}

const FAMILY = ['PHẠM', 'NGUYỄN', 'TRẦN', 'LÊ', 'HOÀNG'];
const GIVEN = ['THẢO VY', 'VĂN ẨN', 'MINH ĐỨC', 'THỊ BÉ', 'QUỐC HƯNG', 'NGỌC ÁNH', 'ĐỨC THUẬN'];

export function inventRecords(count: number): OldRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const year = String(1998 + (index % 7));
    return { number: `${index + 11}/${year}`, year, fullName: `${FAMILY[index % 5]} ${GIVEN[index % 7]}` };
  });
}

export async function drawRecord({ number, year, fullName }: OldRecord): Promise<[Buffer, Buffer]> {
  return [
    await drawPaper([
      'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
      'Độc lập - Tự do - Hạnh phúc',
      'GIẤY KHAI SINH',
      `Số: ${number}`,
      `Họ, chữ đệm, tên: ${fullName}`,
      `Ngày, tháng, năm sinh: 19/11/${year}`,
      'Giới tính: Nữ\tDân tộc: Kinh\tQuốc tịch: Việt Nam',
      'Nơi sinh: Trạm Y tế xã Quảng Lưu',
      `Ngày, tháng, năm đăng ký: 02/12/${year}`,
    ]),
    await drawPaper(['Ghi chú', `Cấp bản chính ngày 05/12/${year}`]),
  ];
}

export async function drawSeparator(): Promise<Buffer> {
  const form = buildSeparatorSheets({ sheets: [{ target: '', name: null }], createdAt: '2026-11-20T09:00:00+07:00' });
  const { bytes } = await composeFormPdf(form, join(import.meta.dirname, '../../resources'));
  const folder = mkdtempSync(join(tmpdir(), 'separator-'));
  try {
    writeFileSync(join(folder, 'sheet.pdf'), bytes);
    const args = ['draw', '-q', '-r', '200', '-o', join(folder, 'sheet.png'), join(folder, 'sheet.pdf'), '1'];
    execFileSync('mutool', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    return readFileSync(join(folder, 'sheet.png'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One file a side, numbered as scanners do: separator, front, back; separator, … */
export async function fillShelf(folder: string, records: readonly OldRecord[]): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const separator = await drawSeparator();
  const files: string[] = [];
  for (const record of records)
    for (const image of [separator, ...(await drawRecord(record))]) {
      const path = join(folder, `scan${files.length + 1}.${image === separator ? 'png' : 'jpg'}`);
      writeFileSync(path, image);
      files.push(path);
    }
  return files;
}
