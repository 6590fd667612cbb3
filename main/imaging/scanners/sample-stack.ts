/** @file Practice mode: a folder of pictures plays the stack in the feeder, so every screen can be learnt without a device. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../../rooms/failure.ts';
import { importPages } from '../import/import-pages.ts';
import type { Scanner } from '../protocol.ts';
import type { ScanJob, ScannedImage, ScannerDriver } from './scanner.ts';

const PICTURE = /\.(jpe?g|png|tiff?|heic|pdf)$/i;
const ID_PREFIX = 'sample:';
/** Optional beside the pictures: how the stack is called on the screen. */
const StackDescription = z.object({ name: z.string().min(1).max(80) });

/** Each folder below `sampleFolder` that holds pictures is one device, then `sampleFolder` itself if it holds any. */
export function createSampleDriver(sampleFolder: string | null): ScannerDriver {
  return {
    list: async () => {
      if (sampleFolder === null) return [];
      const entries = await readdir(sampleFolder, { withFileTypes: true }).catch(() => []);
      const folders = entries
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(sampleFolder, entry.name))
        .sort();
      const scanners = await Promise.all([...folders, sampleFolder].map(describeStack));
      return scanners.filter((scanner) => scanner !== null);
    },
    scan: scanStack,
  };
}

async function describeStack(folder: string): Promise<Scanner | null> {
  const pictures = await listPictures(folder).catch(() => []);
  if (pictures.length === 0) return null;
  const described = await readFile(join(folder, 'stack.json'), 'utf8').then(
    (text) => StackDescription.parse(JSON.parse(text)),
    () => null,
  );
  const name = described?.name ?? `Máy quét mẫu – ${basename(folder)}`;
  return { id: `${ID_PREFIX}${folder}`, name, driver: 'sample', sources: ['adf', 'flatbed'], dpis: [200, 300] };
}

/** Pictures come as they are: `job.dpi` and `job.colour` change nothing, the glass gives the first page only. */
async function* scanStack(scanner: Scanner, job: ScanJob, signal: AbortSignal): AsyncGenerator<ScannedImage> {
  const folder = scanner.id.slice(ID_PREFIX.length);
  const pictures = await listPictures(folder).catch((cause: unknown) => {
    throw new Failure('scanner-offline', `no folder ${folder}`, { cause });
  });
  if (pictures.length === 0) throw new Failure('scanner-feeder-empty', folder);
  for (const picture of pictures) {
    for await (const page of importPages(picture, { signal })) {
      signal.throwIfAborted();
      yield { bytes: page.bytes, dpi: page.dpi };
      if (job.source === 'flatbed') return;
    }
  }
}

async function listPictures(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && PICTURE.test(entry.name)).map((entry) => entry.name);
  return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).map((name) => join(folder, name));
}
