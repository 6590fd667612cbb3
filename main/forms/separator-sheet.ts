/**
 * @file Tờ tách: sheets to lay between the papers of a stack. The same QR code stands in all four corners, so that the sheet
 * is known whichever way up it is fed, creased or torn; people read the large words in the middle.
 */
import { separatorText } from '../dossiers/separator.ts';
import type { BlockInput, Form, SimpleBlockInput } from './form-model.ts';

export interface SeparatorSheet {
  /** Component id or document type code that the pages behind it go to; empty for a plain sheet. */
  readonly target: string;
  /** What stands on it in large letters; null for a plain sheet. */
  readonly name: string | null;
}

export interface SeparatorSheetsContext {
  readonly sheets: readonly SeparatorSheet[];
  /** ISO 8601. */
  readonly createdAt: string;
}

export const SEPARATOR_TITLE = 'Tờ tách giấy tờ';
/** Codes of 25 mm and more are read in any colour scan of a sheet (smaller ones were missed on four of seven). */
const QR_MM = 48;
const PLAIN_NAME = 'Giấy tờ tiếp theo';
/** Longer names of components are whole sentences; they must stay on the sheet. */
const MAX_NAME = 400;

export function buildSeparatorSheets({ sheets, createdAt }: SeparatorSheetsContext): Form {
  return {
    paper: 'A4',
    marginsMm: { top: 15, right: 15, bottom: 12, left: 15 },
    sizePt: 14,
    title: SEPARATOR_TITLE,
    metadata: {},
    createdAt,
    runningTitle: null,
    backdrop: null,
    blocks: sheets.flatMap((sheet, index): BlockInput[] => [
      ...(index === 0 ? [] : [{ kind: 'page-break' as const }]),
      ...sheetBlocks(sheet),
    ]),
  };
}

function sheetBlocks({ target, name }: SeparatorSheet): BlockInput[] {
  const text = separatorText(target);
  const words = (name ?? PLAIN_NAME).normalize('NFC').slice(0, MAX_NAME);
  // The names run from two words to half a paragraph: the room between the codes is the same for all.
  const sizePt = words.length > 160 ? 16 : words.length > 70 ? 22 : 32;
  const lines = Math.ceil((words.length * sizePt * 0.5) / 510);
  return [
    codes(text),
    { kind: 'spacer', heightPt: 60 },
    line(SEPARATOR_TITLE.toLocaleUpperCase('vi'), 18, 'regular', 10),
    { kind: 'rule', share: 0.5, thicknessPt: 1, beforePt: 4, afterPt: 14 },
    line(words, sizePt, 'bold', 0),
    { kind: 'spacer', heightPt: Math.max(20, 300 - lines * sizePt * 1.22) },
    line(
      name === null
        ? 'Đặt tờ này trước mỗi giấy tờ mới trong tập cần quét.'
        : 'Đặt tờ này ngay trước các trang của giấy tờ trên trong tập cần quét.',
      13,
      'italic',
      2,
    ),
    line('Tờ tách được tự động ẩn, không nằm trong hồ sơ; dùng lại được nhiều lần.', 13, 'italic', 2),
    line(text, 9, 'regular', 24),
    codes(text),
  ];
}

function codes(text: string): BlockInput {
  const code = (align: 'left' | 'right'): SimpleBlockInput => ({ kind: 'qr', text, sizeMm: QR_MM, align });
  return {
    kind: 'columns',
    columns: [
      { share: 1, blocks: [code('left')] },
      { share: 1, blocks: [code('right')] },
    ],
  };
}

function line(text: string, sizePt: number, style: 'regular' | 'bold' | 'italic', afterPt: number): SimpleBlockInput {
  return { kind: 'paragraph', align: 'center', sizePt, afterPt, runs: [{ text, style }] };
}
