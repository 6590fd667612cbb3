/** @file Entry of the signatures process: wires the room's methods to the parts that do the work. */
import { serveRoom } from '../rooms/serve.ts';
import { createDocumentSigner } from './document-signer.ts';
import { signaturesRoom } from './protocol.ts';
import { createVerifier } from './verifier.ts';

serveRoom(signaturesRoom, ({ incomingFolder, resourcesFolder }) => {
  const signer = createDocumentSigner({ incomingFolder, resourcesFolder });
  const verifier = createVerifier();
  return {
    handlers: {
      prepareSignature: (params) => signer.prepareSignature(params),
      finishSignature: (params) => signer.finishSignature(params),
      verifyPdf: (params) => verifier.verifyPdf(params),
    },
  };
});
