/** @file Rooms as plain Node children: behind the command line and in tests. Electron's own launcher is in `main/shell`. */
import { fork } from 'node:child_process';
import type { FromRoom } from './define.ts';
import type { RoomLauncher } from './supervisor.ts';

/**
 * For glibc, whose allocator would keep what each thread gave back in heaps of 64 MB of their own: a stack of 300 pages then
 * held 1.2 GB in the imaging room. Two heaps, and large pieces go straight back to the system (measured: 807 → 557 MB, no
 * slower). Electron brings an allocator of its own; other systems take no notice.
 */
const ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1000000' };

/** @param entryOf maps a room's name to the file of its entry (source in tests, bundle in a build). */
export function forkLauncher(entryOf: (name: string) => string): RoomLauncher {
  return (name) => {
    // Libraries inside a room may print; standard output belongs to the command line's one JSON document.
    const child = fork(entryOf(name), [], {
      serialization: 'advanced',
      stdio: ['ignore', 2, 2, 'ipc'],
      execArgv: [],
      env: { ...ALLOCATOR, ...process.env },
    });
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
