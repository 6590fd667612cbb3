/** @file The two rooms of a signature as processes, with documents to sign and a person who types one PIN. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessToDeposit, depositBlob, readBlob } from '../../main/blobs/blob-file.ts';
import type { Rooms } from '../../main/counter/rooms.ts';
import type { DocumentToSign } from '../../main/counter/signing.ts';
import type { Authoriser } from '../../main/ports/ports.ts';
import type { FromRoom } from '../../main/rooms/define.ts';
import { Failure } from '../../main/rooms/failure.ts';
import { forkLauncher } from '../../main/rooms/fork-launcher.ts';
import { Supervisor, type RoomLauncher } from '../../main/rooms/supervisor.ts';
import { signaturesRoom } from '../../main/signatures/protocol.ts';
import { tokenRoom } from '../../main/token/protocol.ts';
import { USER_PIN } from './softhsm-tokens.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface SigningRooms {
  /** Only `token` and `signatures` are there. */
  readonly rooms: Rooms;
  readonly incomingFolder: string;
  /** What was kept, by document, as the bytes that a later reader gets. */
  readonly kept: Map<string, Buffer>;
  documents(count: number, bytes: Buffer | ((index: number) => Buffer)): Promise<DocumentToSign[]>;
  stop(): Promise<void>;
}

export function openSigningRooms(
  folder: string,
  modules: readonly string[],
  overhear: (room: string, message: FromRoom) => void = () => {},
): SigningRooms {
  const incomingFolder = join(folder, 'incoming');
  mkdirSync(incomingFolder, { recursive: true });
  const forked = forkLauncher((name) => join(ROOT, 'main', name, 'entry.ts'));
  const launch: RoomLauncher = (name) => {
    const room = forked(name);
    room.onMessage((message) => overhear(name, message));
    return room;
  };
  const token = new Supervisor(tokenRoom, { launch, init: () => ({ modules: [...modules], keyFiles: [] }) });
  const signatures = new Supervisor(signaturesRoom, {
    launch,
    init: () => ({ incomingFolder, resourcesFolder: join(ROOT, 'resources'), cacheFolder: null }),
    asks: {
      fetch: () => {
        throw new Failure('authority-unreachable', 'no network here');
      },
    },
  });
  const kept = new Map<string, Buffer>();
  return {
    rooms: { token, signatures } as unknown as Rooms,
    incomingFolder,
    kept,
    documents: (count, bytes) =>
      Promise.all(
        Array.from({ length: count }, async (_, index): Promise<DocumentToSign> => {
          const own = typeof bytes === 'function' ? bytes(index) : bytes;
          const deposit = await depositBlob(incomingFolder, own, 'application/pdf');
          const documentId = `document-${index}`;
          return {
            documentId,
            title: `Tệp ${index + 1}`,
            dossierCode: null,
            pageCount: 1,
            sha256: createHash('sha256').update(own).digest('hex'),
            access: accessToDeposit(incomingFolder, deposit),
            appearance: { kind: 'none' },
            reason: 'Thử',
            keep: async (pdf) => {
              const signed = await readBlob(accessToDeposit(incomingFolder, pdf));
              kept.set(documentId, signed);
              writeFileSync(join(folder, `${documentId}.pdf`), signed);
              return { ok: true, value: null };
            },
          };
        }),
      ),
    stop: async () => {
      await Promise.all([token.stop(2_000), signatures.stop(2_000)]);
    },
  };
}

/** Types one PIN each time she is asked. */
export function personTyping(pin: string = USER_PIN): Authoriser & { readonly asked: number } {
  let asked = 0;
  return {
    get asked() {
      return asked;
    },
    authorise: async (_request, attempt) => {
      asked++;
      const { outcome } = await attempt(new TextEncoder().encode(pin));
      return outcome.ok ? { ok: true, value: null } : outcome;
    },
  };
}
