import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanName, nameOf, signedName } from '../../../main/bridge/file-name.ts';

const from = (url: string, disposition: string | null = null): string => nameOf(new URL(url), disposition);

describe('the name of a file', () => {
  it.each([
    ['https://a.vn/x/Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh.pdf?v=1', null, 'Quyết định.pdf'],
    ['https://a.vn/download.aspx?file=to-trinh.pdf&id=3', null, 'to-trinh.pdf'],
    ['https://a.vn/get?id=3', 'attachment; filename="bao cao.pdf"', 'bao cao.pdf'],
    [
      'https://a.vn/get?id=3',
      "attachment; filename=x.pdf; filename*=UTF-8''t%E1%BB%9D%20tr%C3%ACnh.pdf",
      'tờ trình.pdf',
    ],
    ['https://a.vn/documents/20182/12345', null, '12345.pdf'],
    ['https://a.vn/', null, 'van-ban.pdf'],
    ['https://a.vn/%E0%A4%A', null, '%E0%A4%A.pdf'],
  ])('of %s (%j) is %j', (url, disposition, name) => expect(from(url, disposition)).toBe(name));

  it('is never a path and never longer than handlers take', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 600, unit: 'binary' }), (text) => {
        const name = cleanName(text);
        expect(name).not.toMatch(/[\\/<>:"|?*\p{Cc}]/u);
        expect(name).not.toMatch(/^\.|^$/);
        expect([...name].length).toBeLessThanOrEqual(204);
      }),
    );
  });

  it('says that the file is signed', () => {
    expect(signedName('Quyết định 79.PDF')).toBe('Quyết định 79.signed.pdf');
    expect(signedName('a.b')).toBe('a.b.signed.pdf');
  });
});
