import type { TextLine } from '../../../../main/imaging/recognition/lines.ts';

const MARGIN_PX = 200;
const PITCH_PX = 80;
const HEIGHT_PX = 50;
const LETTER_PX = 22;

/**
 * A page typed on a machine: each line begins at the margin, `\t` leaves a wide gap, letters are equally wide. `text@700`
 * before a gap or the end begins 700 pixels from the margin, as cells of a table do.
 */
export function pageOf(lines: readonly string[], confidence = 95): TextLine[] {
  return lines.map((line, index) => {
    let x = MARGIN_PX;
    const words = line.split(/(?<=\t)/).flatMap((cell) => {
      const placed = /^(.*)@(\d+)\t?$/.exec(cell);
      if (placed) x = MARGIN_PX + Number(placed[2]);
      return (placed?.[1] ?? cell).split(/(?<=[ \t])/).flatMap((piece) => {
        const text = piece.trim();
        const box = [x, 200 + index * PITCH_PX - HEIGHT_PX, text.length * LETTER_PX, HEIGHT_PX] as const;
        x += text.length * LETTER_PX + (piece.endsWith('\t') ? 300 : LETTER_PX);
        return text === '' ? [] : [{ text, confidence, box }];
      });
    });
    return { words, baselineY: 200 + index * PITCH_PX, heightPx: HEIGHT_PX };
  });
}
