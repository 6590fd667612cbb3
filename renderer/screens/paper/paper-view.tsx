/** @file Right: the paper itself, with the place a value was read from; or a PDF of the dossier. */
import { IconFile } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Dossier, FieldValue, Page } from '../../../preload/types.ts';
import { Empty } from '../../components/marks.tsx';
import { PdfPages, type PageOverlay } from '../../components/pdf-pages.tsx';
import { fill, wordFor } from '../../language/words.ts';
import { setPagesHidden, turnPages } from '../../state/actions.ts';
import { selectPages, showPage, useDesk } from '../../state/desk.ts';
import { useDossier } from '../../state/dossier.ts';
import { useHasRole, useWords } from '../../state/session.ts';
import { PagePaper } from './page-paper.tsx';
import { useWheelZoom, ZoomButtons } from './paper-tools.tsx';
import classes from './paper.module.css';

export function PaperView(): ReactNode {
  const words = useWords();
  const dossier = useDossier((view) => view.dossier);
  const shown = useDesk((view) => view.shown);
  const selected = useDesk((view) => view.selectedPageIds);
  const document =
    shown?.kind === 'document' ? dossier?.documents.find((one) => one.id === shown.documentId) : undefined;
  const pageId = shown?.kind === 'page' ? shown.pageId : selected.at(-1);
  const page = document === undefined ? dossier?.pages.find((one) => one.id === pageId) : undefined;
  const field =
    shown?.kind === 'page' && shown.fieldId !== null
      ? dossier?.fields.find((one) => one.id === shown.fieldId)
      : undefined;
  return (
    <aside className={classes['paper']} aria-label={words.regions.paper}>
      {dossier != null && document !== undefined ? (
        <DocumentPaper blobId={document.blobId} title={document.title} />
      ) : dossier != null && page !== undefined ? (
        <DossierPage dossier={dossier} page={page} field={field} />
      ) : (
        <Empty icon={<IconFile size="3rem" stroke={1.25} aria-hidden />}>{words.paper.empty}</Empty>
      )}
    </aside>
  );
}

export function DocumentPaper({
  blobId,
  title,
  tools,
  overlay,
}: {
  readonly blobId: string;
  readonly title: string;
  /** A line of its own below the title. */
  readonly tools?: ReactNode;
  readonly overlay?: PageOverlay | undefined;
}): ReactNode {
  const zoom = useDesk((view) => view.zoom);
  const frame = useWheelZoom();
  return (
    <>
      <div className={classes['tools']}>
        <strong className={classes['paperTitle']} title={title}>
          {title}
        </strong>
        <ZoomButtons />
      </div>
      {tools}
      <div ref={frame} className={classes['frame']} tabIndex={0} role="group" aria-label={title}>
        <PdfPages blobId={blobId} title={title} zoom={zoom} overlay={overlay} />
      </div>
    </>
  );
}

function DossierPage({
  dossier,
  page,
  field,
}: {
  readonly dossier: Dossier;
  readonly page: Page;
  readonly field: FieldValue | undefined;
}): ReactNode {
  const words = useWords();
  const isEditable = useHasRole('counter') && dossier.state === 'draft';
  return (
    <PagePaper
      pages={dossier.pages}
      page={page}
      box={field?.pageId === page.id ? field.box : null}
      boxName={field === undefined ? '' : fill(words.paper.region, { name: wordFor(words.fieldNames, field.name) })}
      go={(pageId) => {
        selectPages([pageId], false);
        showPage(pageId);
      }}
      turn={isEditable ? () => void turnPages([page.id]) : undefined}
      setHidden={isEditable ? (isHidden) => void setPagesHidden([page.id], isHidden) : undefined}
    />
  );
}
