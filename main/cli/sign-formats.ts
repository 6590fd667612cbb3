/** @file The three signature formats as one: prepare a digest for the token, finish with its answer, raise the level. */
import { resolve } from 'node:path';
import { asErrorCode, type ErrorCode } from '../../preload/error-codes.ts';
import type { BlobAccess } from '../blobs/blob-file.ts';
import { unwrap } from '../rooms/failure.ts';
import { mediaTypeOf } from '../signing/cms/cades.ts';
import { isSelfIssued, readCertificate } from '../signing/certificate.ts';
import type { SignatureLevel, ValidationPolicy } from '../signing/validation/policy.ts';
import type { SignInput } from './sign-inputs.ts';
import type { SigningWish } from './sign-options.ts';
import type { SigningToken } from './signing-token.ts';
import type { Signatures } from './with-signatures.ts';

export interface Prepared {
  /** SHA-256 of `message`, base64: what the token signs. */
  readonly digest: string;
  /** Base64, for tokens that hash by themselves. */
  readonly message: string;
  /** Gives back the disk when nobody will finish. */
  readonly abandon: () => Promise<void>;
  /** The signed file, in the room's folder. */
  readonly finish: (signature: string) => Promise<BlobAccess>;
}

export function prepare(
  signatures: Signatures,
  input: SignInput,
  token: SigningToken,
  wish: SigningWish,
): Promise<Prepared> {
  return input.format === 'pades'
    ? preparePdf(signatures, input, token, wish)
    : prepareFile(signatures, input, input.format, token);
}

async function preparePdf(
  signatures: Signatures,
  { file }: SignInput,
  token: SigningToken,
  wish: SigningWish,
): Promise<Prepared> {
  const { room, access, discard } = signatures;
  const pdf = await signatures.deposit(file, 'application/pdf');
  const password = wish.pdfPassword === undefined ? {} : { password: wish.pdfPassword };
  try {
    const prepared = unwrap(
      await room.call('prepareSignature', {
        pdf,
        ...password,
        certificates: token.certificate.der,
        signedAt: new Date().toISOString(),
        signerName: token.signerName,
        reason: wish.reason,
        appearance: wish.appearance,
        ...(wish.fieldName === undefined ? {} : { fieldName: wish.fieldName }),
      }),
    );
    const { draft, state, digest, signedAttributes } = prepared;
    const abandon = (): Promise<void> => discard(pdf, access(draft));
    return {
      digest,
      message: signedAttributes,
      abandon,
      finish: async (signature) => {
        try {
          const finished = unwrap(await room.call('finishSignature', { pdf, ...password, draft, state, signature }));
          return access(finished.pdf);
        } finally {
          await abandon();
        }
      },
    };
  } catch (thrown) {
    await discard(pdf);
    throw thrown;
  }
}

/** The room reads the file by itself, from end to end, and keeps a digest: nothing of it is copied. */
async function prepareFile(
  { room, access, discard }: Signatures,
  { file }: SignInput,
  format: 'cades' | 'xades',
  token: SigningToken,
): Promise<Prepared> {
  const { draft, state, digest, message } = unwrap(
    await room.call('prepareFile', {
      format,
      file: { path: resolve(file) },
      mediaType: mediaTypeOf(file),
      certificates: token.certificate.der,
      signedAt: new Date().toISOString(),
    }),
  );
  const abandon = async (): Promise<void> => {
    if (draft) await discard(access(draft));
  };
  return {
    digest,
    message,
    abandon,
    finish: async (signature) => {
      try {
        return access(unwrap(await room.call('finishFile', { draft, state, signature })).signed);
      } finally {
        await abandon();
      }
    },
  };
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
  { out, format }: SignInput,
  wish: SigningWish,
  policy: ValidationPolicy,
): Promise<Stamped> {
  const { room, access, discard } = signatures;
  const authorities = [...wish.authorities];
  const signed = await signatures.deposit(out, MEDIA_TYPES[format]);
  try {
    if (format !== 'pades') {
      const answer = unwrap(await room.call('stampFile', { format, signed, authorities }));
      const { reached, detail } = answer;
      return { blob: answer.signed && access(answer.signed), reached, code: asCode(answer.code), detail };
    }
    const password = wish.pdfPassword === undefined ? {} : { password: wish.pdfPassword };
    const answer = unwrap(
      await room.call('augment', { pdf: signed, ...password, level: wish.level, authorities, policy }),
    );
    const { reached, detail } = answer;
    return { blob: answer.pdf && access(answer.pdf), reached, code: asCode(answer.code), detail };
  } finally {
    await discard(signed);
  }
}

const MEDIA_TYPES = {
  pades: 'application/pdf',
  cades: 'application/pkcs7-signature',
  xades: 'application/xml',
} as const;

function asCode(code: string | null): ErrorCode | null {
  return code === null ? null : asErrorCode(code);
}

/** PEM of the roots among the token's certificates. */
export function selfIssuedRoots(der: readonly string[]): string[] {
  return der
    .map((each) => readCertificate(Buffer.from(each, 'base64')))
    .filter((certificate) => isSelfIssued(certificate))
    .map((certificate) => certificate.x509.toString());
}
