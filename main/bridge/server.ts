/** @file The port of the web pages: TLS on 127.0.0.1 and ::1, one WebSocket per call. */
import { createServer, type Server } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { Failure } from '../rooms/failure.ts';
import { admit } from './gate.ts';

/** A frame holds addresses and texts, never a file. */
const MAX_FRAME_BYTES = 1024 * 1024;
const MAX_SOCKETS = 128;
const MAX_SOCKETS_PER_ORIGIN = 30;
const HANDSHAKE_MS = 10_000;
/** A page that knocks all day is named once. */
const MAX_NAMED = 200;

export interface ServerOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly allowedOrigins: readonly string[];
  readonly onSocket: (socket: WebSocket, origin: string, operation: string) => void;
  readonly log: (text: string) => void;
}

export interface BridgeServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** @throws Failure `bridge-port-taken` when somebody else listens there; nobody is disturbed */
export async function openServer(options: ServerOptions): Promise<BridgeServer> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });
  const perOrigin = new Map<string, number>();
  const named = new Set<string>();
  let port = options.port;

  function note(status: number, origin: string | undefined): void {
    const text = `refused a socket with ${status} for origin ${JSON.stringify(origin?.slice(0, 300) ?? null)}`;
    if (named.has(text) || named.size >= MAX_NAMED) return;
    named.add(text);
    options.log(text);
  }

  function upgrade(request: IncomingMessage, line: Duplex, head: Buffer): void {
    line.on('error', () => line.destroy());
    const { host, origin } = request.headers;
    const admission = admit({ host, origin, target: request.url }, port, options.allowedOrigins);
    if (!admission.isAdmitted) {
      note(admission.status, origin);
      refuse(line, admission.status);
      return;
    }
    const open = perOrigin.get(admission.origin) ?? 0;
    if (open >= MAX_SOCKETS_PER_ORIGIN || sockets.clients.size >= MAX_SOCKETS) {
      refuse(line, 503);
      return;
    }
    sockets.handleUpgrade(request, line, head, (socket) => {
      perOrigin.set(admission.origin, (perOrigin.get(admission.origin) ?? 0) + 1);
      socket.once('close', () => {
        const left = (perOrigin.get(admission.origin) ?? 1) - 1;
        if (left > 0) perOrigin.set(admission.origin, left);
        else perOrigin.delete(admission.origin);
      });
      options.onSocket(socket, admission.origin, admission.operation);
    });
  }

  function newServer(): Server {
    const server = createServer({
      key: options.keyPem,
      cert: options.certificatePem,
      minVersion: 'TLSv1.2',
      handshakeTimeout: HANDSHAKE_MS,
    });
    server.headersTimeout = HANDSHAKE_MS;
    server.requestTimeout = HANDSHAKE_MS;
    server.maxConnections = MAX_SOCKETS;
    server.on('request', (_request, response) => response.writeHead(404, { connection: 'close' }).end());
    server.on('upgrade', upgrade);
    return server;
  }

  const servers = [newServer()];
  port = await listen(servers[0] as Server, port, '127.0.0.1');
  const second = newServer();
  try {
    await listen(second, port, '::1');
    servers.push(second);
  } catch (failure) {
    // Without IPv6 127.0.0.1 is enough. Somebody else's service on ::1 would get what `localhost` pages say: not shared.
    if (failure instanceof Failure) {
      servers[0]?.close();
      throw failure;
    }
  }
  return {
    port,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      await Promise.all(
        servers.map((server) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE' || cause.code === 'EACCES'
          ? new Failure('bridge-port-taken', `${host}:${port}`, { cause })
          : cause,
      ),
    );
    server.listen({ port, host, exclusive: true }, () => {
      server.on('error', () => {}); // a connection that could not be taken does not end the room
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

const REASONS = {
  400: 'Bad Request',
  403: 'Forbidden',
  421: 'Misdirected Request',
  503: 'Service Unavailable',
} as const;

function refuse(line: Duplex, status: keyof typeof REASONS): void {
  line.end(`HTTP/1.1 ${status} ${REASONS[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
