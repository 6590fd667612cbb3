/** @file The head of an administrative paper: agency on the left, national title and motto on the right (NĐ 30/2020, phụ lục I). */
import type { SimpleBlockInput } from './form-model.ts';

export interface Agency {
  /** Cơ quan chủ quản; empty when there is none. */
  readonly parentAgencyName: string;
  readonly agencyName: string;
}

export function agencyHead({ parentAgencyName, agencyName }: Agency, sizePt: number): SimpleBlockInput[] {
  return [
    ...(parentAgencyName.trim() ? [centred(parentAgencyName.toLocaleUpperCase('vi'), 'regular', sizePt)] : []),
    centred(agencyName.toLocaleUpperCase('vi'), 'bold', sizePt),
    { kind: 'rule', share: 0.4, thicknessPt: 0.7, beforePt: 1.5 },
  ];
}

export function nationalHead(sizePt: number): SimpleBlockInput[] {
  return [
    centred('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'bold', sizePt),
    centred('Độc lập - Tự do - Hạnh phúc', 'bold', sizePt + 1),
    { kind: 'rule', share: 0.55, thicknessPt: 0.7, beforePt: 1.5 },
  ];
}

function centred(text: string, style: 'regular' | 'bold' | 'italic', sizePt: number): SimpleBlockInput {
  return { kind: 'paragraph', align: 'center', sizePt, lineHeight: 1.15, runs: [{ text, style }] };
}
