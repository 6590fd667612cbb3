/** @file Names of files that pages give: never a path, never longer than a disk or a handler takes. */
const MAX_CHARACTERS = 200;

/** @returns the last segment of the address or the page's own name; `van-ban.pdf` when there is none */
export function nameOf(url: URL, contentDisposition: string | null): string {
  const given = dispositionName(contentDisposition) ?? lastSegment(url);
  return cleanName(given);
}

/** NFC, without folders, control and shell characters. */
export function cleanName(name: string): string {
  const last = name.normalize('NFC').split(/[\\/]/).at(-1) ?? '';
  const clean = last
    .replaceAll(/[\p{C}<>:"|?*]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  if (clean === '') return 'van-ban.pdf';
  const stem = clean.replace(/\.pdf$/i, '');
  return [...stem].length > MAX_CHARACTERS ? `${[...stem].slice(0, MAX_CHARACTERS).join('')}.pdf` : clean;
}

/** `quyet-dinh.pdf` → `quyet-dinh.signed.pdf`. */
export function signedName(name: string): string {
  return `${name.replace(/\.pdf$/i, '')}.signed.pdf`;
}

function lastSegment(url: URL): string {
  const segment = url.pathname.split('/').at(-1) ?? '';
  const plain = decode(segment);
  // Handlers such as `download.aspx?file=x.pdf` name the file in the query.
  if (/\.pdf$/i.test(plain)) return plain;
  const inQuery = [...url.searchParams.values()].find((value) => /\.pdf$/i.test(value));
  return inQuery ?? (plain === '' ? '' : `${plain.replace(/\.[a-z]{2,5}$/i, '')}.pdf`);
}

/** RFC 6266: the extended form first. */
function dispositionName(header: string | null): string | null {
  if (header === null) return null;
  const extended = /filename\*\s*=\s*(?:UTF-8)''([^;]+)/i.exec(header)?.[1];
  if (extended !== undefined) return decode(extended.trim());
  const plain = /filename\s*=\s*(?:"([^"]*)"|([^;]+))/i.exec(header);
  const name = plain?.[1] ?? plain?.[2]?.trim();
  if (name === undefined || name === '') return null;
  return decode(Buffer.from(name, 'latin1').toString('utf8')); // Node reads header bytes as Latin-1
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
