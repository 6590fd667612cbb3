/**
 * @file The signatures room: writes, verifies and prolongs signatures. Apart from imaging, because whoever prepares the
 * digest decides what is signed: no decoder of foreign images runs here, no scanner is spoken to, and no key is near. It reads
 * blobs it is given access to and deposits new ones. It opens no connection; validation data is asked of main.
 */
import { z } from 'zod';
import { BlobAccess, Deposit } from '../blobs/blob-file.ts';
import { defineRoom } from '../rooms/define.ts';
import { Appearance } from '../signing/appearance/appearance.ts';
import {
  SignatureLevel,
  TimeStampAuthority,
  ValidationAnswer,
  ValidationPolicy,
  ValidationRequest,
} from '../signing/validation/policy.ts';
import { VerificationResult } from '../signing/verification/report.ts';
import { fileMethods } from './file-methods.ts';

/** A file to read: a blob, or one that a person named on this machine. */
export const Input = z.union([BlobAccess, z.strictObject({ path: z.string() })]);
export type Input = z.infer<typeof Input>;

export const signaturesRoom = defineRoom({
  name: 'signatures',
  init: z.strictObject({
    incomingFolder: z.string(),
    resourcesFolder: z.string(),
    /** OCSP answers and revocation lists, public data; null keeps them in memory only. */
    cacheFolder: z.string().nullable(),
  }),
  events: {},
  asks: {
    /** Main sends it through the system's proxy. */
    fetch: { params: ValidationRequest, result: ValidationAnswer, timeoutMs: 200_000 },
  },
  methods: {
    ...fileMethods,
    /** The author's empty field that a signature would fill, and where it shows: for the preview. */
    findField: {
      params: z.strictObject({ pdf: BlobAccess, password: z.string().optional() }),
      result: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.enum(['none', 'hidden']) }),
        z.strictObject({
          kind: z.literal('shown'),
          page: z.int().min(1),
          rect: z.tuple([z.number(), z.number(), z.number(), z.number()]),
        }),
      ]),
      timeoutMs: 60_000,
    },
    /** First half of a PAdES signature: answers the bytes that the token must sign (digest of the signed attributes). */
    prepareSignature: {
      params: z.strictObject({
        pdf: BlobAccess,
        password: z.string().optional(),
        /** DER, base64: the signer's certificate first, then the chain. */
        certificates: z.array(z.string()).min(1),
        signedAt: z.string(),
        signerName: z.string(),
        reason: z.string().nullable(),
        appearance: Appearance,
        /** Full name of an empty field to sign; without it the only empty one, or a new one when there are several. */
        fieldName: z.string().optional(),
      }),
      result: z.strictObject({
        /** What goes behind the input's last byte, the place of the signature value empty. */
        draft: Deposit,
        /** Opaque to everyone but `finishSignature`. */
        state: z.string(),
        /** SHA-256 of the signed attributes, base64: what goes to the token as DigestInfo. */
        digest: z.string(),
        /** The signed attributes themselves, DER in base64: for tokens that hash by themselves and nothing else. */
        signedAttributes: z.string(),
      }),
      timeoutMs: 60_000,
    },
    /** Second half: puts the signature value in, reads input and draft as one file and verifies that before it is kept. */
    finishSignature: {
      params: z.strictObject({
        /** The same as was prepared; a changed one makes the signature wrong and is refused. */
        pdf: BlobAccess,
        password: z.string().optional(),
        draft: Deposit,
        state: z.string(),
        signature: z.string(),
      }),
      result: z.strictObject({ pdf: Deposit, pageCount: z.int() }),
      timeoutMs: 60_000,
    },
    /**
     * Brings the newest signature of a file to a level, as far as authorities answer: `reached` says how far. The file that
     * came in is never changed; without progress `pdf` is null.
     */
    augment: {
      params: z.strictObject({
        pdf: BlobAccess,
        password: z.string().optional(),
        level: SignatureLevel,
        authorities: z.array(TimeStampAuthority),
        policy: ValidationPolicy,
      }),
      result: z.strictObject({
        pdf: Deposit.nullable(),
        reached: SignatureLevel,
        /** Why it went no further: an error code of the contract. */
        code: z.string().nullable(),
        detail: z.string().nullable(),
      }),
      timeoutMs: 620_000,
    },
    verifyPdf: {
      params: z.strictObject({
        pdf: Input,
        policy: ValidationPolicy,
        /** ISO 8601, the time of the check. */
        at: z.string(),
        password: z.string().optional(),
      }),
      result: VerificationResult,
      timeoutMs: 120_000,
    },
  },
});
export type SignaturesRoom = typeof signaturesRoom;
