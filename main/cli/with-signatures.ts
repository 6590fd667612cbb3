/** @file The signatures room alone, with a folder of its own that is removed afterwards: for commands that keep no dossier. */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessToDeposit, type BlobAccess, type Deposit } from '../blobs/blob-file.ts';
import { depositStream } from '../blobs/deposit-stream.ts';
import { sparingSilentHosts } from '../counter/silent-hosts.ts';
import { validationFetch } from '../counter/validation-fetch.ts';
import { unwrap } from '../rooms/failure.ts';
import { Supervisor } from '../rooms/supervisor.ts';
import { signaturesRoom, type SignaturesRoom } from '../signatures/protocol.ts';
import { namedFile } from './named-file.ts';
import { nodeMachine } from './node-machine.ts';
import type { Where } from './output.ts';

export interface Signatures {
  readonly room: Supervisor<SignaturesRoom>;
  /** Encrypts a named file into the room's folder, chunk by chunk. */
  readonly deposit: (path: string, mediaType: string) => Promise<BlobAccess>;
  readonly access: (deposit: Deposit) => BlobAccess;
  /** Removes what is no longer needed, so that a thousand files take the disk of one. */
  readonly discard: (...blobs: readonly BlobAccess[]) => Promise<void>;
}

export async function withSignatures<T>(where: Where, work: (signatures: Signatures) => Promise<T>): Promise<T> {
  const machine = nodeMachine(where);
  const incomingFolder = mkdtempSync(join(tmpdir(), 'motcua-'));
  const room = new Supervisor(signaturesRoom, {
    launch: machine.launch,
    onLog: machine.log,
    // Within one call every responder and list is asked once; nothing of it outlives the call.
    init: () => ({
      incomingFolder,
      resourcesFolder: machine.paths.resources,
      cacheFolder: join(incomingFolder, 'validation'),
    }),
    asks: { fetch: sparingSilentHosts(validationFetch(machine.fetch)) },
    // One file may cost the process; the next file gets a new one, however many such files were named.
    restartBudget: Number.POSITIVE_INFINITY,
  });
  try {
    unwrap(await room.start());
    return await work({
      room,
      deposit: async (path, mediaType) =>
        accessToDeposit(
          incomingFolder,
          await depositStream(incomingFolder, namedFile(path, createReadStream(path)), mediaType),
        ),
      access: (deposit) => accessToDeposit(incomingFolder, deposit),
      discard: async (...blobs) => {
        for (const blob of blobs) await rm(blob.path, { force: true });
      },
    });
  } finally {
    await room.stop();
    rmSync(incomingFolder, { recursive: true, force: true });
  }
}
