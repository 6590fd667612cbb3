/** @file A command with what all of its processes cost: wall clock, processor time, and the most memory held at one moment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

export interface Cost {
  readonly wallSeconds: number;
  /** User and system, of the command and all it waited for: what a busy machine changes least. */
  readonly processorSeconds: number;
  /** Proportional set size of the whole tree at its peak, sampled three times a second. */
  readonly peakMegabytes: number;
  readonly code: number | null;
}

/** Rare enough to cost the measured command next to nothing. */
const SAMPLE_MS = 330;

/** Runs under a shell whose `time` counts the children's children as well. */
export async function measureCommand(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Cost> {
  const shell = spawn('bash', ['-c', 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1', 'bash', command, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let times = '';
  shell.stderr.on('data', (text: Buffer) => (times += text.toString()));
  let peakMegabytes = 0;
  const timer = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, treeMegabytes(shell.pid ?? 0));
  }, SAMPLE_MS);
  const [code] = (await once(shell, 'close')) as [number | null];
  clearInterval(timer);
  const [wall = 0, user = 0, system = 0] =
    times.trim().split('\n').at(-1)?.replaceAll(',', '.').split(' ').map(Number) ?? [];
  return { wallSeconds: wall, processorSeconds: user + system, peakMegabytes, code };
}

export function add(a: Cost, b: Cost): Cost {
  return {
    wallSeconds: a.wallSeconds + b.wallSeconds,
    processorSeconds: a.processorSeconds + b.processorSeconds,
    peakMegabytes: Math.max(a.peakMegabytes, b.peakMegabytes),
    code: a.code === 0 ? b.code : a.code,
  };
}

/** Proportional set size of a process and everything below it. */
function treeMegabytes(root: number): number {
  let total = 0;
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    total += megabytesOf(pid);
    open.push(...childrenOf(pid));
  }
  return total;
}

/** Any thread may have started a process. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return []; // ended between the listing and now
  }
}

function megabytesOf(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
