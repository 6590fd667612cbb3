/** @file One page image, turned and zoomed, with a region marked. Boxes are pixels of the stored image, so they turn with it. */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Box, Page } from '../../../preload/types.ts';
import { StateWord } from '../../components/marks.tsx';
import { useWords } from '../../state/session.ts';
import classes from './paper.module.css';

interface PageImageProps {
  readonly url: string;
  readonly page: Page;
  readonly zoom: number;
  readonly alt: string;
  readonly box: Box | null;
  readonly boxName: string;
}

export function PageImage({ url, page, zoom, alt, box, boxName }: PageImageProps): ReactNode {
  const words = useWords();
  const [hasFailed, setHasFailed] = useState(false);
  const mark = useRef<HTMLSpanElement>(null);
  const isSideways = page.rotation % 180 !== 0;
  const [width, height] = isSideways ? [page.heightPx, page.widthPx] : [page.widthPx, page.heightPx];

  useEffect(() => {
    mark.current?.scrollIntoView({ block: 'center', inline: 'center' });
  }, [box, zoom]);

  if (hasFailed) return <StateWord tone="wrong">{words.paper.failed}</StateWord>;
  const percent = (value: number, of: number): string => `${(value / of) * 100}%`;
  return (
    <div className={classes['sheet']} style={{ width: `${zoom * 100}%`, aspectRatio: `${width} / ${height}` }}>
      <div
        className={classes['turned']}
        style={{
          width: percent(page.widthPx, width),
          height: percent(page.heightPx, height),
          transform: `translate(-50%, -50%) rotate(${page.rotation}deg)`,
        }}
      >
        <img src={url} alt={alt} draggable={false} onError={() => setHasFailed(true)} data-testid="paper-image" />
        {page.crop === null ? null : <Outside crop={page.crop} page={page} />}
        {box === null ? null : (
          <span
            ref={mark}
            className={classes['mark']}
            role="img"
            aria-label={boxName}
            data-testid="paper-region"
            style={{
              left: percent(box[0], page.widthPx),
              top: percent(box[1], page.heightPx),
              width: percent(box[2], page.widthPx),
              height: percent(box[3], page.heightPx),
            }}
          />
        )}
      </div>
    </div>
  );
}

/** What will be cut away is dimmed: it is no paper. */
function Outside({ crop, page }: { readonly crop: Box; readonly page: Page }): ReactNode {
  const words = useWords();
  const { widthPx, heightPx } = page;
  const [x, y, width, height] = crop;
  return (
    <svg
      className={classes['outside']}
      viewBox={`0 0 ${widthPx} ${heightPx}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words.workbench.cropMark}
      data-testid="paper-crop"
    >
      <path fillRule="evenodd" d={`M0 0H${widthPx}V${heightPx}H0ZM${x} ${y}h${width}v${height}h${-width}Z`} />
      <rect x={x} y={y} width={width} height={height} />
    </svg>
  );
}
