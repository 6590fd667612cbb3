/** @file The papers a counter meets, told by their true size. */

/** `two-cards`: front and back of a card, or the cards of two people, laid on one page. */
export type PaperShape = 'a3' | 'a4' | 'a5' | 'card' | 'two-cards' | 'other';

/** Short side, long side (ISO 216; ID-1 of ISO/IEC 7810). */
export const PAPER_MM: Readonly<Record<'a3' | 'a4' | 'a5' | 'card', readonly [short: number, long: number]>> = {
  a3: [297, 420],
  a4: [210, 297],
  a5: [148, 210],
  card: [53.98, 85.6],
};
/** Letters and long papers of other countries stay `other`; a scanner's own cut of a sheet is a few millimetres off. */
const SLACK_MM = 6;
const CARD_SLACK_MM = 3;

/** @param widthMm true size, either way round */
export function shapeOfSize(widthMm: number, heightMm: number): Exclude<PaperShape, 'two-cards'> {
  const short = Math.min(widthMm, heightMm);
  const long = Math.max(widthMm, heightMm);
  for (const shape of ['a4', 'a5', 'a3', 'card'] as const) {
    const [wantedShort, wantedLong] = PAPER_MM[shape];
    const slack = shape === 'card' ? CARD_SLACK_MM : SLACK_MM;
    if (Math.abs(short - wantedShort) <= slack && Math.abs(long - wantedLong) <= slack) return shape;
  }
  return 'other';
}

export const CARD_MM = { short: PAPER_MM.card[0], long: PAPER_MM.card[1] } as const;
