/** @file What the text of an appearance says (NĐ 30/2020, PL I, mục II.7–8 and phần II.I.3). */
import { toVietnamTime } from '../vietnam-time.ts';
import type { Appearance } from './appearance.ts';

export interface AppearanceText {
  readonly signerName: string;
  /** ISO 8601. */
  readonly signedAt: string;
}

/** Empty where the rules want a picture alone. */
export function linesOf(appearance: Appearance, text: AppearanceText): readonly string[] {
  if (appearance.lines) return appearance.lines;
  const time = toVietnamTime(text.signedAt);
  switch (appearance.kind) {
    case 'officer':
      return [`Số hóa và ký số bởi: ${text.signerName}`, time];
    case 'annex':
      return [`${appearance.documentNumber ?? text.signerName}; ${time}`];
    case 'copy':
      return [`${appearance.copyForm ?? 'Sao y'}, ${appearance.agencyName ?? text.signerName}, ${time}`];
    case 'personal':
      if (appearance.image !== undefined) return [];
      return [
        `Người ký: ${text.signerName}`,
        ...(appearance.agencyName === undefined ? [] : [`Cơ quan: ${appearance.agencyName}`]),
        `Thời gian ký: ${time}`,
      ];
    case 'agency':
    case 'none':
      return [];
  }
}

/** For an author's field or a label too small for all of it: who signed is what the rules want most. */
export function shorterLines(appearance: Appearance, text: AppearanceText): readonly (readonly string[])[] {
  const isByPerson = appearance.kind === 'personal' || appearance.kind === 'officer';
  if (appearance.lines || !isByPerson) return [];
  return [[text.signerName, toVietnamTime(text.signedAt)], [text.signerName]];
}
