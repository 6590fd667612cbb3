/** @file The verdict on signed PDFs, for the signatures room: reads the file, asks the policy's validator, answers the report. */
import { open } from 'node:fs/promises';
import { readBlob, type BlobAccess } from '../blobs/blob-file.ts';
import type { ResultOf } from '../rooms/define.ts';
import type { RoomParams } from '../rooms/supervisor.ts';
import { Failure } from '../rooms/failure.ts';
import { chainOnlyValidator } from '../signing/verification/chain-only-validator.ts';
import { verifyDocument } from '../signing/verification/verify-document.ts';
import type { SignaturesRoom } from './protocol.ts';

type Methods = SignaturesRoom['methods'];

export interface Verifier {
  verifyPdf(params: RoomParams<SignaturesRoom, 'verifyPdf'>): Promise<ResultOf<Methods, 'verifyPdf'>>;
}

/** Held in memory as a whole. */
const MAX_PDF_BYTES = 512 * 1024 * 1024;

export function createVerifier(): Verifier {
  return {
    async verifyPdf({ pdf, policy, at, password }) {
      const bytes = await readInput(pdf);
      return verifyDocument(bytes, { at, password }, policy, chainOnlyValidator(policy));
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
