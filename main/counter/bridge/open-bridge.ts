/**
 * @file The bridge for web pages as the program has it: opened only when the settings say so and there is a window to ask
 * an officer in. Everything the room may ask of main ends here.
 */
import { join } from 'node:path';
import { ok, refuse, type Result } from '../../../preload/result.ts';
import type { BridgeStatus, UnsentFile } from '../../../preload/types.ts';
import type { BlobAccess } from '../../blobs/blob-file.ts';
import type { BridgeOutcome } from '../../bridge/protocol.ts';
import type { Authoriser, Machine, WebPageQuestions } from '../../ports/ports.ts';
import { unwrap } from '../../rooms/failure.ts';
import type { Settings } from '../../settings/settings.ts';
import type { CounterEvents } from '../events.ts';
import type { Jobs } from '../jobs.ts';
import type { Rooms } from '../rooms.ts';
import { secretBoxOf } from '../secret-box.ts';
import type { Session } from '../session.ts';
import { createAskOfficer } from './ask-officer.ts';
import { createCallQueue } from './call-queue.ts';
import { openConsents } from './consents.ts';
import { bridgeFolderOf, openLocalCertificate } from './local-certificate.ts';
import { createSendUnsent } from './send-unsent.ts';
import { openUnsentFiles } from './unsent-files.ts';
import { createWebCalls, type WebCall } from './web-calls.ts';

export interface Bridge {
  /** Opens the port when the settings say so; a room that died is opened again. */
  readonly start: () => void;
  readonly perform: (call: WebCall) => Promise<BridgeOutcome>;
  readonly status: () => Promise<BridgeStatus>;
  readonly resend: (id: string) => Promise<Result<null>>;
  readonly discard: (id: string) => Promise<Result<null>>;
  readonly forget: (origin: string) => Promise<Result<null>>;
  /** A file on the question window; undefined when it is none of ours. */
  readonly blobAccess: (blobId: string) => BlobAccess | undefined;
  readonly stop: () => void;
}

/** A room that died is started again by the next look. */
const LOOK_MS = 10_000;

export function openBridge(ports: {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly rooms: Rooms;
  readonly session: Session;
  readonly authoriser: Authoriser;
  readonly questions: WebPageQuestions;
  readonly events: CounterEvents;
  readonly jobs: Jobs;
}): Bridge {
  const { machine, settings, rooms, session, events } = ports;
  const folder = bridgeFolderOf(machine.paths.data);
  const box = secretBoxOf(machine, settings);
  const unsent = openUnsentFiles(join(folder, 'unsent'), box, (text) => machine.log('warn', `bridge: ${text}`));
  const consents = openConsents(join(folder, 'consents.json'), settings.bridge.allowedOrigins, machine.clock);
  const queue = createCallQueue();
  const sending = createSendUnsent(rooms, unsent, () => announce());
  /** Without what is just being sent: that is not waiting for anybody. */
  const waiting = (): readonly UnsentFile[] => unsent.list().filter(({ id }) => !sending.isUnderWay(id));
  const announce = (): void => events.emit('bridge.changed', { unsent: waiting().length });

  async function record(officerId: string, kind: string, data: Record<string, string | number>): Promise<void> {
    unwrap(await rooms.store.call('recordWebPage', { officerId, kind: kind as 'web-signed', data }));
  }
  const ask = createAskOfficer({
    rooms,
    session,
    consents,
    questions: ports.questions,
    now: machine.clock.now,
    waiting: queue.waiting,
    record,
  });
  const calls = createWebCalls({
    machine,
    rooms,
    settings,
    authoriserFor: ({ origin, operation }) => ({
      authorise: (request, attempt) =>
        ports.authoriser.authorise({ ...request, purpose: 'web-page', webPage: { origin, operation } }, attempt),
    }),
    queue,
    ask,
    unsent,
    sending,
    record,
    jobs: ports.jobs,
  });

  rooms.serveWebPages((call) => calls.perform(call));
  rooms.bridge.on('abandoned', ({ callId }) => queue.abandon(callId));
  let looking: NodeJS.Timeout | undefined;
  let roomPid: number | undefined;
  /** The sockets of a room that died are gone, and with them everybody who waited for an answer. */
  async function listen(): ReturnType<typeof rooms.bridge.call<'listen'>> {
    if (roomPid !== undefined && rooms.bridge.pid !== roomPid) {
      queue.abandonAll();
      roomPid = undefined;
    }
    const listening = await rooms.bridge.call('listen', {});
    // A room that is just dying does not answer; it is found dead the next time.
    if (listening.ok) roomPid = rooms.bridge.pid;
    return listening;
  }

  async function status(): Promise<BridgeStatus> {
    const { officer } = session.state();
    const rest = { origins: officer ? consents.list(officer.id) : [], unsent: waiting() };
    if (!settings.bridge.isEnabled) return { state: 'off', port: null, certificate: null, ...rest };
    const listening = await listen();
    const { fingerprint, notAfter } = await openLocalCertificate(folder, box, machine.clock.now());
    const certificate = { fingerprint, notAfter };
    if (!listening.ok) return { state: 'failed', port: null, certificate, ...rest };
    const { state, port } = listening.value;
    return { state: state === 'off' ? 'failed' : state, port, certificate, ...rest };
  }

  return {
    start: () => {
      if (!settings.bridge.isEnabled || looking) return;
      const look = (): void => void listen();
      looking = setInterval(look, LOOK_MS).unref();
      look();
    },
    perform: calls.perform,
    status,
    resend: async (id) => {
      const sent = await sending.send(id);
      return sent.ok ? ok(null) : sent;
    },
    discard: async (id) => {
      if (sending.isUnderWay(id)) return refuse('bridge-busy', id);
      const found = unsent.get(id);
      if (!found.ok) return found;
      await unsent.remove(id);
      announce();
      return ok(null);
    },
    forget: async (origin) => {
      const { officer } = session.state();
      if (!officer) return refuse('not-allowed');
      await consents.forget(origin, officer.id);
      return ok(null);
    },
    blobAccess: calls.blobAccess,
    stop: () => {
      clearInterval(looking);
      queue.abandonAll();
    },
  };
}
