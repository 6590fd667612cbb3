/** @file A form of `main/forms` → a PDF/A-2u file with embedded type, vector lines and a vector QR code. */
import { z } from 'zod';
import { Form, type Block, type ParsedForm } from '../../../forms/form-model.ts';
import { createArchiveDocument } from '../../../pdf/archive-document.ts';
import { embedFontSubset, type EmbeddedFont } from '../../../pdf/font.ts';
import { pdfNumber, pdfNumbers, pdfReference } from '../../../pdf/objects.ts';
import { Failure } from '../../../rooms/failure.ts';
import { moveMark, toFragments, type FragmentContext, type Mark, type Rgb } from './fragments.ts';
import { paginate } from './paginate.ts';
import { encodeQr, type QrGrid } from './qr-code.ts';
import { placeParagraph } from './text-lines.ts';
import { loadTypeface, widthOf, type TextStyle, type Typeface } from './typeface.ts';

const POINTS_PER_MM = 72 / 25.4;
const PAPER_MM = { A4: [210, 297], A5: [148, 210] } as const;
const RUNNING_LINE_PT = 16;
const RUNNING_SIZE_PT = 8;
const BACKDROP_COLOUR: Rgb = [0.94, 0.94, 0.94];
const STYLES = ['regular', 'bold', 'italic'] as const;
const FONT_NAMES: Readonly<Record<TextStyle, string>> = { regular: '/R', bold: '/B', italic: '/I' };

type Fonts = ReadonlyMap<TextStyle, EmbeddedFont>;

export async function composeFormPdf(
  form: unknown,
  resourcesFolder: string,
): Promise<{ bytes: Buffer; pageCount: number }> {
  const parsed = Form.safeParse(form);
  if (!parsed.success) throw new Failure('bad-request', z.prettifyError(parsed.error));
  const typeface = await loadTypeface(resourcesFolder);
  const frame = measureFrame(parsed.data);
  const pages = await layOut(parsed.data, frame, typeface);
  const fonts = await embedFonts(pages, parsed.data.backdrop, typeface);
  const document = createArchiveDocument(parsed.data);
  const resources: string[] = [];
  for (const [style, font] of fonts) {
    const first = document.list.reserve();
    const objects = font.fontObjects(first);
    for (const _ of objects.slice(1)) document.list.reserve();
    for (const object of objects) document.list.set(object.number, object.body);
    resources.push(`${FONT_NAMES[style]} ${pdfReference(first)}`);
  }
  for (const marks of pages) {
    document.addPage({
      widthPt: frame.widthPt,
      heightPt: frame.heightPt,
      resources: `/Font <<${resources.join(' ')}>>`,
      content:
        drawBackdrop(parsed.data.backdrop, frame, typeface, fonts) +
        marks.map((mark) => drawMark(mark, frame.heightPt, fonts)).join(''),
    });
  }
  return { bytes: document.finish(), pageCount: pages.length };
}

interface Frame {
  readonly widthPt: number;
  readonly heightPt: number;
  readonly left: number;
  readonly top: number;
  readonly innerWidthPt: number;
  readonly innerHeightPt: number;
}

function measureFrame({ paper, marginsMm }: ParsedForm): Frame {
  const [widthPt, heightPt] = PAPER_MM[paper].map((mm) => mm * POINTS_PER_MM) as [number, number];
  const innerWidthPt = widthPt - (marginsMm.left + marginsMm.right) * POINTS_PER_MM;
  const innerHeightPt = heightPt - (marginsMm.top + marginsMm.bottom) * POINTS_PER_MM;
  if (innerWidthPt < 100 || innerHeightPt < 100) throw new Failure('bad-request', 'the margins leave no room');
  return {
    widthPt,
    heightPt,
    left: marginsMm.left * POINTS_PER_MM,
    top: marginsMm.top * POINTS_PER_MM,
    innerWidthPt,
    innerHeightPt,
  };
}

/** Marks in page coordinates: points from the top left corner of the sheet. */
async function layOut(form: ParsedForm, frame: Frame, typeface: Typeface): Promise<Mark[][]> {
  const context: FragmentContext = { typeface, sizePt: form.sizePt, qrGrids: await encodeQrs(form.blocks) };
  const fragments = form.blocks.flatMap((block) => toFragments(block, frame.innerWidthPt, context));
  const running = form.runningTitle === null ? 0 : RUNNING_LINE_PT;
  const pages = paginate(fragments, frame.innerHeightPt, frame.innerHeightPt - running);
  return pages.map((marks, index) => {
    const top = frame.top + (index === 0 ? 0 : running);
    const moved = marks.map((mark) => moveMark(mark, frame.left, top));
    return index === 0 || form.runningTitle === null
      ? moved
      : [...runningLine(`${form.runningTitle} – trang ${index + 1}/${pages.length}`, frame, typeface), ...moved];
  });
}

function runningLine(text: string, frame: Frame, typeface: Typeface): Mark[] {
  const look = { text, style: 'italic', sizePt: RUNNING_SIZE_PT, isUnderlined: false, isLeader: false } as const;
  const shape = {
    widthPt: frame.innerWidthPt,
    firstIndentPt: 0,
    align: 'center',
    lineHeight: 1.2,
    sizePt: RUNNING_SIZE_PT,
  } as const;
  return placeParagraph([look], shape, typeface)
    .slice(0, 1)
    .flatMap((line) =>
      line.texts.map((placed) => moveMark({ ...placed, kind: 'text', colour: [0, 0, 0] }, frame.left, frame.top)),
    );
}

async function encodeQrs(blocks: readonly Block[]): Promise<Map<string, QrGrid>> {
  const inner = blocks.flatMap((block) =>
    block.kind === 'columns' ? block.columns.flatMap((column) => column.blocks) : [block],
  );
  const grids = new Map<string, QrGrid>();
  for (const block of inner) if (block.kind === 'qr') grids.set(block.text, await encodeQr(block.text));
  return grids;
}

async function embedFonts(
  pages: readonly (readonly Mark[])[],
  backdrop: string | null,
  typeface: Typeface,
): Promise<Fonts> {
  const used = new Map<TextStyle, string>(backdrop === null ? [] : [['bold', backdrop]]);
  for (const mark of pages.flat()) {
    if (mark.kind === 'text') used.set(mark.style, (used.get(mark.style) ?? '') + mark.text);
  }
  const fonts = new Map<TextStyle, EmbeddedFont>();
  for (const style of STYLES) {
    const text = used.get(style);
    if (text !== undefined) fonts.set(style, await embedFontSubset(typeface[style].bytes, text));
  }
  return fonts;
}

function drawMark(mark: Mark, pageHeightPt: number, fonts: Fonts): string {
  switch (mark.kind) {
    case 'text':
      return drawText(mark, pageHeightPt, fonts);
    case 'line':
      return `q ${pdfNumber(mark.thickness)} w ${pdfNumbers(mark.x1, pageHeightPt - mark.y1)} m ${pdfNumbers(mark.x2, pageHeightPt - mark.y2)} l S Q\n`;
    case 'box': {
      const corner = pdfNumbers(mark.x, pageHeightPt - mark.y - mark.height, mark.width, mark.height);
      return `q ${pdfNumber(mark.thickness)} w ${pdfNumbers(...mark.colour)} RG ${corner} re S Q\n`;
    }
    case 'fill':
      return `${pdfNumbers(mark.x, pageHeightPt - mark.y - mark.height, mark.width, mark.height)} re f\n`;
  }
}

function drawText(mark: Extract<Mark, { kind: 'text' }>, pageHeightPt: number, fonts: Fonts): string {
  const font = fonts.get(mark.style);
  if (!font) throw new Error(`no font was embedded for ${mark.style}`);
  const y = pageHeightPt - mark.baseline;
  const colour = mark.colour.some((part) => part > 0) ? `${pdfNumbers(...mark.colour)} rg ` : '0 g ';
  const place = `BT ${colour}${FONT_NAMES[mark.style]} ${pdfNumber(mark.sizePt)} Tf 1 0 0 1 ${pdfNumbers(mark.x, y)} Tm`;
  const show =
    mark.extraSpacePt > 0
      ? justifiedText(mark.text, (mark.extraSpacePt * -1000) / mark.sizePt, font)
      : `${font.encode(mark.text)} Tj`;
  const underline = mark.isUnderlined
    ? `q ${pdfNumber(mark.sizePt * 0.05)} w ${pdfNumbers(mark.x, y - mark.sizePt * 0.12)} m ${pdfNumbers(mark.x + mark.width, y - mark.sizePt * 0.12)} l S Q\n`
    : '';
  return `${place} ${show} ET 0 g\n${underline}`;
}

/** Word spacing (`Tw`) does not apply to two-byte codes, so each space carries its own adjustment. */
function justifiedText(text: string, adjustment: number, font: EmbeddedFont): string {
  const parts = text
    .split(/(?<= )/)
    .map((part) => font.encode(part) + (part.endsWith(' ') ? ` ${pdfNumber(adjustment)} ` : ''));
  return `[${parts.join('')}] TJ`;
}

function drawBackdrop(text: string | null, frame: Frame, typeface: Typeface, fonts: Fonts): string {
  const font = fonts.get('bold');
  if (text === null || !font) return '';
  const diagonal = Math.hypot(frame.widthPt, frame.heightPt);
  const sizePt = Math.min(96, (diagonal * 0.6) / Math.max(0.1, widthOf(typeface, 'bold', text, 1)));
  const width = widthOf(typeface, 'bold', text, sizePt);
  const [cosine, sine] = [frame.widthPt / diagonal, frame.heightPt / diagonal];
  const x = frame.widthPt / 2 - (width / 2) * cosine + sizePt * 0.33 * sine;
  const y = frame.heightPt / 2 - (width / 2) * sine - sizePt * 0.33 * cosine;
  return (
    `q BT ${pdfNumbers(...BACKDROP_COLOUR)} rg ${FONT_NAMES.bold} ${pdfNumber(sizePt)} Tf ` +
    `${pdfNumbers(cosine, sine, -sine, cosine, x, y)} Tm ${font.encode(text)} Tj ET Q\n`
  );
}
