/** @file The three signature formats as one: prepare a digest for the token, finish with its answer, raise the level. */
import type { BlobAccess } from '../blobs/blob-file.ts';
import type { ErrorCode } from '../../preload/error-codes.ts';
import { asErrorCode } from '../../preload/error-codes.ts';
import { Failure, unwrap } from '../rooms/failure.ts';
import { isSelfIssued, readCertificate } from '../signing/certificate.ts';
import type { SignatureLevel, ValidationPolicy } from '../signing/validation/policy.ts';
import type { SignInput } from './sign-inputs.ts';
import type { SigningWish } from './sign-options.ts';
import type { SigningToken } from './signing-token.ts';
import type { Signatures } from './with-signatures.ts';

export interface Prepared {
  /** SHA-256, base64: what the token signs. */
  readonly digest: string;
  /** The signed file, in the room's folder. */
  readonly finish: (signature: string) => Promise<BlobAccess>;
}

export async function prepare(
  signatures: Signatures,
  input: SignInput,
  token: SigningToken,
  wish: SigningWish,
): Promise<Prepared> {
  if (input.format !== 'pades') throw new Failure('file-not-supported', input.format);
  const { room, access, discard } = signatures;
  const pdf = await signatures.deposit(input.file, 'application/pdf');
  try {
    const prepared = unwrap(
      await room.call('prepareSignature', {
        pdf,
        certificates: token.certificate.der,
        signedAt: new Date().toISOString(),
        signerName: token.signerName,
        reason: wish.reason,
        appearance: wish.appearance,
        ...(wish.pdfPassword === undefined ? {} : { password: wish.pdfPassword }),
        ...(wish.fieldName === undefined ? {} : { fieldName: wish.fieldName }),
      }),
    );
    return {
      digest: prepared.digest,
      finish: async (signature) => {
        const finished = unwrap(
          await room.call('finishSignature', {
            pdf,
            draft: prepared.draft,
            state: prepared.state,
            signature,
            ...(wish.pdfPassword === undefined ? {} : { password: wish.pdfPassword }),
          }),
        );
        await discard(pdf, access(prepared.draft));
        return access(finished.pdf);
      },
    };
  } catch (thrown) {
    await discard(pdf);
    throw thrown;
  }
}

export interface Stamped {
  /** Null when nothing was reached beyond what there was. */
  readonly blob: BlobAccess | null;
  readonly reached: SignatureLevel;
  readonly code: ErrorCode | null;
  readonly detail: string | null;
}

export async function stamp(
  signatures: Signatures,
  { out }: SignInput,
  wish: SigningWish,
  policy: ValidationPolicy,
): Promise<Stamped> {
  const pdf = await signatures.deposit(out, 'application/pdf');
  try {
    const answer = unwrap(
      await signatures.room.call('augment', {
        pdf,
        level: wish.level,
        authorities: [...wish.authorities],
        policy,
        ...(wish.pdfPassword === undefined ? {} : { password: wish.pdfPassword }),
      }),
    );
    return {
      blob: answer.pdf && signatures.access(answer.pdf),
      reached: answer.reached,
      code: answer.code === null ? null : asErrorCode(answer.code),
      detail: answer.detail,
    };
  } finally {
    await signatures.discard(pdf);
  }
}

/** PEM of the roots among the token's certificates. */
export function selfIssuedRoots(der: readonly string[]): string[] {
  return der
    .map((each) => readCertificate(Buffer.from(each, 'base64')))
    .filter((certificate) => isSelfIssued(certificate))
    .map((certificate) => certificate.x509.toString());
}
