/**
 * @file The bridge room: faces the web pages of the province's systems (the local WebSocket protocol of VGCA Sign Service)
 * and the file servers they name. It holds the TLS key of 127.0.0.1 and nothing else: no store key, no PIN, no document
 * but the ones on their way. What a page asks for is parsed here and decided in main, where persons are asked.
 */
import { z } from 'zod';
import { BlobAccess, Deposit } from '../blobs/blob-file.ts';
import { defineRoom } from '../rooms/define.ts';

/** `https://host` or `https://host:port`, as a browser writes `Origin`. */
export const WebOrigin = z
  .string()
  .max(300)
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text);

/** `host` or `host:port`, as in a URL; without a port the usual one of the scheme. */
export const WebHost = z
  .string()
  .max(300)
  .refine((text) => URL.canParse(`https://${text}`) && new URL(`https://${text}`).host === text);

/** Operations that sign PDFs: what differs is what is stamped. */
export const SigningOperation = z.enum([
  'SignPDF',
  'SignPDFWP',
  'SignFile',
  'SignFiles',
  'SignApproved',
  'SignIssued',
  'SignIncome',
  'SignAppendix',
  'SignCopy',
  'Comment',
]);
export type SigningOperation = z.infer<typeof SigningOperation>;

/** Sent with downloads and uploads of one call, only to hosts the page may name; never logged. */
export const Credentials = z.strictObject({
  sessionId: z.string().max(4_096).nullable(),
  bearer: z.string().max(16_384).nullable(),
});
export type Credentials = z.infer<typeof Credentials>;

export const MetaData = z.array(z.strictObject({ key: z.string().max(200), value: z.string().max(20_000) })).max(100);
export type MetaData = z.infer<typeof MetaData>;

const Address = z.string().max(8_000);

export const BridgeRequest = z.discriminatedUnion('kind', [
  /** Which certificate: tells the page who the officer is. */
  z.strictObject({ kind: z.literal('certificate') }),
  /** Signs a text that proves who signs in. */
  z.strictObject({ kind: z.literal('challenge'), text: z.string().min(1).max(1_024) }),
  /** Signs a digest of something nobody here has seen. */
  z.strictObject({
    kind: z.literal('hash'),
    /** 32 bytes, base64. */
    digest: z.string(),
    form: z.enum(['rsa', 'cms']),
  }),
  z.strictObject({
    kind: z.literal('sign'),
    operation: SigningOperation,
    files: z
      .array(
        z.strictObject({
          /** The page's own name for it, given back as it came. */
          fileId: z.union([z.string().max(500), z.number()]).nullable(),
          name: z.string().max(500).nullable(),
          url: Address,
        }),
      )
      .min(1)
      .max(200),
    uploadUrl: Address,
    credentials: Credentials,
    documentNumber: z.string().max(200),
    issuedOn: z.string().max(100),
    metaData: MetaData,
  }),
  z.strictObject({ kind: z.literal('verify'), url: Address, credentials: Credentials }),
]);
export type BridgeRequest = z.infer<typeof BridgeRequest>;

export const BridgeOutcome = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('certificate'),
    subject: z.string(),
    issuer: z.string(),
    serialNumber: z.string(),
    notBefore: z.string(),
    notAfter: z.string(),
    /** DER, base64. */
    der: z.string(),
  }),
  z.strictObject({ kind: z.literal('signature'), signature: z.string(), der: z.string() }),
  z.strictObject({
    kind: z.literal('signed'),
    files: z.array(
      z.strictObject({
        /** Error code of the contract; null when the handler has the signed file. */
        code: z.string().nullable(),
        detail: z.string().nullable(),
        fileName: z.string(),
        /** What the upload handler returned as `FileServer`, unchanged. */
        fileServer: z.string(),
      }),
    ),
  }),
  z.strictObject({
    kind: z.literal('verified'),
    verdict: z.string(),
    /** Vietnamese, about the file as a whole. */
    summary: z.string(),
    /** As the signatures room reports them, with a `title` and `statements` in Vietnamese. */
    signatures: z.array(z.record(z.string(), z.unknown())),
  }),
]);
export type BridgeOutcome = z.infer<typeof BridgeOutcome>;

/** Where the page stands that asks for a file to be fetched or sent. */
const OnBehalf = { origin: WebOrigin, url: Address, credentials: Credentials };

export const bridgeRoom = defineRoom({
  name: 'bridge',
  init: z.strictObject({
    incomingFolder: z.string(),
    /** Null: only fetches and sends, for files still to be sent after the bridge was switched off. */
    listen: z
      .strictObject({ port: z.int().min(0).max(65_535), certificatePem: z.string(), keyPem: z.string() })
      .nullable(),
    /** When there are any, only these. */
    allowedOrigins: z.array(WebOrigin),
    allowedHosts: z.array(WebHost),
    maxFileBytes: z.int().positive(),
    sessionCookieName: z.string(),
    version: z.string(),
  }),
  events: {
    /** The page closed its socket: nobody waits for this call any more. */
    abandoned: z.strictObject({ callId: z.string() }),
  },
  asks: {
    /** As long as a person takes. */
    perform: {
      params: z.strictObject({ callId: z.string(), origin: WebOrigin, operation: z.string(), request: BridgeRequest }),
      result: BridgeOutcome,
      timeoutMs: 3_600_000,
    },
  },
  methods: {
    /** Tries to take the port when it is not open, and says how it stands. */
    listen: {
      params: z.strictObject({}),
      result: z.strictObject({
        state: z.enum(['off', 'listening', 'port-taken']),
        port: z.int().nullable(),
      }),
      timeoutMs: 15_000,
    },
    download: {
      params: z.strictObject(OnBehalf),
      result: z.strictObject({ pdf: Deposit, name: z.string() }),
      timeoutMs: 620_000,
    },
    upload: {
      params: z.strictObject({ ...OnBehalf, pdf: BlobAccess, fileName: z.string(), metaData: MetaData }),
      result: z.strictObject({ fileName: z.string(), fileServer: z.string() }),
      timeoutMs: 620_000,
    },
  },
});
export type BridgeRoom = typeof bridgeRoom;
