/** Whose result a file is: by its bytes, by what is printed on it, and by a person's reason. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ResultReading } from '../../../main/dossiers/result-check.ts';
import type { Dossier, WaitingResult } from '../../../preload/types.ts';
import { attachResult, LAN, openKit, readingOf, sealedDossier, type Kit } from './store-kit.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await openKit();
});
afterEach(() => kit.end());

let scans = 0;
/** Every call is another scan: its bytes have been nobody's yet. */
function attach(
  dossier: Dossier,
  reading: Partial<ResultReading>,
  reason: string | null = null,
): Promise<WaitingResult> {
  return attachResult(kit, dossier, `%PDF scan ${++scans}`, { reading, reason });
}

const DECISION = { number: '57/QĐ-UBND', issuedOn: '2026-11-20', authority: 'ỦY BAN NHÂN DÂN XÃ HOẰNG SƠN' };

describe('a second scan of another dossier’s result', () => {
  test('is refused by its number, date and agency', async () => {
    await attach(await sealedDossier(kit), DECISION, 'Đã đối chiếu bản giấy');
    const second = await sealedDossier(kit);
    await expect(attach(second, { ...DECISION, number: '57/QD-UBND' }, 'Đã đối chiếu bản giấy')).rejects.toMatchObject({
      code: 'result-of-another-dossier',
    });
    expect(await kit.call('waitingResults', {})).toHaveLength(1);
  });

  test('is refused by the dossier code printed on it, whatever reason is given', async () => {
    const [first, second] = [await sealedDossier(kit), await sealedDossier(kit)];
    const text = `${readingOf().text}, hồ sơ ${first.code}`;
    await expect(attach(second, { text }, 'Tôi chắc chắn là đúng')).rejects.toMatchObject({
      code: 'result-of-another-dossier',
      detail: first.code,
    });
    expect((await attach(first, { text })).dossierId).toBe(first.id);
  });

  test('may be attached again to its own dossier', async () => {
    const dossier = await sealedDossier(kit);
    await attach(dossier, DECISION, 'Bản quét đầu bị mờ');
    expect((await attach(dossier, DECISION, 'Bản quét rõ hơn')).dossierId).toBe(dossier.id);
  });
});

describe('a result that names nobody of the dossier', () => {
  test('needs a reason, which the audit keeps with the officer’s name', async () => {
    const dossier = await sealedDossier(kit);
    const unnamed = { text: 'Quyết định phê duyệt danh sách kèm theo' };
    await expect(attach(dossier, unnamed)).rejects.toMatchObject({ code: 'result-unconfirmed' });
    expect(await kit.call('waitingResults', {})).toEqual([]);
    await attach(dossier, unnamed, 'Danh sách kèm theo có tên công dân');
    expect(await kit.call('waitingResults', {})).toHaveLength(1);
    const events = (kit.service.context.sql('SELECT event FROM audit').all() as { event: string }[]).map(
      ({ event }) => JSON.parse(event) as unknown,
    );
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'result-attached',
        officerId: LAN,
        data: expect.objectContaining({ reason: 'Danh sách kèm theo có tên công dân' }),
      }),
    );
  });

  test('leaves no claim behind when it is refused: the right dossier may still take it', async () => {
    const [wrong, right] = [await sealedDossier(kit), await sealedDossier(kit)];
    await expect(attach(wrong, { ...DECISION, text: 'không có tên' })).rejects.toMatchObject({
      code: 'result-unconfirmed',
    });
    expect((await attach(right, DECISION, 'Đúng hồ sơ')).dossierId).toBe(right.id);
  });
});
