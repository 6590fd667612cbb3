/** @file What the sync core needs from the world. The process gives it undici and the store; the simulator its own. */
import type { BlobAccess } from '../blobs/blob-file.ts';
import type { ReceiptPayload, ReceiptSubject } from './receipt.ts';
import type { FeedItem, UploadJob, UploadStep } from './protocol.ts';

export interface Clock {
  /** Wall clock, ms since 1970: may be wrong and may jump; only for what people and the store read. */
  readonly nowMs: () => number;
  /** Never jumps; the only clock that measures. */
  readonly monotonicMs: () => number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Uniform in [0, 1). */
export type Random = () => number;

/** The store, behind main: the `asks` of the sync room. */
export interface SyncStore {
  readonly nextJob: () => Promise<UploadJob | null>;
  readonly reportStep: (jobId: string, step: UploadStep) => Promise<void>;
  readonly feedCursor: () => Promise<string | null>;
  readonly applyFeed: (items: FeedItem[], cursor: string) => Promise<void>;
  readonly wantedNumbers: () => Promise<{ date: string; count: number; key: string }[]>;
  readonly storeNumbers: (block: {
    date: string;
    prefix: string;
    from: number;
    to: number;
    key: string;
  }) => Promise<void>;
}

export interface Blobs {
  readonly readRange: (access: BlobAccess, offset: number, length: number) => Promise<Uint8Array>;
  /** SHA-256 (hex) of the plaintext. @throws Failure `store-damaged` when it cannot be read as it was written. */
  readonly hash: (access: BlobAccess) => Promise<string>;
}

export interface Hashing {
  /** SHA-256, base64, as `Upload-Checksum` carries it. */
  readonly sha256Base64: (bytes: Uint8Array) => string;
  readonly verifyReceipt: (jws: string, subject: ReceiptSubject, manifestSha256: string) => Promise<ReceiptPayload>;
}

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'HEAD' | 'PATCH';
  /** Path and query below the province's address; never another host. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Without any byte in either direction for so long the request is given up. */
  readonly stallMs: number;
}

export interface WireAnswer {
  readonly status: number;
  /** Lower-case names; the first value of repeated ones. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** One HTTP exchange. Follows no redirect. @throws WireFailure when there is no answer to speak of. */
export type Transport = (request: WireRequest, signal: AbortSignal) => Promise<WireAnswer>;

export type WireFault = 'unreachable' | 'stalled' | 'untrusted' | 'certificate-dates' | 'too-large';

export class WireFailure extends Error {
  readonly fault: WireFault;

  constructor(fault: WireFault, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'WireFailure';
    this.fault = fault;
  }
}
