/**
 * @file Printing. With HOST_PRINT_FOLDER each job becomes a PDF there; without it a visible host opens Chromium's own print
 * dialog (which does not tell whether somebody cancelled), and a headless one refuses.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Electron from 'electron';
import type { CdpSession } from './cdp.ts';
import { isHeadless } from './chromium.ts';
import { notSupported, refuseUnknownOptions } from './unsupported.ts';

const PRINT_OPTIONS = [
  'silent',
  'printBackground',
  'deviceName',
  'color',
  'landscape',
  'copies',
  'pageSize',
  'margins',
  'duplexMode',
];
const PDF_OPTIONS = [
  'printBackground',
  'landscape',
  'preferCSSPageSize',
  'pageSize',
  'margins',
  'scale',
  'pageRanges',
  'generateTaggedPDF',
];

/** Inches: width, height. */
const PAPER: Readonly<Record<string, readonly [number, number]>> = {
  A3: [11.7, 16.54],
  A4: [8.27, 11.7],
  A5: [5.83, 8.27],
  Letter: [8.5, 11],
};
const USUAL_MARGIN_INCHES = 0.4;
const PIXELS_PER_INCH = 96;
const MICRONS_PER_INCH = 25_400;

/** Throws at once for what this host cannot print; later failures go to the callback. */
export function checkPrintOptions(options: Electron.WebContentsPrintOptions): void {
  refuseUnknownOptions(options, PRINT_OPTIONS, 'print');
  if (process.env['HOST_PRINT_FOLDER'] !== undefined) return;
  if (isHeadless) notSupported('webContents.print without HOST_PRINT_FOLDER');
  if (options.silent === true) notSupported('silent printing without HOST_PRINT_FOLDER');
}

export async function printPage(
  page: CdpSession,
  options: Electron.WebContentsPrintOptions,
  name: string,
): Promise<void> {
  const folder = process.env['HOST_PRINT_FOLDER'];
  if (folder === undefined) {
    const expression = `new Promise((resolve) => { addEventListener('afterprint', () => resolve(), { once: true }); print(); })`;
    await page.send('Runtime.evaluate', { expression, awaitPromise: true, userGesture: true });
    return;
  }
  const { printBackground = false, landscape = false, pageSize = 'A4', margins = {} } = options;
  const paper =
    typeof pageSize === 'string'
      ? pageSize
      : { width: pageSize.width / MICRONS_PER_INCH, height: pageSize.height / MICRONS_PER_INCH };
  const pdf = await pageToPdf(page, {
    printBackground,
    landscape,
    preferCSSPageSize: true,
    pageSize: paper,
    margins: toInches(margins),
  });
  writeFileSync(join(folder, name), pdf, { flag: 'wx' });
}

/** Lengths of the paper and its margins are in inches. */
export async function pageToPdf(page: CdpSession, options: Electron.PrintToPDFOptions): Promise<Buffer> {
  refuseUnknownOptions(options, PDF_OPTIONS, 'printToPDF');
  const { pageSize = 'A4', margins = {}, ...others } = options;
  refuseUnknownOptions(margins, ['top', 'bottom', 'left', 'right'], 'printToPDF margins');
  const [paperWidth, paperHeight] =
    typeof pageSize === 'string'
      ? (PAPER[pageSize] ?? notSupported(`the paper size ${pageSize}`))
      : [pageSize.width, pageSize.height];
  const { data } = await page.send('Page.printToPDF', {
    ...others,
    paperWidth,
    paperHeight,
    marginTop: margins.top ?? USUAL_MARGIN_INCHES,
    marginBottom: margins.bottom ?? USUAL_MARGIN_INCHES,
    marginLeft: margins.left ?? USUAL_MARGIN_INCHES,
    marginRight: margins.right ?? USUAL_MARGIN_INCHES,
    transferMode: 'ReturnAsBase64',
  });
  return Buffer.from(data, 'base64');
}

/** The margins of `print` are kinds or pixels. */
function toInches({ marginType = 'default', ...sides }: Electron.Margins): Electron.PrintToPDFMargins {
  if (marginType === 'default') return {};
  if (marginType === 'none') return { top: 0, bottom: 0, left: 0, right: 0 };
  if (marginType !== 'custom') notSupported(`the margins ${marginType}`);
  return Object.fromEntries(Object.entries(sides).map(([side, pixels]) => [side, pixels / PIXELS_PER_INCH]));
}
