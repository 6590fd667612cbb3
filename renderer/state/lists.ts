/** @file What stands around the dossier: the list, waiting results, devices, synchronisation and running work. */
import { create } from 'zustand';
import type {
  DeviceCheck,
  DossierSummary,
  JobProgress,
  ScannerDevice,
  SigningOutcome,
  SyncStatus,
  TokenInfo,
  WaitingResult,
} from '../../preload/types.ts';
import { ask } from '../app/bridge.ts';
import { LIST_STATES, useDesk } from './desk.ts';
import { showFailure } from './failures.ts';
import { hasRole } from './session.ts';

const PAGE_ROWS = 100;

interface DossierListView {
  readonly items: readonly DossierSummary[];
  readonly total: number;
  readonly isLoaded: boolean;
}
export const useDossierList = create<DossierListView>(() => ({ items: [], total: 0, isLoaded: false }));

let listTicket = 0;
/** Loads the list anew, as many rows as were on show. */
export async function loadDossiers(rows = PAGE_ROWS): Promise<void> {
  const ticket = (listTicket += 1);
  const { listText, listFilter } = useDesk.getState();
  const limit = Math.min(500, Math.max(PAGE_ROWS, rows));
  const answer = await ask('dossiers.list', {
    text: listText.normalize('NFC'),
    states: LIST_STATES[listFilter],
    limit,
    offset: 0,
  });
  if (ticket !== listTicket) return;
  if (answer.ok) useDossierList.setState({ items: answer.value.items, total: answer.value.total, isLoaded: true });
  else showFailure(answer, () => void loadDossiers());
}

let isLoadingMore = false;
export async function loadMoreDossiers(): Promise<void> {
  const { items, total } = useDossierList.getState();
  if (isLoadingMore || items.length >= total) return;
  isLoadingMore = true;
  const ticket = listTicket;
  const { listText, listFilter } = useDesk.getState();
  const answer = await ask('dossiers.list', {
    text: listText.normalize('NFC'),
    states: LIST_STATES[listFilter],
    limit: PAGE_ROWS,
    offset: items.length,
  });
  isLoadingMore = false;
  if (ticket !== listTicket || !answer.ok) return;
  const known = new Set(items.map((item) => item.id));
  useDossierList.setState({
    items: [...items, ...answer.value.items.filter((item) => !known.has(item.id))],
    total: answer.value.total,
  });
}

interface DevicesView {
  readonly scanners: readonly ScannerDevice[] | null;
  readonly scannerId: string | null;
  readonly tokens: readonly TokenInfo[] | null;
  readonly signingKey: string | null;
  readonly sync: SyncStatus | null;
  readonly checks: readonly DeviceCheck[] | null;
  readonly isChecking: boolean;
}
export const useDevices = create<DevicesView>(() => ({
  scanners: null,
  scannerId: null,
  tokens: null,
  signingKey: null,
  sync: null,
  checks: null,
  isChecking: false,
}));

/** @param isNews something was plugged in: what is on screen stays until the new list is there. */
export async function loadScanners(isNews = false): Promise<void> {
  if (!hasRole('counter') && !hasRole('admin')) return;
  if (!isNews) useDevices.setState({ scanners: null });
  const answer = await ask('capture.devices', {});
  useDevices.setState({ scanners: answer.ok ? answer.value : [] });
}

export async function loadTokens(): Promise<void> {
  const answer = await ask('tokens.list', {});
  useDevices.setState({ tokens: answer.ok ? answer.value : [] });
}

export async function loadSync(): Promise<void> {
  const answer = await ask('sync.status', {});
  if (answer.ok) useDevices.setState({ sync: answer.value });
}

export async function checkDevices(): Promise<void> {
  if (useDevices.getState().isChecking) return;
  useDevices.setState({ isChecking: true });
  const answer = await ask('devices.check', {});
  useDevices.setState({ isChecking: false, ...(answer.ok ? { checks: answer.value } : {}) });
  if (!answer.ok) showFailure(answer, () => void checkDevices());
  void loadScanners();
  void loadTokens();
}

interface ResultsView {
  readonly waiting: readonly WaitingResult[] | null;
  readonly selectedIds: readonly string[];
  readonly shownId: string | null;
  readonly outcomes: readonly SigningOutcome[];
  readonly isSigning: boolean;
}
export const useResults = create<ResultsView>(() => ({
  waiting: null,
  selectedIds: [],
  shownId: null,
  outcomes: [],
  isSigning: false,
}));

export async function loadResults(): Promise<void> {
  if (!hasRole('counter') && !hasRole('signer')) return;
  const answer = await ask('results.waiting', {});
  if (!answer.ok) {
    showFailure(answer, () => void loadResults());
    return;
  }
  const here = new Set(answer.value.map((result) => result.documentId));
  useResults.setState((view) => ({
    waiting: answer.value,
    selectedIds: view.selectedIds.filter((id) => here.has(id)),
    shownId: view.shownId !== null && here.has(view.shownId) ? view.shownId : (answer.value[0]?.documentId ?? null),
  }));
}

interface JobView extends JobProgress {
  readonly startedAtMs: number;
}
export const useJobs = create<{ readonly jobs: readonly JobView[] }>(() => ({ jobs: [] }));

/** Work that ended leaves the list; what it did is in the dossier. */
export function noteJob(progress: JobProgress, nowMs: number): void {
  useJobs.setState(({ jobs }) => {
    const known = jobs.find((job) => job.jobId === progress.jobId);
    const others = jobs.filter((job) => job.jobId !== progress.jobId);
    return {
      jobs:
        progress.state === 'running' ? [...others, { ...progress, startedAtMs: known?.startedAtMs ?? nowMs }] : others,
    };
  });
}
