/** @file A new PDF/A-2u document: what every file of the program has in common around its pages. */
import { Failure } from '../rooms/failure.ts';
import {
  createObjectList,
  deflatedStream,
  pdfDate,
  pdfNumbers,
  pdfReference,
  pdfStream,
  pdfText,
  serialisePdf,
  type ObjectList,
} from './objects.ts';
import { buildSrgbProfile } from './srgb-profile.ts';
import { buildXmp, readCustomProperties } from './xmp.ts';

const PRODUCER = 'Quầy Một Cửa';
const LANGUAGE = 'vi-VN';

export interface DocumentDescription {
  readonly title: string;
  /** Properties of the dossier for XMP (regulations 6.1); `digitisedBy` or `officer` also becomes the author. */
  readonly metadata: Readonly<Record<string, string>>;
  /** ISO 8601 with offset. */
  readonly createdAt: string;
}

export interface PageContent {
  readonly widthPt: number;
  readonly heightPt: number;
  /** Entries of the resource dictionary, without `<<` and `>>`. */
  readonly resources: string;
  readonly content: string;
}

export interface ArchiveDocument {
  readonly list: ObjectList;
  addPage(page: PageContent): void;
  /** @param found what became known of the document while its pages were written; goes into the XMP packet */
  finish(found?: Readonly<Record<string, string>>): Buffer;
}

export function createArchiveDocument(description: DocumentDescription): ArchiveDocument {
  const created = readCreationDate(description.createdAt);
  const title = description.title.normalize('NFC').trim() || 'Tài liệu';
  const person = description.metadata.digitisedBy ?? description.metadata.officer;
  const author = person?.normalize('NFC').trim() || null;
  const list = createObjectList();
  const catalog = list.reserve();
  const pages = list.reserve();
  const pageNumbers: number[] = [];
  return {
    list,
    addPage({ widthPt, heightPt, resources, content }) {
      const stream = list.add(deflatedStream('', content));
      pageNumbers.push(
        list.add(
          `<</Type /Page /Parent ${pdfReference(pages)} /MediaBox [0 0 ${pdfNumbers(widthPt, heightPt)}] ` +
            `/Resources <<${resources}>> /Contents ${pdfReference(stream)}>>`,
        ),
      );
    },
    finish(found = {}) {
      const profile = list.add(deflatedStream('/N 3', buildSrgbProfile()));
      const xmp = buildXmp({
        title,
        author,
        creatorTool: PRODUCER,
        producer: PRODUCER,
        language: LANGUAGE,
        createdAt: description.createdAt,
        custom: readCustomProperties({ ...description.metadata, ...found }),
      });
      // Uncompressed, so that a tool that does not read PDF still finds the packet (ISO 19005-2, 6.6.2.1).
      const metadata = list.add(pdfStream('/Type /Metadata /Subtype /XML', xmp));
      const info = list.add(
        `<</Title ${pdfText(title)} ${author === null ? '' : `/Author ${pdfText(author)} `}/Creator ${pdfText(PRODUCER)} ` +
          `/Producer ${pdfText(PRODUCER)} /CreationDate ${created} /ModDate ${created}>>`,
      );
      list.set(
        catalog,
        `<</Type /Catalog /Pages ${pdfReference(pages)} /Lang (${LANGUAGE}) /Metadata ${pdfReference(metadata)} ` +
          `/ViewerPreferences <</DisplayDocTitle true>> ` +
          `/OutputIntents [<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) ` +
          `/Info (sRGB IEC61966-2.1) /DestOutputProfile ${pdfReference(profile)}>>]>>`,
      );
      list.set(
        pages,
        `<</Type /Pages /Kids [${pageNumbers.map(pdfReference).join(' ')}] /Count ${pageNumbers.length}>>`,
      );
      return serialisePdf(list, catalog, info);
    },
  };
}

function readCreationDate(iso: string): string {
  try {
    return pdfDate(iso);
  } catch (cause) {
    throw new Failure('bad-request', `createdAt: ${iso}`, { cause });
  }
}
