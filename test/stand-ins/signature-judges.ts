/** @file Strangers' opinions on signed PDFs: poppler, MuPDF, qpdf and OpenSSL. None of our own code decides here. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TOOLS = ['pdfsig', 'mutool', 'qpdf', 'openssl', 'pdftotext'];

/** Why tests with them are skipped; undefined when they run. */
export const JUDGES_MISSING: string | undefined = TOOLS.every((tool) => existsSync(`/usr/bin/${tool}`))
  ? undefined
  : 'poppler-utils, mupdf-tools or qpdf is not installed';

export interface Judgement {
  /** One entry a signature, in pdfsig's order. */
  readonly pdfsig: readonly { readonly isValid: boolean; readonly coversAll: boolean }[];
  readonly mutool: string;
  readonly qpdf: string;
  /** One entry a signature: OpenSSL's verdict on the CMS and its ESS attribute over the covered bytes. */
  readonly cades: readonly boolean[];
}

/** @param chain PEM file with the trusted root */
export function judge(folder: string, pdf: Buffer, rootPath: string): Judgement {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const path = join(folder, 'judged.pdf');
  writeFileSync(path, pdf);
  const env = { ...process.env, HOME: home, LC_ALL: 'C.UTF-8' };
  const report = execFileSync('pdfsig', ['-nocert', path], { env, encoding: 'utf8' });
  const mutool = spawnSync('mutool', ['sign', '-v', path], { env, encoding: 'utf8' });
  const qpdf = spawnSync('qpdf', ['--check', path], { env, encoding: 'utf8' });
  return {
    pdfsig: report
      .split('Signature #')
      .slice(1)
      .map((part) => ({
        isValid: part.includes('Signature is Valid.'),
        coversAll: part.includes('- Total document signed'),
      })),
    mutool: mutool.stdout + mutool.stderr,
    qpdf: qpdf.stdout + qpdf.stderr,
    cades: judgeCades(folder, pdf, rootPath),
  };
}

/** One entry a signature: OpenSSL's verdict on the CMS and its ESS attribute over the covered bytes. */
export function judgeCades(folder: string, pdf: Buffer, rootPath: string): boolean[] {
  const text = pdf.toString('latin1');
  const files = { content: join(folder, 'covered.bin'), cms: join(folder, 'cms.der'), out: join(folder, 'out.bin') };
  return [...text.matchAll(/\/ByteRange \[0 +(\d+) +(\d+) +(\d+) *\]/g)].map((match) => {
    const [gapStart, gapEnd, rest] = match.slice(1).map(Number) as [number, number, number];
    writeFileSync(files.content, Buffer.concat([pdf.subarray(0, gapStart), pdf.subarray(gapEnd, gapEnd + rest)]));
    writeFileSync(files.cms, Buffer.from(text.slice(gapStart + 1, gapEnd - 1), 'hex'));
    const args = ['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', files.cms, '-content', files.content];
    const verdict = spawnSync('openssl', [...args, '-CAfile', rootPath, '-purpose', 'any', '-out', files.out], {
      encoding: 'utf8',
    });
    return verdict.status === 0 && /CAdES Verification successful/.test(verdict.stderr);
  });
}

/** The first page as grey pixels, 72 dpi, for looking where ink is. */
export function renderPage(
  folder: string,
  pdf: Buffer,
): { width: number; height: number; isInk(x: number, y: number): boolean } {
  const path = join(folder, 'rendered.pdf');
  writeFileSync(path, pdf);
  const image = execFileSync('mutool', ['draw', '-r', '72', '-c', 'gray', '-F', 'pgm', '-o', '-', path, '1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 26,
  });
  const header = /^P5\s+(?:#.*\s+)*(\d+)\s+(\d+)\s+255\s/.exec(image.toString('latin1', 0, 200));
  if (!header) throw new Error('no picture');
  const [width, height] = [Number(header[1]), Number(header[2])];
  const pixels = image.subarray(header[0].length);
  return { width, height, isInk: (x, y) => (pixels[y * width + x] ?? 255) < 160 };
}

export function pageText(folder: string, pdf: Buffer): string {
  const path = join(folder, 'text.pdf');
  writeFileSync(path, pdf);
  return execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' });
}

const JARS = ['pdfbox2', 'fontbox2', 'commons-logging', 'bcprov', 'bcpkix', 'bcutil'].map(
  (name) => `/usr/share/java/${name}.jar`,
);

/** Why tests with PDFBox and BouncyCastle are skipped; undefined when they run. */
export const JAVA_MISSING: string | undefined = [...JARS, '/usr/bin/javac'].every((path) => existsSync(path))
  ? undefined
  : 'default-jdk-headless, libpdfbox2-java or libbcpkix-java is not installed';

/** One line a signature and one for the document security store, in the words of `JudgeSignatures.java`. */
export function judgeByBouncyCastle(folder: string, pdf: Buffer, password?: string): string[] {
  const path = join(folder, 'judged-by-java.pdf');
  writeFileSync(path, pdf);
  const classes = join(folder, 'classes');
  const classPath = JARS.join(':');
  if (!existsSync(classes)) {
    const source = join(import.meta.dirname, 'java', 'JudgeSignatures.java');
    execFileSync('javac', ['-nowarn', '-cp', classPath, '-d', classes, source], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }
  const args = [
    '-cp',
    `${classPath}:${classes}`,
    'JudgeSignatures',
    path,
    ...(password === undefined ? [] : [password]),
  ];
  return execFileSync('java', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    .trim()
    .split('\n');
}

/** OpenSSL's verdict on a time-stamp token over `data`; its own words when it is not right. */
export function judgeTimeStamp(folder: string, token: Buffer, data: Buffer, rootPath: string): string {
  writeFileSync(join(folder, 'token.der'), token);
  writeFileSync(join(folder, 'stamped.bin'), data);
  const args = ['-token_in', '-in', join(folder, 'token.der'), '-data', join(folder, 'stamped.bin')];
  const verdict = spawnSync('openssl', ['ts', '-verify', ...args, '-CAfile', rootPath], { encoding: 'utf8' });
  return verdict.status === 0 ? 'Verification: OK' : verdict.stdout + verdict.stderr;
}
