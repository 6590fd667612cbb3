/** @file The words of a page in reading order, cut at colons, with what label matching needs. */
import type { Box } from '../../../preload/types.ts';
import { squeeze } from './fuzzy.ts';
import type { TextLine } from './lines.ts';

export interface Token {
  readonly text: string;
  /** Unaccented, without marks; empty for punctuation. */
  readonly plain: string;
  readonly endsWithColon: boolean;
  readonly confidence: number;
  /** Pixels of the prepared page. */
  readonly box: Box;
  readonly line: number;
  readonly isLineStart: boolean;
}

export interface TokenPage {
  readonly tokens: readonly Token[];
  readonly lines: readonly TextLine[];
  /** Right edge of the running text. */
  readonly textRight: number;
  readonly textLeft: number;
  /** Usual distance of baselines. */
  readonly pitchPx: number;
}

export function tokenise(lines: readonly TextLine[]): TokenPage {
  const tokens: Token[] = [];
  lines.forEach((line, index) => {
    let isLineStart = true;
    for (const word of line.words) {
      for (const part of cutAtColons(word.text)) {
        const total = Math.max(1, word.text.length);
        const [x, y, width, height] = word.box;
        const box: Box = [x + (width * part.start) / total, y, (width * part.text.length) / total, height];
        tokens.push({
          text: part.text,
          plain: squeeze(part.text),
          endsWithColon: part.text.endsWith(':'),
          confidence: word.confidence,
          box,
          line: index,
          isLineStart,
        });
        isLineStart = false;
      }
    }
  });
  return { tokens, lines, ...measureText(lines) };
}

/** `tính:Nữ` is a label and a value that recognition joined. Times and addresses (`9:30`, `http://`) stay whole. */
function cutAtColons(text: string): { text: string; start: number }[] {
  const cut = /^(.*?\p{L}[)\]]?:)(?=[\p{L}\d])(.+)$/u.exec(text);
  if (!cut?.[1] || !cut[2]) return [{ text, start: 0 }];
  return [
    { text: cut[1], start: 0 },
    { text: cut[2], start: cut[1].length },
  ];
}

function measureText(lines: readonly TextLine[]): { textLeft: number; textRight: number; pitchPx: number } {
  const wide = lines.filter((line) => line.words.length >= 4);
  const rights = wide.map(rightOf).sort((a, b) => a - b);
  const lefts = wide.map((line) => line.words[0]?.box[0] ?? 0).sort((a, b) => a - b);
  const pitches = lines
    .slice(1)
    .map((line, index) => line.baselineY - (lines[index]?.baselineY ?? 0))
    .filter((pitch) => pitch > 15)
    .sort((a, b) => a - b);
  return {
    textLeft: lefts[Math.floor(lefts.length * 0.1)] ?? 0,
    textRight: rights[Math.floor(rights.length * 0.9)] ?? 0,
    pitchPx: pitches[Math.floor(pitches.length / 3)] ?? 60,
  };
}

export function rightOf(line: TextLine): number {
  return Math.max(...line.words.map((word) => word.box[0] + word.box[2]));
}
