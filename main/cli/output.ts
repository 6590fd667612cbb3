/** @file How the command speaks: JSON on stdout when asked, sentences on stderr, exit codes that scripts can rely on. */
import { errorsVi } from '../../renderer/language/errors.vi.ts';
import type { ErrorCode } from '../../preload/error-codes.ts';
import type { Machine } from '../ports/ports.ts';
import { toRefusal } from '../rooms/failure.ts';

export const EXIT = { done: 0, failed: 1, partly: 2, usage: 64 } as const;

/** Where the command's own files are: bundles of a build, or sources. */
export interface Where {
  readonly entryFolder: string;
  readonly isBundle: boolean;
  /** The window's own ports, when its executable runs the command (`--motcua …`): only they reach a production store. */
  readonly machine?: Machine;
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Options that do not go together, or values they do not take: exit 64 before anything is done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Runs a command; a failure becomes its three sentences (what happened, what is safe, what to do) and exit 1. */
export async function report(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      say(`✖ ${thrown.message}`);
      return EXIT.usage;
    }
    const { code, detail } = toRefusal(thrown);
    sayFailure(code, detail);
    return EXIT.failed;
  }
}

export function sayFailure(code: ErrorCode, detail?: string): void {
  const { what, safe, next } = errorsVi[code];
  say(`✖ ${what}\n  ${safe}\n  ${next}`);
  if (detail !== undefined) say(`  (${code}: ${detail})`);
}
