/** @file One searchable PDF per component that must be digitised, from the pages the officer put there. */
import { ok, type Result } from '../../preload/result.ts';
import type { ChecklistItem, Dossier, Page } from '../../preload/types.ts';
import type { Clock } from '../ports/ports.ts';
import type { RoomParams } from '../rooms/supervisor.ts';
import { fingerprintPages } from '../dossiers/project-draft.ts';
import type { ImagingRoom } from '../imaging/protocol.ts';
import { unwrap } from '../rooms/failure.ts';
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
    const pages = await Promise.all(visiblePages(dossier, item).map((page) => pageForPdf(rooms, page)));
    const composed = await rooms.imaging.call('composePdf', {
      title: item.component.name,
      metadata: metadataOf(dossier, item),
      pages,
      createdAt: new Date(clock.now()).toISOString(),
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

async function pageForPdf(rooms: Rooms, page: Page): Promise<RoomParams<ImagingRoom, 'composePdf'>['pages'][number]> {
  const [image, recognised] = await Promise.all([
    rooms.store.call('blobAccess', { blobId: page.imageBlobId }),
    rooms.store.call('recognisedPage', { pageId: page.id }),
  ]);
  const read = unwrap(recognised);
  return {
    image: unwrap(image),
    dpi: page.dpi,
    rotation: page.rotation,
    skewDeg: read?.skewDeg ?? 0,
    lines: read?.lines ?? [],
  };
}

/** Side record of the digitised paper (regulations 6.1); the writer puts it into the XMP packet. */
function metadataOf(dossier: Dossier, item: ChecklistItem): Record<string, string> {
  const known: Record<string, string | null | undefined> = {
    dossierId: dossier.id,
    dossierCode: dossier.code,
    procedureCode: dossier.procedure?.code,
    procedureName: dossier.procedure?.name,
    componentId: item.component.id,
    componentName: item.component.name,
    paperForm: item.form,
    ownerIdNumber: dossier.applicant?.idNumber,
    digitisedBy: dossier.officerName,
  };
  return Object.fromEntries(
    Object.entries(known).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
