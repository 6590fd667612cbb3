/** @file What `motcua sign` will write where: decided for the whole list before the PIN is asked. */
import { realpathSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure, toRefusal } from '../rooms/failure.ts';
import type { ErrorCode } from '../../preload/error-codes.ts';
import { checkInput, exists } from './named-file.ts';
import { say, UsageError } from './output.ts';
import type { SignatureFormat } from './sign-options.ts';

export interface SignInput {
  readonly file: string;
  readonly out: string;
  readonly format: SignatureFormat;
  /** Why it is not even tried. */
  readonly problem: { readonly code: ErrorCode; readonly detail: string | null } | null;
}

/** A file named twice is signed once. @throws UsageError when two files would be written to the same place */
export async function planInputs(
  files: readonly string[],
  outDir: string | undefined,
  format: SignatureFormat | undefined,
): Promise<SignInput[]> {
  const inputs: SignInput[] = [];
  const seen = new Set<string>();
  const takenBy = new Map<string, string>();
  for (const file of files) {
    const real = realPath(file);
    if (seen.has(real)) {
      say(`${file}: nêu nhiều lần, chỉ ký một lần`);
      continue;
    }
    seen.add(real);
    const input = await planInput(file, outDir, format);
    // Windows and macOS keep one file where names differ in case or composition only.
    const place = resolve(input.out).normalize('NFC').toLowerCase();
    const other = takenBy.get(place);
    if (other !== undefined) throw new UsageError(`${other} và ${file} sẽ ghi vào cùng một tệp: ${input.out}`);
    takenBy.set(place, file);
    inputs.push(input);
  }
  return inputs;
}

async function planInput(
  file: string,
  outDir: string | undefined,
  wanted: SignatureFormat | undefined,
): Promise<SignInput> {
  let format = wanted ?? 'pades';
  let problem: SignInput['problem'] = null;
  try {
    await checkInput(file);
    if (wanted === undefined && !(await isPdf(file)))
      throw new Failure('file-not-supported', `${file} không phải PDF: thêm --format cades (mọi tệp) hoặc xades (XML)`);
  } catch (thrown) {
    const { code, detail } = toRefusal(thrown);
    problem = { code, detail: detail ?? null };
    format = wanted ?? 'pades';
  }
  if (outDir === undefined && format !== 'cades') throw new UsageError('cần --out-dir');
  const folder = outDir ?? dirname(file);
  const out = join(folder, format === 'cades' ? `${basename(file)}.p7s` : basename(file));
  if (!problem && (await exists(out))) problem = { code: 'file-exists', detail: out };
  return { file, out, format, problem };
}

/** By what it is, not by its name; a header may stand behind up to 1,024 other octets (ISO 32000-1, implementation note 13). */
async function isPdf(file: string): Promise<boolean> {
  if (/\.pdf$/i.test(file)) return true;
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1_024), 0, 1_024, 0);
    return buffer.subarray(0, bytesRead).includes('%PDF-');
  } finally {
    await handle.close();
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file); // it is not there, which is said when it is looked at
  }
}
