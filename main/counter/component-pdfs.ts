/** @file One searchable PDF per component that must be digitised, from the pages the officer put there. */
import { ok, type Result } from '../../preload/result.ts';
import type { ChecklistItem, Dossier, Page } from '../../preload/types.ts';
import type { Clock } from '../ports/ports.ts';
import type { RoomParams } from '../rooms/supervisor.ts';
import { describeComponent } from '../dossiers/component-record.ts';
import { fingerprintPages } from '../dossiers/project-draft.ts';
import type { ImagingRoom } from '../imaging/protocol.ts';
import type { ResultOf } from '../rooms/define.ts';
import { unwrap } from '../rooms/failure.ts';
import type { StoreRoom } from '../store/protocol.ts';
import type { Rooms } from './rooms.ts';

/** The components whose PDF is still to be made: digitised, with visible pages, and without a document. */
function componentsToCompose(dossier: Dossier): readonly ChecklistItem[] {
  const made = new Set(
    dossier.documents.filter((document) => document.kind === 'component').map((document) => document.componentId),
  );
  return dossier.checklist.filter((item) => visiblePages(dossier, item).length > 0 && !made.has(item.component.id));
}

/** @returns the dossier with every component PDF in place. */
export async function composeComponents(
  rooms: Rooms,
  clock: Clock,
  dossier: Dossier,
  officerId: string,
): Promise<Result<Dossier>> {
  let current = dossier;
  for (const item of componentsToCompose(dossier)) {
    const read = await Promise.all(visiblePages(dossier, item).map((page) => readPage(rooms, page)));
    const createdAt = new Date(clock.now()).toISOString();
    const fields = read.flatMap(({ recognised }) => recognised?.fields ?? []);
    const composed = await rooms.imaging.call('composePdf', {
      title: item.component.name,
      metadata: describeComponent(dossier, item, fields, createdAt),
      pages: read.map(({ forPdf }) => forPdf),
      createdAt,
    });
    if (!composed.ok) return composed;
    const { pdf, pageCount } = composed.value;
    const stored = await rooms.store.call('append', {
      id: dossier.id,
      officerId,
      command: {
        kind: 'set-component-pdf',
        componentId: item.component.id,
        pdf,
        pageCount,
        signature: null,
        madeFrom: fingerprintPages(dossier.pages, item.component.id),
      },
    });
    if (!stored.ok) return stored;
    current = stored.value;
  }
  return ok(current);
}

function visiblePages(dossier: Dossier, item: ChecklistItem): readonly Page[] {
  return dossier.pages.filter((page) => page.componentId === item.component.id && !page.isHidden);
}

type PageForPdf = RoomParams<ImagingRoom, 'composePdf'>['pages'][number];

/** A page as the PDF writer takes it, with what recognition found on it. */
export async function pageForPdf(rooms: Pick<Rooms, 'store'>, page: Page): Promise<PageForPdf> {
  return (await readPage(rooms, page)).forPdf;
}

async function readPage(
  rooms: Pick<Rooms, 'store'>,
  page: Page,
): Promise<{ readonly forPdf: PageForPdf; readonly recognised: ResultOf<StoreRoom['methods'], 'recognisedPage'> }> {
  const [image, read] = await Promise.all([
    rooms.store.call('blobAccess', { blobId: page.imageBlobId }),
    rooms.store.call('recognisedPage', { pageId: page.id }),
  ]);
  const recognised = unwrap(read);
  return {
    recognised,
    forPdf: {
      image: unwrap(image),
      dpi: page.dpi,
      rotation: page.rotation,
      skewDeg: recognised?.skewDeg ?? 0,
      lines: recognised?.lines ?? [],
      crop: page.crop && ([...page.crop] as [number, number, number, number]),
    },
  };
}
