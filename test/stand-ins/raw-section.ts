/** @file Sections appended to a PDF by hand, with whatever rows and trailer a test wants: what no honest writer appends. */

export interface RawSection {
  /** By number: the body between `obj` and `endobj`. */
  readonly objects?: ReadonlyMap<number, string>;
  /** Rows of the table before those of `objects`. */
  readonly rows?: string;
  /** Entries of the trailer before and after the usual ones. */
  readonly before?: string;
  readonly after?: string;
  readonly size?: number;
  readonly prev?: string;
  /** After `%%EOF`. */
  readonly tail?: string;
}

/** With a new document information, which alone would be an innocent update. */
export function withRawSection(bytes: Buffer, section: RawSection): Buffer {
  const text = bytes.toString('latin1');
  const size = Math.max(...[...text.matchAll(/\/Size (\d+)/g)].map((match) => Number(match[1])));
  const root = /\/Root (\d+ 0 R)/.exec(text)?.[1] ?? '';
  let added = '';
  let rows = section.rows ?? '';
  for (const [number, body] of [...(section.objects ?? []), [size, '<</Title (x)>>'] as const]) {
    rows += tableRow(number, bytes.length + added.length);
    added += `${number} 0 obj\n${body}\nendobj\n`;
  }
  const start = bytes.length + added.length;
  const { before = '', after = '', prev = String(newestTable(bytes)), tail = '' } = section;
  added +=
    `xref\n${rows}trailer\n<<${before}/Size ${section.size ?? size + 1}/Root ${root}/Prev ${prev}/Info ${size} 0 R${after}>>\n` +
    `startxref\n${start}\n%%EOF\n${tail}`;
  return Buffer.concat([bytes, Buffer.from(added, 'latin1')]);
}

/** The same as a cross-reference stream: rows are number, type, and two fields. */
export function withRawStream(
  bytes: Buffer,
  rows: readonly (readonly [number, number, number, number])[],
  entries = '',
): Buffer {
  const text = bytes.toString('latin1');
  const size = Math.max(...[...text.matchAll(/\/Size (\d+)/g)].map((match) => Number(match[1])));
  const root = /\/Root (\d+ 0 R)/.exec(text)?.[1] ?? '';
  const information = `${size} 0 obj\n<</Title (x)>>\nendobj\n`;
  const start = bytes.length + information.length;
  const all = [...rows, [size, 1, bytes.length, 0], [size + 1, 1, start, 0]] as const;
  const content = all
    .map(([, type, second, third]) => [type, second, third].map((field, index) => hex(field, [1, 4, 2][index] ?? 0)))
    .flat()
    .join('');
  const index = all.map(([number]) => `${number} 1`).join(' ');
  const added =
    `${information}${size + 1} 0 obj\n<</Type /XRef /Size ${size + 2} /W [1 4 2] /Index [${index}] /Root ${root} ` +
    `/Info ${size} 0 R /Prev ${newestTable(bytes)} /Filter /ASCIIHexDecode /Length ${content.length + 1}${entries}>>\n` +
    `stream\n${content}>\nendstream\nendobj\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.concat([bytes, Buffer.from(added, 'latin1')]);
}

export function tableRow(number: number, offset: number, kind: 'n' | 'f' = 'n'): string {
  return `${number} 1\n${String(offset).padStart(10, '0')} 00000 ${kind} \n`;
}

export function newestTable(bytes: Buffer): number {
  return Number(/startxref\s+(\d+)/.exec(bytes.toString('latin1', bytes.lastIndexOf('startxref')))?.[1]);
}

/** Where each definition of an object begins, in the order of the file. */
export function placesOf(bytes: Buffer, number: number): readonly number[] {
  return [...bytes.toString('latin1').matchAll(new RegExp(`(?<=\\n)${number} 0 obj`, 'g'))].map(({ index }) => index);
}

function hex(value: number, octets: number): string {
  return value.toString(16).padStart(octets * 2, '0');
}
