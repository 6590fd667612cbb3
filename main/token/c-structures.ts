/** @file C structures of PKCS#11 as bytes: what `CK_ATTRIBUTE`, `CK_MECHANISM` and their like look like in memory. */
import { Failure } from '../rooms/failure.ts';

/** Lays out C structures of CK_ULONGs and pointers: packed on Windows, aligned elsewhere (where both are equally wide). */
export class StructureWriter {
  readonly #parts: Buffer[] = [];
  readonly #ulongBytes: number;
  readonly #pointerBytes: number;
  /** Where `ulValueLen` of the last attribute stands. */
  lengthOffset = 0;

  constructor(isWindows: boolean, ulongBytes: number, pointerBytes: number) {
    if (!isWindows && ulongBytes !== pointerBytes)
      throw new Failure('token-module-refused', 'unknown layout of C structures');
    this.#ulongBytes = ulongBytes;
    this.#pointerBytes = pointerBytes;
  }

  ulong(value: number): void {
    this.#write(BigInt(value), this.#ulongBytes);
  }

  pointer(value: bigint): void {
    this.#write(value, this.#pointerBytes);
  }

  attribute(type: number, value: bigint, length: number): void {
    this.ulong(type);
    this.pointer(value);
    this.lengthOffset = this.#parts.reduce((sum, part) => sum + part.length, 0);
    this.ulong(length);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #write(value: bigint, width: number): void {
    const bytes = Buffer.alloc(width);
    if (width === 4) bytes.writeUInt32LE(Number(value));
    else bytes.writeBigUInt64LE(value);
    this.#parts.push(bytes);
  }
}

/** Token texts are padded with blanks by the standard, with zeros or rubbish by some drivers. */
export function printable(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes
    .subarray(0, end < 0 ? bytes.length : end)
    .toString('utf8')
    .replace(/[\p{Cc}\ufffd]/gu, '')
    .trim();
}
