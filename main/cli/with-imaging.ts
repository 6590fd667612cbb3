/** @file The imaging room alone, with a folder of its own that is removed afterwards: for commands that keep no dossier. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imagingRoom, type ArrivedPage, type ImagingRoom, type RecognisedPage } from '../imaging/protocol.ts';
import { accessToDeposit, readBlob, type BlobAccess, type Deposit } from '../blobs/blob-file.ts';
import { unwrap } from '../rooms/failure.ts';
import { Supervisor, type RoomParams } from '../rooms/supervisor.ts';
import { nodeMachine } from './node-machine.ts';
import type { Where } from './output.ts';

export interface ImportOptions {
  readonly password?: string | undefined;
  readonly signal?: AbortSignal;
  /** Pages of the file, in order, each the moment it is on disk. */
  readonly onPage: (page: ArrivedPage) => void;
}

export interface Imaging {
  readonly room: Supervisor<ImagingRoom>;
  readonly access: (deposit: Deposit) => BlobAccess;
  readonly bytes: (deposit: Deposit) => Promise<Buffer>;
  readonly importFile: (path: string, options: ImportOptions) => Promise<void>;
  readonly recognise: (page: ArrivedPage, ocr: boolean) => Promise<RecognisedPage>;
}

export async function withImaging(
  where: Where,
  ocrWorkers: number,
  work: (imaging: Imaging) => Promise<number>,
): Promise<number> {
  const machine = nodeMachine(where);
  const incomingFolder = mkdtempSync(join(tmpdir(), 'motcua-'));
  const clear = (): void => rmSync(incomingFolder, { recursive: true, force: true });
  process.on('exit', clear); // also when somebody ends the command at once
  const room = new Supervisor(imagingRoom, {
    launch: machine.launch,
    onLog: machine.log,
    init: () => ({ incomingFolder, resourcesFolder: machine.paths.resources, ocrWorkers }),
  });
  const access = (deposit: Deposit): BlobAccess => accessToDeposit(incomingFolder, deposit);
  try {
    unwrap(await room.start());
    return await work({
      room,
      access,
      bytes: (deposit) => readBlob(access(deposit)),
      importFile: async (path, { password, signal, onPage }) => {
        const params = { path, ...(password === undefined ? {} : { password }) };
        unwrap(await room.call('importFile', params, { signal, onProgress: onPage }));
      },
      recognise: async (page, ocr) =>
        unwrap(await room.call('recognise', { image: access(page.image), dpi: page.dpi, ocr })),
    });
  } finally {
    await room.stop();
    clear();
    process.off('exit', clear);
  }
}

export function pageForPdf(
  imaging: Imaging,
  page: ArrivedPage,
  read: RecognisedPage,
): RoomParams<ImagingRoom, 'composePdf'>['pages'][number] {
  return {
    image: imaging.access(page.image),
    dpi: page.dpi,
    rotation: read.rotation,
    skewDeg: read.skewDeg,
    lines: read.lines,
    crop: read.crop,
  };
}
