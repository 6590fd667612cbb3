/**
 * @file What a signed result shows and where: the officer's own picture or words in the room the document leaves, or the
 * agency's seal beside them. Places are looked for once a document and shared by preview and signing.
 */
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { Officer, PagePlace, ProposedPlace, ResultSignature, SignatureImage } from '../../preload/types.ts';
import type { BlobAccess } from '../blobs/blob-file.ts';
import type { Appearance } from '../signing/appearance/appearance.ts';
import { POINTS_PER_MM } from '../signing/appearance/placement.ts';
import type { Rooms } from './rooms.ts';

type FoundPlace = Pick<ProposedPlace, 'page' | 'rect'> & {
  readonly foundBy: Exclude<ProposedPlace['foundBy'], 'field'>;
};
type Signer = Pick<Officer, 'id' | 'name' | 'title'>;

export interface ResultFile {
  readonly documentId: string;
  readonly sha256: string;
  readonly pageCount: number;
  readonly access: BlobAccess;
  readonly nextSignature: ResultSignature;
}

export interface ResultAppearances {
  /** For the preview. @returns what would keep the file from being signed, and `signature-image-missing` for a seal nobody registered */
  readonly propose: (file: ResultFile, signer: Signer) => Promise<Result<ProposedPlace>>;
  /**
   * For a batch: pictures are looked up once, before any PIN; each document's place when its turn comes.
   * @returns `signature-place-outside` for a page that a document does not have, `results-of-two-steps` when some wait for the
   *   person and some for the agency: one certificate cannot be both
   */
  readonly prepare: (
    files: readonly ResultFile[],
    signer: Signer,
    places: ReadonlyMap<string, PagePlace>,
  ) => Promise<Result<(file: ResultFile) => Promise<Appearance>>>;
}

const PLACES_KEPT = 1_000;

export function createResultAppearances(rooms: Rooms): ResultAppearances {
  const places = new Map<string, Promise<Result<FoundPlace>>>();

  async function pictureOf(kind: ResultSignature, signer: Signer): Promise<Result<SignatureImage | null>> {
    if (kind === 'none') return ok(null);
    const images = await rooms.store.call('signatureImages', { officerId: signer.id });
    if (!images.ok) return images;
    const { personal, seal } = images.value;
    if (kind === 'agency' && !seal) return refuse('signature-image-missing', 'seal');
    return ok(kind === 'agency' ? seal : personal);
  }

  function find(file: ResultFile, signer: Signer, picture: SignatureImage | null): Promise<Result<FoundPlace>> {
    const seal = file.nextSignature === 'agency' && picture ? sizeOf(picture) : null;
    const key = JSON.stringify([file.sha256, signer.id, seal]);
    const known = places.get(key);
    if (known) return known;
    const looking = rooms.imaging.call('findSignaturePlace', {
      pdf: file.access,
      signerName: signer.name,
      titles: signer.title === '' ? [] : [signer.title],
      seal,
    });
    places.set(key, looking);
    void looking.then((found) => found.ok || places.delete(key));
    for (const oldest of places.keys()) {
      if (places.size <= PLACES_KEPT) break;
      places.delete(oldest);
    }
    return looking;
  }

  return {
    propose: async (file, signer) => {
      const kind = file.nextSignature;
      const picture = await pictureOf(kind, signer);
      if (!picture.ok) return picture;
      const field = await rooms.signatures.call('findField', { pdf: file.access });
      if (!field.ok) return field;
      const shows = kind === 'none' ? 'none' : kind === 'agency' ? 'seal' : picture.value ? 'picture' : 'text';
      if (field.value.kind === 'shown') {
        const { page, rect } = field.value;
        return ok({ page, rect, foundBy: 'field', shows, image: picture.value });
      }
      const found = await find(file, signer, picture.value);
      if (!found.ok) return found;
      return ok({ ...found.value, shows: field.value.kind === 'hidden' ? 'none' : shows, image: picture.value });
    },
    prepare: async (files, signer, chosen) => {
      const kind = files[0]?.nextSignature ?? 'none';
      if (files.some((file) => file.nextSignature !== kind)) return refuse('results-of-two-steps');
      const outside = files.find((file) => (chosen.get(file.documentId)?.page ?? 1) > file.pageCount);
      if (outside) return refuse('signature-place-outside', outside.documentId);
      const picture = await pictureOf(kind, signer);
      if (!picture.ok) return picture;
      const image = picture.value
        ? await rooms.store.call('signatureImageAccess', {
            officerId: signer.id,
            kind: kind === 'agency' ? 'seal' : 'personal',
          })
        : ok(null);
      if (!image.ok) return image;
      return ok(async (file) => {
        if (kind === 'none') return { kind };
        const place = chosen.get(file.documentId) ?? (await placeOf(file, signer, picture.value));
        return {
          kind,
          page: place.page,
          ...(place.rect ? { rect: [...place.rect] satisfies Appearance['rect'] } : {}),
          ...(image.value ? { image: image.value } : {}),
        };
      });
    },
  };

  /** A document whose text cannot be read is signed on its last page, in the usual place. */
  async function placeOf(
    file: ResultFile,
    signer: Signer,
    picture: SignatureImage | null,
  ): Promise<{ readonly page: number; readonly rect?: PagePlace['rect'] }> {
    const found = await find(file, signer, picture);
    return found.ok ? found.value : { page: file.pageCount };
  }
}

function sizeOf({ widthMm, widthPx, heightPx }: SignatureImage): { width: number; height: number } | null {
  if (widthMm === null) return null;
  const width = widthMm * POINTS_PER_MM;
  return { width, height: (width * heightPx) / widthPx };
}
