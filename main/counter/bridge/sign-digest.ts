/**
 * @file One digest signed with the PIN window before it, for pages the administrator named for it. Blind by nature: nobody
 * here has seen what the digest is of.
 */
import { createHash, randomUUID } from 'node:crypto';
import { ok, refuse, type Result } from '../../../preload/result.ts';
import type { SigningRequest } from '../../../preload/types.ts';
import type { Authoriser } from '../../ports/ports.ts';
import { readCertificate } from '../../signing/certificate.ts';
import { encodeSignedAttributes, encodeSignedData } from '../../signing/cms/encode-signed-data.ts';
import type { Token } from '../../token/protocol.ts';
import type { Rooms } from '../rooms.ts';
import { withToken } from '../token-session.ts';

export interface DigestToSign {
  readonly title: string;
  /** 32 bytes. */
  readonly digest: Buffer;
  /** `raw`: the signature value over the digest. `cms`: a detached SignedData with the digest as its message digest. */
  readonly form: 'raw' | 'cms';
  readonly officerName: string;
}

export interface SignedDigest {
  /** Base64. */
  readonly signature: string;
  /** The signer's certificate: DER, base64. */
  readonly der: string;
  readonly certificateSerial: string;
}

export async function signDigest(
  rooms: Rooms,
  authoriser: Authoriser,
  token: Token,
  certificateId: string,
  { title, digest, form, officerName }: DigestToSign,
): Promise<Result<SignedDigest>> {
  const certificate = token.certificates.find((candidate) => candidate.id === certificateId);
  const own = certificate?.der[0];
  if (!certificate || own === undefined) return refuse('certificate-missing');
  const chain = certificate.der.map((encoded) => readCertificate(Buffer.from(encoded, 'base64')));
  const signer = chain[0];
  if (!signer) return refuse('certificate-missing');
  if (form === 'raw' && signer.publicKey.asymmetricKeyType !== 'rsa')
    return refuse('bridge-not-supported', 'chứng thư không phải RSA');
  const attributes = encodeSignedAttributes(digest, signer);
  const toSign = form === 'raw' ? digest : createHash('sha256').update(attributes).digest();

  const request: SigningRequest = {
    requestId: randomUUID(),
    purpose: 'web-page',
    documents: [
      {
        documentId: randomUUID(),
        title,
        dossierCode: null,
        pageCount: 0,
        fingerprint: digest.toString('hex').slice(0, 16),
      },
    ],
    token: { ...token, certificates: token.certificates.map(({ der: _der, ...rest }) => rest) },
    certificateId,
    officerName,
  };
  return withToken(rooms.token, authoriser, token, request, async () => {
    const signed = await rooms.token.call('sign', {
      tokenId: token.id,
      certificateId,
      digest: toSign.toString('base64'),
      ...(form === 'raw' ? {} : { message: attributes.toString('base64') }),
    });
    if (!signed.ok) return signed;
    const value = Buffer.from(signed.value.signature, 'base64');
    const signature = form === 'raw' ? value : encodeSignedData(chain, attributes, value);
    return ok({ signature: signature.toString('base64'), der: own, certificateSerial: certificate.serialNumber });
  });
}
