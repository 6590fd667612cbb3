/**
 * @file PAdES B-B for the signatures room: draft and digest first, the token's answer later, and the verdict on signed
 * files. The key never comes near: this code knows digests and certificates only.
 */
import { createHash, verify } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { depositBlob, readBlob, type BlobAccess, type Deposit } from '../blobs/blob-file.ts';
import type { RoomParams } from '../rooms/supervisor.ts';
import type { ResultOf } from '../rooms/define.ts';
import type { SignaturesRoom } from './protocol.ts';
import { Failure } from '../rooms/failure.ts';
import { drawAppearance } from '../signing/appearance/draw-appearance.ts';
import { allowsDocumentSigning, isSelfIssued, readCertificate, type Certificate } from '../signing/certificate.ts';
import { encodeSignedAttributes, encodeSignedData } from '../signing/cms.ts';
import { fillContents, writeDraft } from '../signing/pdf/draft.ts';
import { PdfDocument } from '../signing/pdf/document.ts';
import { listPages } from '../signing/pdf/pages.ts';
import { openForSigning } from '../signing/pdf/signable.ts';
import { verifyDocument } from '../signing/verification/verify-document.ts';

type Methods = SignaturesRoom['methods'];
type Params<K extends keyof Methods> = RoomParams<SignaturesRoom, K>;

export interface DocumentSigner {
  prepareSignature(params: Params<'prepareSignature'>): Promise<ResultOf<Methods, 'prepareSignature'>>;
  finishSignature(params: Params<'finishSignature'>): Promise<ResultOf<Methods, 'finishSignature'>>;
  verifyPdf(params: Params<'verifyPdf'>): Promise<ResultOf<Methods, 'verifyPdf'>>;
}

/** Opaque to everyone else; a schema because it comes back over a wire. */
const DraftState = z.strictObject({
  byteRange: z.tuple([z.literal(0), z.int().positive(), z.int().positive(), z.int().positive()]),
  fieldName: z.string(),
  signedAttributes: z.string(),
  certificates: z.array(z.string()).min(1),
});

/** Half of it is for the time-stamp of a later level, which goes into the same place. */
const MIN_RESERVED_BYTES = 16 * 1024;
const TIME_STAMP_BYTES = 8 * 1024;

export function createDocumentSigner(folders: {
  readonly incomingFolder: string;
  readonly resourcesFolder: string;
}): DocumentSigner {
  return {
    async prepareSignature(params) {
      const certificates = signingChain(params.certificates);
      const bytes = await readBlob(params.pdf);
      const { appearance } = params;
      const { document, pages, emptyField } = openForSigning(bytes, appearance.kind !== 'none');
      const page = pages[(appearance.page ?? 1) - 1];
      if (!page) throw new Failure('bad-request', `the document has no page ${appearance.page}`);
      const text = { signerName: params.signerName, signedAt: params.signedAt };
      const drawn = await drawAppearance(appearance, text, page, folders.resourcesFolder);
      const draft = writeDraft(document, {
        signedAt: params.signedAt,
        signerName: params.signerName,
        reason: params.reason,
        page,
        appearance: drawn,
        field: emptyField,
        reservedBytes: Math.max(MIN_RESERVED_BYTES, estimatedCmsBytes(certificates) + TIME_STAMP_BYTES),
      });
      const signer = certificates[0] as Certificate;
      const signedAttributes = encodeSignedAttributes(draft.digest, signer);
      const state: z.infer<typeof DraftState> = {
        byteRange: [...draft.byteRange],
        fieldName: draft.fieldName,
        signedAttributes: signedAttributes.toString('base64'),
        certificates: certificates.map((certificate) => certificate.der.toString('base64')),
      };
      return {
        draft: await depositBlob(folders.incomingFolder, draft.bytes, 'application/pdf'),
        state: JSON.stringify(state),
        digest: createHash('sha256').update(signedAttributes).digest('base64'),
      };
    },

    async finishSignature({ draft, state: text, signature: encoded }) {
      const state = readState(text);
      const certificates = state.certificates.map((certificate) => readCertificate(Buffer.from(certificate, 'base64')));
      const signedAttributes = Buffer.from(state.signedAttributes, 'base64');
      const signature = Buffer.from(encoded, 'base64');
      const signer = certificates[0] as Certificate;
      if (!verifies(signer, signedAttributes, signature))
        throw new Failure('signature-does-not-verify', signer.subject);
      const draftPath = join(folders.incomingFolder, draft.file);
      const bytes = await readBlob(accessTo(draft, draftPath));
      fillContents(bytes, state.byteRange, encodeSignedData(certificates, signedAttributes, signature));
      checkFinished(bytes, state.fieldName);
      const pageCount = listPages(new PdfDocument(bytes)).length;
      const pdf = await depositBlob(folders.incomingFolder, bytes, 'application/pdf');
      await rm(draftPath, { force: true });
      return { pdf, pageCount };
    },

    async verifyPdf({ pdf, policy, at }) {
      const { verdict, signatures } = verifyDocument(await readInput(pdf), policy.trustedRoots, at);
      return { verdict, signatures: signatures.map((signature) => ({ ...signature })) };
    },
  };
}

/** The finished file is read again from its bytes and judged as a stranger's would be, before anybody is told it is signed. */
function checkFinished(bytes: Buffer, fieldName: string): void {
  const { signatures } = verifyDocument(bytes, [], new Date().toISOString());
  const own = signatures.find((signature) => signature.field === fieldName);
  if (own?.integrity !== 'intact' || own.coverage !== 'whole')
    throw new Failure('signature-does-not-verify', own?.reasons.join(' ') ?? fieldName);
}

/** The signer's certificate and every intermediate; a root proves nothing inside the file it vouches for. */
function signingChain(encoded: readonly string[]): Certificate[] {
  let all: Certificate[];
  try {
    all = encoded.map((certificate) => readCertificate(Buffer.from(certificate, 'base64')));
  } catch (cause) {
    throw new Failure('certificate-mismatch', cause instanceof Error ? cause.message : String(cause), { cause });
  }
  const [signer, ...others] = all;
  if (!signer) throw new Failure('certificate-missing');
  if (!allowsDocumentSigning(signer)) throw new Failure('certificate-not-for-signing', signer.subject);
  const intermediates = others.filter(
    (certificate) => !isSelfIssued(certificate) && !certificate.der.equals(signer.der),
  );
  return [signer, ...intermediates];
}

function estimatedCmsBytes(certificates: readonly Certificate[]): number {
  return certificates.reduce((sum, certificate) => sum + certificate.der.length, 0) + 2_048;
}

function verifies(signer: Certificate, signedAttributes: Buffer, signature: Buffer): boolean {
  try {
    return verify('sha256', signedAttributes, signer.publicKey, signature);
  } catch {
    return false; // an ECDSA value that is not even DER
  }
}

function readState(text: string): z.infer<typeof DraftState> {
  try {
    return DraftState.parse(JSON.parse(text));
  } catch (cause) {
    throw new Failure('bad-request', 'state of another program or version', { cause });
  }
}

export function accessTo(deposit: Deposit, path: string): BlobAccess {
  return { path, key: deposit.key, sizeBytes: deposit.sizeBytes, mediaType: deposit.mediaType };
}

/** Reads what `verifyPdf` is asked about: a blob, or a file somebody named. */
export async function readInput(pdf: BlobAccess | { readonly path: string }): Promise<Buffer> {
  if ('key' in pdf) return readBlob(pdf);
  try {
    return await readFile(pdf.path);
  } catch (cause) {
    throw new Failure('not-found', pdf.path, { cause });
  }
}
