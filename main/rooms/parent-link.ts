/**
 * @file The pipe to main. In Electron a utility process has `process.parentPort`; behind the command line and in tests
 * the same entry is started with `child_process.fork` and has `process.send`.
 */
import type { FromRoom, ToRoom } from './define.ts';

export interface ParentLink {
  readonly post: (message: FromRoom) => void;
  readonly onMessage: (listener: (message: ToRoom) => void) => void;
  readonly exit: () => void;
}

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

export function connectToParent(): ParentLink {
  // An unhandled rejection only warns in a utility process but ends a plain Node child: make both end, loudly.
  process.on('unhandledRejection', (reason) => {
    process.stderr.write(`unhandled rejection: ${reason instanceof Error ? reason.stack : String(reason)}\n`);
    process.exit(70);
  });
  const port = (process as { parentPort?: ParentPort }).parentPort;
  if (port) {
    return {
      post: (message) => port.postMessage(message),
      onMessage: (listener) => port.on('message', (event) => listener(event.data as ToRoom)),
      exit: () => process.exit(0),
    };
  }
  if (!process.send) throw new Error('this file is the entry of a utility process and cannot run on its own');
  process.on('disconnect', () => process.exit(0)); // main died: a room without a master must not live on
  return {
    post: (message) => void process.send?.(message),
    onMessage: (listener) => void process.on('message', (message) => listener(message as ToRoom)),
    exit: () => process.exit(0),
  };
}
