import { describe, expect, test } from 'vitest';
import { createCatalogue, loadCatalogue } from '../../../main/procedures/catalogue.ts';
import { ProcedureSchema } from '../../../main/dossiers/schemas.ts';

const catalogue = loadCatalogue(new URL('../../../resources', import.meta.url).pathname);
const codes = (text: string, limit = 5): string[] => catalogue.search(text, limit).map(({ code }) => code);

describe('the catalogue', () => {
  test('holds all 117 procedures in the shape of the contract', () => {
    const all = catalogue.search('', 1000);
    expect(all).toHaveLength(117);
    for (const { code } of all) expect(ProcedureSchema.parse(catalogue.get(code)).code).toBe(code);
    expect(catalogue.get('9.999999')).toBeNull();
  });

  test.each([
    ['khai sinh', '1.001193'],
    ['Khai Sinh', '1.001193'],
    ['dang ky thuong tru', '1.004222'],
    ['thường trú', '1.004222'],
    ['1.0042', '1.004222'],
    ['1004222', '1.004222'],
    ['khai tu', '1.000656'],
    ['ket hon', '1.000894'],
    ['tinh trang hon nhan', '1.004873'],
    ['chung thuc ban sao tu ban chinh', '2.000815'],
    ['dkks', '1.001193'],
  ])('finds "%s" at the first place', (text, code) => {
    expect(codes(text)[0]).toBe(code);
  });

  test('finds a beginning of a word while it is typed, and nothing for nonsense', () => {
    expect(codes('thuong tr')).toContain('1.004222');
    expect(codes('xyzzy plugh')).toEqual([]);
  });

  test('lists procedures that were replaced after those in force', () => {
    const found = catalogue.search('lien thong', 20).map(({ code }) => code);
    expect(found.indexOf('3.000722')).toBeLessThan(
      found.indexOf('2.002622') === -1 ? Infinity : found.indexOf('2.002622'),
    );
  });

  test('knows what is handed in, shown and filled in electronically, and what is digitised', () => {
    const birth = catalogue.get('1.001193');
    expect(birth?.components.map(({ kind }) => kind)).toEqual([
      'submitted',
      'electronic-form',
      'submitted',
      'submitted',
      'submitted',
      'submitted',
      'presented',
      'presented',
    ]);
    expect(birth?.time).toMatchObject({ unit: 'same-day', cutoff: '15:00' });
    expect(catalogue.get('2.000815')?.digitisesInput).toBe(false);
    expect(catalogue.get('1.004222')?.components[0]?.id).toBe('1.004222#0');
  });

  test('drops notes that the national list carries as components of quantity 0, and keeps the ids of the others', () => {
    const component = (name: string, original: number) => ({
      name,
      kind: 'nop',
      original,
      copy: 0,
      required: true,
      condition: null,
      digitise: true,
    });
    const small = createCatalogue({
      procedures: [
        {
          code: '9.000001',
          name: 'Thử',
          field: 'Thử',
          level: 'xa',
          status: 'active',
          replaced_by: null,
          processing_time: null,
          fee: { direct_vnd: null, online_vnd: null },
          components: [component('Lưu ý', 0), component('Đơn', 1)],
          result: [],
          digitise_input: true,
          digitise_result: true,
        },
      ],
    });
    expect(small.get('9.000001')?.components.map(({ id }) => id)).toEqual(['9.000001#1']);
  });

  test('has no time for a procedure whose time is not published', () => {
    expect(catalogue.get('3.000722')?.time).toBeNull();
  });
});
