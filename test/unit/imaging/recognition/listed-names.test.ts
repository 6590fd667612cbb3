import { describe, expect, it } from 'vitest';
import { asEthnicGroup, asOneOf, withListedProvinces } from '../../../../main/imaging/recognition/listed-names.ts';
import { ETHNIC_GROUPS } from '../../../../main/people/ethnic-groups.ts';
import { OLD_PROVINCES } from '../../../../main/people/province-codes.ts';
import { foldText } from '../../../../main/dossiers/fold-text.ts';

describe('names that the law lists', () => {
  it.each([
    ['Thôn Đoài, xã Bát Xát, tỉnh Dák Lắk', 'Thôn Đoài, xã Bát Xát, tỉnh Đắk Lắk'],
    ['xã Hoằng Sơn, tỉnh Thanh Hoa.', 'xã Hoằng Sơn, tỉnh Thanh Hóa.'],
    ['CÔNG AN TỈNH ĐĂK LẮK', 'CÔNG AN TỈNH ĐẮK LẮK'],
    ['phường Thuận Hóa, thành phố Huê', 'phường Thuận Hóa, thành phố Huế'],
    ['TP. Hô Chí Minh', 'TP. Hồ Chí Minh'],
  ])('are given back the marks they lost: %s', (read, meant) => {
    expect(withListedProvinces(read)).toBe(meant);
  });

  it.each([
    'xã Dák Lắk',
    'tỉnh Khánh Hoà',
    'thành phố Thanh Hóa, tỉnh Thanh Hóa',
    'quyết định của tỉnh về việc',
    'Tỉnh ủy Hà Nam',
    'các tỉnh bắc giảng dạy',
    'thành phố Huệ Minh',
    'xã Ea Kar, tỉnh Đăk Lăk',
    'Thôn Nà Khuối, xã Nông Cống',
  ])('are nothing else: %s', (text) => {
    expect(withListedProvinces(text)).toBe(text);
  });

  it('leave every province as it is printed', () => {
    for (const name of OLD_PROVINCES.values()) expect(withListedProvinces(`tỉnh ${name}`)).toBe(`tỉnh ${name}`);
  });

  it('know every ethnic group, and leave what is none', () => {
    expect(asEthnicGroup('Tây')).toBe('Tày');
    expect(asEthnicGroup('MƯƠNG')).toBe('MƯỜNG');
    for (const name of [...ETHNIC_GROUPS, 'Pháp', 'Cơ', 'Ma', 'Bru – Vân Kiều', ''])
      expect(asEthnicGroup(name)).toBe(name);
  });

  it('are told apart by their letters alone', () => {
    const folded = new Map<string, string>();
    for (const name of ETHNIC_GROUPS) {
      const same = folded.get(foldText(name));
      expect(same === undefined || same.replace('-', ' ') === name.replace('-', ' ')).toBe(true);
      folded.set(foldText(name), name);
    }
  });

  it('may be the choices of a form', () => {
    const levels = ['Đặc biệt nặng', 'Nặng', 'Nhẹ'];
    expect(asOneOf('Năng', levels)).toBe('Nặng');
    expect(asOneOf('Đặc biệt năng', levels)).toBe('Đặc biệt nặng');
    expect(asOneOf('Vừa', levels)).toBe('Vừa');
  });
});
