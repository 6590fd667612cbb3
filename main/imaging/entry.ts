/** @file Entry of the imaging process: wires the room's methods to the parts that do the work. */
import { join } from 'node:path';
import sharp from 'sharp';
import { readBlob } from '../blobs/blob-file.ts';
import { serveRoom } from '../rooms/serve.ts';
import { createCapture } from './capture.ts';
import { readCodes } from './codes/read-codes.ts';
import { createComposer } from './pdf/composer.ts';
import { LayoutAhead } from './pdf/layout-ahead.ts';
import { LayoutPool } from './pdf/layout-pool.ts';
import { imagingRoom } from './protocol.ts';
import { readCodesOf } from './read-codes-of.ts';
import { watchUsbScanners } from './scanners/usb-scanners.ts';
import { windowsHelper } from './scanners/windows/find-helper.ts';
import { readResult } from './results/read-result.ts';
import { createRecogniser } from './recognition/recogniser.ts';
import { findSignaturePlace } from './signature-place/find-signature-place.ts';
import { takeSignatureImage } from './signature-place/take-signature-image.ts';

// libvips keeps what it decoded and starts a thread per core by default; here pages run side by side already.
sharp.cache(false);
sharp.concurrency(1);

// Ctrl+C reaches the whole group of a terminal: the command stops this room itself, when its pages are where they belong.
process.on('SIGINT', () => undefined);

// Beside the bundle of this room in a build, in its folder among the sources.
const LAYOUT_THREAD = join(
  import.meta.dirname,
  import.meta.filename.endsWith('.js') ? 'layout-thread.js' : 'pdf/layout-thread.ts',
);

serveRoom(imagingRoom, async ({ incomingFolder, resourcesFolder, ocrWorkers }, host) => {
  const capture = createCapture({ incomingFolder, windows: { program: windowsHelper(resourcesFolder) } });
  const recogniser = await createRecogniser({ resourcesFolder, workers: ocrWorkers, readCodes });
  const threads = new LayoutPool(LAYOUT_THREAD, ocrWorkers);
  const layout = new LayoutAhead(
    (page) => threads.layOut(page),
    () => ocrWorkers - recogniser.pagesUnderWay(),
  );
  const composer = createComposer({
    incomingFolder,
    resourcesFolder,
    // One more than there are threads: its image is read while they work.
    layout: { layOut: (page) => layout.layOut(page), atOnce: ocrWorkers + 1 },
  });
  void watchUsbScanners((news) => host.emit('scannersChanged', news));
  return {
    handlers: {
      listScanners: capture.listScanners,
      scan: capture.scan,
      importFile: capture.importFile,
      recognise: async (params, { signal, progress }) => {
        const read = await recogniser
          .recognise(params, signal, (state) => progress({ state }))
          .finally(() => layout.goOn());
        const { image, dpi, ocr } = params;
        const { rotation, skewDeg, crop, isBlank } = read;
        if (ocr && !isBlank)
          layout.expect({ picture: image.key, dpi, rotation, skewDeg, crop, readImage: () => readBlob(image) });
        return read;
      },
      readCodes: ({ image }, { signal }) => readCodesOf(image, signal),
      composePdf: (params, context) => composer.composePdf(params, context),
      composeForm: (params) => composer.composeForm(params),
      inspectPdf: (params) => composer.inspectPdf(params),
      findSignaturePlace: async ({ pdf, ...question }, { signal }) =>
        findSignaturePlace(await readBlob(pdf), question, signal),
      readSignatureImage: (params) => takeSignatureImage(incomingFolder, params),
      readResult: async ({ pdf }, { signal }) => readResult(await readBlob(pdf), recogniser, signal),
    },
    close: async () => void (await Promise.all([recogniser.close(), threads.close()])),
  };
});
