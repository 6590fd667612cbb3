import { expect, test } from 'vitest';
import { buildSeparatorSheets } from '../../../main/forms/separator-sheet.ts';
import { composeFormPdf } from '../../../main/imaging/pdf/form/compose-form.ts';
import { loadCatalogue } from '../../../main/procedures/catalogue.ts';

const RESOURCES = new URL('../../../resources', import.meta.url).pathname;
const createdAt = '2026-11-21T09:10:05+07:00';

test('every component of the catalogue that takes pages gets one sheet, however long its name', async () => {
  const catalogue = loadCatalogue(RESOURCES);
  const components = catalogue
    .search('', 500)
    .flatMap(({ code }) => catalogue.get(code)?.components ?? [])
    .filter(({ kind }) => kind === 'submitted')
    .toSorted((a, b) => b.name.length - a.name.length);
  const longest = components.slice(0, 15).map(({ id, name }) => ({ target: id, name }));
  expect(longest[0]?.name.length).toBeGreaterThan(100);
  const beyond = { target: 'x'.repeat(100), name: 'Giấy tờ chứng minh '.repeat(60) };
  const sheets = [...longest, beyond, { target: '', name: null }];
  const { pageCount } = await composeFormPdf(buildSeparatorSheets({ sheets, createdAt }), RESOURCES);
  expect(pageCount).toBe(sheets.length);
});
