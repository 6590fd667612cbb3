/**
 * @file The program without a window: rooms, catalogue, use cases. The shell, the command line and the tests open the same
 * counter and differ only in the ports they bring.
 */
import { mkdirSync } from 'node:fs';
import type { Dossier, SyncStatus } from '../../preload/types.ts';
import { loadCatalogue, type Catalogue } from '../procedures/catalogue.ts';
import type { Authoriser, Machine, WebPageQuestions } from '../ports/ports.ts';
import type { Result } from '../../preload/result.ts';
import { loadSettings, type Settings } from '../settings/settings.ts';
import { createBacklog, type Backlog } from './backlog.ts';
import { openBridge, type Bridge } from './bridge/open-bridge.ts';
import { createCapture, type Capture } from './capture.ts';
import { createCounterEvents, type CounterEvents } from './events.ts';
import { createJobs, type Jobs } from './jobs.ts';
import { startPracticeOffice } from './practice-office.ts';
import { createReception, type Reception } from './reception.ts';
import { createResults, type Results } from './results.ts';
import { prepareRooms, type RoomChoices, type Rooms } from './rooms.ts';
import { createScanProposals, type ScanProposals } from './scan-proposals.ts';
import { createScannerList } from './scanner-list.ts';
import { createSession, type Session } from './session.ts';
import { startStamping } from './stamping.ts';
import { createVerification, type Verification } from './verification.ts';

/** The old process of a room needs a moment to be gone. */
const TOKEN_RESTART_MS = 1_000;

export interface Counter {
  readonly settings: Settings;
  readonly rooms: Rooms;
  readonly events: CounterEvents;
  readonly catalogue: Catalogue;
  readonly session: Session;
  readonly jobs: Jobs;
  readonly capture: Capture;
  readonly proposals: ScanProposals;
  readonly reception: Reception;
  readonly results: Results;
  readonly verification: Verification;
  readonly backlog: Backlog;
  /** For web pages; null where there is no window to ask an officer in. */
  readonly bridge: Bridge | null;
  readonly syncStatus: () => Promise<SyncStatus>;
  /** A draft as it stands, after pages that a crash left unread were put back to work. */
  readonly openDossier: (id: string, officerId: string) => Promise<Result<Dossier>>;
  readonly stop: () => Promise<void>;
}

export interface CounterChoices extends RoomChoices {
  readonly host: string;
  readonly version: string;
  /** Practice mode's back office answers dossiers by itself. */
  readonly hasPracticeOffice: boolean;
  /** The window in which an officer answers for web pages. */
  readonly questions?: WebPageQuestions;
  readonly adjustSettings?: (settings: Settings) => Settings;
}

export function openCounter(machine: Machine, authoriser: Authoriser, choices: CounterChoices): Counter {
  mkdirSync(machine.paths.data, { recursive: true, mode: 0o700 });
  const loaded = loadSettings(machine.paths.data, machine.paths.resources).settings;
  const settings = choices.adjustSettings?.(loaded) ?? loaded;
  const events = createCounterEvents();
  const rooms = prepareRooms(machine, settings, choices);
  const jobs = createJobs(events);
  const scanners = createScannerList(rooms, settings);
  const proposals = createScanProposals(rooms, scanners, machine.paths.resources);
  const capture = createCapture(rooms, settings, jobs, scanners);
  const reception = createReception(rooms, settings, machine.clock, authoriser, events, jobs);
  const results = createResults(rooms, settings, machine.clock, authoriser, events, jobs);
  const verification = createVerification(rooms, settings, machine.paths, machine.clock);
  const session = createSession(rooms, settings, choices);
  const backlog = createBacklog(machine, rooms, settings, authoriser, events, jobs, capture);

  const { questions } = choices;
  const bridge = questions
    ? openBridge({ machine, settings, rooms, session, authoriser, questions, events, jobs })
    : null;

  // A command that does one thing and ends leaves what waits to the counter that runs all day.
  const stamping = choices.isSyncAutomatic ? startStamping(rooms, settings, machine) : null;
  events.on('results.changed', () => stamping?.wake());

  let line: Pick<SyncStatus, 'connection' | 'lastContactAt' | 'clockOffsetMs'> = {
    connection: 'unknown',
    lastContactAt: null,
    clockOffsetMs: null,
  };
  async function syncStatus(): Promise<SyncStatus> {
    const outbox = await rooms.store.call('outbox', {});
    const counts = outbox.ok ? outbox.value : { queued: 0, uploading: 0, waiting: 0, held: 0, receivedToday: 0 };
    return { ...line, ...counts };
  }
  const announceSync = async (): Promise<void> => events.emit('sync.status', await syncStatus());
  rooms.sync.on('status', (status) => {
    if (status.connection === 'online' && line.connection !== 'online') stamping?.retry();
    line = status;
    void announceSync();
  });
  rooms.store.on('dossierChanged', (change) => events.emit('dossier.changed', change));
  rooms.store.on('outboxChanged', () => void announceSync());
  rooms.imaging.on('scannersChanged', (news) => events.emit('scanners.changed', news));
  rooms.token.on('changed', ({ count }) => events.emit('tokens.changed', { count }));
  // A process that a driver hung is about to end: the next one starts at once, so that plugging in goes on being noticed.
  rooms.token.on('hung', () => setTimeout(() => void announceTokens(), TOKEN_RESTART_MS).unref());
  const announceTokens = async (): Promise<void> => {
    const listed = await rooms.token.call('list', {});
    events.emit('tokens.changed', { count: listed.ok ? listed.value.length : 0 });
  };

  const practice =
    choices.hasPracticeOffice && settings.mode === 'practice'
      ? startPracticeOffice(rooms, settings, machine, events)
      : null;

  return {
    settings,
    rooms,
    events,
    catalogue: loadCatalogue(machine.paths.resources),
    session,
    jobs,
    capture,
    proposals,
    reception,
    results,
    verification,
    backlog,
    bridge,
    syncStatus,
    openDossier: async (id, officerId) => {
      const found = await rooms.store.call('get', { id });
      if (found.ok && found.value.state === 'draft') capture.recognisePending(found.value, officerId);
      return found;
    },
    stop: async () => {
      practice?.stop();
      bridge?.stop();
      capture.close();
      const stopped = stamping?.stop();
      await rooms.stop();
      await stopped;
    },
  };
}
