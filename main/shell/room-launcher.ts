/** @file Rooms as Electron utility processes. `runAsNode` is fused off, so `child_process.fork` of our own exe cannot be used. */
import { utilityProcess } from 'electron';
import { join } from 'node:path';
import type { FromRoom } from '../rooms/define.ts';
import type { RoomLauncher } from '../rooms/supervisor.ts';

export function electronRoomLauncher(bundleFolder: string): RoomLauncher {
  return (name) => {
    const child = utilityProcess.fork(join(bundleFolder, `${name}.js`), [], {
      serviceName: `quay-mot-cua-${name}`,
      stdio: 'inherit',
    });
    return {
      // Known only after `spawn`.
      get pid() {
        return child.pid;
      },
      post: (message) => child.postMessage(message),
      onMessage: (listener) => void child.on('message', (message: FromRoom) => listener(message)),
      onExit: (listener) => void child.on('exit', (code) => listener(code)),
      kill: () => void child.kill(),
    };
  };
}
