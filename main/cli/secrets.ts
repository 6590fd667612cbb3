/** @file PINs and passwords of a command: from the environment variable it names, else typed on the terminal without echo. */
import type { ReadStream } from 'node:tty';
import { Failure } from '../rooms/failure.ts';
import { UsageError } from './output.ts';

/** @throws UsageError when the variable is not set */
export function fromEnvironment(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new UsageError(`biến môi trường ${variable} chưa có giá trị`);
  return value;
}

/** Whether a person can be asked. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * Asks on the terminal; what is typed is not shown and never becomes a string.
 * @returns the bytes, to be wiped by whoever uses them
 * @throws Failure `pin-cancelled` on Ctrl+C, Ctrl+D or an empty line
 */
export async function askSecret(question: string): Promise<Uint8Array> {
  const input: ReadStream = process.stdin;
  input.setRawMode(true); // before the question: whoever is quick must not see their PIN either
  process.stderr.write(question);
  const typed: number[] = [];
  try {
    for await (const part of input.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const isOver = takeKeys(part, typed);
      part.fill(0);
      if (isOver) break;
    }
  } finally {
    input.setRawMode(false);
    input.pause();
    process.stderr.write('\n');
  }
  const secret = Uint8Array.from(typed);
  typed.fill(0);
  if (secret.length === 0) throw new Failure('pin-cancelled');
  return secret;
}

const ENTER = new Set([0x0a, 0x0d]);
const CANCEL = new Set([0x03, 0x04]);
const ERASE = new Set([0x08, 0x7f]);

/** @returns true when the line is over */
function takeKeys(part: Uint8Array, typed: number[]): boolean {
  for (const key of part) {
    if (ENTER.has(key)) return true;
    if (CANCEL.has(key)) {
      typed.fill(0);
      typed.length = 0;
      return true;
    }
    if (ERASE.has(key)) {
      // A letter may be several octets: the ones that continue it go with it.
      let last = typed.pop();
      while (last !== undefined && (last & 0xc0) === 0x80) last = typed.pop();
    } else typed.push(key);
  }
  return false;
}
