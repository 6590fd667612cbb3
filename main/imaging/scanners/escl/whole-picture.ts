import { sniffFormat } from '../../import/sniff-format.ts';

const JPEG_END = Buffer.from([0xff, 0xd9]);
const PNG_END = Buffer.from('IEND', 'latin1');
/** Some devices fill the last block behind the end mark. */
const PADDING_BYTES = 4096;

/** Whether a picture from the line has its end: an answer without Content-Length can break off unnoticed. */
export function isWholePicture(bytes: Buffer): boolean {
  switch (sniffFormat(bytes)) {
    case 'jpeg':
      return bytes.subarray(-PADDING_BYTES).includes(JPEG_END);
    case 'png':
      return bytes.subarray(-PADDING_BYTES).includes(PNG_END);
    case 'tiff':
      return true;
    default:
      return false;
  }
}
