import { describe, expect, test } from 'vitest';
import type { DossierDocument, SignatureInfo, Stamping } from '../../../preload/types.ts';
import { vi as words } from '../../../renderer/language/vi.ts';
import { describeStamping } from '../../../renderer/screens/dossier/describe-stamping.ts';

const signature = (level: SignatureInfo['level']): Pick<DossierDocument, 'signatures'> => ({
  signatures: [{ signerName: 'Lan', certificateSerial: '01', signedAt: '2026-11-20T09:12:00+07:00', level }],
});
const stamping = (over: Partial<Stamping>): Stamping => ({
  level: 'B-LTA',
  state: 'waiting',
  code: null,
  detail: null,
  attempts: 0,
  ...over,
});

describe('the line about a time-stamp', () => {
  test.each<[string, SignatureInfo['level'], Partial<Stamping>, string, string]>([
    ['waits', 'B-B', {}, 'busy', 'Chờ dấu thời gian'],
    ['is being got', 'B-B', { state: 'working' }, 'busy', 'Đang lấy dấu thời gian…'],
    ['waits with its reason', 'B-B', { code: 'authority-unreachable' }, 'busy', 'Chưa lấy được dấu thời gian: lý do'],
    [
      'has its stamp and waits for the rest',
      'B-T',
      { code: 'authority-unreachable' },
      'busy',
      'Đã có dấu thời gian; chưa lấy được dữ liệu xác minh lâu dài: lý do',
    ],
    ['is there', 'B-T', { state: 'reached', level: 'B-T' }, 'good', 'Đã có dấu thời gian'],
    ['is there for long', 'B-LTA', { state: 'reached' }, 'good', 'Đã có dấu thời gian và dữ liệu xác minh lâu dài'],
    ['cannot be had', 'B-B', { state: 'failed' }, 'warn', 'Không lấy được dấu thời gian: lý do'],
    [
      'has its stamp alone',
      'B-T',
      { state: 'failed' },
      'warn',
      'Đã có dấu thời gian; không lấy được dữ liệu xác minh lâu dài: lý do',
    ],
  ])('%s', (_, level, over, tone, text) => {
    expect(describeStamping(signature(level), stamping(over), words.documents.stamping, 'lý do')).toEqual({
      tone,
      text,
    });
  });
});
