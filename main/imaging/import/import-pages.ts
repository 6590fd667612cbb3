/** @file A file from outside becomes pages. Everything about it is doubted: kind, size, page count, every byte of it. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { asDiskFailure } from '../../blobs/blob-file.ts';
import { Failure } from '../../rooms/failure.ts';
import { readHeicImage } from './heic-image.ts';
import { MAX_FILE_BYTES } from './image-limits.ts';
import { readPdfPages, type PdfReaderOptions } from './pdf-reader.ts';
import { sniffFormat } from './sniff-format.ts';
import { toStoredImage, type StoredImage } from './stored-image.ts';
import { readTiffPages } from './tiff-pages.ts';

export type ImportOptions = PdfReaderOptions;

/**
 * The pages of a PDF, TIFF, JPEG, PNG or HEIC file, one at a time.
 * @throws Failure `file-empty`, `file-too-large`, `file-not-supported`, `file-damaged`, `image-too-large`,
 * `pdf-password`, `pdf-too-many-pages`, `pdf-page-too-complex`, `not-found`, `disk-error`. Pages given before a failure are whole.
 */
export async function* importPages(path: string, options: ImportOptions): AsyncGenerator<StoredImage> {
  const bytes = await readInputFile(path);
  switch (sniffFormat(bytes)) {
    case 'pdf':
      yield* readPdfPages(bytes, options);
      return;
    case 'tiff':
      yield* readTiffPages(bytes, options.signal);
      return;
    case 'heic':
      yield await readHeicImage(bytes);
      return;
    case 'jpeg':
    case 'png':
      yield await toStoredImage(bytes);
      return;
    case null:
      throw new Failure('file-not-supported', 'neither PDF, TIFF, JPEG, PNG nor HEIC');
  }
}

/** Whole content of an ordinary file (no device, no pipe), at most {@link MAX_FILE_BYTES}. */
export async function readInputFile(path: string): Promise<Buffer> {
  const handle = await openInputFile(path);
  try {
    const { size, isOrdinary } = await handle.stat().then((stat) => ({ size: stat.size, isOrdinary: stat.isFile() }));
    if (!isOrdinary) throw new Failure('file-not-supported', 'not an ordinary file');
    if (size === 0) throw new Failure('file-empty');
    if (size > MAX_FILE_BYTES) throw new Failure('file-too-large', `${size} bytes`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

async function openInputFile(path: string): Promise<FileHandle> {
  try {
    // Without waiting: opening a pipe that nobody writes would hang for ever.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new Failure('not-found', path, { cause });
    throw asDiskFailure(cause);
  }
}
