/** @file The ways from page images to a searchable PDF that are held side by side. */
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { add, measureCommand, type Cost } from './process-tree.ts';

export interface Digitised {
  readonly cost: Cost;
  /** In the order of the pages. */
  readonly texts: readonly string[];
  readonly bytes: number;
}

export type Tool = (images: readonly string[], dpi: number, folder: string) => Promise<Digitised>;

const ROOT = join(import.meta.dirname, '../../..');
const JOBS = '2';

/** Our command, from the bundle that users run. */
export const ours: Tool = async (images, _dpi, folder) => {
  const out = join(folder, 'ours.pdf');
  const cli = join(ROOT, 'out/main/cli.js');
  const cost = await measureCommand(process.execPath, [cli, 'digitise', ...images, '--out', out, '--jobs', JOBS]);
  return { cost, ...readPdf(out, images.length) };
};

/** Takes a PDF: the wrapping of the images by its own img2pdf is not counted. */
export const ocrmypdf: Tool = async (images, dpi, folder) => {
  const [input, out] = [join(folder, 'in.pdf'), join(folder, 'ocrmypdf.pdf')];
  const wrap =
    'import img2pdf, sys; dpi = int(sys.argv[1]); ' +
    'open(sys.argv[2], "wb").write(img2pdf.convert(sys.argv[3:], layout_fun=img2pdf.get_fixed_dpi_layout_fun((dpi, dpi))))';
  execFileSync('/usr/bin/python3', ['-c', wrap, String(dpi), input, ...images], { stdio: 'ignore' });
  const cost = await measureCommand('ocrmypdf', ['-l', 'vie', '--deskew', '--jobs', JOBS, input, out]);
  return { cost, ...readPdf(out, images.length) };
};

/** Native Tesseract alone, without any cleaning: one thread each (two are slower), two processes side by side. */
export const tesseract: Tool = async (images, dpi, folder) => {
  const half = Math.ceil(images.length / 2);
  const parts = [images.slice(0, half), images.slice(half)].filter((part) => part.length > 0);
  const env = { ...process.env, OMP_THREAD_LIMIT: '1' };
  const runs = await Promise.all(
    parts.map(async (part, index) => {
      const list = join(folder, `part-${index}.txt`);
      writeFileSync(list, part.join('\n'));
      const base = join(folder, `part-${index}`);
      const cost = await measureCommand('tesseract', [list, base, '-l', 'vie', '--dpi', String(dpi), 'pdf'], env);
      return { cost, ...readPdf(`${base}.pdf`, part.length) };
    }),
  );
  const sum = runs.map(({ cost }) => cost).reduce(add);
  return {
    cost: {
      ...sum,
      wallSeconds: Math.max(...runs.map(({ cost }) => cost.wallSeconds)),
      peakMegabytes: runs.reduce((total, { cost }) => total + cost.peakMegabytes, 0),
    },
    texts: runs.flatMap(({ texts }) => texts),
    bytes: runs.reduce((total, { bytes }) => total + bytes, 0),
  };
};

/** What an independent reader finds in the text layer. */
function readPdf(path: string, pages: number): Pick<Digitised, 'texts' | 'bytes'> {
  const text = execFileSync('pdftotext', [path, '-'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const texts = text.split('\f').slice(0, pages);
  if (texts.length !== pages) throw new Error(`${path}: ${texts.length} pages of ${pages}`);
  return { texts, bytes: statSync(path).size };
}
