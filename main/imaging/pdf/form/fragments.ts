/**
 * @file Blocks of a form → fragments: pieces of fixed height that a page takes whole. Coordinates inside a fragment grow
 * right and down from its top left corner.
 */
import type { Block, Run } from '../../../forms/form-model.ts';
import type { z } from 'zod';
import type { QrGrid } from './qr-code.ts';
import { placeParagraph, type PlacedText, type StyledText } from './text-lines.ts';
import type { Typeface } from './typeface.ts';

export type Rgb = readonly [number, number, number];

export type Mark =
  | (PlacedText & { readonly kind: 'text'; readonly colour: Rgb })
  | {
      readonly kind: 'line';
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
      readonly thickness: number;
    }
  | {
      readonly kind: 'box';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly thickness: number;
      readonly colour: Rgb;
    }
  | { readonly kind: 'fill'; readonly x: number; readonly y: number; readonly width: number; readonly height: number };

export interface Fragment {
  readonly heightPt: number;
  readonly marks: readonly Mark[];
  readonly keepWithNext: boolean;
  /** White space that is dropped at the top of a page. */
  readonly isGap: boolean;
  /** Drawn again when the fragment is the first of a page. */
  readonly repeated: Fragment | null;
  /** What follows begins on a new page; has no height itself. */
  readonly endsPage?: true;
}

export interface FragmentContext {
  readonly typeface: Typeface;
  readonly sizePt: number;
  /** Grids of every QR text in the form. */
  readonly qrGrids: ReadonlyMap<string, QrGrid>;
}

type BlockOf<K extends Block['kind']> = Extract<Block, { kind: K }>;
type ParsedRun = z.output<typeof Run>;

const BLACK: Rgb = [0, 0, 0];
const POINTS_PER_MM = 72 / 25.4;
const CELL_PADDING_PT = { sideways: 3, upright: 1.6 } as const;
const TABLE_LINE_PT = 0.5;
const TABLE_LINE_HEIGHT = 1.15;

export function toFragments(block: Block, widthPt: number, context: FragmentContext): Fragment[] {
  switch (block.kind) {
    case 'paragraph':
      return paragraphFragments(block, widthPt, context);
    case 'spacer':
      return [gap(block.heightPt)];
    case 'rule':
      return [ruleFragment(block, widthPt)];
    case 'qr':
      return [qrFragment(block, widthPt, context)];
    case 'table':
      return tableFragments(block, widthPt, context);
    case 'signatures':
      return [signatureFragment(block, widthPt, context)];
    case 'notice':
      return [noticeFragment(block, widthPt, context)];
    case 'columns':
      return [columnsFragment(block, widthPt, context)];
    case 'page-break':
      return [{ ...gap(0), endsPage: true }];
  }
}

function fragment(heightPt: number, marks: readonly Mark[], keepWithNext = false): Fragment {
  return { heightPt, marks, keepWithNext, isGap: false, repeated: null };
}

function gap(heightPt: number, keepWithNext = false): Fragment {
  return { heightPt, marks: [], keepWithNext, isGap: true, repeated: null };
}

function withGaps(fragments: Fragment[], beforePt: number, afterPt: number): Fragment[] {
  return [...(beforePt > 0 ? [gap(beforePt)] : []), ...fragments, ...(afterPt > 0 ? [gap(afterPt)] : [])];
}

export function styleRuns(runs: readonly ParsedRun[], sizePt: number): StyledText[] {
  return runs.map((run) => ({
    text: run.text,
    style: run.style,
    sizePt: run.sizePt ?? sizePt,
    isUnderlined: run.isUnderlined ?? false,
    isLeader: run.leader ?? false,
  }));
}

function textMarks(texts: readonly PlacedText[], dx: number, dy: number, colour: Rgb = BLACK): Mark[] {
  return texts.map((text) => ({
    ...text,
    kind: 'text' as const,
    colour,
    x: text.x + dx,
    baseline: text.baseline + dy,
  }));
}

function paragraphFragments(block: BlockOf<'paragraph'>, widthPt: number, context: FragmentContext): Fragment[] {
  const sizePt = block.sizePt ?? context.sizePt;
  const lines = placeParagraph(
    styleRuns(block.runs, sizePt),
    {
      widthPt: widthPt - block.leftPt,
      firstIndentPt: block.firstIndentPt,
      align: block.align,
      lineHeight: block.lineHeight,
      sizePt,
    },
    context.typeface,
  );
  const fragments = lines.map((line) =>
    fragment(line.heightPt, textMarks(line.texts, block.leftPt, 0), block.keepWithNext),
  );
  const after = block.afterPt > 0 ? [gap(block.afterPt, block.keepWithNext)] : [];
  return [...(block.beforePt > 0 ? [gap(block.beforePt)] : []), ...fragments, ...after];
}

function ruleFragment(block: BlockOf<'rule'>, widthPt: number): Fragment {
  const length = widthPt * block.share;
  const x1 = (widthPt - length) / 2;
  const y = block.beforePt + block.thicknessPt / 2;
  return fragment(block.beforePt + block.thicknessPt + block.afterPt, [
    { kind: 'line', x1, y1: y, x2: x1 + length, y2: y, thickness: block.thicknessPt },
  ]);
}

/** Dark modules of one row that touch become one rectangle: no hairlines between them on any viewer. */
function qrFragment(block: BlockOf<'qr'>, widthPt: number, context: FragmentContext): Fragment {
  const grid = context.qrGrids.get(block.text);
  if (!grid) throw new Error('the QR code was not prepared');
  const size = block.sizeMm * POINTS_PER_MM;
  const left = block.align === 'left' ? 0 : block.align === 'right' ? widthPt - size : (widthPt - size) / 2;
  const module = size / grid.size;
  const marks: Mark[] = [];
  for (let row = 0; row < grid.size; row++) {
    for (let column = 0; column < grid.size; column++) {
      if (!grid.isDark(column, row)) continue;
      const first = column;
      while (column + 1 < grid.size && grid.isDark(column + 1, row)) column++;
      marks.push({
        kind: 'fill',
        x: left + first * module,
        y: row * module,
        width: (column + 1 - first) * module,
        height: module,
      });
    }
  }
  return fragment(size, marks);
}

function tableFragments(block: BlockOf<'table'>, widthPt: number, context: FragmentContext): Fragment[] {
  const sizePt = block.sizePt ?? context.sizePt;
  const shares = block.columns.reduce((sum, column) => sum + column.share, 0);
  const widths = block.columns.map((column) => (widthPt * column.share) / shares);
  const drawRow = (cells: readonly (readonly ParsedRun[])[], isHeader: boolean, hasTopLine: boolean): Fragment => {
    const placed = widths.map((width, index) =>
      placeParagraph(
        styleRuns(cells[index] ?? [], sizePt),
        {
          widthPt: width - 2 * CELL_PADDING_PT.sideways,
          firstIndentPt: 0,
          align: isHeader ? 'center' : (block.columns[index]?.align ?? 'left'),
          lineHeight: TABLE_LINE_HEIGHT,
          sizePt,
        },
        context.typeface,
      ),
    );
    const heights = placed.map((lines) => lines.reduce((sum, line) => sum + line.heightPt, 0));
    const heightPt = Math.max(sizePt, ...heights) + 2 * CELL_PADDING_PT.upright;
    const marks: Mark[] = [];
    let x = 0;
    for (const [index, lines] of placed.entries()) {
      const width = widths[index] ?? 0;
      let y = isHeader ? (heightPt - (heights[index] ?? 0)) / 2 : CELL_PADDING_PT.upright;
      for (const line of lines) {
        marks.push(...textMarks(line.texts, x + CELL_PADDING_PT.sideways, y));
        y += line.heightPt;
      }
      marks.push({ kind: 'line', x1: x, y1: 0, x2: x, y2: heightPt, thickness: TABLE_LINE_PT });
      x += width;
    }
    marks.push({ kind: 'line', x1: x, y1: 0, x2: x, y2: heightPt, thickness: TABLE_LINE_PT });
    marks.push({ kind: 'line', x1: 0, y1: heightPt, x2: x, y2: heightPt, thickness: TABLE_LINE_PT });
    if (hasTopLine) marks.push({ kind: 'line', x1: 0, y1: 0, x2: x, y2: 0, thickness: TABLE_LINE_PT });
    return fragment(heightPt, marks, isHeader);
  };
  const header = block.header.length > 0 ? drawRow(block.header, true, true) : null;
  const rows = block.rows.map((cells, index) => ({
    ...drawRow(cells, false, header === null && index === 0),
    repeated: header,
  }));
  return withGaps(header ? [header, ...rows] : rows, block.beforePt, block.afterPt);
}

function signatureFragment(block: BlockOf<'signatures'>, widthPt: number, context: FragmentContext): Fragment {
  const sizePt = block.sizePt ?? context.sizePt;
  const shares = block.columns.reduce((sum, column) => sum + column.share, 0);
  const marks: Mark[] = [];
  let x = 0;
  let tallest = 0;
  for (const column of block.columns) {
    const width = (widthPt * column.share) / shares;
    let y = block.beforePt;
    const write = (runs: readonly StyledText[], align: 'left' | 'center' | 'right'): void => {
      const shape = { widthPt: width - 6, firstIndentPt: 0, align, lineHeight: 1.18, sizePt };
      for (const line of placeParagraph(runs, shape, context.typeface)) {
        marks.push(...textMarks(line.texts, x + 3, y));
        y += line.heightPt;
      }
    };
    const look = { sizePt, isUnderlined: false, isLeader: false };
    if (column.runs) {
      for (const runs of column.runs) write(styleRuns(runs, sizePt), column.align);
    } else {
      for (const text of column.titleLines) write([{ ...look, text, style: 'bold' }], column.align);
      if (column.remark)
        write([{ ...look, text: column.remark, style: 'italic', sizePt: sizePt * 0.92 }], column.align);
      y += block.gapPt;
      if (column.name) write([{ ...look, text: column.name, style: 'bold' }], column.align);
    }
    tallest = Math.max(tallest, y);
    x += width;
  }
  return fragment(tallest, marks);
}

function noticeFragment(block: BlockOf<'notice'>, widthPt: number, context: FragmentContext): Fragment {
  const sizePt = block.sizePt ?? context.sizePt;
  const [sideways, upright] = [5, 2.2];
  const lines = placeParagraph(
    styleRuns(block.runs, sizePt),
    { widthPt: widthPt - 2 * sideways, firstIndentPt: 0, align: block.align, lineHeight: 1.18, sizePt },
    context.typeface,
  );
  let y = block.beforePt + upright;
  const marks: Mark[] = [];
  for (const line of lines) {
    marks.push(...textMarks(line.texts, sideways, y, block.colour));
    y += line.heightPt;
  }
  y += upright;
  const height = y - block.beforePt;
  marks.push({ kind: 'box', x: 0, y: block.beforePt, width: widthPt, height, thickness: 0.7, colour: block.colour });
  return fragment(y + block.afterPt, marks);
}

function columnsFragment(block: BlockOf<'columns'>, widthPt: number, context: FragmentContext): Fragment {
  const shares = block.columns.reduce((sum, column) => sum + column.share, 0);
  const usable = widthPt - block.gapPt * (block.columns.length - 1);
  const marks: Mark[] = [];
  let x = 0;
  let tallest = 0;
  for (const column of block.columns) {
    const width = (usable * column.share) / shares;
    let y = 0;
    for (const part of column.blocks.flatMap((inner) => toFragments(inner, width, context))) {
      marks.push(...part.marks.map((mark) => moveMark(mark, x, y)));
      y += part.heightPt;
    }
    tallest = Math.max(tallest, y);
    x += width + block.gapPt;
  }
  return fragment(tallest, marks);
}

export function moveMark(mark: Mark, dx: number, dy: number): Mark {
  switch (mark.kind) {
    case 'text':
      return { ...mark, x: mark.x + dx, baseline: mark.baseline + dy };
    case 'line':
      return { ...mark, x1: mark.x1 + dx, x2: mark.x2 + dx, y1: mark.y1 + dy, y2: mark.y2 + dy };
    default:
      return { ...mark, x: mark.x + dx, y: mark.y + dy };
  }
}
