/**
 * @file A counter without a window that scans from a virtual eSCL device: real store, real imaging process. What is posted to
 * the rooms can be watched, so that a test can end a process at a moment of its choice.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBlob } from '../../main/blobs/blob-file.ts';
import type { ScanChoice } from '../../main/counter/capture.ts';
import { openCounter, type Counter } from '../../main/counter/open-counter.ts';
import type { Machine } from '../../main/ports/ports.ts';
import type { ToRoom } from '../../main/rooms/define.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import { forkLauncher } from '../../main/rooms/fork-launcher.ts';
import { keyFileSecretBox } from '../../main/settings/key-file-secret-box.ts';
import type { DraftCommand } from '../../main/store/protocol.ts';
import type { Dossier, JobProgress, Officer } from '../../preload/types.ts';
import { sha256 } from './draw-pages.ts';
import { startEsclScanner, type EsclScanner, type EsclScannerOptions } from './escl-scanner/server.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface CaptureDesk {
  readonly counter: Counter;
  readonly officer: Officer;
  readonly device: EsclScanner;
  readonly choice: ScanChoice;
  readonly newDraft: (procedure?: string) => Promise<Dossier>;
  readonly reload: (id: string) => Promise<Dossier>;
  readonly edit: (dossier: Dossier, command: DraftCommand) => Promise<Dossier>;
  /** Scans to the end. */
  readonly scan: (id: string, over?: Partial<ScanChoice>) => Promise<JobProgress>;
  /** SHA-256 of the stored images, in the order of the pages. */
  readonly hashes: (dossier: Dossier, which?: (page: Dossier['pages'][number]) => boolean) => Promise<string[]>;
  readonly close: () => Promise<void>;
}

export interface CaptureDeskOptions {
  readonly device: EsclScannerOptions;
  readonly ocrWorkers?: number;
  /** Sees what is sent to a room, before the room does. */
  readonly watch?: (room: string, message: ToRoom, kill: () => void) => void;
}

export async function openCaptureDesk(options: CaptureDeskOptions): Promise<CaptureDesk> {
  const folder = mkdtempSync(join(tmpdir(), 'capture-desk-'));
  const device = await startEsclScanner(options.device);
  const launch = forkLauncher((name) => join(ROOT, name === 'province' ? 'province' : `main/${name}`, 'entry.ts'));
  const machine: Machine = {
    launch: (name) => {
      const room = launch(name);
      return {
        ...room,
        get pid() {
          return room.pid;
        },
        post: (message) => {
          options.watch?.(name, message, () => process.kill(room.pid ?? 0, 'SIGKILL'));
          room.post(message);
        },
      };
    },
    paths: { data: folder, resources: join(ROOT, 'resources') },
    secretBox: keyFileSecretBox(join(folder, 'test.key')),
    fetch: globalThis.fetch,
    clock: { now: Date.now },
    log: () => {},
  };
  const nobody = { authorise: async () => ({ ok: false, code: 'pin-cancelled' }) as const };
  const counter = openCounter(machine, nobody, {
    host: 'test',
    version: '0.0.0',
    isSyncAutomatic: false,
    hasPracticeOffice: false,
    adjustSettings: (settings) => ({
      ...settings,
      ocrWorkers: options.ocrWorkers ?? 1,
      scanners: { addresses: [device.url], useDiscovery: false, useSane: false, sampleFolder: null },
    }),
  });
  const { store } = counter.rooms;
  unwrap(await store.start());
  const officer = unwrap(await store.call('listOfficers', {})).find(({ roles }) => roles.includes('counter'));
  const [scanner] = unwrap(await counter.capture.devices());
  if (!officer || !scanner) throw new Error('practice mode has an officer, and the device was named by its address');
  const choice: ScanChoice = {
    deviceId: scanner.id,
    source: 'adf',
    fallsToGlass: false,
    dpi: 200,
    colour: true,
    area: 'a4',
  };
  const edit = async ({ id, revision }: Dossier, command: DraftCommand): Promise<Dossier> =>
    unwrap(await store.call('edit', { id, revision, officerId: officer.id, command }));
  return {
    counter,
    officer,
    device,
    choice,
    edit,
    newDraft: async (procedure) => {
      const dossier = unwrap(await store.call('create', { officerId: officer.id }));
      return procedure === undefined ? dossier : edit(dossier, { kind: 'set-procedure', code: procedure });
    },
    reload: async (id) => unwrap(await store.call('get', { id })),
    scan: async (id, over) => unwrap(await counter.capture.scan(id, officer.id, { ...choice, ...over })).done,
    hashes: (dossier, which = () => true) =>
      Promise.all(
        dossier.pages
          .filter(which)
          .map(async (page) =>
            sha256(await readBlob(unwrap(await store.call('blobAccess', { blobId: page.imageBlobId })))),
          ),
      ),
    close: async () => {
      await counter.stop();
      await device.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
