/**
 * @file The helper as a process: it runs drivers of strangers, so it may die, hang or write nonsense at any moment. Each of
 * these ends as a named failure and with the process gone; lines are limited in length and number, silence in time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import { Failure } from '../../../rooms/failure.ts';
import { HelperMessage, PROTOCOL_VERSION, type HelperCommand } from './messages.ts';

export interface HelperTiming {
  /** From the start of the process to its first line; a virus scanner may look at it first. */
  readonly helloMs: number;
  /** Without any line while something runs: the helper itself hangs. */
  readonly silenceMs: number;
  /** Signs of life alone, no page and no progress: the device's driver hangs. */
  readonly stuckMs: number;
  /** From cancelling to the end: a feeder ejects the sheet it holds. */
  readonly cancelMs: number;
}

export const USUAL_HELPER_TIMING: HelperTiming = {
  helloMs: 15_000,
  silenceMs: 10_000,
  stuckMs: 60_000,
  cancelMs: 10_000,
};

export interface HelperProgram {
  readonly file: string;
  readonly arguments: readonly string[];
}

const MAX_LINE = 64 * 1024;
const MOST_LINES = 100_000;
const KEPT_STDERR = 2_000;
/** From the end of its input to the end of the process. */
const END_MS = 2_000;

type Answer = Exclude<HelperMessage, { kind: 'hello' | 'alive' | 'progress' }>;

/**
 * Runs one command in a process of its own and yields what it answers, until `done`.
 * @throws Failure `scanner-failed` when the helper dies, speaks nonsense or another version; `timeout` when it or the driver
 *   hangs; `scanner-offline` when it cannot be started; what the device reported; the reason of `signal`
 */
export async function* runHelper(
  program: HelperProgram,
  command: HelperCommand,
  signal: AbortSignal,
  timing: HelperTiming = USUAL_HELPER_TIMING,
): AsyncGenerator<Answer> {
  signal.throwIfAborted();
  const helper = new Helper(program, timing);
  const cancel = (): void => helper.cancel(command.seq);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await helper.greet();
    helper.send(command);
    for (;;) {
      const message = await helper.next();
      if (message.kind === 'done' && message.seq === command.seq) return;
      if (message.kind === 'alive' || message.kind === 'progress') continue;
      if (message.kind === 'hello' || message.seq !== command.seq)
        throw new Failure('scanner-failed', `the helper answers with ${message.kind} out of turn`);
      yield message;
    }
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  } finally {
    signal.removeEventListener('abort', cancel);
    await helper.end();
  }
}

class Helper {
  readonly #child;
  readonly #timing: HelperTiming;
  readonly #lines: AsyncGenerator<string>;
  readonly #exited: Promise<string>;
  #stderr = '';
  #lastStepMs = performance.now();
  #cancelledAtMs: number | null = null;
  #trouble: Failure | null = null;

  constructor(program: HelperProgram, timing: HelperTiming) {
    this.#timing = timing;
    this.#child = spawn(program.file, program.arguments, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    this.#child.stdin.on('error', () => undefined); // it is gone: its exit says so
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-KEPT_STDERR);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (cause) => {
        this.#trouble = new Failure('scanner-offline', `the helper cannot be started: ${cause.message}`, { cause });
        resolve(cause.message);
      });
      this.#child.once('exit', (code, name) => resolve(`the helper ended with ${name ?? code}`));
    });
    this.#lines = readLines(this.#child.stdout);
  }

  /** @throws Failure when the first line does not come or names another version */
  async greet(): Promise<void> {
    const hello = await this.#read(this.#timing.helloMs);
    if (hello.kind !== 'hello') throw new Failure('scanner-failed', `the helper begins with ${hello.kind}`);
    if (hello.protocol !== PROTOCOL_VERSION) {
      throw new Failure('scanner-failed', `the helper speaks version ${hello.protocol}, not ${PROTOCOL_VERSION}`);
    }
    this.#lastStepMs = performance.now();
  }

  async next(): Promise<HelperMessage> {
    const message = await this.#read(this.#timing.silenceMs);
    if (message.kind !== 'alive') this.#lastStepMs = performance.now();
    else if (performance.now() - this.#lastStepMs > this.#timing.stuckMs)
      throw new Failure('timeout', `the scanner's driver gave no page for ${this.#timing.stuckMs} ms`);
    const sinceCancelMs = this.#cancelledAtMs === null ? 0 : performance.now() - this.#cancelledAtMs;
    if (sinceCancelMs > this.#timing.cancelMs) throw new Failure('timeout', 'the driver does not stop');
    return message;
  }

  send(command: HelperCommand): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  /** Politely first: the sheet in the feeder is ejected. {@link next} gives up waiting for it. */
  cancel(seq: number): void {
    this.#cancelledAtMs ??= performance.now();
    this.send({ do: 'cancel', seq });
  }

  /** The end of its input tells it to go; it is made to when it does not. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    // Whoever hung or spoke nonsense gets no time.
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), this.#trouble === null ? END_MS : 0);
    if (this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid !== undefined)
      await once(this.#child, 'exit');
    clearTimeout(timer);
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }

  async #read(limitMs: number): Promise<HelperMessage> {
    try {
      return parse(await this.#line(limitMs));
    } catch (thrown) {
      if (thrown instanceof Failure) this.#trouble ??= thrown;
      throw thrown;
    }
  }

  async #line(limitMs: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Failure('timeout', `the helper is silent for ${limitMs} ms`)), limitMs);
    });
    try {
      const step = await Promise.race([this.#lines.next(), silence]);
      if (!step.done) return step.value;
    } finally {
      clearTimeout(timer);
    }
    const how = await this.#exited;
    throw this.#trouble ?? new Failure('scanner-failed', `${how} ${this.#stderr.trim()}`.trim());
  }
}

function parse(line: string): HelperMessage {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Failure('scanner-failed', 'the helper writes what is no JSON', { cause });
  }
  const parsed = HelperMessage.safeParse(value);
  if (!parsed.success)
    throw new Failure('scanner-failed', `the helper writes what is no message: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

async function* readLines(output: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let count = 0;
  for await (const chunk of output) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    count += lines.length;
    if (rest.length > MAX_LINE || lines.some((line) => line.length > MAX_LINE) || count > MOST_LINES)
      throw new Failure('scanner-failed', 'the helper writes without end');
    yield* lines.map((line) => line.replace(/\r$/, '')).filter((line) => line !== '');
  }
}
