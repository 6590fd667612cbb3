/**
 * @file Codes and machine-readable zones of citizens' cards, laid on the glass at 300 dpi in every condition: the share of QR
 * codes that are read (budget 99 %), of zones that are accepted, and zones accepted with a wrong value (must be none). Part
 * of `npm run bench -- digitise`.
 */
import { join } from 'node:path';
import { readCodes } from '../../main/imaging/codes/read-codes.ts';
import { readZone } from '../../main/imaging/mrz/read-zone.ts';
import { loadTemplates } from '../../main/imaging/mrz/templates.ts';
import { decodePage } from '../../main/imaging/recognition/decode.ts';
import { createRecogniser } from '../../main/imaging/recognition/recogniser.ts';
import { greyChannel } from '../../main/imaging/recognition/raster.ts';
import { drawCardBack, drawCardFront, payloadOf, type CardHolder } from '../stand-ins/draw-card.ts';
import { layOnGlass, type Condition, type Lid } from '../stand-ins/lay-on-glass.ts';

const DPI = 300;
const RESOURCES = join(import.meta.dirname, '../../resources');
const CONDITIONS: readonly Condition[] = ['clean', 'office', 'poor', 'photocopy'];
const LIDS: readonly Lid[] = ['white', 'shadowed', 'grey', 'black'];
const TURNS = [0, 1.7, 90, 182] as const;
const CARD = { widthMm: 85.6, heightMm: 53.98 };

const HOLDERS: readonly CardHolder[] = [
  ['038087015329', 'Cao Viết Nghĩa', '1987-04-12', 'Nam', 'Thôn Căm, Thọ Xương, Thanh Hóa'],
  ['001190004561', 'Nguyễn Thị Thùy Dương', '1990-11-03', 'Nữ', 'Số 12 ngõ 5 phố Hàng Bông, Hoàn Kiếm, Hà Nội'],
  ['079202123456', 'Lê Quốc Bảo', '2002-02-28', 'Nam', 'Ấp 3, Bình Chánh, Thành phố Hồ Chí Minh'],
  ['044301998877', 'Phạm Thị Thùy Dung Hương', '2001-07-19', 'Nữ', 'Tổ dân phố 7, Đồng Hới, Quảng Trị'],
].map(([idNumber = '', fullName = '', birthDate = '', sex, address = '']) => ({
  idNumber,
  oldIdNumber: idNumber.slice(-9),
  fullName,
  birthDate,
  sex: sex as CardHolder['sex'],
  hometown: address,
  address,
  issuedOn: '2022-05-16',
  expiresOn: '2037-05-16',
}));

const templates = await loadTemplates(join(RESOURCES, 'ocr-b.json'));
const recogniser = await createRecogniser({ resourcesFolder: RESOURCES, workers: 1, readCodes });
const rows: {
  condition: Condition;
  codes: number;
  codesRead: number;
  zones: number;
  zonesRead: number;
  wrong: number;
}[] = [];
let seed = 1;
for (const condition of CONDITIONS) {
  const row = { condition, codes: 0, codesRead: 0, zones: 0, zonesRead: 0, wrong: 0 };
  for (const [index, holder] of HOLDERS.entries()) {
    for (const year of [2021, 2024] as const) {
      const style = { year, dpi: DPI };
      const turnDeg = TURNS[(index + (year === 2021 ? 0 : 1)) % TURNS.length] as number;
      const glass = { dpi: DPI, lid: LIDS[index % LIDS.length] as Lid, condition, seed: seed++ };
      const page = await layOnGlass(
        [
          { picture: await drawCardFront(holder, style), ...CARD, xMm: 40, yMm: 35, turnDeg },
          { picture: await drawCardBack(holder, style), ...CARD, xMm: 60, yMm: 150, turnDeg },
        ],
        glass,
      );
      const { codes } = await recogniser.recogniseBytes(page, DPI, false);
      row.codes += 1;
      if (codes.some(({ text }) => text === payloadOf(holder))) row.codesRead += 1;
      const decoded = await decodePage(page, DPI);
      const zone = readZone(greyChannel(decoded.image), decoded.dpi, templates);
      row.zones += 1;
      if (zone) row.zonesRead += 1;
      if (zone && (zone.zone.idNumber !== holder.idNumber || zone.zone.birthDate !== holder.birthDate)) row.wrong += 1;
    }
  }
  rows.push(row);
}
await recogniser.close();

console.log('cards at 300 dpi      QR read     zones accepted   accepted with a wrong value');
for (const { condition, codes, codesRead, zones, zonesRead, wrong } of rows)
  console.log(
    `${condition.padEnd(18)} ${`${codesRead}/${codes}`.padStart(10)} ${`${zonesRead}/${zones}`.padStart(18)} ${String(wrong).padStart(20)}`,
  );
const sum = (key: 'codes' | 'codesRead' | 'zones' | 'zonesRead' | 'wrong'): number =>
  rows.reduce((total, row) => total + row[key], 0);
console.log(
  `QR ${((100 * sum('codesRead')) / sum('codes')).toFixed(1)} % (budget 99), zones ${((100 * sum('zonesRead')) / sum('zones')).toFixed(1)} %, wrong ${sum('wrong')} (budget 0)`,
);
