/** @file Right: the paper itself, with the place a value was read from; or a PDF of the dossier. */
import { ActionIcon } from '@mantine/core';
import {
  IconArrowLeft,
  IconArrowRight,
  IconEye,
  IconEyeOff,
  IconFile,
  IconRotateClockwise,
  IconZoomIn,
  IconZoomOut,
  IconZoomScan,
} from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import type { Dossier, FieldValue, Page } from '../../../preload/types.ts';
import { blobUrl } from '../../app/bridge.ts';
import { Empty } from '../../components/marks.tsx';
import { PdfPages, type PageOverlay } from '../../components/pdf-pages.tsx';
import { fill, wordFor } from '../../language/words.ts';
import { setPagesHidden, turnPage } from '../../state/actions.ts';
import { showPage, useDesk, zoomBy } from '../../state/desk.ts';
import { useDossier } from '../../state/dossier.ts';
import { useHasRole, useWords } from '../../state/session.ts';
import { useShortcut } from '../../state/shortcuts.ts';
import { PageImage } from './page-image.tsx';
import classes from './paper.module.css';

const ZOOM_STEP = 1.25;

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
        <PagePaper dossier={dossier} page={page} field={field} />
      ) : (
        <Empty icon={<IconFile size="3rem" stroke={1.25} aria-hidden />}>{words.paper.empty}</Empty>
      )}
    </aside>
  );
}

function ZoomButtons(): ReactNode {
  const words = useWords();
  useShortcut(true, ['+', '='], words.keys.zoom, () => zoomBy(ZOOM_STEP), '+ −');
  useShortcut(true, ['-'], null, () => zoomBy(1 / ZOOM_STEP));
  return (
    <>
      <Tool label={words.paper.zoomOut} onClick={() => zoomBy(1 / ZOOM_STEP)}>
        <IconZoomOut size="1.25rem" stroke={1.5} aria-hidden />
      </Tool>
      <Tool label={words.paper.zoomFit} onClick={() => useDesk.setState({ zoom: 1 })}>
        <IconZoomScan size="1.25rem" stroke={1.5} aria-hidden />
      </Tool>
      <Tool label={words.paper.zoomIn} onClick={() => zoomBy(ZOOM_STEP)}>
        <IconZoomIn size="1.25rem" stroke={1.5} aria-hidden />
      </Tool>
    </>
  );
}

function Tool({
  label,
  onClick,
  children,
  isDisabled = false,
}: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
  readonly isDisabled?: boolean;
}): ReactNode {
  return (
    <ActionIcon variant="subtle" size="lg" aria-label={label} title={label} onClick={onClick} disabled={isDisabled}>
      {children}
    </ActionIcon>
  );
}

/** The wheel zooms with Ctrl, as everywhere; without it the paper scrolls. */
function useWheelZoom(): React.RefObject<HTMLDivElement | null> {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = frame.current;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoomBy(event.deltaY < 0 ? 1.1 : 1 / 1.1);
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, []);
  return frame;
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

function PagePaper({
  dossier,
  page,
  field,
}: {
  readonly dossier: Dossier;
  readonly page: Page;
  readonly field: FieldValue | undefined;
}): ReactNode {
  const words = useWords();
  const zoom = useDesk((view) => view.zoom);
  const isEditable = useHasRole('counter') && dossier.state === 'draft';
  const frame = useWheelZoom();
  const pages = dossier.pages.filter((one) => !one.isHidden || one.id === page.id);
  const at = pages.findIndex((one) => one.id === page.id);
  const go = (step: number): void => {
    const next = pages[at + step];
    if (next === undefined) return;
    useDesk.setState({ selectedPageIds: [next.id] });
    showPage(next.id);
  };
  useShortcut(pages.length > 1, ['PageUp'], null, () => go(-1));
  useShortcut(pages.length > 1, ['PageDown'], words.keys.turnOver, () => go(1), 'PgUp PgDn');
  const number = dossier.pages.indexOf(page) + 1;
  return (
    <>
      <div className={classes['tools']}>
        <Tool label={words.paper.previous} onClick={() => go(-1)} isDisabled={at === 0}>
          <IconArrowLeft size="1.25rem" stroke={1.5} aria-hidden />
        </Tool>
        <span className="code">{fill(words.paper.positionShort, { n: number, total: dossier.pages.length })}</span>
        <Tool label={words.paper.next} onClick={() => go(1)} isDisabled={at === pages.length - 1}>
          <IconArrowRight size="1.25rem" stroke={1.5} aria-hidden />
        </Tool>
        <span className={classes['paperTitle']} title={page.documentType?.title}>
          {page.documentType?.title ?? ''}
        </span>
        <ZoomButtons />
        {isEditable ? (
          <>
            <Tool label={`${words.paper.turn} (R)`} onClick={() => void turnPage(page.id)}>
              <IconRotateClockwise size="1.25rem" stroke={1.5} aria-hidden />
            </Tool>
            <Tool
              label={`${page.isHidden ? words.paper.unhide : words.paper.hide} (H)`}
              onClick={() => void setPagesHidden([page.id], !page.isHidden)}
            >
              {page.isHidden ? (
                <IconEye size="1.25rem" stroke={1.5} aria-hidden />
              ) : (
                <IconEyeOff size="1.25rem" stroke={1.5} aria-hidden />
              )}
            </Tool>
          </>
        ) : null}
      </div>
      <div
        ref={frame}
        className={classes['frame']}
        tabIndex={0}
        role="group"
        aria-label={fill(words.paper.position, { n: number, total: dossier.pages.length })}
      >
        <PageImage
          key={page.id}
          url={blobUrl(page.imageBlobId)}
          page={page}
          zoom={zoom}
          alt={fill(words.paper.image, { n: number })}
          box={field?.pageId === page.id ? field.box : null}
          boxName={field === undefined ? '' : fill(words.paper.region, { name: wordFor(words.fieldNames, field.name) })}
        />
      </div>
    </>
  );
}
