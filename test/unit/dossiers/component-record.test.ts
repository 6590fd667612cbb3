import { describe, expect, test } from 'vitest';
import type { Dossier, FieldValue } from '../../../preload/types.ts';
import { describeComponent } from '../../../main/dossiers/component-record.ts';
import { makeDossier } from '../../fixtures/forms/dossiers.ts';

const WHEN = '2026-11-21T09:10:05+07:00';

function field(name: string, value: string, changes: Partial<FieldValue> = {}): FieldValue {
  return {
    id: `p1:${name}`,
    name,
    value,
    confidence: 90,
    source: 'ocr',
    pageId: 'p1',
    box: null,
    isConfirmed: false,
    ...changes,
  };
}

function describeFirst(fields: readonly FieldValue[], read: Parameters<typeof describeComponent>[2] = []) {
  const dossier: Dossier = makeDossier({ fields });
  const [first] = dossier.checklist;
  return describeComponent(dossier, { ...first!, form: 'original', pageIds: ['p1', 'p2'] }, read, WHEN);
}

describe('The side record of a digitised component', () => {
  test('names the dossier, the procedure, the paper and who digitised it when', () => {
    const dossier = makeDossier();
    expect(describeFirst([])).toMatchObject({
      dossierId: dossier.id,
      dossierCode: dossier.code,
      procedureCode: dossier.procedure?.code,
      componentId: dossier.checklist[0]?.component.id,
      componentName: dossier.checklist[0]?.component.name,
      paperForm: 'original',
      ownerIdNumber: dossier.applicant?.idNumber,
      digitisedBy: dossier.officerName,
      digitisedAt: WHEN,
    });
  });

  test('takes number, date, agency and validity from the fields of its own pages, confirmed ones first', () => {
    const record = describeFirst([
      field('number', '99/QĐ-UBND', { confidence: 99 }),
      field('number', '57/QĐ-UBND', { confidence: 60, isConfirmed: true }),
      field('issuedOn', '2025-01-10'),
      field('authority', 'Ủy ban nhân dân xã Quảng Lưu'),
      field('expiresOn', '2027-12-25'),
      field('subject', 'không phải là thông tin của giấy tờ'),
      field('issuedOn', '1999-01-01', { pageId: 'p9', isConfirmed: true }),
    ]);
    expect(record).toMatchObject({
      number: '57/QĐ-UBND',
      issuedOn: '2025-01-10',
      issuedBy: 'Ủy ban nhân dân xã Quảng Lưu',
      validUntil: '2027-12-25',
    });
    expect(record).not.toHaveProperty('subject');
  });

  test('finds a value of its page although the dossier names another page for it', () => {
    const read = [{ name: 'number', value: '57/2025', confidence: 88 }];
    expect(describeFirst([field('number', '57/2025', { pageId: 'p9' })], read).number).toBe('57/2025');
  });

  test('says nothing where nothing is known', () => {
    expect(Object.keys(describeFirst([]))).not.toContain('number');
  });

  test('belongs to the applicant unless the paper names only somebody else', () => {
    const own = makeDossier().applicant?.idNumber ?? '';
    expect(describeFirst([field('idNumber', own), field('ownerIdNumber', '038087015329')]).ownerIdNumber).toBe(own);
    expect(describeFirst([field('idNumber', '038087015329')]).ownerIdNumber).toBe('038087015329');
  });
});
