/**
 * @file The imaging room: everything that touches images and foreign PDFs. Disposable: hostile input may end it, the job
 * and its pages do not. It reads blobs it is given access to and deposits new ones; it knows no dossiers and no keys.
 */
import { z } from 'zod';
import { BlobAccess, Deposit } from '../blobs/blob-file.ts';
import { ResultReading } from '../dossiers/result-check.ts';
import { FoundBy } from '../dossiers/schemas.ts';
import { defineRoom } from '../rooms/define.ts';
import { ScanArea } from '../scan-presets/schemas.ts';

const Box = z.tuple([z.number(), z.number(), z.number(), z.number()]);

export const Scanner = z.strictObject({
  id: z.string(),
  name: z.string(),
  driver: z.enum(['escl', 'sane', 'sample', 'folder', 'wia', 'twain']),
  sources: z.array(z.enum(['flatbed', 'adf', 'adf-duplex'])),
  dpis: z.array(z.int()),
  /** The device's own id where it tells one: the same over every protocol and address. */
  uuid: z.string().optional(),
  /** Another way to a device of the same list: its id there. */
  twinOf: z.string().optional(),
});
export type Scanner = z.infer<typeof Scanner>;

/** A page as it arrived: the scanner's own bytes, untouched, already on disk, with a thumbnail. */
export const ArrivedPage = z.strictObject({
  index: z.int(),
  image: Deposit,
  thumbnail: Deposit,
  widthPx: z.int(),
  heightPx: z.int(),
  dpi: z.int(),
});
export type ArrivedPage = z.infer<typeof ArrivedPage>;

/** Boxes are pixels of the stored image (before any display rotation), x right, y down. */
export const Word = z.strictObject({ text: z.string(), confidence: z.number().min(0).max(100), box: Box });
export type Word = z.infer<typeof Word>;
export const Line = z.strictObject({ text: z.string(), words: z.array(Word), box: Box });
export type Line = z.infer<typeof Line>;

export const RecognisedField = z.strictObject({
  name: z.string(),
  value: z.string(),
  /** 0–100. */
  confidence: z.number().min(0).max(100),
  source: z.enum(['qr', 'mrz', 'ocr']),
  box: Box.nullable(),
  /** Other readings of the same ink, or spellings near it, worth offering; most likely first. None unless said. */
  candidates: z.array(z.string()).max(5).optional(),
});

export const RecognisedPage = z.strictObject({
  text: z.string(),
  lines: z.array(Line),
  skewDeg: z.number(),
  /** Clockwise quarter turns that make the page upright. */
  rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  isBlank: z.boolean(),
  widthPx: z.int(),
  heightPx: z.int(),
  dpi: z.int(),
  /** Where the paper lies on the stored image; null when all of it is paper, or nobody can tell. Never cuts ink. */
  crop: Box.nullable().default(null),
  /** By its true size. `two-cards`: front and back of a card, or two people's, on one page. */
  shape: z.enum(['a3', 'a4', 'a5', 'card', 'two-cards', 'other']).default('other'),
  codes: z.array(z.strictObject({ format: z.string(), text: z.string(), box: Box })),
  documentType: z.strictObject({ code: z.string(), title: z.string(), confidence: z.number() }).nullable(),
  fields: z.array(RecognisedField),
});
export type RecognisedPage = z.infer<typeof RecognisedPage>;

export const ComposedPdf = z.strictObject({ pdf: Deposit, pageCount: z.int() });

export const imagingRoom = defineRoom({
  name: 'imaging',
  // About 200 pages: each arrives once and is recognised once.
  retireAfter: 400,
  init: z.strictObject({ incomingFolder: z.string(), resourcesFolder: z.string(), ocrWorkers: z.int().min(1).max(8) }),
  events: {
    /** A scanner came or went on the USB bus: time to look again. `pluggedIn`: its name, said once. */
    scannersChanged: z.strictObject({ pluggedIn: z.string().nullable() }),
  },
  asks: {},
  methods: {
    /** Devices of the configured addresses, of mDNS, of SANE, and the sample stack of practice mode. */
    listScanners: {
      params: z.strictObject({
        addresses: z.array(z.string()),
        useDiscovery: z.boolean(),
        useSane: z.boolean(),
        sampleFolder: z.string().nullable(),
        /** Where a device of the office drops its scans (network share, hot folder). */
        watchedFolder: z.string().nullable().optional(),
        /** Ids of network scanners that were there before; each is asked directly while announcements come in. */
        remembered: z.array(z.string()).max(50).default([]),
      }),
      result: z.array(Scanner),
      timeoutMs: 20_000,
    },
    /** Scans until the feeder is empty. Pages come as progress the moment they are on disk; a fault keeps them. */
    scan: {
      params: z.strictObject({
        scanner: Scanner,
        source: z.enum(['flatbed', 'adf', 'adf-duplex']),
        dpi: z.int(),
        colour: z.boolean(),
        area: ScanArea.default('a4'),
        /** With an empty feeder the page on the glass is taken. */
        fallsToGlass: z.boolean().default(false),
      }),
      progress: ArrivedPage,
      result: z.strictObject({
        pages: z.int(),
        end: z.enum(['complete', 'cancelled', 'fault']),
        /** An error code of the contract when `end` is `fault`. */
        code: z.string().nullable(),
        detail: z.string().nullable(),
      }),
      timeoutMs: 90_000,
      wear: 'progress',
    },
    /** A file the officer chose: PDF, TIFF (all pages), JPEG, PNG, HEIC. */
    importFile: {
      params: z.strictObject({ path: z.string(), password: z.string().optional() }),
      progress: ArrivedPage,
      result: z.strictObject({ pages: z.int() }),
      timeoutMs: 60_000,
      wear: 'progress',
    },
    recognise: {
      params: z.strictObject({ image: BlobAccess, dpi: z.int(), ocr: z.boolean() }),
      /** `queued` repeats while earlier pages keep all workers busy, so that waiting does not count as hanging. */
      progress: z.strictObject({ state: z.enum(['queued', 'running']) }),
      result: RecognisedPage,
      timeoutMs: 120_000,
      wear: 'call',
    },
    /** QR codes only: quick, for the ID card while the citizen waits. */
    readCodes: {
      params: z.strictObject({ image: z.union([BlobAccess, z.strictObject({ path: z.string() })]) }),
      result: z.array(z.strictObject({ format: z.string(), text: z.string(), box: Box })),
      timeoutMs: 20_000,
    },
    /** One searchable PDF/A-2u from pages in order. */
    composePdf: {
      params: z.strictObject({
        title: z.string(),
        metadata: z.record(z.string(), z.string()),
        pages: z.array(
          z.strictObject({
            image: BlobAccess,
            dpi: z.int(),
            rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
            skewDeg: z.number(),
            lines: z.array(Line),
            /** The paper within the stored image; the page of the PDF is that large. Without it the whole image is paper. */
            crop: Box.nullable().optional(),
          }),
        ),
        createdAt: z.string(),
      }),
      /** Pages written so far: however many there are, the deadline is that of one page. */
      progress: z.strictObject({ done: z.int() }),
      result: ComposedPdf,
      timeoutMs: 120_000,
    },
    /** Mẫu 01 and the other forms: text, tables and a QR code in an embedded font. See `main/forms`. */
    composeForm: {
      params: z.strictObject({ form: z.unknown() }),
      result: ComposedPdf,
      timeoutMs: 30_000,
    },
    /** What a result says about itself, to be held against its dossier: text of the file, or of its recognised pages. */
    readResult: { params: z.strictObject({ pdf: BlobAccess }), result: ResultReading, timeoutMs: 180_000 },
    /** Where a signature goes on a result: the room its own text leaves for it. */
    findSignaturePlace: {
      params: z.strictObject({
        pdf: BlobAccess,
        password: z.string().optional(),
        signerName: z.string().max(500),
        /** As the officer's record has them, beside the usual ones. */
        titles: z.array(z.string().max(500)).max(20),
        /** Points; then the place is the seal's own, beside the newest signature or the room for one. */
        seal: z.strictObject({ width: z.number().positive(), height: z.number().positive() }).nullable(),
      }),
      result: z.strictObject({ page: z.int().min(1), rect: Box, foundBy: FoundBy }),
      timeoutMs: 30_000,
    },
    /** A picture somebody chose as his signature or as the seal: decoded here, kept as a plain PNG with its true size. */
    readSignatureImage: {
      params: z.strictObject({ path: z.string(), widthMm: z.number().min(10).max(100).nullable() }),
      result: z.strictObject({ image: Deposit, widthPx: z.int(), heightPx: z.int(), widthMm: z.number().nullable() }),
      timeoutMs: 30_000,
    },
    /** Checks a PDF from outside before it may become a result: readable, not encrypted, page count. */
    inspectPdf: {
      params: z.strictObject({ pdf: z.union([BlobAccess, z.strictObject({ path: z.string() })]) }),
      result: z.strictObject({
        pageCount: z.int(),
        isEncrypted: z.boolean(),
        signatureCount: z.int(),
        copy: Deposit.nullable(),
      }),
      timeoutMs: 30_000,
    },
  },
});
export type ImagingRoom = typeof imagingRoom;
