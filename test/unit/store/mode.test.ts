import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CHANNELS } from '../../../preload/contract.ts';
import { LAN, openKit, UNLOCK, type Kit } from './store-kit.ts';

let folder: string;
const kits: Kit[] = [];
async function open(isPractice: boolean): Promise<Kit> {
  for (const kit of kits.splice(0)) await kit.service.close();
  const kit = await openKit({ folder, isPractice, unlock: UNLOCK });
  kits.push(kit);
  return kit;
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'motcua-mode-'));
});
afterEach(async () => {
  for (const kit of kits.splice(0)) await kit.service.close();
  rmSync(folder, { recursive: true, force: true });
});

const PIN = 'a-long-enough-pin';
const HOA = { name: 'Lê Thị Hoa', title: 'Cán bộ tiếp nhận', roles: ['counter' as const], pin: PIN };

describe('the mode of a store', () => {
  test.each([
    ['practice', true],
    ['production', false],
  ])(
    'a %s store opens again in its mode and never in the other, which leaves it as it was',
    async (_name, isPractice) => {
      const before = await (await open(isPractice)).call('listOfficers', {});
      await expect(open(!isPractice)).rejects.toMatchObject({ code: 'store-other-mode' });
      expect(await (await open(isPractice)).call('listOfficers', {})).toEqual(before);
    },
  );

  test('a practice store from before the mode was recorded is known by its officers', async () => {
    (await open(true)).service.context.sql(`DELETE FROM setting WHERE name = 'mode'`).run();
    await expect(open(false)).rejects.toMatchObject({ code: 'store-other-mode' });
    await open(true);
  });
});

describe('officers', () => {
  test('a production store starts with none; the practice officers sign in nowhere but in practice', async () => {
    const practice = await open(true);
    expect(await practice.call('verifyOfficer', { officerId: LAN, pin: '123456' })).toMatchObject({ id: LAN });
    const row = practice.service.context.sql('SELECT * FROM officer WHERE id = ?').get(LAN) as Record<string, string>;
    rmSync(folder, { recursive: true });

    const production = await open(false);
    expect(await production.call('listOfficers', {})).toEqual([]);
    // Even if such a row came in some other way.
    production.service.context
      .sql('INSERT INTO officer (id, name, title, roles, pin_hash) VALUES (?, ?, ?, ?, ?)')
      .run(LAN, row['name'], row['title'], row['roles'], row['pin_hash']);
    expect(await production.call('listOfficers', {})).toEqual([]);
    await expect(production.call('verifyOfficer', { officerId: LAN, pin: '123456' })).rejects.toMatchObject({
      code: 'wrong-officer-pin',
    });
    await expect(production.call('create', { officerId: LAN })).rejects.toMatchObject({ code: 'not-allowed' });
  });

  test('one who was added signs in with her PIN and works; the PIN is kept as Argon2id only, and the audit chain knows', async () => {
    const kit = await open(false);
    const added = await kit.call('addOfficer', { ...HOA, name: '  Lê  Thị Hoa ', roles: ['counter', 'counter'] });
    expect(added).toMatchObject({ name: 'Lê Thị Hoa', title: HOA.title, roles: ['counter'] });
    expect(await kit.call('verifyOfficer', { officerId: added.id, pin: PIN })).toEqual(added);
    await expect(kit.call('verifyOfficer', { officerId: added.id, pin: 'another' })).rejects.toMatchObject({
      code: 'wrong-officer-pin',
    });
    expect(await kit.call('create', { officerId: added.id })).toMatchObject({ officerName: 'Lê Thị Hoa' });
    const { pin_hash } = kit.service.context.sql('SELECT pin_hash FROM officer').get() as { pin_hash: string };
    expect(pin_hash).toMatch(/^\$argon2id\$/);
    const events = (kit.service.context.sql('SELECT event FROM audit').all() as { event: string }[]).map(
      ({ event }) => event,
    );
    expect(events.filter((event) => event.includes('"officer-added"'))).toHaveLength(1);
    expect(events.join()).not.toMatch(new RegExp(`${PIN}|${HOA.name}`));
    expect(await kit.call('verifyAudit', {})).toMatchObject({ firstBadSeq: null });
    expect(await (await open(false)).call('listOfficers', {})).toEqual([added]);
  });

  test.each([
    ['without a name', { ...HOA, name: '  ' }],
    ['without a role', { ...HOA, roles: [] }],
    ['with a PIN of five', { ...HOA, pin: '12345' }],
    ['with a PIN the sign-in would refuse', { ...HOA, pin: '1'.repeat(65) }],
  ])('%s is refused', async (_name, officer) => {
    const kit = await open(false);
    await expect(kit.call('addOfficer', officer)).rejects.toMatchObject({ code: 'bad-request' });
    expect(await kit.call('listOfficers', {})).toEqual([]);
  });

  test('who is there already is not added twice', async () => {
    const kit = await open(false);
    await kit.call('addOfficer', HOA);
    await expect(kit.call('addOfficer', HOA)).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('are added from the command line only', () => {
    const callers = globSync('main/**/*.ts').filter((file) => readFileSync(file, 'utf8').includes('addOfficer'));
    expect(callers.map((file) => file.split('/')[1]).filter((part) => part !== 'store')).toEqual(['cli']);
    expect(Object.keys(CHANNELS).filter((channel) => /officer/i.test(channel))).toEqual(['session.officers']);
  });
});
