/** @file The index of an export: one row a record, as a table for people and as JSON for programs. */
import type { BacklogRecord, BacklogSeries } from '../../preload/backlog-types.ts';
import { recordFileName } from './series.ts';

export interface IndexRow {
  readonly record: BacklogRecord;
  readonly file: string;
}

export function indexRow(record: BacklogRecord): IndexRow {
  return { record, file: recordFileName(record.code, record.revision) };
}

/** RFC 4180, UTF-8 with the mark by which spreadsheets know it, and no cell that a spreadsheet would take for a formula. */
export function indexCsv(series: BacklogSeries, rows: readonly IndexRow[]): string {
  const names = series.fields.map(({ name }) => name);
  const header = [
    'code',
    'revision',
    ...names,
    'pages',
    'file',
    'sha256',
    'signedBy',
    'confirmedAt',
    'confirmedBy',
    'reason',
    'duplicateOf',
  ];
  const lines = rows.map(({ record, file }) => {
    const values = new Map(record.fields.map(({ name, value }) => [name, value]));
    return [
      record.code,
      String(record.revision),
      ...names.map((name) => values.get(name) ?? ''),
      String(record.pageCount),
      file,
      record.sha256 ?? '',
      record.signatures.map(({ signerName }) => signerName).join('; '),
      record.confirmedAt,
      record.confirmedBy,
      record.reason ?? '',
      record.duplicateOf ?? '',
    ];
  });
  return `\ufeff${[header, ...lines].map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`;
}

export function indexJson(series: BacklogSeries, rows: readonly IndexRow[]): string {
  const records = rows.map(({ record, file }) => ({
    code: record.code,
    revision: record.revision,
    fields: Object.fromEntries(record.fields.map(({ name, value }) => [name, value])),
    pages: record.pageCount,
    file,
    sha256: record.sha256,
    sizeBytes: record.sizeBytes,
    signatures: record.signatures,
    confirmedAt: record.confirmedAt,
    confirmedBy: record.confirmedBy,
    reason: record.reason,
    duplicateOf: record.duplicateOf,
  }));
  return `${JSON.stringify({ series: { code: series.code, name: series.name }, records }, null, 2)}\n`;
}

/** What a spreadsheet would calculate is shown as text instead (OWASP, CSV injection). */
function cell(value: string): string {
  const plain = value.replace(/[\r\n\t]+/g, ' ');
  const harmless = /^\s*[=+\-@]/.test(plain) ? `'${plain}` : plain;
  return /[",]/.test(harmless) || harmless !== harmless.trim() ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
