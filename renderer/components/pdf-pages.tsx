/** @file A PDF drawn page by page, each when it comes near the screen. */
import { RenderingCancelledException, type PDFDocumentProxy } from 'pdfjs-dist';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { blobUrl } from '../app/bridge.ts';
import { openPdf } from '../app/pdf.ts';
import { fill } from '../language/words.ts';
import { useWords } from '../state/session.ts';
import { StateWord } from './marks.tsx';
import classes from './pdf-pages.module.css';

/** What lies over a page; its size in points as displayed. */
export type PageOverlay = (number: number, size: { readonly width: number; readonly height: number }) => ReactNode;

export function PdfPages({
  blobId,
  title,
  zoom,
  overlay,
}: {
  readonly blobId: string;
  readonly title: string;
  readonly zoom: number;
  readonly overlay?: PageOverlay | undefined;
}): ReactNode {
  const words = useWords();
  const [pdf, setPdf] = useState<PDFDocumentProxy | null>(null);
  const [hasFailed, setHasFailed] = useState(false);

  useEffect(() => {
    const abort = new AbortController();
    setPdf(null);
    setHasFailed(false);
    openPdf(blobUrl(blobId), abort.signal).then(
      (document) => !abort.signal.aborted && setPdf(document),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        reportError(error);
        setHasFailed(true);
      },
    );
    return () => abort.abort();
  }, [blobId]);

  if (hasFailed) return <StateWord tone="wrong">{words.paper.pdfFailed}</StateWord>;
  if (pdf === null) return <p className="muted">{words.app.loading}</p>;
  return (
    <div className={classes['pages']} style={{ width: `calc(min(100%, 54rem) * ${zoom})` }} data-testid="pdf-pages">
      {Array.from({ length: pdf.numPages }, (_, index) => (
        <PdfPage
          key={index}
          pdf={pdf}
          number={index + 1}
          label={fill(words.paper.pdfPage, { n: index + 1, title })}
          overlay={overlay}
        />
      ))}
    </div>
  );
}

/** Draws when it comes near the screen, sharp at the present width. */
function PdfPage({
  pdf,
  number,
  label,
  overlay,
}: {
  readonly pdf: PDFDocumentProxy;
  readonly number: number;
  readonly label: string;
  readonly overlay: PageOverlay | undefined;
}): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState<{ readonly width: number; readonly height: number } | null>(null);
  const [hasFailed, setHasFailed] = useState(false);
  const words = useWords();
  const hasOverlay = overlay !== undefined;
  // Known before the page is drawn: a frame on a page far below must be reachable by key at once.
  useEffect(() => {
    if (!hasOverlay) return undefined;
    let isGone = false;
    pdf.getPage(number).then(
      (page) => {
        const { width, height } = page.getViewport({ scale: 1 });
        if (!isGone) setSize({ width, height });
      },
      () => undefined, // drawing says what is wrong
    );
    return () => {
      isGone = true;
    };
  }, [pdf, number, hasOverlay]);
  useEffect(() => {
    const target = canvas.current;
    if (target === null) return undefined;
    let drawnWidth = 0;
    let running: { cancel: () => void } | null = null;
    let isGone = false;

    async function draw(into: HTMLCanvasElement): Promise<void> {
      const page = await pdf.getPage(number);
      if (isGone) return;
      const base = page.getViewport({ scale: 1 });
      into.style.aspectRatio = `${base.width} / ${base.height}`;
      const width = Math.round(into.clientWidth * window.devicePixelRatio);
      if (width === 0 || Math.abs(width - drawnWidth) < 8) return;
      drawnWidth = width;
      const viewport = page.getViewport({ scale: width / base.width });
      into.width = Math.round(viewport.width);
      into.height = Math.round(viewport.height);
      running?.cancel();
      const task = page.render({ canvas: into, viewport });
      running = task;
      await task.promise;
      setHasFailed(false);
    }
    /** A page that stays white must not be taken for a white page. */
    function drawOrTell(into: HTMLCanvasElement): void {
      draw(into).catch((error: unknown) => {
        if (isGone || error instanceof RenderingCancelledException) return;
        reportError(error);
        drawnWidth = 1; // of no page: the next size is drawn
        setHasFailed(true);
      });
    }

    const near = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && drawOrTell(target),
      { rootMargin: '400px' },
    );
    const resized = new ResizeObserver(() => drawnWidth > 0 && drawOrTell(target));
    near.observe(target);
    resized.observe(target);
    return () => {
      isGone = true;
      near.disconnect();
      resized.disconnect();
      running?.cancel();
    };
  }, [pdf, number]);
  return (
    <div className={classes['sheet']} data-sheet="">
      <canvas ref={canvas} className={classes['page']} role="img" aria-label={label} />
      {hasFailed ? (
        <div className={classes['failed']}>
          <StateWord tone="wrong">{fill(words.paper.pdfPageFailed, { n: number })}</StateWord>
        </div>
      ) : null}
      {overlay !== undefined && size !== null && !hasFailed ? overlay(number, size) : null}
    </div>
  );
}
