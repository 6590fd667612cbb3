import Database from 'better-sqlite3';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStoreKey, deriveKey } from '../../../main/store/key-slots.ts';
import { applyOpeningSequence } from '../../../main/store/open-database.ts';
import { storePaths } from '../../../main/store/store-files.ts';
import type { Dossier } from '../../../preload/types.ts';
import { APPLICANT, LAN, openKit, readyDraft, sealedDossier, UNLOCK, type Kit } from './store-kit.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await openKit();
});
afterEach(() => kit.end());

describe('officers', () => {
  const verify = (pin: string, officerId = LAN) => kit.call('verifyOfficer', { officerId, pin });

  test('sign in with their PIN, without a word about it coming back', async () => {
    expect(await verify('123456')).toEqual({
      id: LAN,
      name: 'Nguyễn Thị Lan',
      title: 'Cán bộ tiếp nhận',
      roles: ['counter'],
    });
    expect(await kit.call('listOfficers', {})).toHaveLength(2);
  });

  test('have five tries; then the wait doubles, over a restart too', async () => {
    for (let attempt = 1; attempt < 5; attempt++)
      await expect(verify('000000')).rejects.toMatchObject({ code: 'wrong-officer-pin' });
    await expect(verify('000000')).rejects.toMatchObject({ code: 'officer-locked-out' });
    kit = await kit.reopen();
    await expect(verify('123456')).rejects.toMatchObject({ code: 'officer-locked-out' });
    kit.clock.nowMs += 30_001;
    await expect(verify('000000')).rejects.toMatchObject({ code: 'officer-locked-out' });
    kit.clock.nowMs += 30_001;
    await expect(verify('123456')).rejects.toMatchObject({ code: 'officer-locked-out' });
    kit.clock.nowMs += 30_001;
    expect((await verify('123456')).id).toBe(LAN);
    await expect(verify('000000')).rejects.toMatchObject({ code: 'wrong-officer-pin' });
  });

  test('who are unknown are told the same as those with a wrong PIN', async () => {
    await expect(verify('123456', 'nobody')).rejects.toMatchObject({ code: 'wrong-officer-pin' });
  });
});

describe('searching', () => {
  const list = async (text: string, states: Dossier['state'][] = []) =>
    kit.call('list', { text, states, limit: 50, offset: 0 });

  test('finds names without diacritics, numbers, phones and codes by their beginnings, newest first', async () => {
    const first = await sealedDossier(kit);
    const second = await readyDraft(kit, {
      applicant: { ...APPLICANT, fullName: 'Đặng Thị Thùy', idNumber: '038190005555', phone: '0987654321' },
    });
    const ids = async (text: string) => (await list(text)).items.map(({ id }) => id);
    expect(await ids('')).toEqual([second.id, first.id]);
    for (const text of [
      'nguyen van an',
      'Nguyễn Văn Ẩn',
      'an nguyen',
      'NGUYEN',
      '038090001234',
      '0380900',
      '0912345678',
      '09123',
      'T-Q1-1',
      't q1',
    ]) {
      expect(await ids(text), text).toEqual([first.id]);
    }
    for (const text of ['dang thi thuy', 'Đặng', '0987']) expect(await ids(text), text).toEqual([second.id]);
    expect(await ids('tinh trang hon nhan')).toEqual([second.id, first.id]);
    expect((await list('', ['received'])).items.map(({ id }) => id)).toEqual([first.id]);
    for (const text of ['nguyen dang', '"', "'; DROP TABLE dossier; --", 'AND OR NOT', '*', '..'])
      expect(await ids(text), text).toEqual([]);
  });

  test('follows a change of name, and pages through with a stable total', async () => {
    const drafts = [await readyDraft(kit), await readyDraft(kit), await readyDraft(kit)];
    const page = await kit.call('list', { text: 'nguyen', states: [], limit: 2, offset: 2 });
    expect(page).toMatchObject({ total: 3, items: [{ id: drafts[0]?.id }] });
  });
});

describe('the clock', () => {
  test('set back lets drafts go on but receives nothing before what is on record', async () => {
    await sealedDossier(kit);
    const draft = await readyDraft(kit);
    kit.clock.nowMs -= 3_600_000;
    await expect(kit.call('seal', { id: draft.id, revision: draft.revision, officerId: LAN })).rejects.toMatchObject({
      code: 'backdating',
    });
    expect((await kit.call('get', { id: draft.id })).missing).toEqual([]);
    kit.clock.nowMs += 3_600_001;
    expect((await kit.call('seal', { id: draft.id, revision: draft.revision, officerId: LAN })).state).toBe('received');
  });

  test('set back by seconds, as the network does, never makes times run backwards', async () => {
    const first = await sealedDossier(kit);
    kit.clock.nowMs -= 30_000;
    const second = await sealedDossier(kit);
    expect((second.receivedAt ?? '') >= (first.receivedAt ?? '')).toBe(true);
  });

  test('past midnight in Hà Nội, not in London, begins the day and past New Year the register', async () => {
    kit.clock.nowMs = Date.parse('2026-12-31T16:59:00Z'); // 23:59 at +07:00
    expect((await sealedDossier(kit)).receipt).toMatchObject({ number: 1, receivedAt: '2026-12-31T23:59:00+07:00' });
    expect((await sealedDossier(kit)).receipt?.number).toBe(2);
    kit.clock.nowMs = Date.parse('2026-12-31T17:00:00Z');
    expect((await sealedDossier(kit)).receipt).toMatchObject({ number: 1, receivedAt: '2027-01-01T00:00:00+07:00' });
  });
});

describe('the audit chain in the store', () => {
  test("verifies, and names the first entry somebody rewrote or cut off behind the program's back", async () => {
    await sealedDossier(kit);
    const { database } = kit.service.context;
    const clean = await kit.call('verifyAudit', {});
    expect(clean.firstBadSeq).toBeNull();
    expect(() => database.prepare(`UPDATE audit SET event = '{}' WHERE seq = 3`).run()).toThrow(/final/);
    expect(() => database.prepare('DELETE FROM audit WHERE seq = 3').run()).toThrow(/kept/);
    database.exec('DROP TRIGGER audit_is_final; DROP TRIGGER audit_is_kept');
    database.prepare('DELETE FROM audit WHERE seq = ?').run(clean.entries);
    expect((await kit.call('verifyAudit', {})).firstBadSeq).toBe(clean.entries);
    database.prepare(`UPDATE audit SET event = replace(event, 'practice-lan', 'practice-minh') WHERE seq = 3`).run();
    expect((await kit.call('verifyAudit', {})).firstBadSeq).toBe(3);
  });

  test('holds ids and hashes, never names or numbers of people', async () => {
    await sealedDossier(kit);
    const text = (kit.service.context.sql('SELECT event FROM audit').all() as { event: string }[])
      .map(({ event }) => event)
      .join('\n');
    for (const secret of ['Nguyễn Văn', APPLICANT.idNumber as string, '0912'])
      expect(text.includes(secret)).toBe(false);
  });
});

describe('the database', () => {
  test('opened again without our sequence would run at NORMAL: the reason for reading synchronous back', async () => {
    await kit.service.close();
    const paths = storePaths(kit.folder);
    const { key } = openStoreKey(paths.slots, UNLOCK, false);
    const careless = new Database(paths.database);
    careless.pragma(`cipher = 'sqlcipher'`);
    careless.pragma('legacy = 4');
    careless.pragma(`key = "x'${deriveKey(key, 'database').toString('hex')}'"`);
    careless.prepare('SELECT 1 FROM dossier').get();
    expect(careless.pragma('synchronous', { simple: true })).toBe(1);
    applyOpeningSequence(careless, deriveKey(key, 'database'));
    expect(careless.pragma('synchronous', { simple: true })).toBe(2);
    careless.close();
  });

  test('says which blobs are missing', async () => {
    const draft = await readyDraft(kit);
    const { path } = await kit.call('blobAccess', { blobId: draft.pages[0]?.imageBlobId ?? '' });
    renameSync(path, join(kit.folder, 'taken-away'));
    expect((await kit.call('check', {})).integrity).toBe('1 blob files are missing');
    expect(existsSync(path)).toBe(false);
  });
});
