/** @file Breaks styled text into lines and places it: alignment, justification, leaders, words longer than a line. */
import { normaliseForPrint } from '../../../pdf/font.ts';
import type { TextStyle, Typeface } from './typeface.ts';
import { widthOf } from './typeface.ts';

export interface StyledText {
  readonly text: string;
  readonly style: TextStyle;
  readonly sizePt: number;
  readonly isUnderlined: boolean;
  /** Fills the rest of the line with dots. */
  readonly isLeader: boolean;
}

/** A stretch of one look, positioned from the left edge of the block and the top of its line. */
export interface PlacedText {
  readonly x: number;
  readonly baseline: number;
  readonly text: string;
  readonly style: TextStyle;
  readonly sizePt: number;
  readonly width: number;
  readonly isUnderlined: boolean;
  /** Added to every space: justification. */
  readonly extraSpacePt: number;
}

export interface PlacedLine {
  readonly heightPt: number;
  readonly texts: readonly PlacedText[];
}

export interface ParagraphShape {
  readonly widthPt: number;
  readonly firstIndentPt: number;
  readonly align: 'left' | 'center' | 'right' | 'justify';
  readonly lineHeight: number;
  /** Height of a line without text. */
  readonly sizePt: number;
}

interface Piece {
  readonly text: string;
  readonly look: StyledText;
  readonly width: number;
}

interface Word {
  /** The space before it, in the look of the run that wrote it. */
  readonly space: Piece | null;
  readonly pieces: readonly Piece[];
  readonly width: number;
  readonly isLeader: boolean;
}

interface Line {
  readonly words: readonly Word[];
  readonly isLast: boolean;
}

export function placeParagraph(runs: readonly StyledText[], shape: ParagraphShape, typeface: Typeface): PlacedLine[] {
  return splitAtBreaks(runs).flatMap((paragraph, index) => {
    const indent = index === 0 ? shape.firstIndentPt : 0;
    const words = readWords(paragraph, typeface);
    const fill = (widthPt: number): Line[] => fillLines(words, widthPt, indent, typeface);
    const lines =
      shape.align === 'center'
        ? balanceLines(fill, shape.widthPt, Math.max(0, ...words.map((word) => word.width)))
        : fill(shape.widthPt);
    return lines.map((line, row) => placeLine(line, row === 0 ? indent : 0, shape, typeface));
  });
}

/** Centred text is broken into lines of like length: one word alone under a long line looks like a mistake. */
function balanceLines(fill: (widthPt: number) => Line[], widthPt: number, widestWordPt: number): Line[] {
  let best = fill(widthPt);
  const count = best.length;
  if (count === 1 || widestWordPt >= widthPt) return best;
  let [tooNarrow, wideEnough] = [Math.max(widestWordPt, widthPt / (count + 1)), widthPt];
  while (wideEnough - tooNarrow > 1) {
    const middle = (tooNarrow + wideEnough) / 2;
    const lines = fill(middle);
    if (lines.length > count) {
      tooNarrow = middle;
    } else {
      wideEnough = middle;
      best = lines;
    }
  }
  return best;
}

function splitAtBreaks(runs: readonly StyledText[]): StyledText[][] {
  const paragraphs: StyledText[][] = [[]];
  for (const run of runs) {
    for (const [index, text] of run.text.split(/\r?\n/).entries()) {
      if (index > 0) paragraphs.push([]);
      paragraphs.at(-1)?.push({ ...run, text });
    }
  }
  return paragraphs;
}

/** Breaks only at spaces; runs that touch without a space stay one word. */
function readWords(runs: readonly StyledText[], typeface: Typeface): Word[] {
  const words: { space: Piece | null; pieces: Piece[]; isLeader: boolean }[] = [];
  let space: Piece | null = null;
  let isNewWord = true;
  for (const look of runs) {
    const text = normaliseForPrint(look.text);
    for (const part of text.split(/( +)/)) {
      if (part === '') continue;
      const piece = measurePiece(part.startsWith(' ') ? ' ' : part, look, typeface);
      if (part.startsWith(' ')) {
        space ??= piece;
        isNewWord = true;
      } else if (isNewWord || words.length === 0) {
        words.push({ space, pieces: [piece], isLeader: false });
        space = null;
        isNewWord = false;
      } else {
        words.at(-1)?.pieces.push(piece);
      }
    }
    if (look.isLeader) {
      words.push({ space, pieces: [measurePiece('.', look, typeface)], isLeader: true });
      space = null;
      isNewWord = true;
    }
  }
  return words.map((word) => ({ ...word, width: sumWidths(word.pieces) }));
}

function measurePiece(text: string, look: StyledText, typeface: Typeface): Piece {
  return { text, look, width: widthOf(typeface, look.style, text, look.sizePt) };
}

function sumWidths(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.width, 0);
}

function fillLines(words: readonly Word[], widthPt: number, firstIndentPt: number, typeface: Typeface): Line[] {
  const lines: Line[] = [];
  let current: Word[] = [];
  let used = 0;
  const room = (): number => widthPt - (lines.length === 0 ? firstIndentPt : 0);
  const close = (isLast: boolean): void => {
    lines.push({ words: current, isLast });
    current = [];
    used = 0;
  };
  const queue = [...words];
  for (let word = queue.shift(); word; word = queue.shift()) {
    const spaceWidth = current.length === 0 ? 0 : (word.space?.width ?? 0);
    if (used + spaceWidth + word.width <= room() + 0.01) {
      current.push(word);
      used += spaceWidth + word.width;
    } else if (current.length > 0) {
      close(false);
      queue.unshift(word);
    } else {
      const [head, rest] = cutWord(word, room(), typeface);
      current.push(head);
      if (rest) {
        close(false);
        queue.unshift(rest);
      }
    }
  }
  close(true);
  return lines;
}

/** As many characters as fit, at least one: a code of eighty characters must not run off the paper. */
function cutWord(word: Word, widthPt: number, typeface: Typeface): [Word, Word | null] {
  const head: Piece[] = [];
  const rest: Piece[] = [];
  let used = 0;
  for (const piece of word.pieces) {
    let taken = '';
    let left = '';
    for (const character of piece.text) {
      const width = widthOf(typeface, piece.look.style, character, piece.look.sizePt);
      const isFirst = head.length === 0 && taken === '';
      if (rest.length === 0 && left === '' && (isFirst || used + width <= widthPt)) {
        taken += character;
        used += width;
      } else {
        left += character;
      }
    }
    if (taken) head.push(measurePiece(taken, piece.look, typeface));
    if (left) rest.push(measurePiece(left, piece.look, typeface));
  }
  const make = (pieces: Piece[], space: Piece | null): Word => ({
    space,
    pieces,
    width: sumWidths(pieces),
    isLeader: word.isLeader,
  });
  return [make(head, word.space), rest.length > 0 ? make(rest, null) : null];
}

function placeLine(line: Line, indentPt: number, shape: ParagraphShape, typeface: Typeface): PlacedLine {
  const sizes = line.words.flatMap((word) => word.pieces.map((piece) => piece.look.sizePt));
  const sizePt = sizes.length > 0 ? Math.max(...sizes) : shape.sizePt;
  const heightPt = sizePt * shape.lineHeight;
  const { ascent, descent, unitsPerEm } = typeface.regular.font;
  const baseline = (heightPt - ((ascent - descent) / unitsPerEm) * sizePt) / 2 + (ascent / unitsPerEm) * sizePt;
  const room = shape.widthPt - indentPt;
  const words = line.words.map((word) => (word.isLeader ? stretchLeader(word, line.words, room, typeface) : word));
  const natural = words.reduce(
    (sum, word, index) => sum + (index === 0 ? 0 : (word.space?.width ?? 0)) + word.width,
    0,
  );
  const spare = Math.max(0, room - natural);
  const spaces = words.slice(1).filter((word) => word.space).length;
  const extraSpacePt = shape.align === 'justify' && !line.isLast && spaces > 0 ? spare / spaces : 0;
  const start = indentPt + (shape.align === 'center' ? spare / 2 : shape.align === 'right' ? spare : 0);
  return { heightPt, texts: joinPieces(words, start, baseline, extraSpacePt) };
}

function stretchLeader(word: Word, line: readonly Word[], room: number, typeface: Typeface): Word {
  const dot = word.pieces[0];
  if (!dot) return word;
  const others = line.reduce(
    (sum, other, index) => sum + (index === 0 ? 0 : (other.space?.width ?? 0)) + (other === word ? 0 : other.width),
    0,
  );
  const leaders = line.filter((other) => other.isLeader).length;
  const count = Math.max(3, Math.floor((room - others) / dot.width / leaders));
  const piece = measurePiece('.'.repeat(count), dot.look, typeface);
  return { ...word, pieces: [piece], width: piece.width };
}

/** One text operator for everything that looks alike, spaces included: readers then find whole words. */
function joinPieces(words: readonly Word[], start: number, baseline: number, extraSpacePt: number): PlacedText[] {
  const texts: PlacedText[] = [];
  let x = start;
  const append = (piece: Piece, width: number): void => {
    const last = texts.at(-1);
    const { style, sizePt, isUnderlined } = piece.look;
    if (last && last.style === style && last.sizePt === sizePt && last.isUnderlined === isUnderlined) {
      texts[texts.length - 1] = { ...last, text: last.text + piece.text, width: last.width + width };
    } else {
      texts.push({ x, baseline, text: piece.text, style, sizePt, width, isUnderlined, extraSpacePt });
    }
    x += width;
  };
  for (const [index, word] of words.entries()) {
    if (index > 0 && word.space) append(word.space, word.space.width + extraSpacePt);
    for (const piece of word.pieces) append(piece, piece.width);
  }
  return texts;
}
