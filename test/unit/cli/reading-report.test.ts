import { describe, expect, it } from 'vitest';
import { reportOf } from '../../../main/cli/reading-report.ts';
import type { ReadPage } from '../../../main/cli/read-pages.ts';
import type { RecognisedPage } from '../../../main/imaging/protocol.ts';

type Field = RecognisedPage['fields'][number];

const deposit = { file: 'f', key: 'k', sha256: 's', sizeBytes: 1, mediaType: 'image/jpeg' } as never;

function pageWith(index: number, fields: readonly Field[], documentType: string | null = null): ReadPage {
  return {
    file: '/scans/stack.pdf',
    page: { index, image: deposit, thumbnail: deposit, widthPx: 10, heightPx: 20, dpi: 200 },
    read: {
      text: 'một hai',
      lines: [
        {
          text: 'một hai',
          box: [1, 2, 9, 4],
          words: [
            { text: 'một', confidence: 90, box: [1, 2, 4, 4] },
            { text: 'hai', confidence: 80, box: [6, 2, 4, 4] },
          ],
        },
      ],
      skewDeg: 0.4,
      rotation: 90,
      isBlank: false,
      widthPx: 10,
      heightPx: 20,
      dpi: 200,
      crop: null,
      shape: 'a4',
      codes: [],
      documentType: documentType === null ? null : { code: documentType, title: documentType, confidence: 99 },
      fields: [...fields],
    },
  };
}

const field = (name: string, value: string, source: Field['source'], confidence = 99): Field => ({
  name,
  value,
  source,
  confidence,
  box: [1, 1, 2, 2],
});

const qr = [
  field('idNumber', '038087015329', 'qr', 100),
  field('fullName', 'Cao Viết Nghĩa', 'qr', 100),
  field('birthDate', '1987-04-12', 'qr', 100),
  field('sex', 'male', 'qr', 100),
];
const zone = (birthDate: string): Field[] => [
  field('idNumber', '038087015329', 'mrz'),
  field('birthDate', birthDate, 'mrz'),
  field('sex', 'male', 'mrz'),
  field('plainName', 'CAO VIET NGHIA', 'mrz', 80),
];

describe('the report of recognised pages', () => {
  it('has the words of each page with their boxes, and where the page comes from', () => {
    const report = reportOf({ pages: [pageWith(2, [])], bad: [], isComplete: true }) as {
      pages: readonly Record<string, unknown>[];
    };
    expect(report.pages[0]).toMatchObject({
      file: 'stack.pdf',
      pageOfFile: 3,
      text: 'một hai',
      words: [
        { text: 'một', confidence: 90, box: [1, 2, 4, 4] },
        { text: 'hai', confidence: 80, box: [6, 2, 4, 4] },
      ],
      skewDeg: 0.4,
      rotation: 90,
      blank: false,
    });
  });

  it('takes a field from the most certain source, whichever page comes first', () => {
    const pages = [
      pageWith(0, [field('idNumber', '038087015320', 'ocr', 70), field('phone', '0912', 'ocr')]),
      pageWith(1, qr),
      pageWith(2, [field('phone', '0999', 'ocr')]),
    ];
    expect(reportOf({ pages, bad: [], isComplete: true })).toMatchObject({
      fields: {
        idNumber: { value: '038087015329', source: 'qr', page: 2, confidence: 100, box: [1, 1, 2, 2] },
        phone: { value: '0912', source: 'ocr', page: 1 },
      },
    });
  });

  it('says who the person is from code and zone together', () => {
    const pages = [pageWith(0, qr), pageWith(1, zone('1987-04-12'))];
    expect(reportOf({ pages, bad: [], isComplete: true })).toMatchObject({
      identity: {
        kind: 'person',
        fullName: 'Cao Viết Nghĩa',
        idNumber: '038087015329',
        birthDate: '1987-04-12',
        values: { fullName: { source: 'qr', page: 1 } },
        mismatches: [],
      },
    });
  });

  it('shows both values where code and zone differ, and blocks nothing', () => {
    const pages = [pageWith(0, qr), pageWith(1, zone('1987-04-13'))];
    expect(reportOf({ pages, bad: [], isComplete: true })).toMatchObject({
      identity: {
        birthDate: '1987-04-12',
        mismatches: [
          {
            field: 'birthDate',
            readings: [
              { value: '1987-04-12', source: 'qr', page: 1 },
              { value: '1987-04-13', source: 'mrz', page: 2 },
            ],
          },
        ],
      },
    });
  });

  it('takes nobody for the applicant whom only a form names', () => {
    const pages = [pageWith(0, [field('idNumber', '038087015329', 'ocr')], 'to-khai')];
    expect(reportOf({ pages, bad: [], isComplete: true })).toMatchObject({ identity: null, people: [] });
  });

  it('names what could not be read and whether it was stopped', () => {
    const bad = [{ file: '/scans/x.jpg', page: null, code: 'file-damaged', detail: 'secret path' }] as const;
    const report = reportOf({ pages: [], bad, isComplete: false });
    expect(report).toMatchObject({
      bad: [{ file: '/scans/x.jpg', page: null, code: 'file-damaged' }],
      complete: false,
    });
  });
});
