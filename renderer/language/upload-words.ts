/** @file Where a dossier stands between this PC and the province, as a sentence and as a mark. */
import type { Upload } from '../../preload/types.ts';
import { formatWhen } from './format.ts';
import { fill, wordFor, type Words } from './words.ts';

export type UploadMark = 'local' | 'moving' | 'waiting' | 'held' | 'received';

export function uploadMark(upload: Upload): UploadMark {
  switch (upload.state) {
    case 'none':
      return 'local';
    case 'queued':
    case 'announced':
    case 'uploading':
    case 'committing':
      return 'moving';
    case 'waiting':
      return 'waiting';
    case 'held':
      return 'held';
    case 'received':
    case 'settled':
      return 'received';
  }
}

/** Never over 99 before the province has confirmed. */
export function uploadPercent(upload: Upload): number {
  return upload.totalBytes === 0 ? 0 : Math.min(99, Math.floor((upload.sentBytes / upload.totalBytes) * 100));
}

/** The whole sentence: what is going on, and that nothing is lost. */
export function uploadSentence(upload: Upload, words: Words, now: Date): string {
  if (upload.state === 'waiting') return wordFor(words.waits, upload.reason ?? 'unknown');
  if (upload.state === 'held') return wordFor(words.holds, upload.reason ?? 'unknown');
  // "Received" is said only with the province's verified receipt in hand.
  if ((upload.state === 'received' || upload.state === 'settled') && upload.receivedAt === null)
    return words.upload.committing;
  return fill(words.upload[upload.state], {
    percent: uploadPercent(upload),
    time: upload.receivedAt === null ? '' : formatWhen(upload.receivedAt, now),
  });
}

/** Two or three words for the list. */
export function uploadShort(upload: Upload, words: Words): string | null {
  if (upload.state === 'none') return null;
  if (upload.state === 'uploading') return fill(words.upload.uploadingShort, { percent: uploadPercent(upload) });
  if (upload.state === 'held') return words.upload.heldShort;
  if (upload.receivedAt !== null && (upload.state === 'received' || upload.state === 'settled'))
    return words.upload.receivedShort;
  return words.upload.pendingShort;
}
