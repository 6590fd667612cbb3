/** @file A counter with its bridge open, an officer at the windows who answers as the test says, and pages that call. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { CERTIFICATE_FILE } from '../../main/counter/bridge/local-certificate.ts';
import { openCounter, type Counter } from '../../main/counter/open-counter.ts';
import type { Authoriser, Machine, WebPageAnswer, WebPageQuestions } from '../../main/ports/ports.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import { forkLauncher } from '../../main/rooms/fork-launcher.ts';
import { keyFileSecretBox } from '../../main/settings/key-file-secret-box.ts';
import type { Settings } from '../../main/settings/settings.ts';
import { PRACTICE_PIN } from '../../main/signing/practice-keys.ts';
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { SigningRequest, WebPageQuestion } from '../../preload/types.ts';

const root = join(import.meta.dirname, '../..');
/** Signs results and receives papers. */
const SIGNER = 'practice-minh';
const OFFICER_PIN = '123456';

export interface BridgeOfficer {
  /** Every question and every PIN window, in order. */
  readonly questions: WebPageQuestion[];
  readonly pinWindows: SigningRequest[];
  /** How she answers questions; by default yes, once, with the first key. */
  answer: (question: WebPageQuestion) => Promise<Partial<WebPageAnswer>> | Partial<WebPageAnswer>;
  pin: string;
}

export interface BridgeDesk {
  readonly folder: string;
  readonly counter: Counter;
  readonly officer: BridgeOfficer;
  readonly port: number;
  readonly logs: string[];
  readonly signIn: () => Promise<void>;
  /** Opens a socket as a page of `origin` would. */
  readonly dial: (operation: string, origin: string, headers?: Record<string, string>) => WebSocket;
  /** One call: open, one frame, one answer. */
  readonly call: (operation: string, frame: unknown, origin: string) => Promise<Record<string, unknown>>;
  /** Ends the program; what it keeps on the disk stays for the next one. */
  readonly stop: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openBridgeDesk(
  bridge: Partial<Settings['bridge']>,
  folder = mkdtempSync(join(tmpdir(), 'bridge-desk-')),
): Promise<BridgeDesk> {
  const officer: BridgeOfficer = { questions: [], pinWindows: [], answer: () => ({}), pin: PRACTICE_PIN };
  const logs: string[] = [];
  const authoriser: Authoriser = {
    authorise: async (request, attempt) => {
      officer.pinWindows.push(request);
      const { outcome } = await attempt(new TextEncoder().encode(officer.pin));
      return outcome.ok ? ok(null) : outcome;
    },
  };
  const questions: WebPageQuestions = {
    ask: async (question, signal) => {
      officer.questions.push(question);
      const [key] = question.keys;
      const usual: WebPageAnswer = {
        decision: 'once',
        key: key ? { tokenId: key.tokenId, certificateId: key.certificateId } : null,
        comment: null,
      };
      const answered = Promise.resolve(officer.answer(question)).then((answer) => ok({ ...usual, ...answer }));
      const gone = new Promise<Result<WebPageAnswer>>((resolve) =>
        signal.addEventListener('abort', () => resolve(refuse('cancelled')), { once: true }),
      );
      return Promise.race([answered, gone]);
    },
  };
  const machine: Machine = {
    launch: forkLauncher((name) => join(root, name === 'province' ? 'province' : `main/${name}`, 'entry.ts')),
    paths: { data: folder, resources: join(root, 'resources') },
    secretBox: keyFileSecretBox(join(folder, 'test.key')),
    fetch: globalThis.fetch,
    clock: { now: Date.now },
    log: (level, text) => void logs.push(`${level} ${text}`),
  };
  const counter = openCounter(machine, authoriser, {
    host: 'test',
    version: '1.2.3',
    isSyncAutomatic: false,
    hasPracticeOffice: false,
    questions,
    adjustSettings: (settings) => ({
      ...settings,
      bridge: { ...settings.bridge, isEnabled: true, port: 0, ...bridge },
    }),
  });
  unwrap(await counter.rooms.store.start());
  counter.bridge?.start();
  const { port } = unwrap(await counter.rooms.bridge.call('listen', {}));
  const certificate = (): string => readFileSync(join(folder, 'bridge', CERTIFICATE_FILE), 'utf8');

  const dial: BridgeDesk['dial'] = (operation, origin, headers = {}) =>
    new WebSocket(`wss://127.0.0.1:${port}/${operation}`, { origin, ca: certificate(), headers });

  return {
    folder,
    counter,
    officer,
    port: port ?? 0,
    logs,
    signIn: async () => void unwrap(await counter.session.signIn(SIGNER, OFFICER_PIN)),
    dial,
    call: async (operation, frame, origin) => {
      const socket = dial(operation, origin);
      await opened(socket);
      socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
      const answer = await nextAnswer(socket);
      socket.close();
      return answer;
    },
    stop: () => counter.stop(),
    close: async () => {
      await counter.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
}

export function nextAnswer(socket: WebSocket): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(JSON.parse(String(data as Buffer)) as Record<string, unknown>));
    socket.once('close', (code) => reject(new Error(`closed with ${code} before an answer`)));
    socket.once('error', reject);
  });
}

/** Why a socket was not opened: `403` and such. */
export function refusalOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.once('open', () => reject(new Error('the socket was opened')));
    socket.on('error', () => {});
  });
}
