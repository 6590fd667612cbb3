/** @file The work on one page of the archive copy that needs its pixels: level, cut to the paper, taken apart into layers. */
import type { Box } from '../../../preload/types.ts';
import { giveBack } from '../../blobs/give-back.ts';
import { Failure } from '../../rooms/failure.ts';
import type { PageGeometry, Rotation } from '../recognition/geometry.ts';
import { levelPage } from './level-page.ts';
import { separateLayers, type PageLayers } from './page-layers.ts';

export interface PageImage {
  readonly image: Uint8Array;
  /** Names the picture, wherever its file is by now; nobody else's has the same name. */
  readonly picture?: string;
  readonly dpi: number;
  readonly rotation: Rotation;
  readonly skewDeg: number;
  /** The paper within the stored image, in its pixels; all of it when absent. */
  readonly crop?: Box | null | undefined;
}

/** A page without its pixels: what goes into the file, and how boxes of the stored image lie on it. */
export interface LaidOutPage {
  readonly layers: PageLayers;
  readonly geometry: PageGeometry;
  readonly paper: Box;
  readonly widthPt: number;
  readonly heightPt: number;
}

export type LayOut = (page: PageImage) => Promise<LaidOutPage>;

/** ISO 19005-2, 6.1.13. */
const PAGE_LIMITS_PT = [3, 14_400] as const;

/** @throws Failure `bad-request`, `image-too-large`, and those of a picture that cannot be decoded */
export async function layOutPage({ image, dpi, rotation, skewDeg, crop }: PageImage): Promise<LaidOutPage> {
  if (dpi < 1) throw new Failure('bad-request', `a page has ${dpi} dpi`);
  const { pixels, geometry, paper } = await levelPage(image, rotation, skewDeg, crop);
  const [widthPt, heightPt] = [(pixels.width * 72) / dpi, (pixels.height * 72) / dpi];
  if (Math.min(widthPt, heightPt) < PAGE_LIMITS_PT[0] || Math.max(widthPt, heightPt) > PAGE_LIMITS_PT[1])
    throw new Failure('image-too-large', `${pixels.width} × ${pixels.height} at ${dpi} dpi is not the size of a page`);
  const layers = await separateLayers(pixels, dpi);
  giveBack(pixels.data);
  return { layers, geometry, paper, widthPt, heightPt };
}
