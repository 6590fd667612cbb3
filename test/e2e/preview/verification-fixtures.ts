/** @file A doubtful result and a checked file, as the program would answer. */
import type * as t from '../../../preload/types.ts';

export const doubt: t.AttachedResult = {
  kind: 'doubtful',
  attachmentId: 'attachment-1',
  title: 'Quyết định',
  number: '57/QĐ-UBND',
  source: 'text',
  findings: [
    { subject: 'name', outcome: 'not-found', expected: 'Nguyễn Văn Ẩn', found: null },
    { subject: 'personal-number', outcome: 'differs', expected: '038090001234', found: '038091009999' },
    { subject: 'dossier-code', outcome: 'not-found', expected: 'H56.116-261119-0007', found: null },
    { subject: 'issued-on', outcome: 'agrees', expected: '2026-11-19', found: '2026-11-20' },
    {
      subject: 'authority',
      outcome: 'agrees',
      expected: 'Trung tâm Phục vụ hành chính công xã Cẩm Thạch',
      found: 'ỦY BAN NHÂN DÂN XÃ CẨM THẠCH',
    },
  ],
};

export const report: t.VerificationReport = {
  reportId: 'report-1',
  fileName: 'Quyết định 57-QĐ-UBND về việc trợ cấp xã hội hằng tháng.pdf',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  checkedAt: '2026-11-21T09:10:05+07:00',
  verdict: 'altered',
  statements: ['Tệp có 2 chữ ký; 1 chữ ký không còn đúng với nội dung hiện nay của tệp.'],
  signatures: [
    {
      field: 'Signature1',
      kind: 'signature',
      verdict: 'altered',
      signer: 'Trần Văn Minh',
      organisation: 'Ủy ban nhân dân xã Cẩm Thạch',
      signedAt: '2026-11-20T15:42:10+07:00',
      level: 'B-LT',
      isRevocationKnown: true,
      statements: [
        'Chữ ký đúng với phần tệp mà nó phủ.',
        'Nội dung trang 1 đã bị đổi sau khi ký.',
        'Chứng thư do CA phục vụ các cơ quan Nhà nước G2 cấp, còn hiệu lực vào lúc ký.',
      ],
    },
    {
      field: 'Signature2',
      kind: 'time-stamp',
      verdict: 'valid',
      signer: 'TSA Ban Cơ yếu Chính phủ',
      organisation: null,
      signedAt: '2026-11-20T15:43:00+07:00',
      level: 'time-stamp',
      isRevocationKnown: false,
      statements: ['Dấu thời gian đúng và phủ toàn bộ tệp.'],
    },
  ],
};
