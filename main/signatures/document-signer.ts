/**
 * @file PAdES B-B for the signatures room: draft and digest first, the token's answer later. The key never comes near: this
 * code knows digests and certificates only.
 */
import { createHash, verify } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import {
  accessToDeposit,
  depositBlob,
  depositDraft,
  readBlob,
  readBlobInto,
  type BlobAccess,
  type Deposit,
} from '../blobs/blob-file.ts';
import { giveBack } from '../blobs/give-back.ts';
import type { RoomParams } from '../rooms/supervisor.ts';
import type { ResultOf } from '../rooms/define.ts';
import type { SignaturesRoom } from './protocol.ts';
import { Failure } from '../rooms/failure.ts';
import { createAppearanceDrawer } from '../signing/appearance/draw-appearance.ts';
import { appearanceSite } from '../signing/appearance/site.ts';
import { allowsDocumentSigning, isSelfIssued, readCertificate, type Certificate } from '../signing/certificate.ts';
import { encodeSignedAttributes, encodeSignedData } from '../signing/cms/encode-signed-data.ts';
import { signatureEntries, writeDraft } from '../signing/pdf/draft.ts';
import type { Page } from '../signing/pdf/pages.ts';
import { meetSeedValues } from '../signing/pdf/seed-values.ts';
import { MAX_PDF_BYTES, openForSigning } from '../signing/pdf/signable.ts';
import { fillGap } from '../signing/pdf/signature-gap.ts';
import { examineDocument } from '../signing/verification/examine-document.ts';

type Methods = SignaturesRoom['methods'];
type Params<K extends keyof Methods> = RoomParams<SignaturesRoom, K>;

export interface DocumentSigner {
  prepareSignature(params: Params<'prepareSignature'>): Promise<ResultOf<Methods, 'prepareSignature'>>;
  finishSignature(params: Params<'finishSignature'>): Promise<ResultOf<Methods, 'finishSignature'>>;
}

/** Opaque to everyone else; a schema because it comes back over a wire. */
const DraftState = z.strictObject({
  byteRange: z.tuple([z.literal(0), z.int().positive(), z.int().positive(), z.int().positive()]),
  fieldName: z.string(),
  pageCount: z.int().positive(),
  signedAttributes: z.string(),
  certificates: z.array(z.string()).min(1),
});

/** Half of it is for the time-stamp of a later level, which goes into the same place. */
const MIN_RESERVED_BYTES = 16 * 1024;
const TIME_STAMP_BYTES = 8 * 1024;
const LARGE_BYTES = 8 * 1024 * 1024;

export function createDocumentSigner(folders: {
  readonly incomingFolder: string;
  readonly resourcesFolder: string;
}): DocumentSigner {
  const { incomingFolder } = folders;
  const drawer = createAppearanceDrawer(folders.resourcesFolder);
  const oneLargeFile = inTurn();
  return {
    prepareSignature: (params) =>
      oneLargeFile(params.pdf.sizeBytes, async () => {
        const certificates = signingChain(params.certificates);
        const { appearance, password, fieldName, signedAt, signerName } = params;
        const isVisible = appearance.kind !== 'none';
        if (params.pdf.sizeBytes > MAX_PDF_BYTES) throw new Failure('file-too-large', `${params.pdf.sizeBytes} bytes`);
        return holding(await readBlob(params.pdf), async (bytes) => {
          const signable = openForSigning(bytes, { password, fieldName, isVisible });
          const { document, pages, field, place } = signable;
          const terms = meetSeedValues(document, field, params.reason, certificates);
          const site = appearanceSite(signable, appearance);
          const drawn = site && (await drawer.draw(appearance, { signerName, signedAt }, site));
          const draft = writeDraft(document, {
            entries: signatureEntries(document, terms, signedAt, signerName, field),
            page: site?.page ?? (pages[0] as Page),
            appearance: drawn,
            field,
            widget: place?.widget ?? null,
            reservedBytes: Math.max(MIN_RESERVED_BYTES, estimatedCmsBytes(certificates) + TIME_STAMP_BYTES),
            seed: `${signedAt}\n${signerName}`,
          });
          const signedAttributes = encodeSignedAttributes(draft.digest, certificates[0] as Certificate);
          const state: z.infer<typeof DraftState> = {
            byteRange: [...draft.byteRange],
            fieldName: draft.fieldName,
            pageCount: pages.length,
            signedAttributes: signedAttributes.toString('base64'),
            certificates: certificates.map((certificate) => certificate.der.toString('base64')),
          };
          return {
            draft: await depositDraft(incomingFolder, draft.tail, 'application/octet-stream'),
            state: JSON.stringify(state),
            digest: createHash('sha256').update(signedAttributes).digest('base64'),
            signedAttributes: state.signedAttributes,
          };
        });
      }),

    finishSignature: (params) =>
      oneLargeFile(params.pdf.sizeBytes, async () => {
        const state = readState(params.state);
        const certificates = state.certificates.map((encoded) => readCertificate(Buffer.from(encoded, 'base64')));
        const signedAttributes = Buffer.from(state.signedAttributes, 'base64');
        const signature = Buffer.from(params.signature, 'base64');
        const signer = certificates[0] as Certificate;
        if (!verifies(signer, signedAttributes, signature))
          throw new Failure('signature-does-not-verify', signer.subject);
        const draft = accessToDeposit(incomingFolder, params.draft);
        return holding(Buffer.allocUnsafe(params.pdf.sizeBytes + draft.sizeBytes), async (whole) => {
          await readBlobInto(params.pdf, whole);
          (await readBlob(draft)).copy(whole, params.pdf.sizeBytes);
          fillGap(whole, state.byteRange, encodeSignedData(certificates, signedAttributes, signature));
          checkFinished(whole, params.password, state.fieldName);
          const pdf = await depositBlob(incomingFolder, whole, 'application/pdf');
          await rm(draft.path, { force: true });
          return { pdf, pageCount: state.pageCount };
        });
      }),
  };
}

/** With two of the largest files in a row, the memory of the first is free before the second is read. */
async function holding<T>(bytes: Buffer, work: (bytes: Buffer) => Promise<T>): Promise<T> {
  try {
    return await work(bytes);
  } finally {
    giveBack(bytes);
  }
}

/**
 * Large files one after the other: of two at most one is in memory. Small ones do not wait, so that the next is read while the
 * disk still writes the last.
 */
function inTurn(): <T>(sizeBytes: number, work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (sizeBytes, work) => {
    if (sizeBytes < LARGE_BYTES) return work();
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}

/** The finished file is read anew from its bytes and judged as a stranger's would be, before anybody is told it is signed. */
function checkFinished(bytes: Buffer, password: string | undefined, fieldName: string): void {
  const { signatures } = examineDocument(bytes, password);
  const own = signatures.find((signature) => signature.field === fieldName);
  if (own?.integrity !== 'intact' || own.coverage !== 'whole')
    throw new Failure('signature-does-not-verify', own?.reasons.join(' ') ?? fieldName);
}

/** The signer's certificate and every intermediate; a root proves nothing inside the file it vouches for. */
export function signingChain(encoded: readonly string[]): Certificate[] {
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

export function verifies(signer: Certificate, signedAttributes: Buffer, signature: Buffer): boolean {
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
