/** Cards of both years, drawn at true size and read through everything: each by itself, however it lies. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCodes } from '../../../main/imaging/codes/read-codes.ts';
import { CARD_MM } from '../../../main/imaging/page-shape/paper-sizes.ts';
import type { RecognisedPage } from '../../../main/imaging/protocol.ts';
import { createRecogniser, type Recogniser } from '../../../main/imaging/recognition/recogniser.ts';
import { drawCardBack, drawCardFront, payloadOf, type CardHolder } from '../../stand-ins/draw-card.ts';
import { layOnGlass, type Glass } from '../../stand-ins/lay-on-glass.ts';

const DPI = 300;
const HOLDER: CardHolder = {
  idNumber: '038187015329',
  oldIdNumber: '171234567',
  fullName: 'Cao Thị Nghĩa',
  birthDate: '1987-12-25',
  sex: 'Nữ',
  hometown: 'Cẩm Thạch, Thanh Hóa',
  address: 'Thôn Chiềng Đông, Xã Cẩm Thạch, Thanh Hóa',
  issuedOn: '2023-08-14',
  expiresOn: '2027-12-25',
};
const CARD = { widthMm: CARD_MM.long, heightMm: CARD_MM.short };
let recogniser: Recogniser;

beforeAll(async () => {
  const resourcesFolder = join(import.meta.dirname, '../../../resources');
  recogniser = await createRecogniser({ resourcesFolder, workers: 1, readCodes });
});
afterAll(() => recogniser.close());

async function read(
  year: 2021 | 2024,
  turns: readonly [front: number, back: number],
  glass: Pick<Glass, 'lid' | 'condition'>,
): Promise<RecognisedPage> {
  const style = { year, dpi: 600 };
  const front = { picture: await drawCardFront(HOLDER, style), ...CARD, xMm: 40, yMm: 40, turnDeg: turns[0] };
  const back = { picture: await drawCardBack(HOLDER, style), ...CARD, xMm: 60, yMm: 160, turnDeg: turns[1] };
  return recogniser.recogniseBytes(await layOnGlass([front, back], { dpi: DPI, ...glass }), DPI, true);
}

function valuesOf(page: RecognisedPage, source: 'qr' | 'mrz' | 'ocr'): Record<string, string> {
  const own = page.fields.filter((field) => field.source === source);
  return Object.fromEntries(own.map(({ name, value }) => [name, value]));
}

const ZONE = {
  idNumber: HOLDER.idNumber,
  birthDate: HOLDER.birthDate,
  sex: 'female',
  expiresOn: HOLDER.expiresOn,
  plainName: 'CAO THI NGHIA',
};

test('both sides of a card of 2021 on the glass, tilted', async () => {
  const page = await read(2021, [-2, 1], { lid: 'shadowed', condition: 'office' });
  expect(page).toMatchObject({ shape: 'two-cards', documentType: { code: 'the-can-cuoc' } });
  expect(page.codes.map(({ text }) => text)).toEqual([payloadOf(HOLDER)]);
  expect(valuesOf(page, 'mrz')).toEqual(ZONE);
  expect(valuesOf(page, 'ocr')).toMatchObject({
    idNumber: HOLDER.idNumber,
    fullName: 'CAO THỊ NGHĨA',
    birthDate: HOLDER.birthDate,
    sex: 'Nữ',
    expiresOn: HOLDER.expiresOn,
    idIssuedOn: HOLDER.issuedOn,
  });
  const [left = 0, top = 0, width = 0, height = 0] = page.crop ?? [];
  for (const { box } of [...page.fields, ...page.lines]) {
    if (box === null) throw new Error('a field of a card has no place');
    expect(box[0] >= left && box[1] >= top).toBe(true);
    expect(box[0] + box[2] <= left + width && box[1] + box[3] <= top + height).toBe(true);
  }
});

test('both sides of a card of 2024, one on its side and one on its head, before a black lid', async () => {
  const page = await read(2024, [88, 181], { lid: 'black', condition: 'office' });
  expect(page.shape).toBe('two-cards');
  expect(valuesOf(page, 'qr')).toMatchObject({ idNumber: HOLDER.idNumber, fullName: HOLDER.fullName });
  expect(valuesOf(page, 'mrz')).toEqual(ZONE);
  expect(valuesOf(page, 'ocr')).toMatchObject({ idNumber: HOLDER.idNumber, fullName: 'CAO THỊ NGHĨA' });
});

test('a photocopy of both sides', async () => {
  const page = await read(2021, [0, 0], { lid: 'shadowed', condition: 'photocopy' });
  expect(page).toMatchObject({ crop: null, shape: 'two-cards' });
  expect(page.codes.map(({ text }) => text)).toEqual([payloadOf(HOLDER)]);
  expect(valuesOf(page, 'mrz')).toEqual(ZONE);
  expect(valuesOf(page, 'ocr')).toMatchObject({ idNumber: HOLDER.idNumber, fullName: 'CAO THỊ NGHĨA' });
});
