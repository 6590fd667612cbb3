/** @file The `motcua` command as a process of its own, as scripts and people start it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '../../main/cli.ts');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** @param home the data folder of this run */
export function startMotcua(args: readonly string[], home: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, MOTCUA_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export async function endOf(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (err += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

export function motcua(args: readonly string[], home: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return endOf(startMotcua(args, home, env));
}

/** Why tests with a terminal are skipped; undefined when they run. */
export const TERMINAL_MISSING: string | undefined = existsSync('/usr/bin/script')
  ? undefined
  : 'script (bsdutils) is not installed';

/**
 * The command on a terminal of its own. Each answer is typed when its question stands on the screen.
 * @returns everything the screen showed
 */
export async function motcuaOnTerminal(
  args: readonly string[],
  home: string,
  answers: readonly { readonly to: string; readonly typed: string }[],
): Promise<Ended> {
  const quoted = [process.execPath, CLI, ...args].map((part) => `'${part.replaceAll("'", String.raw`'\''`)}'`);
  const child = spawn('script', ['-qefc', quoted.join(' '), '/dev/null'], {
    env: { ...process.env, MOTCUA_HOME: home },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let seen = 0;
  const waiting = [...answers];
  child.stdout.on('data', (text: Buffer) => {
    screen += text.toString();
    const next = waiting[0];
    const place = next ? screen.indexOf(next.to, seen) : -1;
    if (!next || place < 0) return;
    seen = place + next.to.length;
    waiting.shift();
    child.stdin.write(next.typed);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: screen, err: '' };
}
