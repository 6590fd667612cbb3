/** @file The imaging room's handlers that write PDFs, and the one that looks at foreign ones. */
import { depositBlob, readBlob } from '../../blobs/blob-file.ts';
import type { CallContext, ParamsOf, ProgressOf, ResultOf } from '../../rooms/define.ts';
import { composeFormPdf } from './form/compose-form.ts';
import type { ImagingRoom } from '../protocol.ts';
import { composeScans } from './compose-scans.ts';
import type { LayOut } from './lay-out-page.ts';
import { readChosenFile, readPdfFacts } from './inspect-pdf.ts';

type Methods = ImagingRoom['methods'];
type Context = Partial<CallContext<ProgressOf<Methods, 'composePdf'>>>;

export interface Composer {
  composePdf(params: ParamsOf<Methods, 'composePdf'>, context?: Context): Promise<ResultOf<Methods, 'composePdf'>>;
  composeForm(params: ParamsOf<Methods, 'composeForm'>): Promise<ResultOf<Methods, 'composeForm'>>;
  inspectPdf(params: ParamsOf<Methods, 'inspectPdf'>): Promise<ResultOf<Methods, 'inspectPdf'>>;
}

const PDF = 'application/pdf';

export function createComposer(folders: {
  readonly incomingFolder: string;
  readonly resourcesFolder: string;
  /** Where the pixels of pages are worked on, and how many at once; here and one after another without it. */
  readonly layout?: { readonly layOut: LayOut; readonly atOnce: number };
}): Composer {
  return {
    async composePdf({ pages, ...description }, context) {
      const { bytes, pageCount } = await composeScans(description, readPages(pages), {
        signal: context?.signal,
        ...folders.layout,
        onPage: (done) => context?.progress?.({ done }),
      });
      return { pdf: await depositBlob(folders.incomingFolder, bytes, PDF), pageCount };
    },
    async composeForm({ form }) {
      const { bytes, pageCount } = await composeFormPdf(form, folders.resourcesFolder);
      return { pdf: await depositBlob(folders.incomingFolder, bytes, PDF), pageCount };
    },
    async inspectPdf({ pdf }) {
      const isForeign = !('key' in pdf);
      const bytes = isForeign ? await readChosenFile(pdf.path) : await readBlob(pdf);
      const facts = await readPdfFacts(bytes);
      return { ...facts, copy: isForeign ? await depositBlob(folders.incomingFolder, bytes, PDF) : null };
    },
  };
}

async function* readPages(pages: ParamsOf<Methods, 'composePdf'>['pages']) {
  for (const { image, ...page } of pages) yield { ...page, picture: image.key, image: await readBlob(image) };
}
