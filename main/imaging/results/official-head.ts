/**
 * @file What every official paper carries, whatever it is called (NĐ 30/2020/NĐ-CP, PL I, mục II): agency, number and symbol,
 * place and date. Read by the rules of document types.
 */
import type { DocumentType } from '../recognition/document-types.ts';
import { readFields } from '../recognition/fields.ts';
import type { TextLine } from '../recognition/lines.ts';

const HEAD: DocumentType = {
  code: 'van-ban-hanh-chinh',
  title: 'Văn bản hành chính',
  titlePatterns: ['Văn bản hành chính'],
  formCodes: [],
  componentKeywords: [],
  otherLabels: [],
  sections: [
    {
      fields: [
        { name: 'authority', find: 'authority', titles: [] },
        {
          name: 'number',
          labels: ['Số'],
          read: 'document-number',
          hasColon: true,
          runsOn: false,
          isBelow: false,
          confirms: false,
        },
        { name: 'issuedOn', find: 'dateline-first', titles: [] },
      ],
    },
  ],
};

export interface OfficialHead {
  readonly number: string | null;
  /** ISO date. */
  readonly issuedOn: string | null;
  readonly authority: string | null;
}

export function readOfficialHead(lines: readonly TextLine[]): OfficialHead {
  const fields = readFields(lines, HEAD);
  const valueOf = (name: string): string | null => fields.find((field) => field.name === name)?.value ?? null;
  return { number: valueOf('number'), issuedOn: valueOf('issuedOn'), authority: valueOf('authority') };
}
