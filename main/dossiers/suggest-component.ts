/**
 * @file Which component a scanned page belongs to: its title and heading against the components' names, over unaccented
 * syllables. Scores pairs of neighbouring syllables, because single ones (giấy, đăng, ký) are in every paper's name.
 */
import type { Page, ProcedureComponent } from '../../preload/types.ts';
import type { RecognitionFact } from './draft.ts';
import { foldedWords, foldText } from './fold-text.ts';

export type Suggestion = NonNullable<Page['suggestion']>;
type Readable = Pick<RecognitionFact, 'documentType' | 'head' | 'keywords'>;

/** Below this share of a name's pairs it is a coincidence of officialese. */
const MIN_COVERAGE = 0.6;
/** A heading found in running text counts less than the recognised title. */
const HEAD_WEIGHT = 0.85;
/** Above a paper's own heading stand only the nation's, the agency's and a number. */
const HEADING_CHARACTERS = 300;
/** The component asks for a kind of paper ("proof of lawful residence"), and this page is one of that kind. */
const KIND_CONFIDENCE = 60;
/** Confidence is 0–100, as recognition counts. */
const FULL = 100;

/** The components of one procedure, ready to be held against page after page. Remembers what it said of each reading. */
export interface ComponentSorter {
  /** By title, heading or kind, looked for in all that was kept of the page's text. */
  readonly suggest: (page: Readable) => Suggestion | null;
  /** Only by what stands at the top of the page. */
  readonly suggestByHeading: (page: Readable) => Suggestion | null;
  /**
   * What a separator sheet means by a component's id or a document type's code; null when nothing here is meant.
   * @param keywords of that document type
   */
  readonly componentOf: (target: string, keywords: readonly string[]) => string | null;
}

const sorters = new WeakMap<readonly ProcedureComponent[], ComponentSorter>();

/** One for each list of components: a draft is derived anew after every decision, its readings and its procedure stay. */
export function componentSorter(components: readonly ProcedureComponent[]): ComponentSorter {
  const known = sorters.get(components) ?? createSorter(components);
  sorters.set(components, known);
  return known;
}

function createSorter(components: readonly ProcedureComponent[]): ComponentSorter {
  const names = components
    .filter(({ kind }) => kind === 'submitted')
    .map((component) => ({
      id: component.id,
      name: foldText(component.name),
      variants: variantsOf(component.name),
    }));
  return {
    suggest: remembered((page) => suggestFor(page, names)),
    suggestByHeading: remembered(({ head }) =>
      suggestFor({ documentType: null, head: head.slice(0, HEADING_CHARACTERS), keywords: [] }, names),
    ),
    componentOf: (target, keywords) => {
      if (names.some(({ id }) => id === target)) return target;
      const documentType = { code: target, title: '', confidence: FULL };
      return suggestFor({ documentType, head: '', keywords }, names)?.componentId ?? null;
    },
  };
}

/** Readings are never changed, only replaced. */
function remembered(suggest: (page: Readable) => Suggestion | null): (page: Readable) => Suggestion | null {
  const said = new WeakMap<Readable, Suggestion | null>();
  return (page) => {
    const known = said.get(page);
    if (known !== undefined) return known;
    const suggestion = suggest(page);
    said.set(page, suggestion);
    return suggestion;
  };
}

interface ComponentName {
  readonly id: string;
  readonly name: string;
  readonly variants: readonly (readonly string[])[];
}

function suggestFor(page: Readable, names: readonly ComponentName[]): Suggestion | null {
  const title = page.documentType ? pairsOf(foldedWords(`${page.documentType.title}`)) : new Set<string>();
  const code = page.documentType ? pairsOf(foldedWords(page.documentType.code)) : new Set<string>();
  const head = pairsOf(page.head === '' ? [] : page.head.split(' '));
  const ranked = names
    .map(({ id, variants }) => {
      const coverage = Math.max(
        ...variants.map((variant) =>
          Math.max(covered(variant, title), covered(variant, code), covered(variant, head) * HEAD_WEIGHT),
        ),
        0,
      );
      return { id, coverage };
    })
    .sort((a, b) => b.coverage - a.coverage);
  const [best, second] = ranked;
  if (!best || best.coverage < MIN_COVERAGE * HEAD_WEIGHT) return suggestByKind(page, names);
  // Two names that fit equally well: propose the first, and say how unsure that is.
  const isClear = !second || best.coverage - second.coverage > 0.05;
  return { componentId: best.id, confidence: Math.round(FULL * best.coverage * (isClear ? 1 : 0.5)) };
}

function suggestByKind(page: Readable, names: readonly ComponentName[]): Suggestion | null {
  for (const keyword of page.keywords ?? []) {
    const component = names.find(({ name }) => asksFor(name, keyword));
    if (component) return { componentId: component.id, confidence: KIND_CONFIDENCE };
  }
  return null;
}

/** Words with which people ask or say something; what such a component names further on is what they ask for. */
const REQUESTS = ['to khai', 'don', 'giay de nghi', 'van ban de nghi', 'y kien', 'phieu yeu cau'];

/**
 * Whether a component of this name may be the paper of this keyword, both folded. "Tờ khai cấp giấy X" is not met by giấy X,
 * only by a declaration; the code of a form (`ct01`) says for itself which paper is meant.
 */
export function asksFor(name: string, keyword: string): boolean {
  if (!` ${name} `.includes(` ${keyword} `)) return false;
  const request = REQUESTS.find((words) => `${name} `.startsWith(`${words} `));
  return request === undefined || keyword.startsWith(request) || /\d/.test(keyword);
}

/** "Giấy A / giấy B (mẫu C)" names alternatives; each is matched by itself, as pairs of syllables. */
function variantsOf(name: string): string[][] {
  const withoutForms = name.replace(/\([^)]*\)/g, ' ');
  return withoutForms
    .split(/[/;,:]| hoặc /u)
    .map((part) => foldedWords(part.replace(/theo mẫu|theo quy định/giu, ' ')))
    .filter((words) => words.length >= 2)
    .map((words) => [...pairsOf(words)]);
}

function pairsOf(words: readonly string[]): Set<string> {
  return new Set(words.slice(1).map((word, index) => `${words[index]} ${word}`));
}

function covered(pairs: readonly string[], text: ReadonlySet<string>): number {
  return pairs.length === 0 ? 0 : pairs.filter((pair) => text.has(pair)).length / pairs.length;
}
