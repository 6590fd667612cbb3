/** @file Signs and verifies in this process: practice keys, the key-file token, blob files, the document signer. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { depositBlob, readBlob, type BlobAccess, type Deposit } from '../../main/blobs/blob-file.ts';
import type { Appearance } from '../../main/signing/appearance/appearance.ts';
import { createDocumentSigner, type DocumentSigner } from '../../main/signatures/document-signer.ts';
import { ensurePracticeKeys, PRACTICE_PIN } from '../../main/signing/practice-keys.ts';
import { createCertificateValidator } from '../../main/signing/validation/certificate-validator.ts';
import type { VerificationResult } from '../../main/signing/verification/report.ts';
import { verifyDocument } from '../../main/signing/verification/verify-document.ts';
import { ValidationPolicy } from '../../main/signing/validation/policy.ts';
import { KeyFileSource } from '../../main/token/key-file-token.ts';
import type { Token } from '../../main/token/protocol.ts';

export const RESOURCES = join(import.meta.dirname, '../../resources');

export interface SigningWish {
  readonly password?: string;
  readonly fieldName?: string;
  readonly reason?: string;
}

export interface SigningDesk {
  readonly signer: DocumentSigner;
  readonly token: Token;
  readonly caPem: string;
  readonly officerName: string;
  deposit(bytes: Buffer): Promise<BlobAccess>;
  read(deposit: Deposit): Promise<Buffer>;
  /** What the token answers to a prepared signature. */
  signDigest(prepared: { readonly digest: string }): Promise<string>;
  sign(bytes: Buffer, appearance?: Appearance, signedAt?: string, wish?: SigningWish): Promise<Buffer>;
  verify(bytes: Buffer, roots?: readonly string[], at?: string, password?: string): Promise<VerificationResult>;
}

export async function openSigningDesk(folder: string): Promise<SigningDesk> {
  const incomingFolder = join(folder, 'incoming');
  mkdirSync(incomingFolder, { recursive: true });
  const keys = ensurePracticeKeys(join(folder, 'keys'));
  const officer = keys.officers[0];
  if (!officer) throw new Error('no practice officer');
  const source = new KeyFileSource({ path: officer.p12Path, label: officer.label, isPractice: true });
  const [token] = await source.list();
  const certificate = token?.certificates[0];
  if (!token || !certificate) throw new Error('no practice certificate');
  await source.login(token.id, Buffer.from(PRACTICE_PIN));
  const signer = createDocumentSigner({ incomingFolder, resourcesFolder: RESOURCES });
  const access = (deposit: Deposit): BlobAccess => ({
    path: join(incomingFolder, deposit.file),
    key: deposit.key,
    sizeBytes: deposit.sizeBytes,
    mediaType: deposit.mediaType,
  });
  const desk: SigningDesk = {
    signer,
    token,
    caPem: keys.caPem,
    officerName: officer.name,
    deposit: async (bytes) => access(await depositBlob(incomingFolder, bytes, 'application/pdf')),
    read: (deposit) => readBlob(access(deposit)),
    async signDigest({ digest }) {
      const bytes = Buffer.from(digest, 'base64');
      return (await source.sign(token.id, certificate.id, { digest: bytes, message: undefined })).signature;
    },
    async sign(bytes, appearance = { kind: 'none' }, signedAt = new Date().toISOString(), wish = {}) {
      const { reason = null, ...opening } = wish;
      const pdf = await desk.deposit(bytes);
      const prepared = await signer.prepareSignature({
        pdf,
        certificates: certificate.der,
        signedAt,
        signerName: officer.name,
        reason,
        appearance,
        ...opening,
      });
      const signature = await desk.signDigest(prepared);
      const { draft, state } = prepared;
      const { password } = wish;
      const finished = await signer.finishSignature({
        pdf,
        draft,
        state,
        signature,
        ...(password === undefined ? {} : { password }),
      });
      return desk.read(finished.pdf);
    },
    verify: async (bytes, roots = [desk.caPem], at = new Date(Date.now() + 1_000).toISOString(), password) => {
      const policy = ValidationPolicy.parse({ trustedRoots: roots, isOffline: true });
      return verifyDocument(bytes, { at, password }, policy, createCertificateValidator(policy, null, null));
    },
  };
  return desk;
}
