/** @file Independent readers of PDF, as programs of the system. */
import { execFileSync, spawnSync } from 'node:child_process';

export function hasTools(...names: string[]): boolean {
  return names.every((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0);
}

/** Standard output; throws with the program's complaint when it fails. */
export function run(name: string, args: readonly string[], encoding: 'utf8' | 'buffer' = 'utf8'): string {
  const output = execFileSync(name, args, { maxBuffer: 256 * 1024 * 1024, stdio: ['ignore', 'pipe', 'pipe'] });
  return output.toString(encoding === 'utf8' ? 'utf8' : 'latin1');
}

/** What `qpdf --check` has to say beyond that all is well; empty when nothing. */
export function checkWithQpdf(file: string): string {
  const { status, stdout, stderr } = spawnSync('qpdf', ['--check', file], { encoding: 'utf8' });
  return status === 0 && stdout.includes('No syntax or stream encoding errors found')
    ? ''
    : `${status} ${stdout} ${stderr}`;
}

export interface FontRow {
  readonly name: string;
  readonly isEmbedded: boolean;
  readonly isSubset: boolean;
  readonly hasUnicode: boolean;
}

export function listFonts(file: string): FontRow[] {
  return run('pdffonts', [file])
    .split('\n')
    .slice(2)
    .filter(Boolean)
    .map((row) => {
      const flags = /\s(yes|no)\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+\s*$/.exec(row);
      return {
        name: row.split(/\s/)[0] ?? '',
        isEmbedded: flags?.[1] === 'yes',
        isSubset: flags?.[2] === 'yes',
        hasUnicode: flags?.[3] === 'yes',
      };
    });
}
