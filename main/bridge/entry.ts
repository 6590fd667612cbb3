/** @file Entry of the bridge process: sockets of pages on one side, main on the other. */
import { Failure } from '../rooms/failure.ts';
import { serveRoom } from '../rooms/serve.ts';
import { converse } from './conversation.ts';
import { signedName } from './file-name.ts';
import { bridgeRoom } from './protocol.ts';
import { openServer, type BridgeServer } from './server.ts';
import { checkAddress } from './transfer-policy.ts';
import { createTransfer } from './transfer.ts';

serveRoom(bridgeRoom, async (init, host) => {
  const transfer = createTransfer(init);
  let server: BridgeServer | undefined;

  async function listen(): Promise<{ state: 'off' | 'listening' | 'port-taken'; port: number | null }> {
    if (init.listen === null) return { state: 'off', port: null };
    try {
      server ??= await openServer({
        ...init.listen,
        allowedOrigins: init.allowedOrigins,
        log: (text) => host.log('warn', text),
        onSocket: (socket, origin, operation) =>
          converse(socket, origin, operation, {
            version: init.version,
            checkUpload: (url, page) => void checkAddress(url, page, init),
            perform: (call) => host.ask('perform', call),
            abandon: (callId) => host.emit('abandoned', { callId }),
            log: (text) => host.log('error', text),
          }),
      });
      return { state: 'listening', port: server.port };
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.code !== 'bridge-port-taken') throw thrown;
      return { state: 'port-taken', port: init.listen.port };
    }
  }

  return {
    handlers: {
      listen,
      download: (params, { signal }) => transfer.download(params, signal),
      upload: async (params, { signal }) => {
        const fileName = signedName(params.fileName);
        const answer = await transfer.upload({ ...params, fileName }, signal);
        return { fileName: answer.fileName ?? fileName, fileServer: answer.fileServer };
      },
    },
    close: () => server?.close(),
  };
});
