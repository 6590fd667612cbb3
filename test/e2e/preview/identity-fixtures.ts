/** @file What cards in the stack say against each other: a name read in two ways, and the cards of two people. */
import type { IdentityDoubt } from '../../../preload/types.ts';
import { mixedStack } from './fixtures.ts';

export const nameDoubt: IdentityDoubt = {
  kind: 'value',
  field: 'fullName',
  isAgainstNumber: false,
  readings: [
    { fieldId: 'mixed-id', value: 'Phạm Ngọc Thảo Vy', source: 'qr', confidence: 100, pageId: 'mixed-0', box: null },
    {
      fieldId: 'mixed-name',
      value: 'PHẠM NGỌC THẢO VI',
      source: 'ocr',
      confidence: 62,
      pageId: 'mixed-4',
      box: [461, 434, 400, 45],
    },
  ],
};

export const peopleDoubt: IdentityDoubt = {
  kind: 'people',
  people: [
    {
      name: 'Phạm Ngọc Thảo Vy',
      idNumber: '038324011586',
      applicant: mixedStack().applicant,
      pageId: 'mixed-0',
    },
    { name: '', idNumber: '001090000123', applicant: null, pageId: 'mixed-4' },
  ],
};
