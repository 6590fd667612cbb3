import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  codesIn,
  compareResult,
  isDoubtful,
  resultIdentity,
  type ResultFinding,
  type ResultReading,
} from '../../../main/dossiers/result-check.ts';
import type { Dossier } from '../../../preload/types.ts';

const CONTEXT = {
  today: '2026-11-21',
  agencyNames: ['Trung tâm Phục vụ hành chính công xã Cẩm Thạch', 'UBND xã Cẩm Thạch'],
};
const DOSSIER = {
  code: 'H56.116-261119-0007',
  receivedAt: '2026-11-19T08:00:00+07:00',
  applicant: { fullName: 'Nguyễn Văn Ẩn', idNumber: '038090001234', oldIdNumber: null },
  fields: [{ name: 'childFullName', value: 'Nguyễn Minh Khôi' }],
} as unknown as Dossier;

function reading(text: string, over: Partial<ResultReading> = {}): ResultReading {
  return { source: 'text', number: null, issuedOn: null, authority: null, text, ...over };
}
function outcome(findings: readonly ResultFinding[], subject: ResultFinding['subject']): string | undefined {
  return findings.find((finding) => finding.subject === subject)?.outcome;
}

describe('a result that names its dossier or its people', () => {
  test.each([
    ['the applicant, in capitals and without marks', 'Cấp cho ông NGUYEN VAN AN, sinh năm 1990'],
    ['a person of the dossier’s fields', 'Họ, chữ đệm, tên: Nguyễn Minh Khôi'],
    ['the personal number', 'Số định danh cá nhân: 038090001234'],
    ['the dossier code', 'Về việc giải quyết hồ sơ H56.116-261119-0007.'],
    ['a name broken over two lines', 'Ông Nguyễn\nVăn   Ẩn đã được'],
    ['a decomposed spelling', 'Ông Nguyễn Văn Ẩn'.normalize('NFD')],
  ])('is not doubted: %s', (_what, text) => {
    expect(isDoubtful(compareResult(DOSSIER, reading(text), CONTEXT))).toBe(false);
  });
});

describe('a result is doubted', () => {
  test.each([
    ['it names nobody', 'Quyết định về việc phê duyệt kế hoạch', {}],
    ['nothing can be read', '', { source: 'nothing' as const }],
    ['it carries another personal number', 'Ông Nguyễn Văn Ẩn, số 038091009999', {}],
    ['it carries another dossier code', 'Nguyễn Văn Ẩn, hồ sơ H56.116-261119-0008', {}],
    ['it is older than the dossier', 'Nguyễn Văn Ẩn', { issuedOn: '2026-11-18' }],
    ['it is from tomorrow', 'Nguyễn Văn Ẩn', { issuedOn: '2026-11-22' }],
    ['another commune issued it', 'Nguyễn Văn Ẩn', { authority: 'ỦY BAN NHÂN DÂN XÃ CẨM TÚ' }],
    ['only part of the name stands there', 'Ông Nguyễn Văn Ẩnh', {}],
  ])('when %s', (_why, text, over) => {
    expect(isDoubtful(compareResult(DOSSIER, reading(text, over), CONTEXT))).toBe(true);
  });

  test('never for the personal number of the dossier among others', () => {
    const findings = compareResult(DOSSIER, reading('Nguyễn Văn Ẩn 038091009999 038090001234'), CONTEXT);
    expect(outcome(findings, 'personal-number')).toBe('agrees');
  });

  test('not because its letterhead names the parent and the agency, both of the same commune', () => {
    const authority = 'ỦY BAN NHÂN DÂN XÃ CẨM THẠCH TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG XÃ CẨM THẠCH';
    const findings = compareResult(DOSSIER, reading('Nguyễn Văn Ẩn', { authority }), CONTEXT);
    expect(outcome(findings, 'authority')).toBe('agrees');
  });

  test('not because a department of the province issued it', () => {
    const findings = compareResult(
      DOSSIER,
      reading('Nguyễn Văn Ẩn', { authority: 'SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG' }),
      CONTEXT,
    );
    expect(outcome(findings, 'authority')).toBe('agrees');
  });
});

test('a day of grace is neither taken nor given: the day of reception and today are right', () => {
  for (const issuedOn of ['2026-11-19', '2026-11-21'])
    expect(outcome(compareResult(DOSSIER, reading('', { issuedOn }), CONTEXT), 'issued-on')).toBe('agrees');
});

describe('what makes a result one of a kind', () => {
  const decision = reading('', { number: '123/QĐ-UBND', issuedOn: '2026-11-20', authority: 'UBND XÃ CẨM THẠCH' });
  test('a number with its symbol, whichever procedure it answers', () => {
    expect(resultIdentity(decision, '1.000001')).toBe(resultIdentity(decision, '1.000002'));
  });
  test('a bare number within its own book only', () => {
    const birth = { ...decision, number: '12/2026' };
    expect(resultIdentity(birth, '1.000001')).not.toBe(resultIdentity(birth, '1.000002'));
  });
  test('nothing, when number or date could not be read', () => {
    expect(resultIdentity({ ...decision, number: null }, '1')).toBeNull();
    expect(resultIdentity({ ...decision, issuedOn: null }, '1')).toBeNull();
  });
  test('spelling and accents do not make another result of it', () => {
    const again = { ...decision, number: '123 / QD-UBND', authority: 'Ubnd Xã Cẩm Thạch' };
    expect(resultIdentity(again, '1')).toBe(resultIdentity(decision, '1'));
  });
});

test('finds official codes in any text, and only whole ones', () => {
  expect(codesIn('hồ sơ 000.00.06.H56-231027-0361, H56.116-261119-0007; xH56.116-261119-00071')).toEqual([
    '000.00.06.H56-231027-0361',
    'H56.116-261119-0007',
  ]);
});

test('whatever is read, the comparison answers every subject once', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.option(fc.string()),
      fc.option(fc.string()),
      (text, issuedOn, authority) => {
        const findings = compareResult(DOSSIER, reading(text, { issuedOn, authority }), CONTEXT);
        expect(new Set(findings.map(({ subject }) => subject)).size).toBe(5);
      },
    ),
  );
});
