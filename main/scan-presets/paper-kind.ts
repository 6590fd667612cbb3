/**
 * @file What a component is made of, by the words of its name: enough to scan it well. Procedures name papers in their own
 * words, so these are words and not codes; whatever none of them fits is a sheet of paper like most.
 */
import type { PaperKind, ProcedureComponent } from '../../preload/types.ts';
import { asksFor } from '../dossiers/suggest-component.ts';
import { foldText } from '../dossiers/fold-text.ts';

export interface Paper {
  readonly kind: Exclude<PaperKind, 'stack'>;
  /** Code of the document type that the component asks for, when its name says so; else the kind. */
  readonly paper: string;
}

/** In this order: the first that fits. Folded words; `^` only at the beginning of the name. */
const WORDS: readonly (readonly [Paper['kind'], readonly string[]])[] = [
  // A request for a card or a drawing is a form all the same.
  [
    'form',
    ['^to khai', '^don', '^giay de nghi', '^giay khai dang ky', '^phieu', '^ban khai', '^van ban de nghi', '^de nghi'],
  ],
  ['drawing', ['ban ve', 'trich do', 'ban do', 'so do']],
  ['photograph', ['^anh', '^02 anh', 'anh chan dung']],
  [
    'card',
    [
      'the can cuoc',
      'can cuoc cong dan',
      'cccd',
      'chung minh nhan dan',
      'cmnd',
      'the bao hiem y te',
      'giay to tuy than',
    ],
  ],
  ['small-print', ['ho chieu', 'so ho khau', 'so bhxh', 'bien lai', 'hoa don', 'chung tu', 'phieu thu', 'hoc ba']],
  [
    'certificate',
    [
      'giay chung nhan',
      'giay cn',
      'giay khai sinh',
      'giay chung sinh',
      'giay phep',
      'trich luc',
      'bang',
      'gpxd',
      'quyet dinh',
    ],
  ],
];

/** @param keywords folded, by document type, as `loadDocumentKeywords` gives them */
export function paperOf(
  component: Pick<ProcedureComponent, 'name'>,
  keywords: ReadonlyMap<string, readonly string[]>,
): Paper {
  const name = foldText(component.name);
  const kind = WORDS.find(([, words]) => words.some((word) => holds(name, word)))?.[0] ?? 'paper';
  return { kind, paper: documentTypeOf(name, keywords) ?? kind };
}

function holds(name: string, word: string): boolean {
  return word.startsWith('^') ? `${name} `.startsWith(`${word.slice(1)} `) : ` ${name} `.includes(` ${word} `);
}

/** The longest keyword decides: the more words agree, the less it is a coincidence. */
function documentTypeOf(name: string, keywords: ReadonlyMap<string, readonly string[]>): string | null {
  let best: { readonly code: string; readonly length: number } | null = null;
  for (const [code, words] of keywords) {
    for (const keyword of words) {
      if (keyword.length > (best?.length ?? 0) && asksFor(name, keyword)) best = { code, length: keyword.length };
    }
  }
  return best?.code ?? null;
}
