/** @file PDFs of every kind that gets signed: classic table, cross-reference stream, linearised, hybrid, turned pages. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why tests that need it are skipped; undefined when they run. */
export const QPDF_MISSING: string | undefined = existsSync('/usr/bin/qpdf') ? undefined : 'qpdf is not installed';

export interface PlainPdfOptions {
  readonly pages?: number;
  /** Entries of every page, for example `/Rotate 90`. */
  readonly page?: string;
  /** Entries of the catalog. */
  readonly catalog?: string;
  /** Further objects, from number 10 on. */
  readonly objects?: readonly string[];
  readonly eol?: string;
  /** Further entries of the trailer. */
  readonly trailer?: string;
}

/** Numbers: 1 catalog, 2 page tree, 3 font, 4 content, 10… extra objects, then the pages. */
export function plainPdf(options: PlainPdfOptions = {}): Buffer {
  const extra = options.objects ?? [];
  const firstPage = 10 + extra.length;
  const count = options.pages ?? 1;
  const kids = Array.from({ length: count }, (_, index) => `${firstPage + index} 0 R`);
  const text = 'BT /F1 24 Tf 72 700 Td (Can cuoc cong dan) Tj ET';
  const bodies = new Map<number, string>([
    [1, `<</Type /Catalog /Pages 2 0 R ${options.catalog ?? ''}>>`],
    [2, `<</Type /Pages /Kids [${kids.join(' ')}] /Count ${count} /MediaBox [0 0 595 842]>>`],
    [3, '<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>'],
    [4, `<</Length ${text.length}>>\nstream\n${text}\nendstream`],
  ]);
  extra.forEach((body, index) => bodies.set(10 + index, body));
  for (let index = 0; index < count; index++) {
    bodies.set(
      firstPage + index,
      `<</Type /Page /Parent 2 0 R /Resources <</Font <</F1 3 0 R>>>> /Contents 4 0 R ${options.page ?? ''}>>`,
    );
  }
  return assemble(bodies, firstPage + count, options);
}

function assemble(
  bodies: ReadonlyMap<number, string>,
  size: number,
  { eol = '\n', trailer = '' }: PlainPdfOptions,
): Buffer {
  let file = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';
  let table = `xref\n0 ${size}\n`;
  const offsets = new Map<number, number>();
  for (const [number, body] of bodies) {
    offsets.set(number, Buffer.byteLength(file, 'latin1'));
    file += `${number} 0 obj\n${body}\nendobj\n`;
  }
  for (let number = 0; number < size; number++) {
    const offset = offsets.get(number);
    table +=
      offset === undefined
        ? `0000000000 ${number === 0 ? '65535' : '00001'} f \n`
        : `${String(offset).padStart(10, '0')} 00000 n \n`;
  }
  const start = Buffer.byteLength(file, 'latin1');
  return Buffer.from(
    `${file}${table}trailer\n<</Size ${size} /Root 1 0 R${trailer}>>\nstartxref\n${start}\n%%EOF${eol}`,
    'latin1',
  );
}

/**
 * A hybrid file as Word writes them: one object is shown only by the stream that `/XRefStm` names.
 * @param container further entries of the object stream
 */
export function hybridPdf({ container = '' }: { readonly container?: string } = {}): Buffer {
  let file = '%PDF-1.5\n';
  const at: Record<number, number> = {};
  const add = (number: number, body: string): void => {
    at[number] = file.length;
    file += `${number} 0 obj\n${body}\nendobj\n`;
  };
  add(1, '<</Type /Catalog /Pages 2 0 R /Names 5 0 R>>');
  add(2, '<</Type /Pages /Kids [3 0 R] /Count 1>>');
  add(3, '<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources <<>> >>');
  const packed = '5 0 <</EmbeddedFiles <</Names []>> >>';
  add(4, `<</Type /ObjStm ${container} /N 1 /First 4 /Length ${packed.length}>>\nstream\n${packed}\nendstream`);
  const streamAt = file.length;
  const row = (type: number, second: number, third: number): string =>
    String.fromCharCode(type, second >> 8, second & 255, third);
  const rows = row(2, 4, 0) + row(1, streamAt, 0);
  file += `6 0 obj\n<</Type /XRef /Size 7 /W [1 2 1] /Index [5 2] /Root 1 0 R /Length ${rows.length}>>\nstream\n${rows}\nendstream\nendobj\n`;
  const tableAt = file.length;
  const line = (number: number): string => `${String(at[number]).padStart(10, '0')} 00000 n \n`;
  file += `xref\n0 7\n0000000005 65535 f \n${line(1)}${line(2)}${line(3)}${line(4)}0000000006 00000 f \n0000000000 00000 f \n`;
  file += `trailer\n<</Size 7 /Root 1 0 R /XRefStm ${streamAt}>>\nstartxref\n${tableAt}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

export function throughQpdf(folder: string, input: Buffer, args: readonly string[]): Buffer {
  const source = join(folder, 'qpdf-in.pdf');
  const target = join(folder, 'qpdf-out.pdf');
  writeFileSync(source, input);
  execFileSync('qpdf', [...args, source, target], { stdio: ['ignore', 'ignore', 'pipe'] });
  return readFileSync(target);
}
