/**
 * @file A series in a folder: the PDF of every finished record and the index. Files that are there already with the right
 * content are left; the index comes last, so that a folder with an index is whole.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BacklogRecord, BacklogSeries } from '../../preload/backlog-types.ts';
import { indexCsv, indexJson, indexRow } from '../backlog/index-table.ts';
import { readBlob } from '../blobs/blob-file.ts';
import { Failure, unwrap } from '../rooms/failure.ts';
import type { Rooms } from './rooms.ts';

const PAGE_OF_RECORDS = 500;

export interface Exported {
  readonly series: BacklogSeries;
  readonly records: number;
  readonly written: number;
  /** Confirmed, but their PDF is not made yet: not in the folder. */
  readonly composing: number;
}

/** @throws Failure `not-found` for an unknown series, `disk-full`, `disk-error`, `store-damaged` */
export async function exportSeries(rooms: Pick<Rooms, 'store'>, seriesCode: string, folder: string): Promise<Exported> {
  const { series } = await readSeries(rooms, seriesCode);
  mkdirSync(folder, { recursive: true });
  const records = (await allRecords(rooms, seriesCode)).sort((a, b) => a.code.localeCompare(b.code, 'en'));
  const finished = records.filter(({ state }) => state === 'finished');
  let written = 0;
  for (const record of finished) {
    const path = join(folder, indexRow(record).file);
    if (existsSync(path) && sha256(readFileSync(path)) === record.sha256) continue;
    const access = unwrap(await rooms.store.call('blobAccess', { blobId: record.blobId ?? '' }));
    const bytes = await readBlob(access);
    if (sha256(bytes) !== record.sha256) throw new Failure('store-damaged', record.code);
    writeWhole(path, bytes);
    written++;
  }
  const rows = finished.map(indexRow);
  writeWhole(join(folder, 'index.json'), indexJson(series, rows));
  writeWhole(join(folder, 'index.csv'), indexCsv(series, rows));
  return { series, records: finished.length, written, composing: records.length - finished.length };
}

export async function readSeries(rooms: Pick<Rooms, 'store'>, seriesCode: string) {
  const { series } = unwrap(await rooms.store.call('backlogOverview', {}));
  const found = series.find((one) => one.series.code === seriesCode);
  if (!found) throw new Failure('not-found', `series ${seriesCode}`);
  return found;
}

async function allRecords(rooms: Pick<Rooms, 'store'>, seriesCode: string): Promise<BacklogRecord[]> {
  const records: BacklogRecord[] = [];
  for (;;) {
    const question = { seriesCode, text: '', limit: PAGE_OF_RECORDS, offset: records.length };
    const { total, items } = unwrap(await rooms.store.call('backlogRecords', question));
    records.push(...items);
    if (items.length === 0 || records.length >= total) return records;
  }
}

function writeWhole(path: string, content: Buffer | string): void {
  writeFileSync(`${path}.part`, content, { flush: true });
  renameSync(`${path}.part`, path);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
