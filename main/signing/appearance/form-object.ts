/** @file The normal appearance as a form XObject (ISO 32000-2, 12.5.5) with its picture and font, upright on turned pages. */
import type { EmbeddedFont } from '../../pdf/font.ts';
import { pdfNumber, pdfNumbers, pdfStream } from '../../pdf/objects.ts';
import type { Page } from '../pdf/pages.ts';
import type { Place, Size } from './placement.ts';
import { baselines, type TextBlock } from './text-block.ts';

/** A picture whose samples are compressed already. */
export interface PreparedImage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly colour: Buffer;
  readonly alpha: Buffer | null;
}

export interface FormContent {
  readonly size: Size;
  readonly rotation: Page['rotation'];
  /** Inside the form, origin bottom left. */
  readonly image: { readonly picture: PreparedImage; readonly place: Place } | null;
  readonly text: { readonly font: EmbeddedFont; readonly block: TextBlock; readonly place: Place } | null;
}

/** Turns the form the other way than the page is turned, so that it stands upright for the reader. */
const UPRIGHT: Readonly<Record<Page['rotation'], string>> = {
  0: '1 0 0 1 0 0',
  90: '0 1 -1 0 0 0',
  180: '-1 0 0 -1 0 0',
  270: '0 -1 1 0 0 0',
};

/** Objects numbered from `first`, which is the form itself. */
export function formObjects(first: number, content: FormContent): { number: number; body: Buffer }[] {
  const { size, rotation, image, text } = content;
  const imageNumber = first + 1;
  const images = image ? imageObjects(imageNumber, image.picture) : [];
  const fontNumber = imageNumber + images.length;
  const fonts = text ? text.font.fontObjects(fontNumber) : [];
  const resources = [
    ...(image ? [`/XObject <</Im ${imageNumber} 0 R>>`] : []),
    ...(text ? [`/Font <</F1 ${fontNumber} 0 R>>`] : []),
  ];
  let operators = '';
  if (image) {
    const [x, y, width, height] = image.place;
    operators += `q ${pdfNumbers(width, 0, 0, height, x, y)} cm /Im Do Q\n`;
  }
  if (text) {
    const { font, block, place } = text;
    operators += `BT /F1 ${pdfNumber(block.sizePt)} Tf 0 g\n`;
    for (const [index, at] of baselines(font, block, place).entries())
      operators += `1 0 0 1 ${pdfNumbers(...at)} Tm ${font.encode(block.lines[index] ?? '')} Tj\n`;
    operators += 'ET\n';
  }
  const dictionary =
    `/Type /XObject /Subtype /Form /BBox [0 0 ${pdfNumbers(size.width, size.height)}] /Matrix [${UPRIGHT[rotation]}] ` +
    `/Resources <<${resources.join(' ')}>>`;
  return [
    { number: first, body: pdfStream(dictionary, Buffer.from(operators, 'latin1')) },
    ...images,
    ...fonts.map(({ number, body }) => ({ number, body })),
  ];
}

function imageObjects(number: number, { widthPx, heightPx, colour, alpha }: PreparedImage) {
  const common = `/Type /XObject /Subtype /Image /Width ${widthPx} /Height ${heightPx} /BitsPerComponent 8 /Filter /FlateDecode`;
  const mask = alpha ? ` /SMask ${number + 1} 0 R` : '';
  return [
    { number, body: pdfStream(`${common} /ColorSpace /DeviceRGB${mask}`, colour) },
    ...(alpha ? [{ number: number + 1, body: pdfStream(`${common} /ColorSpace /DeviceGray`, alpha) }] : []),
  ];
}
