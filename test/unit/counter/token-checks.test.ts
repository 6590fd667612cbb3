import { describe, expect, test } from 'vitest';
import { describeDrivers, describeTokens } from '../../../main/counter/token-checks.ts';
import type { ModuleReport, Token } from '../../../main/token/protocol.ts';

const NOW = Date.parse('2026-11-21T00:00:00Z');
const certificate = (notAfter: string, canSign = true): Token['certificates'][number] => ({
  id: 'c',
  subject: 'CN=A',
  issuer: 'CN=B',
  serialNumber: '1',
  notBefore: '2025-01-01T00:00:00.000Z',
  notAfter,
  canSign,
  der: ['AA=='],
});
const token: Token = {
  id: 't',
  label: 'Thẻ',
  serialNumber: '1',
  model: 'SafeNet eToken',
  isPractice: false,
  tries: 'ok',
  minPinLength: 4,
  maxPinLength: 16,
  hasProtectedPath: false,
  asksPinPerSignature: false,
  mustChangePin: false,
  certificates: [certificate('2028-01-01T00:00:00.000Z')],
};
const driver: ModuleReport = {
  path: 'C:\\Windows\\System32\\bit4xpki.dll',
  authority: 'VGCA (Bit4id)',
  source: 'known-name',
  state: 'ready',
  code: null,
  detail: null,
  architecture: 'x64',
  library: { manufacturer: 'bit4id', description: 'PKCS#11', version: '1.04', interface: '2.40' },
  slots: [{ description: 'Reader', token: 'Thẻ' }],
};
const usbToken = { id: '25dd:2371', name: 'Bit4id TokenME EVO v2', authority: 'VGCA (Bit4id)' };

describe('the self check of tokens', () => {
  test.each<[string, Partial<Token>, string]>([
    ['locked', { tries: 'locked' }, 'failed token-locked'],
    [
      'without a certificate that signs',
      { certificates: [certificate('2028-01-01', false)] },
      'failed token-no-certificate',
    ],
    ['with few tries', { tries: 'final' }, 'warning token-low'],
    ['with the PIN it came with', { mustChangePin: true }, 'warning token-pin-to-change'],
    ['expiring within a month', { certificates: [certificate('2026-12-10T00:00:00.000Z')] }, 'warning token-expiring'],
    ['in order', {}, 'ok token-ok'],
  ])('says of a token %s what matters most', (_, change, expected) => {
    const [check] = describeTokens([{ ...token, ...change }], NOW);
    expect(`${check?.state} ${check?.message}`).toBe(expected);
  });

  test('says of several tokens something each, and of none that there is none', () => {
    expect(describeTokens([token, { ...token, id: 'u', tries: 'locked' }], NOW).map(({ message }) => message)).toEqual([
      'token-ok',
      'token-locked',
    ]);
    expect(describeTokens([], NOW).map(({ message }) => message)).toEqual(['token-none']);
  });

  const said = (
    modules: readonly ModuleReport[],
    usbTokens: (typeof usbToken)[] | null,
    tokens: readonly Token[] = [],
  ) =>
    describeDrivers({ modules: [...modules], usbTokens, hasUsbEvents: false }, tokens).map(
      ({ state, message }) => `${state} ${message}`,
    );

  test('a token on the bus without a driver is a driver to install; with one it is a token to plug in again', () => {
    expect(said([], [usbToken])).toEqual(['failed token-no-driver']);
    expect(said([{ ...driver, slots: [] }], [usbToken])).toEqual(['failed token-not-seen', 'ok driver-ready']);
    expect(said([driver], [usbToken], [token])).toEqual(['ok driver-ready']);
    expect(said([], null)).toEqual([]);
    const practice = { ...token, isPractice: true };
    expect(said([], [usbToken], [practice])).toEqual(['failed token-no-driver']);
  });

  test('a driver that is not used says why', () => {
    expect(said([{ ...driver, state: 'refused', architecture: 'ia32' }], null)).toEqual(['warning driver-32-bit']);
    expect(said([{ ...driver, state: 'refused' }], null)).toEqual(['warning driver-refused']);
    expect(said([{ ...driver, state: 'refused', code: 'token-module-missing' }], null)).toEqual([
      'warning driver-missing',
    ]);
    expect(said([{ ...driver, state: 'hung' }], null)).toEqual(['failed driver-hung']);
    expect(
      said(
        [
          { ...driver, state: 'denied' },
          { ...driver, state: 'duplicate' },
        ],
        null,
      ),
    ).toEqual([]);
  });
});
