/** @file Entry of the signatures process: wires the room's methods to the parts that do the work. */
import { serveRoom } from '../rooms/serve.ts';
import { createAugmenter } from './augmenter.ts';
import { createDocumentSigner } from './document-signer.ts';
import { createFileSigner } from './file-signer.ts';
import { createFileVerifier } from './file-verifier.ts';
import { findField } from './find-field.ts';
import { signaturesRoom } from './protocol.ts';
import { createCertificateValidator } from '../signing/validation/certificate-validator.ts';
import type { ValidationFetch, ValidationPolicy } from '../signing/validation/policy.ts';
import { openValidationCache } from '../signing/validation/validation-cache.ts';
import { createVerifier } from './verifier.ts';

serveRoom(signaturesRoom, ({ incomingFolder, resourcesFolder, cacheFolder }, host) => {
  const fetch: ValidationFetch = (request) => host.ask('fetch', request);
  const cache = cacheFolder === null ? null : openValidationCache(cacheFolder);
  const signer = createDocumentSigner({ incomingFolder, resourcesFolder });
  const createValidator = (policy: ValidationPolicy) => createCertificateValidator(policy, fetch, cache);
  const verifier = createVerifier(createValidator);
  const files = createFileSigner(incomingFolder, fetch);
  const augmenter = createAugmenter({ incomingFolder, fetch, createValidator });
  const fileVerifier = createFileVerifier(createValidator);
  return {
    handlers: {
      prepareFile: (params) => files.prepareFile(params),
      finishFile: (params) => files.finishFile(params),
      stampFile: (params) => files.stampFile(params),
      verifyFile: (params) => fileVerifier.verifyFile(params),
      findField,
      prepareSignature: (params) => signer.prepareSignature(params),
      finishSignature: (params) => signer.finishSignature(params),
      augment: (params) => augmenter.augment(params),
      verifyPdf: (params) => verifier.verifyPdf(params),
    },
  };
});
