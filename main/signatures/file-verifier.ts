/** @file Verifies files that are no PDF, by what they are: a detached signature with the file it is about, or XML. */
import { StreamDigests } from '../signing/cms/cades.ts';
import { Failure } from '../rooms/failure.ts';
import type { ResultOf } from '../rooms/define.ts';
import type { RoomParams } from '../rooms/supervisor.ts';
import type { CertificateValidator } from '../signing/validation/evidence.ts';
import type { ValidationPolicy } from '../signing/validation/policy.ts';
import { signedContent } from '../signing/cms/signed-content.ts';
import { verifyDetached, verifyXml } from '../signing/verification/verify-file.ts';
import { MAX_XML_BYTES } from '../signing/xades/xml-document.ts';
import { readSmallFile, streamFile } from './file-signer.ts';
import type { SignaturesRoom } from './protocol.ts';

type Methods = SignaturesRoom['methods'];

/** A signature with chain, time-stamps and revocation lists inside; anything larger is no signature. */
const MAX_CMS_BYTES = 32 * 1024 * 1024;
/** Signatures of the oldest kind stand over the content itself, which must then be at hand. */
const MAX_HELD_BYTES = 32 * 1024 * 1024;

export interface FileVerifier {
  verifyFile(params: RoomParams<SignaturesRoom, 'verifyFile'>): Promise<ResultOf<Methods, 'verifyFile'>>;
}

/** @param validatorOf makes what judges certificates under a policy */
export function createFileVerifier(validatorOf: (policy: ValidationPolicy) => CertificateValidator): FileVerifier {
  return {
    async verifyFile({ file, content, policy, at }) {
      const question = { validator: validatorOf(policy), at };
      if (!content) {
        const bytes = await readSmallFile(file, MAX_XML_BYTES);
        return verifyXml(bytes, question);
      }
      const cms = await readSmallFile(file, MAX_CMS_BYTES);
      const held: Buffer[] = [];
      let heldBytes = 0;
      const digests = await new StreamDigests().read(
        (async function* () {
          for await (const part of streamFile(content)) {
            heldBytes += part.length;
            if (heldBytes <= MAX_HELD_BYTES) held.push(Buffer.from(part));
            else held.length = 0;
            yield part;
          }
        })(),
      );
      if (digests.sizeBytes === 0) throw new Failure('file-empty');
      const whole = heldBytes <= MAX_HELD_BYTES ? signedContent(held) : null;
      return verifyDetached(
        cms,
        {
          parts: whole?.parts ?? [],
          digest: (algorithm) => whole?.digest(algorithm) ?? digests.digest(algorithm),
          sizeBytes: digests.sizeBytes,
        },
        question,
      );
    },
  };
}
