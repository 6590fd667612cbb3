/** @file One stored image → everything that can be read from it. The imaging room's `recognise`. */
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { giveBack } from '../../blobs/give-back.ts';
import { CARD_TYPE } from '../../dossiers/card-holders.ts';
import { readBlob, type BlobAccess } from '../../blobs/blob-file.ts';
import type { RecognisedPage } from '../protocol.ts';
import { isBlankPage } from './blank.ts';
import { decodePage, type DecodedPage } from './decode.ts';
import { OcrPool } from './ocr-pool.ts';
import { findDocumentType, loadDocumentTypes, type FoundType } from './document-types.ts';
import { findFields, type InkField } from './fields.ts';
import { clipBox, toStoredBox, type PageGeometry } from './geometry.ts';
import { readZone } from '../mrz/read-zone.ts';
import { loadTemplates } from '../mrz/templates.ts';
import { identityFields, mayShowCard, zoneFields } from './identity-fields.ts';
import { textOf, toStoredLines, type TextLine } from './lines.ts';
import { greyChannel, inkChannel, type ColourImage } from './raster.ts';
import { PageTurns, type PageState } from './page-turns.ts';
import type { Box } from '../../../preload/types.ts';
import { findPaper, type FoundPaper } from '../page-shape/find-paper.ts';
import { readCard, type CardReading } from './read-cards.ts';
import { shapeOfSize } from '../page-shape/paper-sizes.ts';
import { addColouredHeading } from './coloured-heading.ts';
import { readPage, type PageReading } from './read-page.ts';
import { lookAgain } from './second-look.ts';

export type Code = RecognisedPage['codes'][number];

export interface RecogniserOptions {
  readonly resourcesFolder: string;
  /** Tesseract workers: pages recognised at once. */
  readonly workers: number;
  /**
   * @param areas stored pixels, looked at more closely: a code is likely there
   * @param decoded the same picture
   */
  readonly readCodes: (
    bytes: Uint8Array,
    options: { readonly areas: readonly Box[]; readonly decoded?: ColourImage },
  ) => Promise<Code[]>;
}

export interface RecogniseParams {
  readonly image: BlobAccess;
  /** As the scanner was told; 0 when unknown. */
  readonly dpi: number;
  readonly ocr: boolean;
}

export interface Recogniser {
  /** @param onState called while the page waits for its turn (again and again) and once when its turn has come */
  readonly recognise: (
    params: RecogniseParams,
    signal: AbortSignal,
    onState: (state: PageState) => void,
  ) => Promise<RecognisedPage>;
  /** The same for bytes in memory, at once. */
  readonly recogniseBytes: (
    bytes: Uint8Array,
    dpi: number,
    ocr: boolean,
    signal?: AbortSignal,
  ) => Promise<RecognisedPage>;
  /** Pages at work, and pages waiting for their turn. */
  readonly pagesUnderWay: () => number;
  readonly close: () => Promise<void>;
}

const WHOLE_PAGE: FoundPaper = { crop: null, shape: 'other', tiltDeg: null, cards: [] };

export async function createRecogniser(options: RecogniserOptions): Promise<Recogniser> {
  const types = await loadDocumentTypes(join(options.resourcesFolder, 'document-types'));
  const cardType = types.find(({ code }) => code === CARD_TYPE);
  const templates = await loadTemplates(join(options.resourcesFolder, 'ocr-b.json'));
  const pool = new OcrPool({ tessdataFolder: join(options.resourcesFolder, 'tessdata'), workers: options.workers });
  // One page more than there are workers: it is cleaned while the others are read. More would only fill the memory.
  const turns = new PageTurns(options.workers + 1);
  const never = new AbortController().signal;

  async function recogniseBytes(
    bytes: Uint8Array,
    dpi: number,
    ocr: boolean,
    signal: AbortSignal = never,
  ): Promise<RecognisedPage> {
    const page = await decodePage(bytes, dpi);
    try {
      return await readDecoded(page, bytes, ocr, signal);
    } finally {
      giveBack(page.image.data);
    }
  }

  async function readDecoded(
    page: DecodedPage,
    bytes: Uint8Array,
    ocr: boolean,
    signal: AbortSignal,
  ): Promise<RecognisedPage> {
    signal.throwIfAborted();
    const isBlank = isBlankPage(page.image, page.dpi);
    await nextTurn();
    const paper = isBlank ? WHOLE_PAGE : findPaper(page.image, page.dpi);
    await nextTurn();
    const areas = paper.cards.map(({ box }) => toStoredPixels(page, box));
    // A fine scan was made smaller for reading; the modules of its codes may need all of it.
    const isWhole = page.image.width === page.storedWidthPx;
    const codes = await options.readCodes(bytes, { areas, ...(isWhole ? { decoded: page.image } : {}) });
    const base: RecognisedPage = {
      text: '',
      lines: [],
      skewDeg: 0,
      rotation: 0,
      isBlank: isBlank && codes.length === 0,
      widthPx: page.storedWidthPx,
      heightPx: page.storedHeightPx,
      dpi: Math.round(page.storedDpi),
      crop: paper.crop && [...toStoredPixels(page, paper.crop)],
      shape: isBlank ? shapeOfSize(...sizeMm(page)) : paper.shape,
      codes,
      documentType: null,
      fields: [],
    };
    const identity = identityFields(codes);
    if (!ocr || base.isBlank) return { ...base, fields: identity };
    const cards = await readCards(page, paper, codes, signal);
    if (cards) return { ...base, ...cards };
    const { lines, geometry, found, fields } = await readTyped(page, signal);
    const text = lines.map((line) => textOf(line.words)).join('\n');
    return {
      ...base,
      text,
      lines: toStoredLines(lines, geometry),
      skewDeg: geometry.skewDeg,
      rotation: geometry.rotation,
      documentType: found && { code: found.type.code, title: found.type.title, confidence: found.confidence },
      fields: [...identity, ...zoneOf(page, text), ...asRecognised(fields, geometry)],
    };
  }

  /** What cards say when nothing else is on the page; null when something on it turns out to be no card. */
  async function readCards(
    page: DecodedPage,
    paper: FoundPaper,
    codes: RecognisedPage['codes'],
    signal: AbortSignal,
  ): Promise<Partial<RecognisedPage> | null> {
    const readings: CardReading[] = [];
    for (const place of paper.cards) {
      const reading = await readCard(page, place, codes, { pool, templates, cardType }, signal);
      if (!reading.isCard) return null;
      readings.push(reading);
    }
    const [first] = readings;
    if (!first) return null;
    const isSmaller = paper.shape === 'card' || paper.shape === 'two-cards';
    return {
      text: readings.flatMap(({ lines }) => lines.map(({ text }) => text)).join('\n'),
      lines: readings.flatMap(({ lines }) => [...lines]),
      skewDeg: first.skewDeg,
      rotation: first.rotation,
      shape: isSmaller ? paper.shape : readings.length === 1 ? 'card' : 'two-cards',
      documentType: cardType ? { code: cardType.code, title: cardType.title, confidence: 100 } : null,
      fields: readings.flatMap(({ fields }) => fields),
    };
  }

  /** The back of a card, when the text says that one is on the page. */
  function zoneOf(page: DecodedPage, text: string): RecognisedPage['fields'] {
    if (!mayShowCard(text)) return [];
    const read = readZone(greyChannel(page.image), page.dpi, templates);
    if (!read) return [];
    return zoneFields({ ...read, box: toStoredPixels(page, read.box) });
  }

  /** Reads the page; when no title is on it, reads its head again with red ink kept, because titles are often printed red. */
  async function readTyped(page: DecodedPage, signal: AbortSignal): Promise<TypedReading> {
    const { reading, found } = await readTitled(page, signal);
    const { geometry, plane, hasDottedZeros } = reading;
    const first = found ? findFields(reading.lines, found.type) : [];
    const looked = await lookAgain(
      first,
      reading.lines,
      { plane, geometry, dpi: page.storedDpi * geometry.scale, hasDottedZeros },
      pool,
      signal,
    );
    return { ...looked, geometry, found };
  }

  async function readTitled(
    page: DecodedPage,
    signal: AbortSignal,
  ): Promise<{ reading: PageReading; found: FoundType | null }> {
    const { dpi, storedWidthPx, storedHeightPx } = page;
    const plane = inkChannel(page.image);
    const reading = await readPage({ plane, dpi, storedWidthPx, storedHeightPx }, pool, signal);
    const found = findDocumentType(reading.lines, types);
    if (found) return { reading, found };
    const headed = await addColouredHeading(reading, page, pool, signal);
    return { reading: headed, found: findDocumentType(headed.lines, types) };
  }

  return {
    recogniseBytes,
    recognise: ({ image, dpi, ocr }, signal, onState) =>
      turns.run(signal, onState, async () => recogniseBytes(await readBlob(image), dpi, ocr, signal)),
    pagesUnderWay: () => turns.count,
    close: () => pool.close(),
  };
}

function toStoredPixels({ image, storedWidthPx, storedHeightPx }: DecodedPage, [x, y, width, height]: Box): Box {
  const scale = storedWidthPx / image.width;
  return clipBox([x * scale, y * scale, width * scale, height * scale], storedWidthPx, storedHeightPx);
}

function sizeMm({ storedWidthPx, storedHeightPx, storedDpi }: DecodedPage): [width: number, height: number] {
  return [(storedWidthPx / storedDpi) * 25.4, (storedHeightPx / storedDpi) * 25.4];
}

interface TypedReading {
  readonly lines: readonly TextLine[];
  readonly fields: readonly InkField[];
  readonly geometry: PageGeometry;
  readonly found: FoundType | null;
}

function asRecognised(fields: readonly InkField[], geometry: PageGeometry): RecognisedPage['fields'] {
  return fields.map(({ name, value, confidence, box, candidates }) => ({
    name,
    value,
    confidence,
    source: 'ocr',
    box: box && [...clipBox(toStoredBox(geometry, box), geometry.storedWidthPx, geometry.storedHeightPx)],
    ...(candidates ? { candidates: [...candidates] } : {}),
  }));
}
