/** @file A shelf of old records on its way, as answers of the contract. */
import type * as b from '../../../preload/backlog-types.ts';
import type * as t from '../../../preload/types.ts';
import type { PreviewData } from './fixtures.ts';

const BIRTH: b.BacklogSeries = {
  code: 'KS',
  name: 'Giấy khai sinh, sổ 1998–2004',
  templateId: 'khai-sinh',
  documentTypes: ['giay-khai-sinh'],
  fields: [
    { name: 'number', kind: 'number', isRequired: true, readFrom: ['number'] },
    { name: 'year', kind: 'year', isRequired: true, readFrom: ['number'] },
    { name: 'fullName', kind: 'name', isRequired: true, readFrom: ['fullName'] },
    { name: 'birthDate', kind: 'date', isRequired: false, readFrom: ['birthDate'] },
    { name: 'fatherName', kind: 'text', isRequired: false, readFrom: ['fatherName'] },
    { name: 'motherName', kind: 'text', isRequired: false, readFrom: ['motherName'] },
  ],
  split: { kind: 'page-class' },
  total: 12_400,
  targetPercent: 30,
  targetDate: '2026-12-31',
};
const LAND: b.BacklogSeries = {
  ...BIRTH,
  code: 'DD',
  name: 'Hồ sơ đất đai trước ngày hợp nhất đơn vị hành chính cấp xã',
  templateId: 'dat-dai',
  total: 800,
};

const progress = (more: Partial<b.BacklogProgress>): b.BacklogProgress => ({
  total: 12_400,
  target: 3_720,
  done: 1_260,
  composing: 2,
  signed: 900,
  remaining: 2_460,
  workingDays: 27,
  perDay: 92,
  recentPerDay: 61.5,
  state: 'open',
  ...more,
});

const value = (key: string, name: string, text: string, more: Partial<t.FieldValue> = {}): t.FieldValue => ({
  id: `record:${key}:${name}`,
  name,
  value: text,
  confidence: 96,
  source: 'ocr',
  pageId: key,
  box: [420, 520, 640, 60],
  isConfirmed: false,
  ...more,
});

const record = (key: string, number: string, fullName: string, more: Partial<b.OpenRecord> = {}): b.OpenRecord => ({
  key,
  pageIds: [key],
  fields: [
    value(key, 'number', number),
    value(key, 'year', number.split('/')[1] ?? ''),
    value(key, 'fullName', fullName, { confidence: 71, box: [455, 438, 410, 52] }),
    value(key, 'birthDate', '2024-11-19', { box: [520, 498, 180, 44] }),
    value(key, 'fatherName', 'PHẠM ĐỨC THUẬN'),
    value(key, 'motherName', '', { pageId: null, box: null }),
  ],
  missing: [],
  duplicateOf: null,
  isRead: true,
  ...more,
});

const finished = (n: number, name: string, more: Partial<b.BacklogRecord> = {}): b.BacklogRecord => ({
  id: `record-${n}`,
  seriesCode: 'KS',
  code: `KS.${String(n).padStart(6, '0')}`,
  number: `${n}/2004`,
  year: 2004,
  name,
  revision: 1,
  state: 'finished',
  fields: [
    { name: 'number', value: `${n}/2004` },
    { name: 'year', value: '2004' },
    { name: 'fullName', value: name },
    { name: 'birthDate', value: '2004-11-19' },
  ],
  pageCount: 1,
  blobId: 'pdf',
  sha256: 'a'.repeat(64),
  sizeBytes: 60_000,
  signatures: [],
  confirmedAt: '2026-11-21T09:12:00+07:00',
  confirmedBy: 'Nguyễn Thị Ngọc Lan',
  reason: null,
  duplicateOf: null,
  ...more,
});

const SIGNED: t.SignatureInfo = {
  signerName: 'UBND phường Hạc Thành',
  certificateSerial: '01',
  signedAt: '2026-11-21T10:00:00+07:00',
  level: 'B-B',
};

/** The preview with two series, a stack of four records in hand and some finished ones. */
export function withBacklog(data: PreviewData, isEmpty = false) {
  const [page] = data.dossiers[0]?.pages ?? [];
  if (!page) throw new Error('the preview has no page to show');
  const pages: t.Page[] = [1, 2, 3, 4].map((n) => ({
    ...page,
    id: `old-${n}`,
    imageBlobId: '03-giay-khai-sinh',
    thumbnailBlobId: 'thumb-03-giay-khai-sinh',
    startsPaper: true,
    componentId: null,
    isAssignedByOfficer: false,
    documentType: { code: 'giay-khai-sinh', title: 'Giấy khai sinh', confidence: 96 },
  }));
  const summary: b.StackSummary = {
    id: 'stack-1',
    seriesCode: 'KS',
    name: 'Chồng ngày 21/11/2026 08:05',
    createdAt: '2026-11-21T08:05:00+07:00',
    officerName: 'Nguyễn Thị Ngọc Lan',
    pageCount: isEmpty ? 0 : 6,
    openRecords: isEmpty ? 0 : 4,
    filedRecords: isEmpty ? 0 : 2,
  };
  const stack: b.BacklogStack = {
    ...summary,
    revision: 7,
    series: BIRTH,
    split: { kind: 'page-class' },
    pages: isEmpty ? [] : pages,
    records: isEmpty
      ? []
      : [
          record('old-1', '57/2025', 'PHẠM NGỌC THẢO VY'),
          record('old-2', '58/2004', '', { missing: ['fullName'] }),
          record('old-3', '12/2004', 'LÊ VĂN AN', { duplicateOf: 'KS.000012' }),
          record('old-4', '59/2004', 'TRẦN THỊ BÉ'),
        ],
    canUndo: true,
    canRedo: false,
  };
  const overview: b.BacklogOverview = {
    series: [
      { series: BIRTH, progress: progress({}), stacks: [summary] },
      {
        series: LAND,
        progress: progress({
          total: 800,
          target: 240,
          done: 240,
          composing: 0,
          signed: 0,
          remaining: 0,
          perDay: null,
          state: 'reached',
        }),
        stacks: [],
      },
    ],
    templates: [
      {
        id: 'khai-sinh',
        name: 'Hộ tịch: khai sinh',
        documentTypes: BIRTH.documentTypes,
        split: BIRTH.split,
        fields: BIRTH.fields,
      },
      {
        id: 'dat-dai',
        name: 'Hồ sơ đất đai',
        documentTypes: LAND.documentTypes,
        split: { kind: 'separator' },
        fields: LAND.fields,
      },
    ],
  };
  const records: b.BacklogRecord[] = [
    finished(15, 'Vũ Thị Quỳnh', { state: 'composing', blobId: null, sha256: null, sizeBytes: null }),
    finished(14, 'Hoàng Văn Bảy'),
    finished(13, 'Trịnh Thị Mai Hương', { revision: 2, reason: 'Đọc sai họ tên' }),
    finished(12, 'Lò Văn Pành', { signatures: [SIGNED] }),
  ];
  const held: t.Dossier = { ...data.emptyDossier, id: 'stack-1', state: 'draft', revision: 7, pages: stack.pages };
  return { ...data, dossiers: [...data.dossiers, held], backlog: { overview, stack, records } };
}
