/** @file The real store room: its own process behind a supervisor, as the command line runs it. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { depositBlob } from '../../../main/blobs/blob-file.ts';
import { forkLauncher } from '../../../main/rooms/fork-launcher.ts';
import { unwrap } from '../../../main/rooms/failure.ts';
import { Supervisor } from '../../../main/rooms/supervisor.ts';
import type { SignatureLevel } from '../../../main/signing/validation/policy.ts';
import { storeRoom, type DraftCommand, type StoreRoom } from '../../../main/store/protocol.ts';
import type { Dossier } from '../../../preload/types.ts';
import { pdfAbout, signedPdfAbout } from '../../stand-ins/officer-signature.ts';
import { APPLICANT, LAN, MARITAL, MARITAL_FORM, recognised, RESOURCES, SIGNATURE } from '../../unit/store/store-kit.ts';

const ENTRY = fileURLToPath(new URL('../../../main/store/entry.ts', import.meta.url));

export interface Room {
  readonly folder: string;
  readonly store: Supervisor<StoreRoom>;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'motcua-room-'));
}

export function startRoom(
  folder: string,
  options: { crashAt?: string; unlock?: string; isPractice?: boolean; resultLevel?: SignatureLevel } = {},
): Room {
  const launch = forkLauncher(() => ENTRY);
  const store = new Supervisor(storeRoom, {
    // The variable is read by the child at its start; it must not reach any later one.
    launch: (name) => {
      if (options.crashAt) process.env['MOTCUA_CRASH_AT'] = options.crashAt;
      const room = launch(name);
      delete process.env['MOTCUA_CRASH_AT'];
      return room;
    },
    init: () => ({
      folder,
      resourcesFolder: RESOURCES,
      unlock: options.unlock ?? Buffer.alloc(32, 7).toString('base64'),
      agencyCode: 'H56.17.42',
      counterId: 'Q1',
      receiptKeys: [],
      isPractice: options.isPractice ?? true,
      resultLevel: options.resultLevel ?? 'B-B',
      utcOffsetMinutes: 420,
    }),
  });
  return { folder, store };
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export const deposit = (folder: string, content: string | Uint8Array, mediaType = 'application/pdf') =>
  depositBlob(join(folder, 'incoming'), Buffer.from(content), mediaType);

export async function edit({ store }: Room, dossier: Dossier, command: DraftCommand): Promise<Dossier> {
  return unwrap(await store.call('edit', { id: dossier.id, revision: dossier.revision, officerId: LAN, command }));
}

/** A draft that only lacks sealing. `text` goes into its pages and PDF, so that a test can look for it. */
export async function readyDraft(room: Room, text = randomBytes(16).toString('hex')): Promise<Dossier> {
  let dossier: Dossier = unwrap(await room.store.call('create', { officerId: LAN }));
  dossier = await edit(room, dossier, { kind: 'set-applicant', applicant: structuredClone(APPLICANT) as never });
  dossier = await edit(room, dossier, { kind: 'set-procedure', code: MARITAL });
  const image = await deposit(room.folder, `page ${text}`, 'image/jpeg');
  dossier = await edit(room, dossier, {
    kind: 'add-page',
    image,
    thumbnail: null,
    widthPx: 1654,
    heightPx: 2339,
    dpi: 200,
  });
  const pageId = dossier.pages[0]?.id ?? '';
  dossier = await edit(room, dossier, {
    kind: 'set-recognition',
    pageId,
    recognised: recognised('TỜ KHAI CẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN', { text }),
  });
  const command = { kind: 'set-component-pdf' as const, componentId: MARITAL_FORM, pageCount: 1 };
  const pdf = await deposit(room.folder, pdfAbout(text));
  dossier = await edit(room, dossier, { ...command, pdf, signature: null });
  const signed = await deposit(room.folder, signedPdfAbout(text));
  return edit(room, dossier, { ...command, pdf: signed, signature: SIGNATURE });
}

export async function seal({ store }: Room, draft: Dossier): Promise<Awaited<ReturnType<typeof store.call<'seal'>>>> {
  return store.call('seal', { id: draft.id, revision: draft.revision, officerId: LAN });
}
