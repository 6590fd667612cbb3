/** @file One scanned page as PDF objects: its layers, with the text layer over them. */
import type { z } from 'zod';
import type { Box } from '../../../preload/types.ts';
import type { ArchiveDocument } from '../../pdf/archive-document.ts';
import { pdfNumbers, pdfReference, pdfStream, type ObjectList } from '../../pdf/objects.ts';
import type { Line } from '../protocol.ts';
import type { EncodedImage } from './encode-jpeg.ts';
import type { GlyphlessFont } from './glyphless-font.ts';
import type { LaidOutPage, PageImage } from './lay-out-page.ts';
import type { InkLayer, PageLayers } from './page-layers.ts';
import { writeTextLayer } from './text-layer.ts';

export interface ScannedPage extends PageImage {
  readonly lines: readonly z.infer<typeof Line>[];
}

export function addScannedPage(
  document: ArchiveDocument,
  page: ScannedPage,
  { layers, geometry, paper, widthPt, heightPt }: LaidOutPage,
  font: GlyphlessFont,
  fontNumber: number,
): void {
  const pointsPerPixel = 72 / page.dpi;
  const drawing = drawLayers(document.list, layers, pointsPerPixel, heightPt);
  const text = writeTextLayer(page.lines, geometry, paper, pointsPerPixel, font);
  document.addPage({
    widthPt,
    heightPt,
    resources: `/XObject <<${drawing.resources}>> /Font <</T ${pdfReference(fontNumber)}>>`,
    content: `${drawing.operators}\n${text}`,
  });
}

function drawLayers(
  list: ObjectList,
  { paper, pictures, coloured, black }: PageLayers,
  pointsPerPixel: number,
  heightPt: number,
): { resources: string; operators: string } {
  const resources: string[] = [];
  const operators: string[] = [];
  const place = (object: number, [left, top, width, height]: Box, colour = ''): void => {
    const name = `/I${resources.length}`;
    resources.push(`${name} ${pdfReference(object)}`);
    const [x, y, w, h] = [left, top, width, height].map((px) => px * pointsPerPixel) as [
      number,
      number,
      number,
      number,
    ];
    operators.push(`q ${colour}${pdfNumbers(w, 0, 0, h, x, heightPt - y - h)} cm ${name} Do Q`);
  };
  for (const { box, image } of paper ? [paper, ...pictures] : pictures) place(addJpeg(list, image), box);
  if (coloured) {
    // Picture and mask share one square: both are stretched to it, whatever their sizes.
    const mask = addMask(list, coloured);
    place(addJpeg(list, coloured.shades, `/Mask ${pdfReference(mask)} `), coloured.box);
  }
  if (black) place(addMask(list, black), black.box, `${pdfNumbers(...black.colour.map((value) => value / 255))} rg `);
  return { resources: resources.join(' '), operators: operators.join('\n') };
}

/** A stencil: paints where it is black, or lets the picture through that names it as its mask. */
function addMask(list: ObjectList, { box, jbig2 }: InkLayer): number {
  const size = `/Width ${box[2]} /Height ${box[3]}`;
  return list.add(
    pdfStream(`/Type /XObject /Subtype /Image /ImageMask true /BitsPerComponent 1 ${size} /Filter /JBIG2Decode`, jbig2),
  );
}

function addJpeg(list: ObjectList, image: EncodedImage, entries = ''): number {
  const space = image.isGrey ? '/DeviceGray' : '/DeviceRGB';
  return list.add(
    pdfStream(
      `/Type /XObject /Subtype /Image /Width ${image.width} /Height ${image.height} /ColorSpace ${space} ` +
        `/BitsPerComponent 8 ${entries}/Filter /DCTDecode`,
      image.jpeg,
    ),
  );
}
