import type { TextLine } from '../../../../main/imaging/recognition/lines.ts';

const PITCH_PX = 80;
const HEIGHT_PX = 50;
const LETTER_PX = 22;

/** A page typed on a machine: each line begins at the margin, `\t` leaves a wide gap, letters are equally wide. */
export function pageOf(lines: readonly string[], confidence = 95): TextLine[] {
  return lines.map((line, index) => {
    let x = 200;
    const words = line.split(/(?<=[ \t])/).flatMap((piece) => {
      const text = piece.trim();
      const box = [x, 200 + index * PITCH_PX - HEIGHT_PX, text.length * LETTER_PX, HEIGHT_PX] as const;
      x += text.length * LETTER_PX + (piece.endsWith('\t') ? 300 : LETTER_PX);
      return text === '' ? [] : [{ text, confidence, box }];
    });
    return { words, baselineY: 200 + index * PITCH_PX, heightPx: HEIGHT_PX };
  });
}
