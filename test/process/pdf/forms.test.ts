import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { buildPracticeResultForm } from '../../../main/forms/practice-result.ts';
import { buildReceiptForm, writeReceiptQr } from '../../../main/forms/receipt-form.ts';
import { composeFormPdf } from '../../../main/imaging/pdf/form/compose-form.ts';
import { CONTEXT, LONG_NAME, makeDossier, makeLargeDossier } from '../../fixtures/forms/dossiers.ts';
import { findBrokenRules, openForRules } from './archive-rules.ts';
import { checkWithQpdf, hasTools, listFonts, run } from './tools.ts';

const hasReaders = hasTools('qpdf', 'pdftotext', 'pdffonts', 'pdftoppm', 'pdfinfo', 'mutool');
const folder = mkdtempSync(join(tmpdir(), 'forms-'));
const forms = {
  receipt: buildReceiptForm(makeDossier(), CONTEXT),
  'large receipt': buildReceiptForm(makeLargeDossier(), CONTEXT),
  'practice decision': buildPracticeResultForm(makeDossier(), {
    ...CONTEXT,
    signerName: 'Nguyễn Văn Thi',
    issuedAt: '2026-11-21T08:00:00Z',
  }),
} as const;
const file = (name: string): string => join(folder, `${name.replace(' ', '-')}.pdf`);

beforeAll(async () => {
  for (const [name, form] of Object.entries(forms))
    writeFileSync(file(name), (await composeFormPdf(form, 'resources')).bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasReaders)('The rules of PDF/A themselves (needs qpdf)', () => {
  it.each([
    ['6.1.2', '%PDF-1.7', '%PDF-9.7'],
    ['6.1.3', '/ID [<', '/IX [<'],
    ['6.2.3', '/GTS_PDFA1', '/GTS_PDFX_'],
    ['6.2.10', '/MediaBox', '/Group    /MediaBox'],
    ['6.6.4', 'pdfaid:conformance>U', 'pdfaid:conformance>B'],
    ['6.1.6', '/Title <FEFF', '/Title <FEF'],
    ['6.1.8', '/Producer', '/Prod\xffcer'],
    ['6.1.12', '/Type /Catalog', '/Type /Catalog /Perms <<>>'],
    ['6.1.13 impl', '/Type /Catalog', '/Type /Catalog /Big 2147483648 '],
    ['6.2.5', '/MediaBox', '/TR 1 /MediaBox'],
    ['6.2.6', '/MediaBox', '/RI /Made /MediaBox'],
    ['6.2.11.3.1', '/Encoding /Identity-H', '/Encoding /Identity-V'],
    ['6.2.11.6', /\/Flags (6|70)\b/, '/Flags 38'],
    ['6.6.2.3.3', 'pdfaProperty:category>external', 'pdfaProperty:category>outside'],
    ['6.6.2.3.3', 'pdfaProperty:valueType>Text', 'pdfaProperty:valueType>Integer'],
    ['6.7.4', '/Lang (vi-VN)', '/Lung (vi-VN)'],
    ['6.8, 6.9', '/Type /Catalog', '/Type /Catalog /OCProperties <<>>'],
    ['6.6.3', '/CreationDate (D:2026', '/CreationDate (D:2025'],
    ['6.6.2.3', '<pdfaProperty:name>officer<', '<pdfaProperty:name>officer2<'],
  ] as const)('notice a file that breaks %s', (clause, good, bad) => {
    const raw = readFileSync(file('receipt')).toString('latin1');
    expect(good instanceof RegExp ? good.test(raw) : raw.includes(good)).toBe(true);
    const broken = findBrokenRules({ ...openForRules(file('receipt')), raw: raw.replace(good, bad) });
    expect(broken.some((rule) => rule.startsWith(clause))).toBe(true);
  });
});

describe.skipIf(!hasReaders)('Printed forms (needs qpdf, poppler-utils, mupdf-tools)', () => {
  describe.each(Object.keys(forms))('the %s', (name) => {
    it('is sound for qpdf and mutool', () => {
      expect(checkWithQpdf(file(name))).toBe('');
      expect(run('mutool', ['info', file(name)])).toContain('PDF-1.7');
    });

    it('keeps the rules of PDF/A-2u that its structure shows', () => {
      expect(findBrokenRules(openForRules(file(name)))).toEqual([]);
    });

    it('embeds every font as a subset with its meaning', () => {
      const fonts = listFonts(file(name));
      expect(fonts.length).toBeGreaterThanOrEqual(3);
      expect(fonts.every((font) => font.isEmbedded && font.isSubset && font.hasUnicode)).toBe(true);
    });
  });

  it('prints the receipt on A5 and the decision on one A4 page', () => {
    expect(run('pdfinfo', [file('receipt')])).toMatch(/Pages:\s+1\n[^]*Page size:\s+419\.5\d* x 595\.2\d* pts/);
    expect(run('pdfinfo', [file('practice decision')])).toMatch(
      /Pages:\s+1\n[^]*Page size:\s+595\.2\d* x 841\.8\d* pts \(A4\)/,
    );
  });

  it('gives whole Vietnamese words to two independent readers', () => {
    const poppler = run('pdftotext', [file('receipt'), '-']).normalize('NFC');
    const mupdf = run('mutool', ['draw', '-q', '-F', 'txt', file('receipt')]).normalize('NFC');
    for (const text of [poppler, mupdf]) {
      for (const words of [
        'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
        'GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ',
        'Nguyễn Quốc Tuấn',
        'H56.242-261121-0015',
        '17 giờ 00 phút, ngày 26/11/2026',
        'Phiếu kiểm soát quá trình giải quyết hồ sơ',
      ]) {
        expect(text.replace(/\s+/g, ' ')).toContain(words);
      }
    }
  });

  it('carries twelve papers and a name of sixty letters over to a second page with the table head again', () => {
    const pages = run('pdftotext', ['-layout', file('large receipt'), '-'])
      .normalize('NFC')
      .split('\f');
    expect(pages.filter((page) => page.trim())).toHaveLength(2);
    expect(pages[1]).toContain('trang 2/2');
    for (const page of pages.slice(0, 2)) expect(page).toMatch(/STT\s+Tên giấy tờ\s+Hình thức\s+Số lượng/);
    expect(pages.join(' ').replace(/\s+/g, ' ')).toContain(LONG_NAME);
    expect(pages.join(' ').replace(/\s+/g, ' ')).toContain('12 Chứng chỉ năng lực');
    expect(pages[0]).toContain('mã tạm – mã chính thức sẽ có khi hệ thống tỉnh tiếp nhận');
  });

  it('draws everything inside the sheet', () => {
    for (const [name, widthPt, heightPt] of [
      ['receipt', 419.53, 595.28],
      ['large receipt', 419.53, 595.28],
      ['practice decision', 595.28, 841.89],
    ] as const) {
      const words = [
        ...run('pdftotext', ['-bbox', file(name), '-']).matchAll(
          /xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"/g,
        ),
      ];
      expect(words.length).toBeGreaterThan(50);
      for (const [, left, top, right, bottom] of words.map((word) => word.map(Number))) {
        expect(Math.min(left ?? -1, top ?? -1)).toBeGreaterThanOrEqual(15);
        expect(right).toBeLessThan(widthPt - 15);
        expect(bottom).toBeLessThan(heightPt - 15);
      }
    }
  });

  it('has a QR code at the top left that a scanner at 200 dpi reads', async () => {
    const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
    await prepareZXingModule({ overrides: { wasmBinary: Uint8Array.from(wasm).buffer }, fireImmediately: true });
    run('pdftoppm', ['-r', '200', '-png', '-singlefile', file('receipt'), join(folder, 'receipt')]);
    const [code] = await readBarcodes(readFileSync(join(folder, 'receipt.png')), { formats: ['QRCode'] });
    expect(code?.text).toBe(writeReceiptQr(makeDossier()));
    expect(code?.position.topLeft.x).toBeLessThan(150);
    expect(code?.position.topLeft.y).toBeLessThan(200);
  });

  it('gives the same bytes for the same form', async () => {
    expect((await composeFormPdf(forms.receipt, 'resources')).bytes.equals(readFileSync(file('receipt')))).toBe(true);
  });

  it.each([
    ['nothing', null],
    ['a form of unknown paper', { ...forms.receipt, paper: 'A0' }],
    ['an unknown block', { ...forms.receipt, blocks: [{ kind: 'script' }] }],
    ['margins wider than the sheet', { ...forms.receipt, marginsMm: { top: 8, right: 80, bottom: 8, left: 80 } }],
    [
      'a block taller than a page',
      {
        ...forms.receipt,
        blocks: [
          { kind: 'qr', text: 'x', sizeMm: 100 },
          { kind: 'notice', runs: [{ text: 'dài '.repeat(5000) }] },
        ],
      },
    ],
    ['a date that is none', { ...forms.receipt, createdAt: 'hôm nay' }],
  ])('refuses %s', async (_, form) => {
    await expect(composeFormPdf(form, 'resources')).rejects.toMatchObject({ code: 'bad-request' });
  });
});
