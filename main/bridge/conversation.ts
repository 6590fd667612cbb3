/**
 * @file One socket, one call: a text frame in, a text frame out, late if need be. A socket without a frame is a page that
 * looks whether the program is there.
 */
import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { toRefusal, Failure } from '../rooms/failure.ts';
import { failureAnswer, outcomeAnswer, versionAnswer } from './answers.ts';
import type { BridgeOutcome, BridgeRequest } from './protocol.ts';
import { readRequest } from './requests.ts';

/** The page closes after the answer; one that does not is closed. */
const LINGER_MS = 60_000;
const SILENCE_MS = 60_000;

export interface ConversationPorts {
  readonly version: string;
  /** @throws Failure `bridge-address-refused` for a handler this page may not name: before anything is signed */
  readonly checkUpload: (url: string, origin: string) => void;
  readonly perform: (call: {
    callId: string;
    origin: string;
    operation: string;
    request: BridgeRequest;
  }) => Promise<BridgeOutcome>;
  readonly abandon: (callId: string) => void;
  readonly log: (text: string) => void;
}

export function converse(socket: WebSocket, origin: string, operation: string, ports: ConversationPorts): void {
  const callId = randomUUID();
  let state: 'silent' | 'working' | 'answered' = 'silent';
  let timer = setTimeout(() => socket.close(1000), SILENCE_MS);

  socket.on('error', () => socket.terminate()); // a frame that is too large, or not a frame at all
  socket.on('close', () => {
    clearTimeout(timer);
    if (state === 'working') ports.abandon(callId);
  });
  socket.on('message', (data, isBinary) => {
    if (state !== 'silent') return; // one call per socket
    state = 'working';
    clearTimeout(timer);
    void answer(isBinary ? null : textOf(data)).then((value) => {
      state = 'answered';
      if (socket.readyState !== socket.OPEN) return;
      socket.send(JSON.stringify(value));
      timer = setTimeout(() => socket.close(1000), LINGER_MS);
    });
  });

  async function answer(frame: string | null): Promise<unknown> {
    try {
      if (operation === 'GetVersion') return versionAnswer(ports.version);
      if (frame === null) throw new Failure('bridge-request-unreadable', 'khung nhị phân');
      const request = readRequest(operation, frame);
      if (request.kind === 'sign') ports.checkUpload(request.uploadUrl, origin);
      return outcomeAnswer(request, await ports.perform({ callId, origin, operation, request }));
    } catch (thrown) {
      const { code, detail } = toRefusal(thrown);
      if (code === 'internal') ports.log(`${operation}: ${detail}`);
      return failureAnswer(code, detail);
    }
  }
}

function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Uint8Array)).toString('utf8');
}
