/**
 * @file Detached CAdES for files of any kind (EN 319 122-1, 6.3: baseline B): the file stays as it is, the signature stands
 * beside it. Only a digest of the file is ever needed.
 */
import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { der, derTime } from '../asn1.ts';
import type { Certificate } from '../certificate.ts';
import { OID } from '../object-identifiers.ts';
import { attribute, encodeSignedAttributes } from './encode-signed-data.ts';

/**
 * What the token signs. Beyond PAdES: signing-time, which level B demands, and the media type, which tells a verifier how to
 * show a file that is not inside the signature.
 * @param digest SHA-256 of the file @param signedAt ISO 8601
 */
export function encodeCadesAttributes(
  digest: Uint8Array,
  signer: Certificate,
  { signedAt, mediaType }: { readonly signedAt: string; readonly mediaType: string },
): Buffer {
  return encodeSignedAttributes(digest, signer, [
    attribute(OID.signingTime, derTime(Date.parse(signedAt))),
    attribute(OID.mimeType, der(0x0c, Buffer.from(mediaType, 'utf8'))),
  ]);
}

/** The digests a verifier may be asked for, of a file read once from end to end. */
export class StreamDigests {
  readonly #hashes = new Map(['sha1', 'sha256', 'sha384', 'sha512'].map((name) => [name, createHash(name)] as const));
  readonly #digests = new Map<string, Buffer>();
  sizeBytes = 0;

  async read(source: AsyncIterable<Uint8Array>): Promise<this> {
    for await (const part of source) {
      this.sizeBytes += part.length;
      for (const hash of this.#hashes.values()) hash.update(part);
    }
    for (const [name, hash] of this.#hashes) this.#digests.set(name, hash.digest());
    return this;
  }

  /** @throws Error for an algorithm that detached signatures of files do not use here */
  digest(algorithm: string): Buffer {
    const digest = this.#digests.get(algorithm);
    if (!digest) throw new Error(`thuật toán băm ${algorithm} không được hỗ trợ`);
    return digest;
  }
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.pdf': 'application/pdf',
  '.xml': 'application/xml',
  '.json': 'application/json',
  '.txt': 'text/plain',
  '.csv': 'text/csv',
  '.html': 'text/html',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.zip': 'application/zip',
  '.doc': 'application/msword',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.xls': 'application/vnd.ms-excel',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.odt': 'application/vnd.oasis.opendocument.text',
  '.ods': 'application/vnd.oasis.opendocument.spreadsheet',
};

/** By the ending of the name; `application/octet-stream` for one that says nothing. */
export function mediaTypeOf(fileName: string): string {
  return MEDIA_TYPES[extname(fileName).toLowerCase()] ?? 'application/octet-stream';
}
