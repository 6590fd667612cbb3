/** @file An officer's picture of his signature, or the agency's seal: read in the imaging room, kept by the store. */
import { refuse, type Result } from '../../preload/result.ts';
import type { Officer, SignatureImageKind, SignatureImages } from '../../preload/types.ts';
import type { Rooms } from './rooms.ts';

/** Who may change which picture; the store asks the same again. */
export function keepsSignatureImage(officer: Pick<Officer, 'roles'>, kind: SignatureImageKind): boolean {
  return officer.roles.includes(kind === 'seal' ? 'admin' : 'signer');
}

/** @returns `signature-image-missing` for a seal of unknown size, or what is wrong with the file */
export async function registerSignatureImage(
  rooms: Rooms,
  path: string,
  kind: SignatureImageKind,
  widthMm: number | null,
  officerId: string,
): Promise<Result<SignatureImages>> {
  const taken = await rooms.imaging.call('readSignatureImage', { path, widthMm });
  if (!taken.ok) return taken;
  if (kind === 'seal' && taken.value.widthMm === null)
    return refuse('signature-image-missing', 'the picture does not say how large the seal is');
  return rooms.store.call('setSignatureImage', { officerId, kind, ...taken.value });
}
