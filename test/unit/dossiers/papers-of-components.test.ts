/**
 * Which papers the words of the national catalogue are met by. `test/fixtures/papers-of-components.json` was checked line by
 * line; a component that is not in it is asked for in words that name no known paper.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadDocumentKeywords } from '../../../main/dossiers/document-keywords.ts';
import { foldText } from '../../../main/dossiers/fold-text.ts';
import { asksFor } from '../../../main/dossiers/suggest-component.ts';
import expected from '../../fixtures/papers-of-components.json' with { type: 'json' };

interface Catalogue {
  readonly procedures: readonly { readonly components?: readonly { readonly name: string; readonly kind: string }[] }[];
}

const resources = fileURLToPath(new URL('../../../resources/', import.meta.url));
const keywords = loadDocumentKeywords(resources);
const { procedures } = JSON.parse(readFileSync(`${resources}procedures/procedures.json`, 'utf8')) as Catalogue;
const names = procedures
  .flatMap(({ components }) => components ?? [])
  .filter(({ kind }) => kind !== 'bieu_mau_dien_tu')
  .map(({ name }) => name);

const papersOf = (name: string): string[] =>
  [...keywords].flatMap(([code, words]) => (words.some((word) => asksFor(foldText(name), word)) ? [code] : [])).sort();

describe('the components of the catalogue', () => {
  it('are met by the papers they name, and by no other', () => {
    const found = [...new Set(names)].map((name) => [name, papersOf(name)] as const);
    expect(Object.fromEntries(found.filter(([, papers]) => papers.length > 0))).toEqual(expected);
  });

  it('are met by a known paper wherever more than two procedures ask for them', () => {
    const counts = Map.groupBy(names, (name) => name);
    const often = [...counts].filter(([, uses]) => uses.length > 2).map(([name]) => name);
    expect(often.length).toBeGreaterThanOrEqual(12);
    expect(often.filter((name) => papersOf(name).length === 0)).toEqual([]);
  });
});

describe('what a component asks for', () => {
  it.each([
    ['Tờ khai cấp Giấy xác nhận tình trạng hôn nhân', 'giấy xác nhận tình trạng hôn nhân', false],
    ['Tờ khai cấp Giấy xác nhận tình trạng hôn nhân', 'tờ khai cấp giấy xác nhận', true],
    ['Đơn đề nghị điều chỉnh quyết định giao đất', 'quyết định', false],
    ['Ý kiến đồng ý của chủ sở hữu chỗ ở (ghi trên CT01)', 'CT01', true],
    ['Quyết định tiếp nhận trẻ', 'quyết định', true],
    ['Đơn vị xác nhận', 'giấy ủy quyền', false],
  ])('%s, asked of "%s": %s', (name, keyword, answer) => {
    expect(asksFor(foldText(name), foldText(keyword))).toBe(answer);
  });
});
