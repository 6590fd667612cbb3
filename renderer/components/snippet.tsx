/** @file The scrap of paper a value was read from, cut out of the stored page and turned upright. */
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import type { Box, Page } from '../../preload/types.ts';
import { blobUrl } from '../app/bridge.ts';

const MARGIN = 0.25;
const MOST_CACHED = 12;
const images = new Map<string, Promise<HTMLImageElement>>();

/** Decoded pages are shared by all snippets cut from them; the oldest go first. */
function pageImage(blobId: string): Promise<HTMLImageElement> {
  const known = images.get(blobId);
  if (known !== undefined) return known;
  const image = new Image();
  image.src = blobUrl(blobId);
  const loading = image.decode().then(() => image);
  images.set(blobId, loading);
  loading.catch(() => images.delete(blobId));
  const oldest = images.keys().next().value;
  if (images.size > MOST_CACHED && oldest !== undefined) images.delete(oldest);
  return loading;
}

/** True from the moment an element comes near the screen: a stack of three hundred pages is not decoded for its fields. */
function useIsNear(element: RefObject<HTMLElement | null>): boolean {
  const [isNear, setIsNear] = useState(false);
  useEffect(() => {
    const { current } = element;
    if (current === null || isNear) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setIsNear(true);
      },
      { rootMargin: '300px' },
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, [element, isNear]);
  return isNear;
}

export function Snippet({ page, box }: { readonly page: Page; readonly box: Box }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isNear = useIsNear(canvas);
  const { imageBlobId, rotation, widthPx, heightPx } = page;
  const [boxX, boxY, boxWidth, boxHeight] = box;

  useEffect(() => {
    if (!isNear) return undefined;
    let isCurrent = true;
    const margin = Math.min(boxWidth, boxHeight) * MARGIN;
    const x = Math.max(0, boxX - margin);
    const y = Math.max(0, boxY - margin);
    const width = Math.min(widthPx, boxX + boxWidth + margin) - x;
    const height = Math.min(heightPx, boxY + boxHeight + margin) - y;
    void pageImage(imageBlobId).then(
      (image) => {
        const target = canvas.current;
        const context = target?.getContext('2d');
        if (!isCurrent || !target || !context) return;
        const isSideways = rotation % 180 !== 0;
        target.width = Math.max(1, Math.round(isSideways ? height : width));
        target.height = Math.max(1, Math.round(isSideways ? width : height));
        context.translate(target.width / 2, target.height / 2);
        context.rotate((rotation * Math.PI) / 180);
        context.drawImage(image, x, y, width, height, -width / 2, -height / 2, width, height);
      },
      () => undefined, // The paper view says so when the page cannot be opened.
    );
    return () => {
      isCurrent = false;
    };
  }, [isNear, imageBlobId, rotation, widthPx, heightPx, boxX, boxY, boxWidth, boxHeight]);

  return <canvas ref={canvas} width={1} height={1} aria-hidden />;
}
