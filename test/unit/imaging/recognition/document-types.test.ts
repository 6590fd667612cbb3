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
