import { describe, expect, it } from 'vitest';
import { encodeJbig2 } from '../../../main/imaging/pdf/jbig2.ts';
import { createMqEncoder } from '../../../main/imaging/pdf/mq-encoder.ts';

describe('The arithmetic encoder', () => {
  it('gives the code string of the standard for its test sequence (ITU-T T.88, H.2)', () => {
    const source = Buffer.from('00020051000000C00352872AAAAAAAAA82C02000FCD79EF6BF7FED904F46A3BF', 'hex');
    const encoder = createMqEncoder(1);
    for (const byte of source) for (let shift = 7; shift >= 0; shift--) encoder.encode(0, (byte >> shift) & 1);
    expect(Buffer.from(encoder.finish()).toString('hex').toUpperCase()).toBe(
      '84C73BFCE1A1430402200000410DBB86F4317FFF88FF37471ADB6ADFFFAC',
    );
  });
});

describe('A JBIG2 page', () => {
  it('carries page information and one immediate lossless generic region, numbered and sized as they are', () => {
    const page = encodeJbig2({ data: Uint8Array.from([1, 0, 0, 1, 1, 0]), width: 3, height: 2 });
    expect(page.readUInt32BE(0)).toBe(0);
    expect(page[4]).toBe(48);
    expect(page.readUInt32BE(7)).toBe(19);
    expect([page.readUInt32BE(11), page.readUInt32BE(15)]).toEqual([3, 2]);
    const region = page.subarray(11 + 19);
    expect(region.readUInt32BE(0)).toBe(1);
    expect(region[4]).toBe(39);
    expect(region.readUInt32BE(7)).toBe(region.length - 11);
    expect(region.subarray(-2).toString('hex')).toBe('ffac');
  });

  it('spends next to nothing on an empty page', () => {
    expect(encodeJbig2({ data: new Uint8Array(1653 * 2339), width: 1653, height: 2339 }).length).toBeLessThan(100);
  });
});
