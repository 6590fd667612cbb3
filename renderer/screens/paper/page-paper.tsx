/** @file One page of a stack, large: leafed through, zoomed, turned; with the place a value was read from. */
import { IconArrowLeft, IconArrowRight, IconEye, IconEyeOff, IconRotateClockwise } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Box, Page } from '../../../preload/types.ts';
import { blobUrl } from '../../app/bridge.ts';
import { fill } from '../../language/words.ts';
import { useDesk } from '../../state/desk.ts';
import { useWords } from '../../state/session.ts';
import { useShortcut } from '../../state/shortcuts.ts';
import { PageImage } from './page-image.tsx';
import { Tool, useWheelZoom, ZoomButtons } from './paper-tools.tsx';
import classes from './paper.module.css';

interface PagePaperProps {
  /** The whole stack; hidden pages are passed over unless one of them is shown. */
  readonly pages: readonly Page[];
  readonly page: Page;
  /** Where the focused value was read, pixels of the stored image. */
  readonly box: Box | null;
  readonly boxName: string;
  readonly go: (pageId: string) => void;
  /** Left out where nothing may be changed, or where other buttons do it. */
  readonly turn?: (() => void) | undefined;
  readonly setHidden?: ((isHidden: boolean) => void) | undefined;
}

export function PagePaper({ pages: all, page, box, boxName, go, turn, setHidden }: PagePaperProps): ReactNode {
  const words = useWords();
  const zoom = useDesk((view) => view.zoom);
  const frame = useWheelZoom();
  const pages = all.filter((one) => !one.isHidden || one.id === page.id);
  const at = pages.findIndex((one) => one.id === page.id);
  const step = (by: number): void => {
    const next = pages[at + by];
    if (next !== undefined) go(next.id);
  };
  useShortcut(pages.length > 1, ['PageUp'], null, () => step(-1));
  useShortcut(pages.length > 1, ['PageDown'], words.keys.turnOver, () => step(1), 'PgUp PgDn');
  const number = all.findIndex((one) => one.id === page.id) + 1;
  return (
    <>
      <div className={classes['tools']}>
        <Tool label={words.paper.previous} onClick={() => step(-1)} isDisabled={at === 0}>
          <IconArrowLeft size="1.25rem" stroke={1.5} aria-hidden />
        </Tool>
        <span className="code">{fill(words.paper.positionShort, { n: number, total: all.length })}</span>
        <Tool label={words.paper.next} onClick={() => step(1)} isDisabled={at === pages.length - 1}>
          <IconArrowRight size="1.25rem" stroke={1.5} aria-hidden />
        </Tool>
        <span className={classes['paperTitle']} title={page.documentType?.title}>
          {page.documentType?.title ?? ''}
        </span>
        <ZoomButtons />
        {turn === undefined ? null : (
          <Tool label={`${words.paper.turn} (R)`} onClick={turn}>
            <IconRotateClockwise size="1.25rem" stroke={1.5} aria-hidden />
          </Tool>
        )}
        {setHidden === undefined ? null : (
          <Tool
            label={`${page.isHidden ? words.paper.unhide : words.paper.hide} (H)`}
            onClick={() => setHidden(!page.isHidden)}
          >
            {page.isHidden ? (
              <IconEye size="1.25rem" stroke={1.5} aria-hidden />
            ) : (
              <IconEyeOff size="1.25rem" stroke={1.5} aria-hidden />
            )}
          </Tool>
        )}
      </div>
      <div
        ref={frame}
        className={classes['frame']}
        tabIndex={0}
        role="group"
        aria-label={fill(words.paper.position, { n: number, total: all.length })}
      >
        <PageImage
          key={page.id}
          url={blobUrl(page.imageBlobId)}
          page={page}
          zoom={zoom}
          alt={fill(words.paper.image, { n: number })}
          box={box}
          boxName={boxName}
        />
      </div>
    </>
  );
}
