import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadDocumentKeywords } from '../../../main/dossiers/document-keywords.ts';
import { loadCatalogue } from '../../../main/procedures/catalogue.ts';
import { paperOf } from '../../../main/scan-presets/paper-kind.ts';
import { fitToDevice, proposeScan } from '../../../main/scan-presets/propose.ts';
import { ScanSettings } from '../../../main/scan-presets/schemas.ts';
import type { ScanSource } from '../../../preload/types.ts';

const RESOURCES = join(import.meta.dirname, '../../../resources');
const keywords = loadDocumentKeywords(RESOURCES);
const OFFICE = { sources: ['adf-duplex', 'adf', 'flatbed'] as const, dpis: [100, 200, 300, 600] };

const submitted = (...names: string[]) => names.map((name) => ({ name, kind: 'submitted' as const }));

describe('what a component is made of', () => {
  test.each([
    ['Tờ khai đăng ký khai sinh', 'form', 'to-khai-dang-ky-khai-sinh'],
    ['Tờ khai thay đổi thông tin cư trú (mẫu CT01, TT 53/2025/TT-BCA)', 'form', 'to-khai-thay-doi-thong-tin-cu-tru'],
    ['Giấy đề nghị đăng ký hộ kinh doanh', 'form', 'giay-de-nghi-dang-ky-ho-kinh-doanh'],
    ['Bản sao thẻ căn cước/CCCD/hộ chiếu', 'card', 'the-can-cuoc'],
    ['Ảnh 4x6 nền trắng ≤6 tháng', 'photograph', 'photograph'],
    ['02 bộ bản vẽ thiết kế', 'drawing', 'drawing'],
    ['Mảnh trích đo bản đồ địa chính (nếu có)', 'drawing', 'drawing'],
    ['Sổ BHXH', 'small-print', 'small-print'],
    ['Giấy chứng sinh', 'certificate', 'giay-chung-sinh'],
    ['Giấy tờ khác (nếu có)', 'paper', 'paper'],
  ])('%s is %s, remembered as %s', (name, kind, paper) => {
    expect(paperOf({ name }, keywords)).toEqual({ kind, paper });
  });

  test('a request for a card is a form, not a card', () => {
    expect(paperOf({ name: 'Đơn đề nghị cấp đổi thẻ căn cước' }, keywords).kind).toBe('form');
  });

  test('every component of every procedure has a proposal that its device can do', () => {
    const catalogue = loadCatalogue(RESOURCES);
    const all = catalogue.search('', 1_000).flatMap(({ code }) => catalogue.get(code)?.components ?? []);
    expect(all.length).toBeGreaterThan(200);
    for (const component of all) {
      const { settings } = proposeScan([component], keywords, OFFICE);
      expect(OFFICE.sources).toContain(settings.source);
      expect(settings.dpi).toBeGreaterThanOrEqual(200);
      expect(settings.colour).toBe(true);
    }
  });
});

describe('what is proposed', () => {
  const settingsOf = (...names: string[]) => proposeScan(submitted(...names), keywords, OFFICE).settings;

  test('a form: both sides from the feeder, 200 dpi, colour, A4, and the glass when the feeder is empty', () => {
    const expected = { source: 'adf-duplex', fallsToGlass: true, dpi: 200, colour: true, area: 'a4' };
    expect(settingsOf('Tờ khai đăng ký khai sinh')).toEqual(expected);
  });

  test('an ID card: the glass at 300 dpi, where its QR code can be read', () => {
    expect(settingsOf('Bản sao thẻ căn cước')).toMatchObject({ source: 'flatbed', dpi: 300, fallsToGlass: false });
  });

  test('a drawing as large as A3', () => expect(settingsOf('02 bộ bản vẽ thiết kế').area).toBe('a3'));

  test('a stack: a card among forms does not slow the forms down, small print does', () => {
    const forms = ['Tờ khai đăng ký khai sinh', 'Giấy chứng sinh'];
    expect(settingsOf(...forms, 'Bản sao thẻ căn cước')).toMatchObject({ source: 'adf-duplex', dpi: 200 });
    expect(settingsOf(...forms, 'Sổ BHXH').dpi).toBe(300);
  });

  test('a stack of several kinds is remembered as a stack, several of one paper as that paper', () => {
    const proposed = (...names: string[]) => proposeScan(submitted(...names), keywords, OFFICE);
    expect(proposed('Tờ khai đăng ký khai sinh', 'Giấy chứng sinh')).toMatchObject({ kind: 'stack', paper: 'stack' });
    expect(proposed('Tờ khai đăng ký khai sinh', 'Đơn đề nghị')).toMatchObject({ kind: 'form', paper: 'form' });
    expect(proposed()).toMatchObject({ kind: 'stack', paper: 'stack', settings: { dpi: 200 } });
  });

  const sources = fc.uniqueArray(fc.constantFrom<ScanSource>('flatbed', 'adf', 'adf-duplex'), { minLength: 1 });
  const dpis = fc
    .uniqueArray(fc.constantFrom(75, 100, 150, 200, 240, 300, 600))
    .map((list) => list.sort((a, b) => a - b));

  test('is always something the device has, whatever the device', () => {
    fc.assert(
      fc.property(sources, dpis, fc.array(fc.string()), (has, offers, names) => {
        const device = { sources: has, dpis: offers };
        const { settings } = proposeScan(submitted(...names), keywords, device);
        expect(has).toContain(settings.source);
        if (offers.length > 0) expect(offers).toContain(settings.dpi);
        if (settings.fallsToGlass) expect(has).toContain('flatbed');
      }),
    );
  });

  test('a choice of before fits the device that is there now, and stays as it was on the one it was made for', () => {
    const choice = fc.record({
      source: fc.constantFrom<ScanSource>('flatbed', 'adf', 'adf-duplex'),
      fallsToGlass: fc.boolean(),
      dpi: fc.constantFrom(100, 200, 300),
      colour: fc.boolean(),
      area: fc.constantFrom('a4' as const, 'card' as const),
    });
    fc.assert(
      fc.property(sources, dpis, choice, (has, offers, settings) => {
        const fitted = fitToDevice(settings, { sources: has, dpis: offers });
        expect(ScanSettings.safeParse({ ...fitted, dpi: 200 }).success).toBe(true);
        expect(has).toContain(fitted.source);
        expect(fitToDevice(fitted, { sources: has, dpis: offers })).toEqual(fitted);
        expect(fitToDevice({ ...settings, fallsToGlass: false }, OFFICE)).toEqual({ ...settings, fallsToGlass: false });
      }),
    );
  });
});
