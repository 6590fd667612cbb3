/** @file Signs files that are no PDF in this process, with keys of openssl: the room's own signer without room and token. */
import { sign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessToDeposit, readBlob } from '../../main/blobs/blob-file.ts';
import { createFileSigner, type FileSigner } from '../../main/signatures/file-signer.ts';
import type { FileFormat } from '../../main/signatures/file-methods.ts';
import type { ValidationFetch } from '../../main/signing/validation/policy.ts';
import { createCertificateValidator } from '../../main/signing/validation/certificate-validator.ts';
import type { FileQuestion } from '../../main/signing/verification/verify-file.ts';
import { createTestPki, type KeyKind, type TestPki, type TestSigner } from './test-pki.ts';

export interface FileSigningDesk {
  readonly pki: TestPki;
  readonly signer: FileSigner;
  readonly signers: Readonly<Record<KeyKind, TestSigner>>;
  readonly sign: (format: FileFormat, bytes: Uint8Array, kind?: KeyKind, mediaType?: string) => Promise<Buffer>;
  /** Chain to the test root, nothing asked of anybody. */
  readonly question: (roots?: readonly string[], at?: string) => FileQuestion;
}

const nobody: ValidationFetch = () => Promise.reject(new Error('nobody is to be asked'));

export function openFileSigningDesk(folder: string, fetch: ValidationFetch = nobody): FileSigningDesk {
  const incoming = join(folder, 'incoming');
  mkdirSync(incoming, { recursive: true });
  const pki = createTestPki(join(folder, 'pki'));
  const signers = {
    'rsa-2048': pki.issue('Nguyễn Thị Lan', 'rsa-2048'),
    'rsa-3072': pki.issue('Trần Văn Minh', 'rsa-3072'),
    'p-256': pki.issue('Lê Thị Ẩn', 'p-256'),
  };
  const signer = createFileSigner(incoming, fetch);
  let count = 0;
  return {
    pki,
    signer,
    signers,
    async sign(format, bytes, kind = 'rsa-2048', mediaType = 'application/octet-stream') {
      const path = join(folder, `input-${++count}`);
      writeFileSync(path, bytes);
      const certificates = [signers[kind].certificateDer, pki.issuerDer].map((der) => der.toString('base64'));
      const signedAt = new Date().toISOString();
      const prepared = await signer.prepareFile({ format, file: { path }, mediaType, certificates, signedAt });
      const key = readFileSync(signers[kind].keyPath);
      const signature = sign('sha256', Buffer.from(prepared.message, 'base64'), key).toString('base64');
      const { draft, state } = prepared;
      const { signed } = await signer.finishFile({ draft, state, signature });
      return readBlob(accessToDeposit(incoming, signed));
    },
    question: (roots = [pki.rootPem], at = new Date(Date.now() + 1_000).toISOString()) => ({
      at,
      validator: createCertificateValidator(
        {
          trustedRoots: [...roots],
          timeStampRoots: [],
          allowsSha1Issuers: false,
          urlRewrites: [],
          issuerHosts: [],
          isOffline: true,
        },
        null,
        null,
      ),
    }),
  };
}
