import { describe, expect, it } from 'vitest';
import { indexCsv, indexJson, indexRow } from '../../../main/backlog/index-table.ts';
import type { BacklogRecord, BacklogSeries } from '../../../preload/backlog-types.ts';

const SERIES: BacklogSeries = {
  code: 'KS',
  name: 'Giấy khai sinh',
  templateId: 'khai-sinh',
  documentTypes: [],
  fields: [
    { name: 'number', kind: 'number', isRequired: true, readFrom: [] },
    { name: 'fullName', kind: 'name', isRequired: true, readFrom: [] },
  ],
  split: { kind: 'hand' },
  total: 1,
  targetPercent: 30,
  targetDate: '2026-12-31',
};

const record = (fullName: string, over: Partial<BacklogRecord> = {}): BacklogRecord => ({
  id: 'id',
  seriesCode: 'KS',
  code: 'KS.000001',
  number: '57/2004',
  year: 2004,
  name: fullName,
  revision: 1,
  state: 'finished',
  fields: [
    { name: 'fullName', value: fullName },
    { name: 'number', value: '57/2004' },
  ],
  pageCount: 2,
  blobId: 'blob',
  sha256: 'ab',
  sizeBytes: 9,
  signatures: [],
  confirmedAt: '2026-11-20T09:00:00+07:00',
  confirmedBy: 'Lan',
  reason: null,
  duplicateOf: null,
  ...over,
});

const rowOf = (fullName: string): string => {
  const lines = indexCsv(SERIES, [indexRow(record(fullName))]).split('\r\n');
  expect(lines).toHaveLength(3); // header, row, end of the last line
  return lines[1] ?? '';
};

describe('the table of an export', () => {
  it('has a head, one row a record, the series’ own columns in their order, and says that it is UTF-8', () => {
    const csv = indexCsv(SERIES, [indexRow(record('Nguyễn Văn Ẩn', { revision: 2 }))]);
    expect(csv.startsWith('\ufeffcode,revision,number,fullName,pages,file,sha256,')).toBe(true);
    expect(csv).toContain('\r\nKS.000001,2,57/2004,Nguyễn Văn Ẩn,2,KS.000001-r2.pdf,ab,');
  });

  it.each(['=HYPERLINK("http://x")', '+84', '-1', '@SUM(A1)', ' =1', '\t=1', '\r=1'])(
    'shows %j as text, never as a formula',
    (name) => {
      const cells = rowOf(name);
      expect(cells).not.toMatch(/(?:^|,)"?\s*[=+\-@]/);
      expect(cells).toContain("'");
    },
  );

  it('keeps commas, quotes and line breaks inside their cell', () => {
    expect(rowOf('An, Bình')).toContain(',"An, Bình",');
    expect(rowOf('An "Tí"')).toContain(',"An ""Tí""",');
    expect(rowOf('An\r\nBình')).toContain(',An Bình,');
  });

  it('has the exact values beside it, for programs', () => {
    const json = JSON.parse(indexJson(SERIES, [indexRow(record('=1, "An"\n'))])) as { records: unknown[] };
    expect(json.records).toMatchObject([
      { code: 'KS.000001', fields: { fullName: '=1, "An"\n' }, file: 'KS.000001.pdf' },
    ]);
  });
});
