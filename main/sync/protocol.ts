/**
 * @file The sync room: talks to the province and to nobody else. It keeps no state of its own that matters: jobs come from
 * `store` through main, and every step is reported back before the next one is taken, so killing it loses nothing.
 */
import { z } from 'zod';
import { BlobAccess } from '../blobs/blob-file.ts';
import { defineRoom } from '../rooms/define.ts';

/** What is sent for one sealed dossier. Its canonical JSON (RFC 8785) is hashed; the hash names the revision for ever. */
export const Manifest = z.strictObject({
  dossierId: z.uuid(),
  revision: z.int().positive(),
  code: z.string().nullable(),
  provisionalCode: z.string().nullable(),
  agencyCode: z.string(),
  counterId: z.string(),
  officerId: z.string(),
  /** Fields of the national synchronisation (regulations 3.6), filled as far as the counter knows them. */
  record: z.record(z.string(), z.unknown()),
  files: z.array(
    z.strictObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      sizeBytes: z.int().positive(),
      mediaType: z.string(),
      kind: z.enum(['component', 'result']),
      componentId: z.string().nullable(),
      title: z.string(),
    }),
  ),
  /** Head of the counter's audit chain when the dossier was sealed: the province's receipt binds it. */
  auditHead: z.string(),
  sealedAt: z.string(),
});
export type Manifest = z.infer<typeof Manifest>;

export const UploadJob = z.strictObject({
  jobId: z.string(),
  manifest: Manifest,
  manifestSha256: z.string(),
  attempts: z.int(),
  files: z.array(
    z.strictObject({
      sha256: z.string(),
      sizeBytes: z.int(),
      access: BlobAccess,
      uploadUrl: z.string().nullable(),
      /** Only ever what the province confirmed. */
      confirmedOffset: z.int(),
    }),
  ),
});
export type UploadJob = z.infer<typeof UploadJob>;

export const WaitReason = z.enum(['network', 'authentication', 'rate', 'clock', 'disk', 'security']);
export const HoldReason = z.enum(['validation', 'hash', 'key', 'security', 'unknown']);

export const UploadStep = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('announced') }),
  z.strictObject({ kind: z.literal('progress'), sha256: z.string(), uploadUrl: z.string(), confirmedOffset: z.int() }),
  z.strictObject({ kind: z.literal('committing') }),
  /** The store verifies the receipt (compact JWS) again before it believes it. */
  z.strictObject({ kind: z.literal('received'), receipt: z.string() }),
  z.strictObject({ kind: z.literal('waiting'), reason: WaitReason, notBefore: z.string(), detail: z.string() }),
  z.strictObject({ kind: z.literal('held'), reason: HoldReason, detail: z.string() }),
]);
export type UploadStep = z.infer<typeof UploadStep>;

/** One status change from the province's feed. */
export const FeedItem = z.strictObject({
  seq: z.int(),
  dossierId: z.uuid(),
  /** National status code 1–10 (regulations 3.2). */
  status: z.int().min(1).max(10),
  code: z.string().nullable(),
  at: z.string(),
  note: z.string().nullable(),
});
export type FeedItem = z.infer<typeof FeedItem>;

export const ProvinceSettings = z.strictObject({
  url: z.url(),
  /** Public keys (JWK) that may sign receipts; rotation keeps the old one beside the new. */
  receiptKeys: z.array(z.record(z.string(), z.unknown())),
  deviceId: z.string(),
  deviceSecret: z.string(),
  agencyCode: z.string(),
  counterId: z.string(),
  /** Bytes per second at most; null = as fast as the line goes. */
  maxBytesPerSecond: z.int().positive().nullable(),
  /** PEM texts: when given, only these authorities may vouch for the province's certificate. */
  certificateAuthorities: z.array(z.string()).optional(),
});
export type ProvinceSettings = z.infer<typeof ProvinceSettings>;

export const syncRoom = defineRoom({
  name: 'sync',
  init: z.strictObject({ province: ProvinceSettings.nullable(), isAutomatic: z.boolean() }),
  events: {
    status: z.strictObject({
      connection: z.enum(['online', 'offline', 'refused', 'unknown']),
      lastContactAt: z.string().nullable(),
      clockOffsetMs: z.number().nullable(),
    }),
  },
  asks: {
    nextJob: { params: z.strictObject({}), result: UploadJob.nullable(), timeoutMs: 30_000 },
    reportStep: {
      params: z.strictObject({ jobId: z.string(), step: UploadStep }),
      result: z.null(),
      timeoutMs: 30_000,
    },
    feedCursor: { params: z.strictObject({}), result: z.string().nullable(), timeoutMs: 10_000 },
    applyFeed: {
      params: z.strictObject({ items: z.array(FeedItem), cursor: z.string() }),
      result: z.null(),
      timeoutMs: 30_000,
    },
    /** Days for which the counter wants official numbers, and how many. */
    wantedNumbers: {
      params: z.strictObject({}),
      result: z.array(z.strictObject({ date: z.string(), count: z.int(), key: z.string() })),
      timeoutMs: 10_000,
    },
    storeNumbers: {
      params: z.strictObject({ date: z.string(), prefix: z.string(), from: z.int(), to: z.int(), key: z.string() }),
      result: z.null(),
      timeoutMs: 10_000,
    },
  },
  methods: {
    /** Works until nothing is due. `once` = one pass over the due jobs, for the command line. */
    run: {
      params: z.strictObject({ once: z.boolean() }),
      result: z.strictObject({ received: z.int(), waiting: z.int(), held: z.int() }),
      progress: z.strictObject({ jobId: z.string(), step: z.string() }),
      timeoutMs: 600_000,
    },
    /** A job was just sealed, or the officer asked: look now instead of at the next tick. */
    wake: { params: z.strictObject({}), result: z.null(), timeoutMs: 5_000 },
  },
});
export type SyncRoom = typeof syncRoom;
