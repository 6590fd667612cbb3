import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readZone, type ReadZone } from '../../../main/imaging/mrz/read-zone.ts';
import { loadTemplates } from '../../../main/imaging/mrz/templates.ts';
import { decodePage } from '../../../main/imaging/recognition/decode.ts';
import { greyChannel } from '../../../main/imaging/recognition/raster.ts';

const ROOT = join(import.meta.dirname, '../../..');
const templates = await loadTemplates(join(ROOT, 'resources/ocr-b.json'));

async function read(file: string, dpi: number): Promise<ReadZone | null> {
  const page = await decodePage(readFileSync(join(ROOT, file)), dpi);
  return readZone(greyChannel(page.image), page.dpi, templates);
}

describe('the zone of a card is read', () => {
  test.each([
    ['level-300.jpg', 300, '001090000123', 'NGUYEN VAN A'],
    ['tilted-200.jpg', 200, '079202123456', 'LE QUOC BAO'],
    ['upside-down-300.jpg', 300, '044301998877', 'PHAM THI THUY DUNG HUONG'],
    ['turned-poor-200.jpg', 200, '038190004567', 'TRAN THI HONG NHUNG'],
  ])('%s', async (file, dpi, idNumber, plainName) => {
    const zone = await read(`test/fixtures/cards/${file}`, dpi);
    expect(zone?.zone).toMatchObject({ idNumber, plainName });
    expect(zone?.confidence).toBeGreaterThan(60);
  });
});

test('a page of text without a card has none', async () => {
  expect(await read('resources/samples/stack-thuong-tru/01-to-khai-ct01.jpg', 200)).toBeNull();
});
