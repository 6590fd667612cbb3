import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contradictions } from '../../../../main/imaging/recognition/contradictions.ts';

const named = (fields: Readonly<Record<string, string>>): { name: string; value: string }[] =>
  Object.entries(fields).map(([name, value]) => ({ name, value }));
const wrongIn = (fields: Readonly<Record<string, string>>): string[] =>
  [...contradictions(named(fields))].map((field) => field.name).sort();

describe('values of one person against each other', () => {
  it('finds a year of birth that the number does not have', () => {
    expect(wrongIn({ idNumber: '038050004321', birthDate: '1960-09-05', sex: 'Nam' })).toEqual([
      'birthDate',
      'idNumber',
    ]);
    expect(wrongIn({ motherIdNumber: '038198001122', motherBirthYear: '1988' })).toEqual([
      'motherBirthYear',
      'motherIdNumber',
    ]);
  });

  it('finds a sex that the number does not have', () => {
    expect(wrongIn({ idNumber: '038050004321', birthDate: '1950-09-05', sex: 'Nữ' })).toEqual(['idNumber', 'sex']);
  });

  it('holds nothing against another person, an old number, or a value alone', () => {
    expect(wrongIn({ idNumber: '038050004321', motherBirthYear: '1988' })).toEqual([]);
    expect(wrongIn({ idNumber: '171234567', birthDate: '1988-01-01' })).toEqual([]);
    expect(wrongIn({ idNumber: '038050004321' })).toEqual([]);
  });

  it('finds nothing on the papers of the counter, which are right', () => {
    const folder = new URL('../../../fixtures/papers/', import.meta.url);
    for (const file of readdirSync(folder)) {
      const { fields } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { fields: Record<string, string> };
      expect(wrongIn(fields), file).toEqual([]);
    }
  });
});
