import { describe, expect, it } from 'vitest';
import type { Applicant, FieldValue } from '../../../preload/types.ts';
import { withContacts } from '../../../main/dossiers/contact-fields.ts';

const applicant: Applicant = {
  kind: 'person',
  fullName: 'Cao Viết Nghĩa',
  idNumber: '038087015329',
  oldIdNumber: null,
  birthDate: null,
  sex: null,
  address: null,
  phone: null,
  email: null,
  idIssuedOn: null,
  sources: { fullName: 'qr', idNumber: 'qr' },
};
const field = (name: string, value: string, pageId: string, confidence = 95): FieldValue => ({
  id: `${pageId}-${name}`,
  name,
  value,
  confidence,
  source: 'ocr',
  pageId,
  box: null,
  isConfirmed: false,
});
const form = [
  field('idNumber', '038087015329', 'p1'),
  field('phone', '0912345067', 'p1'),
  field('email', 'a@b.vn', 'p1', 60),
];

describe('contacts from the papers', () => {
  it('come from a paper with the applicant’s own number, and say so', () => {
    expect(withContacts(applicant, form)).toMatchObject({
      phone: '0912345067',
      email: null, // read too badly
      sources: { phone: 'ocr', idNumber: 'qr' },
    });
  });

  it('never come from somebody else’s paper, nor before anybody is known', () => {
    const others = [field('idNumber', '038189002481', 'p2'), field('phone', '0900000000', 'p2')];
    expect(withContacts(applicant, others)).toEqual(applicant);
    expect(withContacts(null, form)).toBeNull();
    expect(withContacts({ ...applicant, idNumber: null }, form)).toEqual({ ...applicant, idNumber: null });
  });

  it('leave alone what the officer typed or took out', () => {
    const typed: Applicant = { ...applicant, phone: '0987', sources: { phone: 'typed' } };
    const emptied: Applicant = { ...applicant, sources: { phone: 'typed', email: 'typed' } };
    expect(withContacts(typed, form)?.phone).toBe('0987');
    expect(withContacts(emptied, form)).toEqual(emptied);
  });
});
