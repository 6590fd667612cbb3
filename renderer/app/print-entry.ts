/**
 * @file The document behind printing: draws every page of one stored PDF as a picture at print resolution, then says so in
 * its title, which is all that main listens to: `ready <width>x<height>` in thousandths of a millimetre, or `failed`.
 */
import { openPdf } from './pdf.ts';

const PRINT_DPI = 300;
const POINTS_PER_INCH = 72;
const MICRONS_PER_POINT = 25_400 / POINTS_PER_INCH;

async function drawAll(blobId: string, into: HTMLElement): Promise<string> {
  const pdf = await openPdf(`/blob/${blobId}`);
  let size = '';
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const viewport = page.getViewport({ scale: PRINT_DPI / POINTS_PER_INCH });
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(viewport.width);
    canvas.height = Math.round(viewport.height);
    into.append(canvas);
    await page.render({ canvas, viewport, intent: 'print' }).promise;
    const { width, height } = page.getViewport({ scale: 1 });
    size ||= `${Math.round(width * MICRONS_PER_POINT)}x${Math.round(height * MICRONS_PER_POINT)}`;
  }
  return size;
}

const blobId = new URLSearchParams(location.search).get('blob') ?? '';
const pages = document.getElementById('pages');
if (pages) {
  drawAll(blobId, pages).then(
    (size) => {
      document.title = `ready ${size}`;
    },
    () => {
      document.title = 'failed';
    },
  );
}
