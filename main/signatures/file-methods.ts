/** @file Methods of the signatures room for files that are no PDF: detached CAdES for any, XAdES inside XML. */
import { z } from 'zod';
import { BlobAccess, Deposit } from '../blobs/blob-file.ts';
import { SignatureLevel, TimeStampAuthority, ValidationPolicy } from '../signing/validation/policy.ts';
import { VerificationResult } from '../signing/verification/report.ts';

/** A blob, or a file somebody named. */
const AnyFile = z.union([BlobAccess, z.strictObject({ path: z.string() })]);

export const FileFormat = z.enum(['cades', 'xades']);
export type FileFormat = z.infer<typeof FileFormat>;

export const fileMethods = {
  /** First half: reads the file once from end to end, and answers what the token must sign. */
  prepareFile: {
    params: z.strictObject({
      format: FileFormat,
      file: AnyFile,
      /** What kind of file it is; signed along by CAdES. */
      mediaType: z.string().max(200),
      /** DER, base64: the signer's certificate first, then the chain. */
      certificates: z.array(z.string()).min(1),
      signedAt: z.string(),
    }),
    result: z.strictObject({
      /** The XML with its signature still empty; null for a detached signature. */
      draft: Deposit.nullable(),
      /** Opaque to everyone but `finishFile`. */
      state: z.string(),
      /** SHA-256 of `message`, base64. */
      digest: z.string(),
      /** Signed attributes or canonical SignedInfo, base64: for tokens that hash by themselves and nothing else. */
      message: z.string(),
    }),
    timeoutMs: 600_000,
  },
  /** Second half: the detached signature, or the XML with its signature, verified before it is answered. */
  finishFile: {
    params: z.strictObject({ draft: Deposit.nullable(), state: z.string(), signature: z.string() }),
    result: z.strictObject({ signed: Deposit }),
    timeoutMs: 60_000,
  },
  /** Adds a signature time-stamp (B-T). The file that came in is never changed; without one `signed` is null. */
  stampFile: {
    params: z.strictObject({
      format: FileFormat,
      signed: BlobAccess,
      authorities: z.array(TimeStampAuthority),
    }),
    result: z.strictObject({
      signed: Deposit.nullable(),
      reached: SignatureLevel,
      /** Why it went no further: an error code of the contract. */
      code: z.string().nullable(),
      detail: z.string().nullable(),
    }),
    timeoutMs: 620_000,
  },
  /** A detached signature over `content`, or an XML file with its own. */
  verifyFile: {
    params: z.strictObject({
      file: AnyFile,
      content: AnyFile.nullable(),
      policy: ValidationPolicy,
      /** ISO 8601, the time of the check. */
      at: z.string(),
    }),
    result: VerificationResult,
    timeoutMs: 600_000,
  },
} as const;
