import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Upload } from '../../../preload/types.ts';
import {
  foldText,
  formatAmount,
  formatBytes,
  formatDateTime,
  formatDay,
  formatWhen,
  parseDay,
} from '../../../renderer/language/format.ts';
import { uploadPercent, uploadSentence, uploadShort } from '../../../renderer/language/upload-words.ts';
import { vi } from '../../../renderer/language/vi.ts';

describe('dates on the screens', () => {
  it('are in Vietnam’s time, whatever zone the stamp names', () => {
    expect(formatDateTime('2026-11-21T02:12:00Z')).toBe('21/11/2026 09:12');
    expect(formatDateTime('2026-11-21T09:12:00+07:00')).toBe('21/11/2026 09:12');
    expect(formatDateTime('2026-11-20T17:30:00Z')).toBe('21/11/2026 00:30');
  });

  it('leave today’s date out', () => {
    const now = new Date('2026-11-21T16:00:00+07:00');
    expect(formatWhen('2026-11-21T09:12:00+07:00', now)).toBe('09:12');
    expect(formatWhen('2026-11-20T09:12:00+07:00', now)).toBe('20/11/2026 09:12');
  });

  it.each([
    ['19/11/1984', '1984-11-19'],
    ['1/2/1990', '1990-02-01'],
    ['19-11-1984', '1984-11-19'],
    ['19111984', '1984-11-19'],
    ['1984', '1984'],
    ['  ', null],
    ['31/02/1990', undefined],
    ['29/02/2024', '2024-02-29'],
    ['29/02/2023', undefined],
    ['19/13/1984', undefined],
    ['19/11/84', undefined],
    ['hôm qua', undefined],
  ])('understand %s', (typed, iso) => {
    expect(parseDay(typed)).toBe(iso);
  });

  it('come back as they were shown', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        (date) => {
          const iso = date.toISOString().slice(0, 10);
          expect(parseDay(formatDay(iso))).toBe(iso);
        },
      ),
    );
  });
});

describe('amounts and sizes', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [20_000, '20.000'],
    [1_250_000, '1.250.000'],
  ])('group %d', (amount, text) => {
    expect(formatAmount(amount)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [58_400, '58,4 KB'],
    [175_200, '175 KB'],
    [12_345_678, '12,3 MB'],
  ])('name %d bytes', (size, text) => {
    expect(formatBytes(size)).toBe(text);
  });
});

describe('folding for search', () => {
  it('finds a name without its diacritics', () => {
    expect(foldText('Nguyễn Văn Ẩn, Đỗ Đình')).toBe('nguyen van an, do dinh');
  });
});

describe('the state of an upload in words', () => {
  const now = new Date('2026-11-21T16:00:00+07:00');
  const upload = (more: Partial<Upload>): Upload => ({
    state: 'none',
    reason: null,
    detail: null,
    attempts: 0,
    sentBytes: 0,
    totalBytes: 0,
    nextAttemptAt: null,
    receivedAt: null,
    ...more,
  });

  it('says received only with the province’s receipt in hand', () => {
    expect(uploadSentence(upload({ state: 'received', receivedAt: '2026-11-21T09:12:00+07:00' }), vi, now)).toBe(
      'Đã được tỉnh tiếp nhận lúc 09:12',
    );
    expect(uploadSentence(upload({ state: 'received' }), vi, now)).toBe(vi.upload.committing);
    expect(uploadShort(upload({ state: 'settled' }), vi)).toBe(vi.upload.pendingShort);
  });

  it('never shows a hundred percent before the province confirmed', () => {
    expect(uploadPercent(upload({ state: 'uploading', sentBytes: 100, totalBytes: 100 }))).toBe(99);
    expect(uploadPercent(upload({ state: 'uploading' }))).toBe(0);
  });

  it.each(['network', 'authentication', 'rate', 'clock', 'disk'] as const)(
    'says that the dossier is saved while it waits for %s',
    (reason) => {
      expect(uploadSentence(upload({ state: 'waiting', reason }), vi, now)).toMatch(/đã lưu/);
    },
  );

  it.each(['validation', 'hash', 'key', 'security', 'unknown'] as const)(
    'calls for a person when held for %s',
    (reason) => {
      expect(uploadSentence(upload({ state: 'held', reason }), vi, now)).toMatch(/cần (người xử lý|bộ phận kỹ thuật)/);
    },
  );
});
