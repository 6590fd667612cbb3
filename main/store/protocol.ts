/**
 * @file The store room: the only owner of the database, the blob keys and the audit chain. Every change is one command in
 * one transaction: the dossier's rows, its outbox job and its audit entry commit together or not at all.
 */
import { z } from 'zod';
import { FileContent } from '../backlog/schemas.ts';
import { BlobAccess, Deposit } from '../blobs/blob-file.ts';
import { ResultReading } from '../dossiers/result-check.ts';
import { RecognisedPage, Scanner } from '../imaging/protocol.ts';
import { defineRoom } from '../rooms/define.ts';
import { backlogMethods } from './backlog-protocol.ts';
import { Preferences, PreferencesChange, ScanSettings } from '../scan-presets/schemas.ts';
import { SignatureLevel } from '../signing/validation/policy.ts';
import { FeedItem, ProvinceSettings, UploadJob, UploadStep } from '../sync/protocol.ts';
import {
  ApplicantSchema,
  DossierSchema,
  DossierState,
  DossierSummarySchema,
  ChecklistForm,
  OfficerSchema,
  Rotation,
  ScanPlace,
  SignatureImageKind,
  SignatureImagesSchema,
  SignatureInfoSchema,
  ResultSignature,
  WaitingResultSchema,
} from '../dossiers/schemas.ts';

/**
 * One change to a draft. What an officer decides can be undone and redone, and so can a replacement that a scan brought;
 * other work beside the officer is never taken back.
 */
export const DraftCommand = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('set-applicant'), applicant: ApplicantSchema }),
  z.strictObject({ kind: z.literal('set-procedure'), code: z.string() }),
  z.strictObject({
    kind: z.literal('set-checklist-item'),
    componentId: z.string(),
    form: ChecklistForm.nullable(),
    quantity: z.int().min(0).max(99),
    note: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('add-page'),
    /** Made by the caller who wants to speak of the page before the next one comes. */
    pageId: z.uuid().optional(),
    place: ScanPlace.optional(),
    /** The file of a stack that it is a page of: counted with it. */
    file: FileContent.optional(),
    image: Deposit,
    thumbnail: Deposit.nullable(),
    widthPx: z.int(),
    heightPx: z.int(),
    dpi: z.int(),
  }),
  z.strictObject({ kind: z.literal('set-recognition'), pageId: z.string(), recognised: RecognisedPage.nullable() }),
  z.strictObject({ kind: z.literal('assign-pages'), pageIds: z.array(z.string()), componentId: z.string().nullable() }),
  z.strictObject({ kind: z.literal('arrange-pages'), pageIds: z.array(z.string()) }),
  z.strictObject({ kind: z.literal('turn-pages'), rotations: z.record(z.string(), Rotation) }),
  z.strictObject({ kind: z.literal('hide-pages'), pageIds: z.array(z.string()), isHidden: z.boolean() }),
  z.strictObject({ kind: z.literal('set-paper-start'), pageId: z.string(), startsPaper: z.boolean() }),
  z.strictObject({ kind: z.literal('set-field'), fieldId: z.string(), value: z.string() }),
  z.strictObject({
    kind: z.literal('set-details'),
    returnMethod: z.enum(['counter', 'post', 'online']),
    feeVnd: z.int().nonnegative().nullable(),
    note: z.string().nullable(),
  }),
  /**
   * Puts the PDF of a component in, replacing an earlier one: unsigned after composing, signed after signing (then it must
   * begin with the bytes of the one in place). `madeFrom` = `fingerprintPages` of the dossier it was composed from: a page
   * that arrived meanwhile is then never taken for part of it. Without it, the pages as they are now.
   */
  z.strictObject({
    kind: z.literal('set-component-pdf'),
    componentId: z.string(),
    pdf: Deposit,
    pageCount: z.int(),
    signature: SignatureInfoSchema.nullable(),
    madeFrom: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('undo') }),
  z.strictObject({ kind: z.literal('redo') }),
]);
export type DraftCommand = z.infer<typeof DraftCommand>;

/** `deviceId`: as the desk knows it, whatever address it has now. */
const KnownScanner = z.strictObject({ deviceId: z.string(), scanner: Scanner });
const ById = z.strictObject({ id: z.string() });
/** One file, with what a confirmation says about it. */
const DocumentAccess = z.strictObject({
  access: BlobAccess,
  sha256: z.string(),
  title: z.string(),
  dossierId: z.string(),
  dossierCode: z.string().nullable(),
  pageCount: z.int(),
});
const quick = 15_000;

export const storeRoom = defineRoom({
  name: 'store',
  init: z.strictObject({
    folder: z.string(),
    resourcesFolder: z.string(),
    /** The secret that opens the store's key slot, base64; main unsealed it through the `SecretBox` port. */
    unlock: z.string(),
    agencyCode: z.string(),
    counterId: z.string(),
    /** The agency and its parent, as results name them. */
    agencyNames: z.array(z.string()).default([]),
    receiptKeys: ProvinceSettings.shape.receiptKeys,
    isPractice: z.boolean(),
    /** What signed results are brought to after the token is done. */
    resultLevel: SignatureLevel.default('B-B'),
    resultSignatures: z.array(ResultSignature).min(1).default(['personal']),
    /** Minutes from UTC of the office's clock; +07:00 = 420. */
    utcOffsetMinutes: z.int(),
  }),
  events: {
    dossierChanged: z.strictObject({ id: z.string(), revision: z.int().optional() }),
    outboxChanged: z.strictObject({
      queued: z.int(),
      uploading: z.int(),
      waiting: z.int(),
      held: z.int(),
      receivedToday: z.int(),
    }),
  },
  asks: {},
  methods: {
    // people
    listOfficers: { params: z.strictObject({}), result: z.array(OfficerSchema), timeoutMs: quick },
    verifyOfficer: {
      params: z.strictObject({ officerId: z.string(), pin: z.string() }),
      result: OfficerSchema,
      timeoutMs: quick,
    },
    /** From the command line only: no channel of the window leads here. */
    addOfficer: {
      params: z.strictObject({
        name: z.string().max(200),
        title: z.string().max(200),
        roles: OfficerSchema.shape.roles,
        pin: z.string().max(200),
      }),
      result: OfficerSchema,
      timeoutMs: quick,
    },

    /** What was allowed and signed for web pages, which is part of no dossier: origins and hashes, nothing personal. */
    recordWebPage: {
      params: z.strictObject({
        officerId: z.string(),
        kind: z.enum(['web-consent', 'web-signed', 'web-hash-signed']),
        data: z.record(z.string().max(100), z.union([z.string().max(500), z.number()])),
      }),
      result: z.null(),
      timeoutMs: quick,
    },

    // drafts and dossiers
    create: { params: z.strictObject({ officerId: z.string() }), result: DossierSchema, timeoutMs: quick },
    edit: {
      params: z.strictObject({ id: z.string(), revision: z.int(), officerId: z.string(), command: DraftCommand }),
      result: DossierSchema,
      timeoutMs: quick,
    },
    /** Recognition and scanning run beside the officer: these commands apply to whatever revision is current. */
    append: {
      params: z.strictObject({ id: z.string(), officerId: z.string(), command: DraftCommand }),
      result: DossierSchema,
      timeoutMs: quick,
    },
    discard: {
      params: z.strictObject({ id: z.string(), revision: z.int(), officerId: z.string() }),
      result: z.null(),
      timeoutMs: quick,
    },
    get: { params: ById, result: DossierSchema, timeoutMs: quick },
    list: {
      params: z.strictObject({
        text: z.string(),
        states: z.array(DossierState),
        limit: z.int().min(1).max(500),
        offset: z.int().min(0),
      }),
      result: z.strictObject({ total: z.int(), items: z.array(DossierSummarySchema) }),
      timeoutMs: quick,
    },
    /** A sheet to print that belongs to a dossier and is part of nothing: kept as long as the dossier's own files. */
    keepPrintout: {
      params: z.strictObject({ id: z.string(), officerId: z.string(), pdf: Deposit }),
      result: z.strictObject({ blobId: z.string() }),
      timeoutMs: quick,
    },
    /** What recognition found on a page, for composing the PDF's text layer. */
    recognisedPage: {
      params: z.strictObject({ pageId: z.string() }),
      result: RecognisedPage.nullable(),
      timeoutMs: quick,
    },
    /** Checks the rules, takes a number, writes the outbox: durable when this answers. */
    seal: {
      params: z.strictObject({ id: z.string(), revision: z.int(), officerId: z.string() }),
      result: DossierSchema,
      timeoutMs: quick,
    },
    setReceiptPdf: {
      params: z.strictObject({ id: z.string(), pdf: Deposit, pageCount: z.int() }),
      result: DossierSchema,
      timeoutMs: quick,
    },
    /** The province's receipt (compact JWS) of a received dossier. */
    provinceReceipt: { params: ById, result: z.string().nullable(), timeoutMs: quick },

    // results
    attachResult: {
      params: z.strictObject({
        dossierId: z.string(),
        officerId: z.string(),
        title: z.string(),
        pdf: Deposit,
        pageCount: z.int(),
        /** What imaging read from this file. */
        reading: ResultReading,
        reason: z.string().min(1).max(500).nullable(),
      }),
      result: WaitingResultSchema,
      timeoutMs: quick,
    },
    waitingResults: { params: z.strictObject({}), result: z.array(WaitingResultSchema), timeoutMs: quick },
    /** What the results desk may sign: only waiting results of dossiers that can be completed, each once; all or nothing. */
    resultsToSign: {
      params: z.strictObject({ documentIds: z.array(z.string()) }),
      result: z.array(
        DocumentAccess.extend({
          documentId: z.string(),
          signedBy: z.array(z.string()),
          nextSignature: ResultSignature,
        }),
      ),
      timeoutMs: quick,
    },
    /** Replaces the unsigned result with its signed form and completes the dossier (rule 3.5.1). */
    completeResult: {
      params: z.strictObject({
        documentId: z.string(),
        officerId: z.string(),
        pdf: Deposit,
        pageCount: z.int(),
        signature: SignatureInfoSchema,
      }),
      result: DossierSchema,
      timeoutMs: quick,
    },

    // stamping: signed results on their way to a long-term level
    /** Takes jobs that are due; whoever takes them reports on each. */
    nextStampJobs: {
      params: z.strictObject({ limit: z.int().min(0).max(100) }),
      result: z.strictObject({
        jobs: z.array(
          z.strictObject({
            documentId: z.string(),
            access: BlobAccess,
            sha256: z.string(),
            level: SignatureLevel,
            attempts: z.int(),
          }),
        ),
        nextInMs: z.number().nullable(),
      }),
      timeoutMs: quick,
    },
    /** The stamped file is compared with the one in place before it takes its place. */
    reportStamp: {
      params: z.strictObject({
        documentId: z.string(),
        sha256: z.string(),
        pdf: Deposit.nullable(),
        reached: SignatureLevel,
        code: z.string().nullable(),
        detail: z.string().max(4_000).nullable(),
        notBefore: z.string().nullable(),
      }),
      result: z.null(),
      timeoutMs: 120_000,
    },
    /** What waits is due now; with other settings than the last time what failed, too. */
    wakeStamps: {
      params: z.strictObject({ settings: z.string().nullable() }),
      result: z.null(),
      timeoutMs: quick,
    },

    // what an officer and the machine like
    preferences: { params: z.strictObject({ officerId: z.string() }), result: Preferences, timeoutMs: quick },
    setPreferences: {
      params: z.strictObject({ officerId: z.string(), change: PreferencesChange }),
      result: Preferences,
      timeoutMs: quick,
    },
    /** Chosen by hand for this paper on this device; null when nothing was. */
    scanSettings: {
      params: z.strictObject({ deviceId: z.string(), paper: z.string() }),
      result: ScanSettings.nullable(),
      timeoutMs: quick,
    },
    /** Scanners of the network that were there before, newest first. */
    knownScanners: { params: z.strictObject({}), result: z.array(KnownScanner), timeoutMs: quick },
    rememberScanners: { params: z.strictObject({ seen: z.array(KnownScanner) }), result: z.null(), timeoutMs: quick },

    // pictures of signatures and seals
    signatureImages: {
      params: z.strictObject({ officerId: z.string() }),
      result: SignatureImagesSchema,
      timeoutMs: quick,
    },
    signatureImageAccess: {
      params: z.strictObject({ officerId: z.string(), kind: SignatureImageKind }),
      result: BlobAccess,
      timeoutMs: quick,
    },
    /** His own for a signing officer, the agency's seal for the administrator. */
    setSignatureImage: {
      params: z.strictObject({
        officerId: z.string(),
        kind: SignatureImageKind,
        image: Deposit,
        widthPx: z.int(),
        heightPx: z.int(),
        widthMm: z.number().nullable(),
      }),
      result: SignatureImagesSchema,
      timeoutMs: quick,
    },
    removeSignatureImage: {
      params: z.strictObject({ officerId: z.string(), kind: SignatureImageKind }),
      result: SignatureImagesSchema,
      timeoutMs: quick,
    },

    // blobs
    blobAccess: { params: z.strictObject({ blobId: z.string() }), result: BlobAccess, timeoutMs: quick },
    documentAccess: {
      params: z.strictObject({ documentId: z.string() }),
      result: DocumentAccess,
      timeoutMs: quick,
    },

    // outbox, on behalf of sync
    nextJob: { params: z.strictObject({}), result: UploadJob.nullable(), timeoutMs: quick },
    reportStep: { params: z.strictObject({ jobId: z.string(), step: UploadStep }), result: z.null(), timeoutMs: quick },
    /** A person has looked at what was held: it is queued again. Answers how many uploads went on. */
    releaseHeld: {
      params: z.strictObject({ dossierId: z.string(), officerId: z.string() }),
      result: z.int(),
      timeoutMs: quick,
    },
    feedCursor: { params: z.strictObject({}), result: z.string().nullable(), timeoutMs: quick },
    applyFeed: {
      params: z.strictObject({ items: z.array(FeedItem), cursor: z.string() }),
      result: z.null(),
      timeoutMs: quick,
    },
    wantedNumbers: {
      params: z.strictObject({}),
      result: z.array(z.strictObject({ date: z.string(), count: z.int(), key: z.string() })),
      timeoutMs: quick,
    },
    storeNumbers: {
      params: z.strictObject({ date: z.string(), prefix: z.string(), from: z.int(), to: z.int(), key: z.string() }),
      result: z.null(),
      timeoutMs: quick,
    },
    outbox: {
      params: z.strictObject({}),
      result: z.strictObject({
        queued: z.int(),
        uploading: z.int(),
        waiting: z.int(),
        held: z.int(),
        receivedToday: z.int(),
      }),
      timeoutMs: quick,
    },

    ...backlogMethods,

    // care
    verifyAudit: {
      params: z.strictObject({}),
      result: z.strictObject({ entries: z.int(), head: z.string(), firstBadSeq: z.int().nullable() }),
      timeoutMs: 600_000,
    },
    check: {
      params: z.strictObject({}),
      result: z.strictObject({
        integrity: z.string(),
        freeBytes: z.number(),
        synchronous: z.int(),
        cipher: z.string(),
        dossiers: z.int(),
        blobs: z.int(),
      }),
      timeoutMs: 120_000,
    },
    backup: {
      params: z.strictObject({ folder: z.string() }),
      result: z.strictObject({ files: z.int(), bytes: z.number() }),
      timeoutMs: 3_600_000,
    },
  },
});
export type StoreRoom = typeof storeRoom;
