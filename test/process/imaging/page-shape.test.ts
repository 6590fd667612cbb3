/** Where papers end: drawn on glasses with every lid, and the fixtures, of which not a letter may be cut. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { findPaper, type FoundPaper } from '../../../main/imaging/page-shape/find-paper.ts';
import { CARD_MM } from '../../../main/imaging/page-shape/paper-sizes.ts';
import { decodePage } from '../../../main/imaging/recognition/decode.ts';
import { drawCardBack, drawCardFront, type CardHolder } from '../../stand-ins/draw-card.ts';
import { drawPaper } from '../../stand-ins/draw-paper.ts';
import { layOnGlass, type Condition, type Laid, type Lid } from '../../stand-ins/lay-on-glass.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PAGES = join(ROOT, 'test/fixtures/pages');
const DPI = 150;
const HOLDER: CardHolder = {
  idNumber: '038187015329',
  fullName: 'Cao Thị Nghĩa',
  birthDate: '1987-12-25',
  sex: 'Nữ',
  hometown: 'Cẩm Thạch, Thanh Hóa',
  address: 'Thôn Chiềng Đông, Xã Cẩm Thạch, Thanh Hóa',
  issuedOn: '2023-08-14',
  expiresOn: '2027-12-25',
};
const CARD = { widthMm: CARD_MM.long, heightMm: CARD_MM.short };
let a5: Laid;
let front: Laid;
let back: Laid;

beforeAll(async () => {
  const lines = Array.from({ length: 12 }, (_, line) => `Dòng thứ ${line + 1} của tờ giấy nhỏ này`);
  const picture = await sharp(await drawPaper(lines))
    .extract({ left: 0, top: 0, width: 1166, height: 1654 })
    .toBuffer();
  a5 = { picture, widthMm: 148, heightMm: 210, xMm: 25, yMm: 40 };
  front = { picture: await drawCardFront(HOLDER, { year: 2021, dpi: 300 }), ...CARD, xMm: 30, yMm: 30 };
  back = { picture: await drawCardBack(HOLDER, { year: 2021, dpi: 300 }), ...CARD, xMm: 50, yMm: 150 };
});

async function lay(laid: readonly Laid[], lid: Lid, condition: Condition): Promise<FoundPaper> {
  const page = await decodePage(await layOnGlass(laid, { dpi: DPI, lid, condition }), DPI);
  return findPaper(page.image, page.dpi);
}

/** Millimetres by which the crop goes into what lies there; nothing when it goes around it. */
function cutMm({ crop }: FoundPaper, laid: readonly Laid[]): number {
  if (!crop) return 0;
  const [x, y, width, height] = crop.map((length) => (length / DPI) * 25.4) as [number, number, number, number];
  const cuts = laid.map((one) => {
    const angle = ((one.turnDeg ?? 0) * Math.PI) / 180;
    const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
    const [wide, high] = [one.widthMm * cos + one.heightMm * sin, one.widthMm * sin + one.heightMm * cos];
    const [middleX, middleY] = [one.xMm + one.widthMm / 2, one.yMm + one.heightMm / 2];
    const [left, top] = [Math.max(0, middleX - wide / 2), Math.max(0, middleY - high / 2)];
    const [right, bottom] = [Math.min(210, middleX + wide / 2), Math.min(297, middleY + high / 2)];
    return Math.max(x - left, y - top, right - (x + width), bottom - (y + height));
  });
  return Math.max(0, ...cuts);
}

describe('of the fixtures nothing is cropped', () => {
  test.each(readdirSync(PAGES).filter((file) => file.endsWith('.jpg')))('%s', async (file) => {
    const page = await decodePage(readFileSync(join(PAGES, file)), 200);
    expect(findPaper(page.image, page.dpi)).toEqual({ crop: null, shape: 'a4', tiltDeg: null, cards: [] });
  });
});

describe('a small sheet ends where its edges are', () => {
  test.each([
    ['shadowed', 'clean', 0],
    ['shadowed', 'office', 2],
    ['black', 'office', -3],
    ['black', 'poor', 1],
    ['grey', 'office', 0],
    ['blue', 'office', 2.5],
  ] as const)('%s lid, %s scan, turned %s°', async (lid, condition, turnDeg) => {
    const laid = [{ ...a5, turnDeg }];
    const found = await lay(laid, lid, condition);
    expect(found.shape).toBe('a5');
    expect(cutMm(found, laid)).toBeLessThan(0.7);
    expect(found.crop?.[2]).toBeLessThan(((a5.widthMm + 22) / 25.4) * DPI);
    expect(Math.abs((found.tiltDeg ?? 99) - turnDeg)).toBeLessThan(0.8);
  });
});

describe('cards are seen as cards, one or two, however they lie', () => {
  test.each([
    ['white', 'office', [3]],
    ['shadowed', 'office', [-2, 91]],
    ['black', 'poor', [88, 181]],
    ['blue', 'clean', [0, 0]],
  ] as const)('%s lid, %s scan, turned %j°', async (lid, condition, turns) => {
    const laid = turns.map((turnDeg, index) => ({ ...(index === 0 ? front : back), turnDeg }));
    const found = await lay(laid, lid, condition);
    expect(found.shape).toBe(turns.length === 2 ? 'two-cards' : 'card');
    expect(cutMm(found, laid)).toBeLessThan(0.7);
    for (const [index, { tiltDeg }] of found.cards.toSorted((a, b) => a.box[1] - b.box[1]).entries()) {
      const turn = turns[index] ?? 0;
      expect(Math.abs((tiltDeg ?? 99) - (turn - 90 * Math.round(turn / 90)))).toBeLessThan(0.6);
    }
  });

  test('a photocopy of two cards keeps its sheet, and both are looked for', async () => {
    const found = await lay([front, back], 'shadowed', 'photocopy');
    expect(found).toMatchObject({ crop: null, shape: 'a4' });
    expect(found.cards).toHaveLength(2);
  });
});

test('what is written beside a small sheet keeps the whole page', async () => {
  const note = { ...front, widthMm: 40, heightMm: 6, xMm: 160, yMm: 280 };
  const page = await lay([a5, note], 'shadowed', 'office');
  expect(page.crop).toBeNull();
});

test('an empty page has no crop', async () => {
  expect(await lay([], 'white', 'office')).toMatchObject({ crop: null, shape: 'a4', cards: [] });
});
