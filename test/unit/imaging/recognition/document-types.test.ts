import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findDocumentType, loadDocumentTypes } from '../../../../main/imaging/recognition/document-types.ts';
import { pageOf } from './page-of.ts';

const folder = fileURLToPath(new URL('../../../../resources/document-types/', import.meta.url));
const types = await loadDocumentTypes(folder);
const codeOf = (...lines: string[]): string | null => findDocumentType(pageOf(lines), types)?.type.code ?? null;

describe('document types', () => {
  it('knows at least the eight papers of the samples, each under its own file name and code', () => {
    const codes = types.map((type) => type.code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.length).toBeGreaterThanOrEqual(11);
  });

  it.each(types.flatMap((type) => type.titlePatterns.map((title) => [title, type.code] as const)))(
    '%s is %s',
    (title, code) => {
      expect(codeOf('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'Độc lập - Tự do - Hạnh phúc', title.toUpperCase())).toBe(
        code,
      );
    },
  );

  it.each([
    [
      'a title broken over two lines',
      ['GIẤY TIẾP NHẬN HỒ SƠ VÀ', 'HẸN TRẢ KẾT QUẢ'],
      'giay-tiep-nhan-ho-so-va-hen-tra-ket-qua',
    ],
    ['a title with misread letters', ['TỜ KHAl ĐẰNG KỶ KHAI S1NH'.toUpperCase()], 'to-khai-dang-ky-khai-sinh'],
    [
      'a form known by its model code alone',
      ['Mẫu CT01 ban hành kèm theo Thông tư'],
      'to-khai-thay-doi-thong-tin-cu-tru',
    ],
    ['another paper named in a table row', ['Giấy chứng nhận quyền sử dụng đất'], null],
    ['a decision quoted in a sentence', ['Căn cứ Quyết định số 12 của Chủ tịch'], null],
    ['a heading that merely begins like a short title', ['QUYẾT ĐỊNH CHỦ TRƯƠNG ĐẦU TƯ CÔNG TRÌNH'], null],
    ['nothing', [], null],
  ])('%s', (_, lines, code) => {
    expect(codeOf(...lines)).toBe(code);
  });

  it('tells the declaration from the certificate of the same event', () => {
    expect(codeOf('TỜ KHAI ĐĂNG KÝ KHAI SINH')).toBe('to-khai-dang-ky-khai-sinh');
    expect(codeOf('GIẤY KHAI SINH', '(BẢN SAO)')).toBe('giay-khai-sinh');
    expect(codeOf('GIẤY CHỨNG SINH')).toBe('giay-chung-sinh');
  });

  it('names the file when one does not fit the schema', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'document-types-'));
    await writeFile(join(broken, 'sai.json'), '{"code":"sai","titles":[]}');
    await expect(loadDocumentTypes(broken)).rejects.toThrow(/^sai\.json: /);
  });
});

describe('pages that follow the first', () => {
  it.each([
    [
      'a decision that decides on its second page',
      ['QUYẾT ĐỊNH:', 'Điều 1. Trợ cấp xã hội hằng tháng đối với ông Trần Văn Bình', 'CHỦ TỊCH', 'Lê Văn Cường'],
    ],
    [
      'the second page of a form',
      [
        '2',
        '11. Những thành viên trong hộ gia đình cùng thay đổi:',
        'Ý KIẾN CỦA CHỦ HỘ',
        'XÁC NHẬN CỦA CÔNG AN XÃ',
        'Trần Văn Bình',
      ],
    ],
    [
      'the rest of a contract',
      ['ĐIỀU 4', 'TRÁCH NHIỆM CỦA CÁC BÊN', 'Bên A giao nhà theo hợp đồng thuê nhà ở đã ký.', 'BÊN A', 'BÊN B'],
    ],
    [
      'running text that names papers',
      [
        'kèm theo Giấy khai sinh, Giấy chứng nhận kết hôn và Tờ khai đăng ký khai sinh',
        'theo Quyết định số 346/QĐ-UBND ngày 12/5/2025',
      ],
    ],
    [
      'a list of what is handed in',
      ['DANH MỤC', '1. Tờ khai đăng ký kết hôn', '2. Giấy xác nhận tình trạng hôn nhân', 'NGƯỜI NỘP', 'Vũ Thị Quỳnh'],
    ],
    ['the back with the remarks of an office', ['GHI CHÚ', 'BIÊN BẢN', 'đã lập ngày 12/5/2025']],
  ])('%s is of no type', (_, lines) => {
    expect(findDocumentType(pageOf(lines), types)).toBeNull();
  });

  it('a short title is one under the head of a paper, misread or not', () => {
    const head = ['ỦY BAN NHÂN DÂN\tCONG HOA XÃ HỘI CHÚ NGHĨA VIET NAM', 'XÃ TÂN PHÚ\tĐộc lập - Tự do - Hạnh phúc'];
    expect(findDocumentType(pageOf([...head, 'QUYẾT ĐỊNH']), types)?.type.code).toBe('quyet-dinh');
    expect(findDocumentType(pageOf(['Số: 346/QĐ-UBND', 'QUYẾT ĐỊNH']), types)?.type.code).toBe('quyet-dinh');
  });
});
