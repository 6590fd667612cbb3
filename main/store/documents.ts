/** @file New documents: a row, its blob, and that the dossier uses it. */
import { keepBlob, type ShelvedBlob } from './blob-shelf.ts';
import { nowMs, toLocal, type StoreContext } from './context.ts';

export interface NewDocument {
  readonly id: string;
  readonly dossierId: string;
  readonly kind: 'component' | 'receipt' | 'result';
  readonly componentId: string | null;
  readonly title: string;
  readonly blob: ShelvedBlob;
  readonly pageCount: number;
  readonly signatures: readonly unknown[];
}

export function insertDocument(context: StoreContext, document: NewDocument): void {
  keepBlob(context, document.blob, document.dossierId);
  context
    .sql(
      'INSERT INTO document (id, dossier_id, kind, component_id, title, blob_id, page_count, signatures, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      document.id,
      document.dossierId,
      document.kind,
      document.componentId,
      document.title,
      document.blob.id,
      document.pageCount,
      JSON.stringify(document.signatures),
      toLocal(context, nowMs(context)),
    );
}
