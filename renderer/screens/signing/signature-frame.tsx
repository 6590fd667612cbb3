/**
 * @file The frame that shows where the signature will stand: dragged with the mouse, moved with the arrows, its corner
 * drawn or Ctrl with the arrows for its size. A seal keeps its own size.
 */
import { useEffect, useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import type { Box, ProposedPlace } from '../../../preload/types.ts';
import { blobUrl } from '../../app/bridge.ts';
import { fill } from '../../language/words.ts';
import { useSession, useWords } from '../../state/session.ts';
import {
  inMillimetres,
  LARGE_STEP_MM,
  moveBy,
  POINTS_PER_MM,
  resizeBy,
  STEP_MM,
  type PageSize,
} from './place-geometry.ts';
import classes from './signature-frame.module.css';

const TEXT_PT = 10;
const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export function SignatureFrame({
  proposed,
  rect,
  stored,
  page,
  onMove,
  onTurnPage,
}: {
  readonly proposed: ProposedPlace;
  /** Inside the page. */
  readonly rect: Box;
  /** As it came from a page that may be larger. */
  readonly stored: Box;
  readonly page: PageSize;
  readonly onMove: (rect: Box) => void;
  readonly onTurnPage: (step: -1 | 1) => void;
}): ReactNode {
  const words = useWords();
  const officerName = useSession((view) => view.session?.officer?.name ?? '');
  const drag = useRef<{ readonly x: number; readonly y: number; readonly from: Box; readonly resizes: boolean } | null>(
    null,
  );
  const isLocked = proposed.foundBy === 'field';
  const isFixedSize = isLocked || proposed.shows === 'seal';
  const [left, bottom, width, height] = inMillimetres(rect);

  function onPointerDown(event: PointerEvent<HTMLElement>): void {
    if (event.button !== 0 || isLocked) return;
    const resizes = !isFixedSize && (event.target as HTMLElement).dataset['corner'] !== undefined;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, y: event.clientY, from: rect, resizes };
  }

  function onPointerMove(event: PointerEvent<HTMLElement>): void {
    const sheet = event.currentTarget.closest('[data-sheet]');
    if (drag.current === null || sheet === null || sheet.clientWidth === 0) return;
    const { x, y, from, resizes } = drag.current;
    const pointsPerPixel = page.width / sheet.clientWidth;
    const dx = (event.clientX - x) * pointsPerPixel;
    const dy = (event.clientY - y) * pointsPerPixel;
    onMove(resizes ? resizeBy(from, dx, dy, page) : moveBy(from, dx, -dy, page));
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (isLocked) return;
    if (event.key === 'PageUp' || event.key === 'PageDown') {
      event.preventDefault();
      onTurnPage(event.key === 'PageUp' ? -1 : 1);
      return;
    }
    const direction = DIRECTIONS[event.key];
    if (direction === undefined || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const step = (event.shiftKey ? LARGE_STEP_MM : STEP_MM) * POINTS_PER_MM;
    const [dx, dy] = [direction[0] * step, direction[1] * step];
    if (!event.ctrlKey) onMove(moveBy(rect, dx, dy, page));
    else if (!isFixedSize) onMove(resizeBy(rect, dx, -dy, page));
  }

  // What is seen is what is signed, also where the frame had to come inside a smaller page.
  const isCutShort = stored.some((value, index) => value !== rect[index]);
  useEffect(() => {
    if (isCutShort && !isLocked) onMove(rect);
  });

  const stop = (): void => void (drag.current = null);
  return (
    <>
      <div
        className={classes['frame']}
        data-locked={isLocked}
        style={{
          left: `${(rect[0] / page.width) * 100}%`,
          bottom: `${(rect[1] / page.height) * 100}%`,
          width: `${(rect[2] / page.width) * 100}%`,
          height: `${(rect[3] / page.height) * 100}%`,
          fontSize: `${(TEXT_PT / page.width) * 100}cqw`,
        }}
      >
        {proposed.image === null ? (
          <div className={classes['text']} aria-hidden>
            <div>{fill(words.signing.frameSigner, { name: officerName })}</div>
            <div>{words.signing.frameTime}</div>
          </div>
        ) : (
          <img src={blobUrl(proposed.image.blobId)} alt="" draggable={false} />
        )}
        <button
          type="button"
          data-testid="signature-frame"
          aria-label={fill(words.signing.frame, { left, bottom, width, height })}
          aria-describedby="signature-frame-keys"
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={stop}
          onPointerCancel={stop}
          onKeyDown={onKeyDown}
        >
          {isFixedSize ? null : <span className={classes['corner']} data-corner="" />}
        </button>
      </div>
      <span id="signature-frame-keys" className="visually-hidden">
        {isLocked ? words.signing.placeField : isFixedSize ? words.signing.frameKeysSeal : words.signing.frameKeys}
      </span>
      <span className="visually-hidden" role="status">
        {fill(words.signing.frameAt, { left, bottom, width, height })}
      </span>
    </>
  );
}
