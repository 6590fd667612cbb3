import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesIn } from '../../../main/cli/input-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'input-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder gives its scans in the order people count, and nothing that systems leave beside them', () => {
  mkdirSync(join(folder, 'so 2'));
  for (const name of ['trang 10.jpg', 'trang 2.JPG', 'so 2/1.heif', '._trang 2.jpg', 'Thumbs.db', 'ghi chú.txt'])
    writeFileSync(join(folder, name), 'x');
  symlinkSync(join(folder, 'trang 2.JPG'), join(folder, 'trang 3.jpg'));
  symlinkSync(join(folder, 'gone.jpg'), join(folder, 'trang 4.jpg'));
  expect(filesIn(folder).map((path) => relative(folder, path))).toEqual([
    join('so 2', '1.heif'),
    'trang 2.JPG',
    'trang 3.jpg',
    'trang 10.jpg',
  ]);
});
