/** @file The verdict on signed PDFs, for the signatures room: reads the file, asks the policy's validator, answers the report. */
import { open } from 'node:fs/promises';
import { readBlob, type BlobAccess } from '../blobs/blob-file.ts';
import type { ResultOf } from '../rooms/define.ts';
import type { RoomParams } from '../rooms/supervisor.ts';
import { Failure } from '../rooms/failure.ts';
import type { CertificateValidator } from '../signing/validation/evidence.ts';
import type { ValidationPolicy } from '../signing/validation/policy.ts';
import { verifyDocument } from '../signing/verification/verify-document.ts';
import type { SignaturesRoom } from './protocol.ts';

type Methods = SignaturesRoom['methods'];

export interface Verifier {
  verifyPdf(params: RoomParams<SignaturesRoom, 'verifyPdf'>): Promise<ResultOf<Methods, 'verifyPdf'>>;
}

/** Held in memory as a whole. */
const MAX_PDF_BYTES = 512 * 1024 * 1024;

/** A validator asks for each thing once; a batch of files comes one after the other, with one policy. */
const VALIDATOR_LIFE_MS = 5 * 60_000;

export function createVerifier(createValidator: (policy: ValidationPolicy) => CertificateValidator): Verifier {
  let latest: { readonly policy: string; readonly validator: CertificateValidator; readonly untilMs: number } | null =
    null;
  const validatorFor = (policy: ValidationPolicy): CertificateValidator => {
    const key = JSON.stringify(policy);
    const nowMs = performance.now();
    if (latest?.policy === key && nowMs < latest.untilMs) return latest.validator;
    const validator = createValidator(policy);
    latest = { policy: key, validator, untilMs: nowMs + VALIDATOR_LIFE_MS };
    return validator;
  };
  return {
    async verifyPdf({ pdf, policy, at, password }) {
      const validator = validatorFor(policy);
      return verifyDocument(await readInput(pdf), { at, password }, policy, validator);
    },
  };
}

/** @throws Failure `not-found` for a path that cannot be read, `file-too-large` */
async function readInput(pdf: BlobAccess | { readonly path: string }): Promise<Buffer> {
  if ('key' in pdf) return readBlob(pdf);
  try {
    const file = await open(pdf.path, 'r');
    try {
      const { size } = await file.stat();
      if (size > MAX_PDF_BYTES) throw new Failure('file-too-large', `${size} bytes`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('not-found', pdf.path, { cause });
  }
}
