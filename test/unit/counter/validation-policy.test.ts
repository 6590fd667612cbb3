import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { validationPolicyOf } from '../../../main/counter/validation-policy.ts';
import { practiceSettings, type Settings } from '../../../main/settings/settings.ts';
import { readPemCertificates } from '../../../main/signing/certificate.ts';
import { ensurePracticeKeys } from '../../../main/signing/practice-keys.ts';
import { ValidationPolicy } from '../../../main/signing/validation/policy.ts';

const folder = mkdtempSync(join(tmpdir(), 'validation-policy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const pem = ensurePracticeKeys(join(folder, 'authority')).caPem;
const der = readPemCertificates(pem)[0]?.der ?? Buffer.alloc(0);
const RESOURCES = join(import.meta.dirname, '../../../resources');

let data: string;
let count = 0;
beforeEach(() => {
  data = join(folder, `data-${count++}`);
  mkdirSync(join(data, 'trust', 'time-stamp'), { recursive: true });
});

function policy(over: Partial<Settings> = {}, signing: Partial<Settings['signing']> = {}): ValidationPolicy {
  const settings = practiceSettings(RESOURCES);
  const production: Settings = {
    ...settings,
    mode: 'production',
    ...over,
    signing: { ...settings.signing, ...signing },
  };
  return validationPolicyOf(production, { data, resources: RESOURCES });
}
const serials = (pems: readonly string[]): string[] =>
  pems.flatMap(readPemCertificates).map(({ serialNumber }) => serialNumber);

describe('whom the counter trusts', () => {
  test('nobody, when nobody was put in', () => {
    expect(policy()).toMatchObject({ trustedRoots: [], timeStampRoots: [] });
    rmSync(join(data, 'trust'), { recursive: true });
    expect(policy()).toMatchObject({ trustedRoots: [], timeStampRoots: [] });
  });

  test('roots as PEM or DER, whatever their names say, and bundles of several', () => {
    writeFileSync(join(data, 'trust', 'goc.cer'), der);
    writeFileSync(join(data, 'trust', 'goc.crt'), pem);
    writeFileSync(join(data, 'trust', 'goc.pem'), `Ghi chú\n${pem}${pem}`);
    writeFileSync(join(data, 'trust', 'LICH-SU.txt'), 'not a certificate and not asked for');
    const { trustedRoots } = ValidationPolicy.parse(policy());
    expect(trustedRoots).toHaveLength(4);
    expect(new Set(serials(trustedRoots)).size).toBe(1);
  });

  test('for time-stamps alone what stands in the folder of that name', () => {
    writeFileSync(join(data, 'trust', 'time-stamp', 'tsa.pem'), pem);
    expect(policy()).toMatchObject({ trustedRoots: [] });
    expect(policy().timeStampRoots).toHaveLength(1);
  });

  test('files and folders that the settings name, with the rules beside them', () => {
    mkdirSync(join(data, 'more'));
    writeFileSync(join(data, 'more', 'a.pem'), pem);
    const urlRewrites = [{ from: 'http://ocsp.ca.ptc', to: 'http://ocsp.ca.gov.vn' }];
    const found = policy({}, { trustedRootFiles: [join(data, 'more'), join(data, 'more', 'a.pem')], urlRewrites });
    expect(found.trustedRoots).toHaveLength(2);
    expect(found.urlRewrites).toEqual(urlRewrites);
  });

  test('the practice authority in practice mode alone', () => {
    expect(policy({ mode: 'practice' }).trustedRoots).toHaveLength(1);
    expect(policy({ mode: 'production' }).trustedRoots).toHaveLength(0);
  });

  test.each([
    ['text', Buffer.from('no certificate')],
    ['a certificate cut short', der.subarray(0, 200)],
    ['an empty file', Buffer.alloc(0)],
  ])('refuses %s by name instead of trusting less than was meant', (_, content) => {
    writeFileSync(join(data, 'trust', 'hong.cer'), content);
    expect(() => policy()).toThrow(expect.objectContaining({ code: 'settings-unreadable' }));
    expect(() => policy()).toThrow(expect.objectContaining({ detail: expect.stringContaining('hong.cer') }));
  });

  test('refuses a file that the settings name and that is not there', () => {
    expect(() => policy({}, { trustedRootFiles: [join(data, 'missing.pem')] })).toThrow(
      expect.objectContaining({ code: 'settings-unreadable' }),
    );
  });
});
