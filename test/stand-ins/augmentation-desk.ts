/** @file Signs and prolongs in this process, with the practice authorities on loopback. */
import { withPracticeStamps } from '../../main/counter/practice-time-stamps.ts';
import { validationFetch } from '../../main/counter/validation-fetch.ts';
import { augmentDocument, type Augmentation } from '../../main/signing/augmentation/augment-document.ts';
import { createCertificateValidator } from '../../main/signing/validation/certificate-validator.ts';
import type { CertificateValidator } from '../../main/signing/validation/evidence.ts';
import {
  ValidationPolicy,
  type SignatureLevel,
  type TimeStampAuthority,
} from '../../main/signing/validation/policy.ts';
import { checkTimeStamp, requestTimeStamp } from '../../main/signing/validation/time-stamp.ts';
import { pdfSigner, signPdf, type PdfSigner, type SigningOptions } from './pdf-signer.ts';
import { startValidationAuthorities, type ValidationAuthorities } from './validation-authorities.ts';

export interface AugmentationDesk {
  readonly authorities: ValidationAuthorities;
  readonly signer: PdfSigner;
  readonly policy: ValidationPolicy;
  readonly newSigner: (name: string) => PdfSigner;
  readonly sign: (bytes: Buffer, options?: SigningOptions & { readonly by?: PdfSigner }) => Buffer;
  readonly augment: (bytes: Buffer, level: SignatureLevel, options?: AugmentOptions) => Promise<Augmentation>;
  readonly createValidator: (policy: ValidationPolicy) => CertificateValidator;
  readonly stop: () => Promise<void>;
}

export interface AugmentOptions {
  readonly password?: string;
  readonly now?: () => number;
  readonly timeStampAuthorities?: readonly TimeStampAuthority[];
  readonly policy?: ValidationPolicy;
}

/** @param folder an existing one */
export async function openAugmentationDesk(folder: string): Promise<AugmentationDesk> {
  const authorities = await startValidationAuthorities(folder);
  const { pki } = authorities;
  const newSigner = (name: string): PdfSigner => {
    const holder = pki.issue(name);
    return pdfSigner(holder.keyPath, holder.certificateDer, pki.authority('sha256').certificateDer);
  };
  const signer = newSigner('Trần Văn Minh');
  const ownPolicy = ValidationPolicy.parse({ trustedRoots: [pki.rootPem] });
  const fetch = withPracticeStamps(validationFetch(globalThis.fetch), folder, Date.now);
  const createValidator = (policy: ValidationPolicy): CertificateValidator =>
    createCertificateValidator(policy, fetch, null);
  return {
    authorities,
    signer,
    policy: ownPolicy,
    newSigner,
    createValidator,
    sign: (bytes, { by = signer, ...options } = {}) => signPdf(bytes, by, options),
    augment: (bytes, level, { password, now = Date.now, timeStampAuthorities, policy = ownPolicy } = {}) => {
      const known = timeStampAuthorities ?? [{ url: authorities.tsaUrl, timeoutMs: 10_000 }];
      const ports = {
        timeStampSources: known.map(
          (authority) => async (digest: Buffer) => (await requestTimeStamp(fetch, [authority], digest)).token,
        ),
        checkTimeStamp,
        validator: createValidator(policy),
        now,
      };
      return augmentDocument(bytes, level, ports, password);
    },
    stop: () => authorities.stop(),
  };
}
