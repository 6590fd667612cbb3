/** @file Writes small PDF files by hand, so that a test knows every byte of them. */

export interface TinyPage {
  /** Points. */
  readonly width: number;
  readonly height: number;
  readonly rotate?: number;
  /** A JPEG that fills the page. */
  readonly jpeg?: { readonly bytes: Uint8Array; readonly width: number; readonly height: number };
  /** Content stream; a filled square when nothing else is given. */
  readonly content?: string;
}

export function makePdf(pages: readonly TinyPage[]): Buffer {
  const objects: Buffer[] = [];
  const add = (body: string | Buffer): number =>
    objects.push(Buffer.isBuffer(body) ? body : Buffer.from(body, 'latin1'));
  add('<</Type/Catalog/Pages 2 0 R>>');
  add(''); // the page tree, known at the end
  const kids = pages.map((page) => {
    const picture = page.jpeg
      ? add(
          stream(
            `/Type/XObject/Subtype/Image/Width ${page.jpeg.width}/Height ${page.jpeg.height}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode`,
            Buffer.from(page.jpeg.bytes),
          ),
        )
      : 0;
    const drawing = page.jpeg ? `${page.width} 0 0 ${page.height} 0 0 cm /I Do` : '0 0 1 rg 10 10 50 50 re f';
    const content = add(stream('', Buffer.from(page.content ?? drawing, 'latin1')));
    const resources = picture === 0 ? '' : `/XObject<</I ${picture} 0 R>>`;
    return add(
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${page.width} ${page.height}]/Rotate ${page.rotate ?? 0}/Contents ${content} 0 R/Resources<<${resources}>>>>`,
    );
  });
  objects[1] = Buffer.from(`<</Type/Pages/Count ${kids.length}/Kids[${kids.map((kid) => `${kid} 0 R`).join(' ')}]>>`);
  const parts = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  let offset = parts[0]!.length;
  const offsets = objects.map((body, index) => {
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')]);
    parts.push(part);
    offset += part.length;
    return offset - part.length;
  });
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${offset}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

function stream(entries: string, bytes: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`<<${entries}/Length ${bytes.length}>>\nstream\n`),
    bytes,
    Buffer.from('\nendstream'),
  ]);
}
