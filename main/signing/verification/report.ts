/** @file What the verification of a file answers: one verdict, and one report a signature. Travels between rooms, hence schemas. */
import { z } from 'zod';

export const Verdict = z.enum(['valid', 'altered', 'broken', 'untrusted', 'indeterminate', 'unreadable', 'unsigned']);
export type Verdict = z.infer<typeof Verdict>;

/** The worst signature decides. */
export const WORST_FIRST: readonly Verdict[] = [
  'unreadable',
  'broken',
  'altered',
  'untrusted',
  'indeterminate',
  'valid',
  'unsigned',
];

const CertificateSummary = z.strictObject({
  subject: z.string(),
  issuer: z.string(),
  serialNumber: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
});

/** One signature, in words an officer can act on. Times are ISO 8601 with +07:00. */
export const SignatureReport = z.strictObject({
  /** Full name of the field. */
  field: z.string(),
  kind: z.enum(['signature', 'certification', 'time-stamp']),
  verdict: Verdict.exclude(['unsigned']),
  /** Common name; null when no certificate could be read. */
  signer: z.string().nullable(),
  organisation: z.string().nullable(),
  certificate: CertificateSummary.nullable(),
  /** What the signer states; nobody vouches for it at level B-B. */
  signedAt: z.string().nullable(),
  /** The latest time at which it is proven to have existed: a trusted time-stamp. */
  provenAt: z.string().nullable(),
  /** Whose time-stamp that is. */
  provenBy: z.string().nullable(),
  reason: z.string().nullable(),
  /** `/SubFilter`. */
  format: z.string(),
  /** `basic` lacks what PAdES demands. What is there and right, not what was meant. */
  level: z.enum(['B-B', 'B-T', 'B-LT', 'B-LTA', 'basic', 'time-stamp']),
  coverage: z.enum(['whole', 'revision', 'none']),
  /** `weak`: right, but by a form or algorithm that proves too little. */
  integrity: z.enum(['intact', 'weak', 'broken', 'not-checked']),
  trust: z.enum(['trusted', 'untrusted', 'indeterminate', 'not-checked']),
  /** The imported root that vouches for the signer; null unless trusted. */
  trustedRoot: z.string().nullable(),
  revocation: z.enum(['good', 'revoked', 'unknown', 'not-checked']),
  revokedAt: z.string().nullable(),
  timestamp: z.enum(['none', 'valid', 'invalid', 'untrusted', 'indeterminate']),
  changesAfter: z.enum(['none', 'validation-data', 'form-filling', 'annotations', 'other']),
  /** Whether the signature itself allows them (DocMDP, FieldMDP; without these: signing and filling in). */
  areChangesAllowed: z.boolean(),
  fieldChanges: z.array(z.strictObject({ field: z.string(), before: z.string(), after: z.string() })),
  reasons: z.array(z.string()),
});
export type SignatureReport = z.infer<typeof SignatureReport>;

export const VerificationResult = z.strictObject({
  verdict: Verdict,
  signatures: z.array(SignatureReport),
  /** Of the whole file, hexadecimal. */
  sha256: z.string(),
  sizeBytes: z.int(),
  /** ISO 8601 with +07:00. */
  checkedAt: z.string(),
  /** What is to be said of the file as a whole, Vietnamese. */
  reasons: z.array(z.string()),
});
export type VerificationResult = z.infer<typeof VerificationResult>;
