/** Scanners, their settings and what is proposed for a paper: store and imaging as processes, a virtual scanner in the network. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openCounter, type Counter } from '../../main/counter/open-counter.ts';
import { forkLauncher } from '../../main/rooms/fork-launcher.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import { keyFileSecretBox } from '../../main/settings/key-file-secret-box.ts';
import type { Dossier, ScanSettings } from '../../preload/types.ts';
import { drawPages } from '../stand-ins/draw-pages.ts';
import { startEsclScanner, type EsclScanner } from '../stand-ins/escl-scanner/server.ts';

const root = join(import.meta.dirname, '../..');
const LAN = 'practice-lan';
const BIRTH = '1.001193';
const UUID = '4509a320-00a0-008f-00b6-ac1f6b0a1b2c';
const DEVICE = `escl:uuid:${UUID}`;
const OWN: ScanSettings = { source: 'adf', fallsToGlass: false, dpi: 300, colour: false, area: 'a5' };

let folder: string;
let pages: string[];
let device: EsclScanner;
let counter: Counter;

beforeAll(async () => {
  pages = await drawPages(3);
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scanner-settings-'));
  device = await startEsclScanner({ pages, uuid: UUID, model: 'Virtual M426' });
  counter = open();
});
afterEach(async () => {
  await counter.stop();
  await device.stop();
  rmSync(folder, { recursive: true, force: true });
});

function open(): Counter {
  return openCounter(
    {
      launch: forkLauncher((name) => join(root, name === 'province' ? 'province' : `main/${name}`, 'entry.ts')),
      paths: { data: folder, resources: join(root, 'resources') },
      secretBox: keyFileSecretBox(join(folder, 'test.key')),
      fetch: globalThis.fetch,
      clock: { now: Date.now },
      log: () => undefined,
    },
    { authorise: async () => ({ ok: false, code: 'pin-cancelled' }) },
    {
      host: 'test',
      version: '0.0.0',
      isSyncAutomatic: false,
      hasPracticeOffice: false,
      adjustSettings: (settings) => ({
        ...settings,
        scanners: { addresses: [device.url], useDiscovery: false, useSane: false, sampleFolder: null },
      }),
    },
  );
}

async function reopen(): Promise<void> {
  await counter.stop();
  counter = open();
}

async function birthDossier(): Promise<Dossier> {
  const { store } = counter.rooms;
  const created = unwrap(await store.call('create', { officerId: LAN }));
  const command = { kind: 'set-procedure', code: BIRTH } as const;
  return unwrap(await store.call('edit', { id: created.id, revision: created.revision, officerId: LAN, command }));
}

describe('a scanner of the network', () => {
  test('is known to the page by an id that is no address', async () => {
    const [first] = unwrap(await counter.capture.devices());
    expect(first).toMatchObject({ id: DEVICE, name: 'Virtual M426', driver: 'escl' });
    expect(JSON.stringify(first)).not.toContain('127.0.0.1');
  });

  test('is scanned with at once after a restart, without asking around', async () => {
    unwrap(await counter.capture.devices());
    await reopen();
    const { id } = await birthDossier();
    const before = device.log.length;
    const started = unwrap(await counter.capture.scan(id, LAN, { deviceId: DEVICE, ...OWN, area: 'a4', dpi: 200 }));
    expect(await started.done).toMatchObject({ state: 'done', done: 3 });
    await counter.capture.settled();
    const capabilities = device.log.slice(before).filter(({ path }) => path.endsWith('ScannerCapabilities'));
    expect(capabilities).toHaveLength(1); // the job's own, none of a search
  });

  test('that has moved to another address is found there, and the stack comes', async () => {
    unwrap(await counter.capture.devices());
    await device.stop();
    device = await startEsclScanner({ pages, uuid: UUID, model: 'Virtual M426' });
    await reopen();
    const { id } = await birthDossier();
    const started = unwrap(await counter.capture.scan(id, LAN, { deviceId: DEVICE, ...OWN, area: 'a4', dpi: 200 }));
    expect(await started.done).toMatchObject({ state: 'done', done: 3 });
    await counter.capture.settled();
  });
});

describe('what is proposed', () => {
  const propose = async (dossierId: string | null, componentId: string | null) =>
    counter.proposals.propose({ dossierId, componentId, deviceId: DEVICE });

  test('comes from the components of the procedure, until the officer chooses otherwise for that paper', async () => {
    unwrap(await counter.capture.devices());
    const dossier = await birthDossier();
    const form = dossier.checklist.find(({ component }) => component.name.startsWith('Tờ khai'))!.component;
    const first = unwrap(await propose(dossier.id, form.id));
    expect(first).toMatchObject({ kind: 'form', paper: 'to-khai-dang-ky-khai-sinh', origin: 'rule' });
    expect(first.settings).toEqual({ source: 'adf', fallsToGlass: true, dpi: 200, colour: true, area: 'a4' });

    const scan = { deviceId: DEVICE, paper: first.paper, settings: OWN };
    unwrap(await counter.rooms.store.call('setPreferences', { officerId: LAN, change: { scan } }));
    await reopen();
    expect(unwrap(await propose(dossier.id, form.id))).toMatchObject({ origin: 'officer', settings: OWN });
    expect(unwrap(await propose(null, null))).toMatchObject({ origin: 'rule', kind: 'stack' });
  });

  test('for a component, a dossier or a device that is not there is refused by name', async () => {
    unwrap(await counter.capture.devices());
    const dossier = await birthDossier();
    expect(await propose(dossier.id, 'x#1')).toMatchObject({ ok: false, code: 'not-found' });
    expect(await propose('x', null)).toMatchObject({ ok: false, code: 'not-found' });
    const nowhere = { dossierId: null, componentId: null, deviceId: 'escl:uuid:x' };
    expect(await counter.proposals.propose(nowhere)).toMatchObject({ ok: false, code: 'scanner-offline' });
  });
});
