/** @file Rooms as plain Node children: behind the command line and in tests. Electron's own launcher is in `main/shell`. */
import { fork } from 'node:child_process';
import type { FromRoom } from './define.ts';
import type { RoomLauncher } from './supervisor.ts';

/** @param entryOf maps a room's name to the file of its entry (source in tests, bundle in a build). */
export function forkLauncher(entryOf: (name: string) => string): RoomLauncher {
  return (name) => {
    // Libraries inside a room may print; standard output belongs to the command line's one JSON document.
    const child = fork(entryOf(name), [], { serialization: 'advanced', stdio: ['ignore', 2, 2, 'ipc'], execArgv: [] });
    return {
      pid: child.pid,
      // A process that dies while it is written to says so by its exit; without a listener here Node would throw EPIPE.
      post: (message) => void (child.connected && child.send(message, () => {})),
      onMessage: (listener) => void child.on('message', (message) => listener(message as FromRoom)),
      onExit: (listener) => void child.on('exit', (code) => listener(code)),
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
