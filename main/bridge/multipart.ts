/** @file multipart/form-data (RFC 7578) as browsers write it: names in UTF-8, quotes and line ends percent-encoded. */
import { randomBytes } from 'node:crypto';

export interface FormFile {
  readonly part: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export function encodeForm(
  fields: readonly { readonly key: string; readonly value: string }[],
  file: FormFile,
): { readonly contentType: string; readonly body: Buffer } {
  const boundary = `----quaymotcua${randomBytes(16).toString('hex')}`;
  const chunks: (string | Buffer)[] = [];
  for (const { key, value } of fields)
    chunks.push(`--${boundary}\r\nContent-Disposition: form-data; name="${quoted(key)}"\r\n\r\n`, value, '\r\n');
  chunks.push(
    `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(file.part)}"; filename="${quoted(file.fileName)}"\r\n` +
      `Content-Type: ${file.contentType}\r\n\r\n`,
    file.bytes,
    `\r\n--${boundary}--\r\n`,
  );
  const body = Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk)));
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}

function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
