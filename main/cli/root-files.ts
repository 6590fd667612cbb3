/** @file The roots that a command is told to trust: certificate files in PEM or DER, or folders of them. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rootsAt } from '../counter/validation-policy.ts';
import { Failure } from '../rooms/failure.ts';
import { say, UsageError } from './output.ts';

const CERTIFICATE_FILE = /\.(?:pem|crt|cer|der)$/i;

/**
 * In a folder, what is no certificate (a key, a list) is passed over and said; a file that was named must be one.
 * @returns PEM texts
 * @throws UsageError when there is no certificate at all
 */
export function readRootsAt(path: string): string[] {
  if (!(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false)) return readFile(path);
  const names = readdirSync(path)
    .filter((name) => CERTIFICATE_FILE.test(name))
    .sort();
  const roots = names.flatMap((name) => {
    try {
      return readFile(join(path, name));
    } catch (thrown) {
      if (!(thrown instanceof UsageError)) throw thrown;
      say(`bỏ qua: ${thrown.message}`);
      return [];
    }
  });
  if (roots.length === 0) throw new UsageError(`${path}: không có chứng thư nào (.pem, .crt, .cer, .der)`);
  return roots;
}

function readFile(path: string): string[] {
  try {
    return rootsAt(path);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    throw new UsageError(`không đọc được chứng thư gốc (${thrown.detail ?? thrown.code})`);
  }
}
