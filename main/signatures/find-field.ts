/** @file The author's empty signature field, for the preview: a signature without an own place goes there and nowhere else. */
import { readBlob } from '../blobs/blob-file.ts';
import type { ResultOf } from '../rooms/define.ts';
import { Failure } from '../rooms/failure.ts';
import type { RoomParams } from '../rooms/supervisor.ts';
import { openForSigning } from '../signing/pdf/signable.ts';
import type { SignaturesRoom } from './protocol.ts';

/** Larger files are signed, but not read twice for a frame on a screen. */
const MAX_PREVIEWED_BYTES = 100 * 1024 * 1024;

/** @throws Failure as signing would, so that the officer hears of it before the PIN */
export async function findField({
  pdf,
  password,
}: RoomParams<SignaturesRoom, 'findField'>): Promise<ResultOf<SignaturesRoom['methods'], 'findField'>> {
  if (pdf.sizeBytes > MAX_PREVIEWED_BYTES) throw new Failure('file-too-large', `${pdf.sizeBytes} bytes`);
  const { field, place, pages } = openForSigning(await readBlob(pdf), { password, isVisible: true });
  if (!field) return { kind: 'none' };
  if (!place) return { kind: 'hidden' };
  return { kind: 'shown', page: pages.indexOf(place.page) + 1, rect: [...place.rect] };
}
