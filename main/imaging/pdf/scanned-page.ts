/** @file One scanned page as PDF objects: layered for papers, one JPEG for pictures, with the text layer over it. */
import type { z } from 'zod';
import type { Box } from '../../../preload/types.ts';
import type { ArchiveDocument } from '../../pdf/archive-document.ts';
import { pdfNumber, pdfNumbers, pdfReference, pdfStream, type ObjectList } from '../../pdf/objects.ts';
import { Failure } from '../../rooms/failure.ts';
import type { Line } from '../protocol.ts';
import type { Rotation } from '../recognition/geometry.ts';
import { encodeBackground, encodeJpeg, extractBackground, type EncodedImage } from './background.ts';
import type { GlyphlessFont } from './glyphless-font.ts';
import { separateInk } from './ink-mask.ts';
import { encodeJbig2 } from './jbig2.ts';
import { levelPage } from './level-page.ts';
import { measurePictureArea } from './picture-share.ts';
import { writeTextLayer } from './text-layer.ts';

export interface ScannedPage {
  readonly image: Uint8Array;
  readonly dpi: number;
  readonly rotation: Rotation;
  readonly skewDeg: number;
  readonly lines: readonly z.infer<typeof Line>[];
  /** The paper within the stored image, in its pixels; all of it when absent. */
  readonly crop?: Box | null | undefined;
}

const PHOTOGRAPH_QUALITY = 60;
/** Less than half of an ID card's portrait. */
const PICTURE_FROM_MM2 = 250;
/** ISO 19005-2, 6.1.13. */
const PAGE_LIMITS_PT = [3, 14_400] as const;

export async function addScannedPage(
  document: ArchiveDocument,
  page: ScannedPage,
  font: GlyphlessFont,
  fontNumber: number,
): Promise<void> {
  if (page.dpi < 1) throw new Failure('bad-request', `a page has ${page.dpi} dpi`);
  const { pixels, geometry, paper } = await levelPage(page.image, page.rotation, page.skewDeg, page.crop);
  const pointsPerPixel = 72 / page.dpi;
  const widthPt = pixels.width * pointsPerPixel;
  const heightPt = pixels.height * pointsPerPixel;
  if (Math.min(widthPt, heightPt) < PAGE_LIMITS_PT[0] || Math.max(widthPt, heightPt) > PAGE_LIMITS_PT[1]) {
    throw new Failure(
      'image-too-large',
      `${pixels.width} × ${pixels.height} at ${page.dpi} dpi is not the size of a page`,
    );
  }
  const images: string[] = [];
  const operators: string[] = [];
  const mask = separateInk(pixels);
  const background = extractBackground(pixels, mask, page.dpi);
  const fill = `q ${pdfNumber(widthPt)} 0 0 ${pdfNumber(heightPt)} 0 0 cm`;
  if (measurePictureArea(background) >= PICTURE_FROM_MM2) {
    images.push(`/B ${pdfReference(addJpeg(document.list, await encodeJpeg(pixels, PHOTOGRAPH_QUALITY)))}`);
    operators.push(`${fill} /B Do Q`);
  } else {
    const encoded = await encodeBackground(background);
    const scale = page.dpi / background.dpi;
    images.push(`/B ${pdfReference(addJpeg(document.list, encoded))}`);
    // The last column and row of the background may reach past the page by part of a cell: they are cut by the page.
    const [coveredWidth, coveredHeight] = [
      encoded.width * scale * pointsPerPixel,
      encoded.height * scale * pointsPerPixel,
    ];
    operators.push(
      `q ${pdfNumber(coveredWidth)} 0 0 ${pdfNumber(coveredHeight)} 0 ${pdfNumber(heightPt - coveredHeight)} cm /B Do Q`,
    );
    if (mask.inkPixels > 0) {
      const jbig2 = encodeJbig2(mask);
      const size = `/Width ${mask.width} /Height ${mask.height}`;
      const stream = pdfStream(
        `/Type /XObject /Subtype /Image /ImageMask true /BitsPerComponent 1 ${size} /Filter /JBIG2Decode`,
        jbig2,
      );
      images.push(`/M ${pdfReference(document.list.add(stream))}`);
      operators.push(`${fill} ${pdfNumbers(...mask.inkColour.map((value) => value / 255))} rg /M Do Q`);
    }
  }
  const text = writeTextLayer(page.lines, geometry, paper, pointsPerPixel, font);
  document.addPage({
    widthPt,
    heightPt,
    resources: `/XObject <<${images.join(' ')}>> /Font <</T ${pdfReference(fontNumber)}>>`,
    content: `${operators.join('\n')}\n${text}`,
  });
}

function addJpeg(list: ObjectList, image: EncodedImage): number {
  const space = image.isGrey ? '/DeviceGray' : '/DeviceRGB';
  return list.add(
    pdfStream(
      `/Type /XObject /Subtype /Image /Width ${image.width} /Height ${image.height} /ColorSpace ${space} ` +
        '/BitsPerComponent 8 /Filter /DCTDecode',
      image.jpeg,
    ),
  );
}
