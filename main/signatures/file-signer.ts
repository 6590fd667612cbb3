/** @file Signs files that are no PDF: detached CAdES and enveloped XAdES, at B-B, and B-T where an authority answers. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { accessToDeposit, depositBlob, readBlob, streamBlob, type BlobAccess } from '../blobs/blob-file.ts';
import type { ResultOf } from '../rooms/define.ts';
import { Failure, toRefusal } from '../rooms/failure.ts';
import type { RoomParams } from '../rooms/supervisor.ts';
import { withSignatureTimeStamp } from '../signing/augmentation/cms-time-stamp.ts';
import { childOf, readAsn1 } from '../signing/asn1.ts';
import { encodeCadesAttributes } from '../signing/cms/cades.ts';
import { readCertificate, type Certificate } from '../signing/certificate.ts';
import { encodeSignedData } from '../signing/cms/encode-signed-data.ts';
import type { ValidationFetch } from '../signing/validation/policy.ts';
import { requestTimeStamp } from '../signing/validation/time-stamp.ts';
import { readSignedData } from '../signing/cms/signed-data.ts';
import { checkXmlSignature } from '../signing/xades/check-signature.ts';
import { ecdsaSideBySide, fillSignatureValue, writeXmlDraft } from '../signing/xades/signature-xml.ts';
import { canonicalSignatureValue, withXmlTimeStamp } from '../signing/xades/time-stamp-xml.ts';
import { DS, MAX_XML_BYTES, withXml } from '../signing/xades/xml-document.ts';
import { XmlElement } from 'libxml2-wasm';
import { signingChain, verifies } from './document-signer.ts';
import type { SignaturesRoom } from './protocol.ts';

type Methods = SignaturesRoom['methods'];
type Params<K extends keyof Methods> = RoomParams<SignaturesRoom, K>;

export interface FileSigner {
  prepareFile(params: Params<'prepareFile'>): Promise<ResultOf<Methods, 'prepareFile'>>;
  finishFile(params: Params<'finishFile'>): Promise<ResultOf<Methods, 'finishFile'>>;
  stampFile(params: Params<'stampFile'>): Promise<ResultOf<Methods, 'stampFile'>>;
}

/** Opaque to everyone else; a schema because it comes back over a wire. */
const FileState = z.strictObject({
  format: z.enum(['cades', 'xades']),
  /** What was signed, base64. */
  message: z.string(),
  certificates: z.array(z.string()).min(1),
  /** Id of the XML signature. */
  id: z.string().nullable(),
});

const MAX_SIGNED_BYTES = 64 * 1024 * 1024;

export function createFileSigner(incomingFolder: string, fetch: ValidationFetch): FileSigner {
  const deposit = (bytes: Uint8Array, mediaType: string): ReturnType<typeof depositBlob> =>
    depositBlob(incomingFolder, bytes, mediaType);

  return {
    async prepareFile({ format, file, mediaType, certificates: encoded, signedAt }) {
      const certificates = signingChain(encoded);
      const signer = certificates[0] as Certificate;
      const draft =
        format === 'xades' ? writeXmlDraft(await readSmallFile(file, MAX_XML_BYTES), { certificates, signedAt }) : null;
      const message = draft?.signedInfo ?? encodeCadesAttributes(await digestOf(file), signer, { signedAt, mediaType });
      const state: z.infer<typeof FileState> = {
        format,
        message: message.toString('base64'),
        certificates: certificates.map((certificate) => certificate.der.toString('base64')),
        id: draft?.id ?? null,
      };
      return {
        draft: draft && (await deposit(draft.bytes, 'application/xml')),
        state: JSON.stringify(state),
        digest: createHash('sha256').update(message).digest('base64'),
        message: state.message,
      };
    },

    async finishFile({ draft, state: text, signature: encoded }) {
      const { id, message: signed, certificates: chain } = readState(text);
      const certificates = chain.map((each) => readCertificate(Buffer.from(each, 'base64')));
      const signer = certificates[0] as Certificate;
      const message = Buffer.from(signed, 'base64');
      const signature = Buffer.from(encoded, 'base64');
      if (!verifies(signer, message, signature)) throw new Failure('signature-does-not-verify', signer.subject);
      if (id === null)
        return {
          signed: await deposit(encodeSignedData(certificates, message, signature), 'application/pkcs7-signature'),
        };
      if (!draft) throw new Failure('bad-request', 'an XML signature needs its draft');
      const access = accessToDeposit(incomingFolder, draft);
      const bytes = fillSignatureValue(await readBlob(access), id, xmlSignatureValue(signer, signature));
      checkFinishedXml(bytes, id);
      const finished = await deposit(bytes, 'application/xml');
      await rm(access.path, { force: true });
      return { signed: finished };
    },

    async stampFile({ format, signed, authorities }) {
      const bytes = await readSmallFile(signed, MAX_SIGNED_BYTES);
      try {
        const digest = createHash('sha256')
          .update(format === 'xades' ? canonicalSignatureValue(bytes) : readSignedData(bytes).signer.signature)
          .digest();
        const { token } = await requestTimeStamp(fetch, authorities, digest);
        const stamped = format === 'xades' ? withXmlTimeStamp(bytes, token) : withSignatureTimeStamp(bytes, token);
        return { signed: await deposit(stamped, signed.mediaType), reached: 'B-T', code: null, detail: null };
      } catch (thrown) {
        const { code, detail } = toRefusal(thrown);
        if (code === 'internal') throw thrown;
        return { signed: null, reached: 'B-B', code, detail: detail ?? null };
      }
    },
  };
}

/** XMLDSig writes the two numbers of ECDSA side by side where CMS has a structure. */
function xmlSignatureValue(signer: Certificate, signature: Buffer): Buffer {
  const { asymmetricKeyType, asymmetricKeyDetails } = signer.publicKey;
  if (asymmetricKeyType !== 'ec') return signature;
  const sizes: Readonly<Record<string, number>> = { prime256v1: 32, secp384r1: 48, secp521r1: 66 };
  const size = sizes[asymmetricKeyDetails?.namedCurve ?? ''];
  if (!size) throw new Failure('certificate-not-for-signing', `curve ${asymmetricKeyDetails?.namedCurve}`);
  const pair = readAsn1(signature);
  return ecdsaSideBySide({ r: childOf(pair, 0, 0x02).content, s: childOf(pair, 1, 0x02).content }, size);
}

/** Read again from its bytes and judged as a stranger's would be, before anybody is told it is signed. */
function checkFinishedXml(bytes: Buffer, id: string): void {
  withXml(bytes, (document) => {
    const own = document.get(`//ds:Signature[@Id='${id}']`, { ds: DS });
    const check = own instanceof XmlElement ? checkXmlSignature(bytes, document, own) : null;
    if (check?.integrity !== 'intact' || check.coverage !== 'whole' || !check.hasSigningCertificate)
      throw new Failure('signature-does-not-verify', check?.reasons.join(' ') ?? id);
  });
}

type AnyFile = BlobAccess | { readonly path: string };

/** Plaintext of a blob or of a named file, piece by piece. @throws Failure `file-not-found` */
export async function* streamFile(file: AnyFile): AsyncGenerator<Uint8Array> {
  if ('key' in file) {
    yield* streamBlob(file);
    return;
  }
  try {
    yield* createReadStream(file.path);
  } catch (cause) {
    throw new Failure('file-not-found', `${file.path}: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

/** @throws Failure `file-too-large` before the limit is held in memory, `file-empty` */
export async function readSmallFile(file: AnyFile, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of streamFile(file)) {
    size += part.length;
    if (size > maxBytes) throw new Failure('file-too-large', `more than ${maxBytes} bytes`);
    parts.push(part);
  }
  if (size === 0) throw new Failure('file-empty');
  return Buffer.concat(parts);
}

async function digestOf(file: AnyFile): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const part of streamFile(file)) hash.update(part);
  return hash.digest();
}

function readState(text: string): z.infer<typeof FileState> {
  try {
    return FileState.parse(JSON.parse(text));
  } catch (cause) {
    throw new Failure('bad-request', 'state of another program or version', { cause });
  }
}
