/** @file What every paper on the right has: buttons, zoom by key, button and wheel. */
import { ActionIcon } from '@mantine/core';
import { IconZoomIn, IconZoomOut, IconZoomScan } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useDesk, zoomBy } from '../../state/desk.ts';
import { useWords } from '../../state/session.ts';
import { useShortcut } from '../../state/shortcuts.ts';

const ZOOM_STEP = 1.25;

export function ZoomButtons(): ReactNode {
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

export function Tool({
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
export function useWheelZoom(): React.RefObject<HTMLDivElement | null> {
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
