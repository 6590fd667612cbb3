/**
 * Frees the memory of a large buffer now. The collector counts such memory late: while a file of a hundred megabytes is read
 * or written chunk by chunk, or pages of ten megapixels are worked on, it would let half as much again lie about. Nobody may
 * look at the bytes afterwards.
 */
export function giveBack({ buffer, byteLength }: ArrayBufferView): void {
  // Small buffers are part of memory that others use too.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
