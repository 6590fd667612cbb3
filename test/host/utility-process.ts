/** @file `utilityProcess`: a Node child whose entry finds `process.parentPort`. */
import { fork, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type Electron from 'electron';
import { app } from './app.ts';
import { HostEmitter, HostEvent, notSupported, refuseMissing, refuseUnknownOptions } from './unsupported.ts';

const PARENT_PORT = fileURLToPath(new URL('./parent-port.ts', import.meta.url));

export const UTILITY_PROCESS_EVENTS = ['spawn', 'message', 'exit'];

class HostUtilityProcess extends HostEmitter implements Pick<Electron.UtilityProcess, 'kill' | 'pid' | 'postMessage'> {
  readonly #child: ChildProcess;
  #isRunning = false;

  constructor(modulePath: string, words: string[], options: Electron.ForkOptions) {
    super('utilityProcess', UTILITY_PROCESS_EVENTS);
    refuseUnknownOptions(options, ['env', 'execArgv', 'cwd', 'stdio', 'serviceName'], 'utilityProcess.fork');
    const [output, errors] = channelsOf(options.stdio);
    this.#child = fork(modulePath, words, {
      serialization: 'advanced',
      execArgv: ['--import', PARENT_PORT, ...(options.execArgv ?? [])],
      stdio: ['ignore', output, errors, 'ipc'],
      ...(options.env === undefined ? {} : { env: options.env as NodeJS.ProcessEnv }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    this.#child.once('spawn', () => {
      this.#isRunning = true;
      this.emit('spawn');
    });
    this.#child.on('message', (value) => this.emit('message', value));
    this.#child.once('exit', (code, signal) =>
      this.#ended(code ?? (signal === null ? 1 : constants.signals[signal]), options.serviceName),
    );
    this.#child.once('error', (error) => {
      throw new Error(`utilityProcess.fork('${modulePath}')`, { cause: error });
    });
  }

  /** Undefined before `spawn` and after `exit`. */
  get pid(): number | undefined {
    return this.#isRunning ? this.#child.pid : undefined;
  }

  get stdout(): Readable | null {
    return this.#child.stdout;
  }

  get stderr(): Readable | null {
    return this.#child.stderr;
  }

  postMessage(message: unknown, transfer: unknown[] = []): void {
    if (transfer.length > 0) notSupported('utilityProcess.postMessage with ports');
    if (this.#child.connected) this.#child.send(message as object);
  }

  kill(): boolean {
    return this.#child.kill();
  }

  #ended(exitCode: number, serviceName: string | undefined): void {
    this.#isRunning = false;
    this.emit('exit', exitCode);
    const details = {
      type: 'Utility',
      reason: exitCode === 0 ? 'clean-exit' : 'abnormal-exit',
      exitCode,
      serviceName: 'node.mojom.NodeService',
      name: serviceName,
    };
    app.emit('child-process-gone', new HostEvent(), details);
  }
}
refuseMissing(HostUtilityProcess.prototype, 'utilityProcess');

type Channel = 'inherit' | 'pipe' | 'ignore';

function channelsOf(stdio: Electron.ForkOptions['stdio'] = 'inherit'): readonly [Channel, Channel] {
  const [input, output, errors] = typeof stdio === 'string' ? ['ignore', stdio, stdio] : stdio;
  if (input !== 'ignore') throw new Error('stdin value must be "ignore"');
  return [output as Channel, errors as Channel];
}

export const utilityProcess = refuseMissing(
  {
    fork: (modulePath: string, words: string[] = [], options: Electron.ForkOptions = {}): HostUtilityProcess => {
      app.requireReady();
      return new HostUtilityProcess(modulePath, words, options);
    },
  },
  'utilityProcess',
);

export { HostUtilityProcess };
