/** @file What the officer and the machine like: theme, text size, scanner, and how each paper is scanned. Kept by the program. */
import { create } from 'zustand';
import type {
  PreferencesChange,
  ScannerDevice,
  ScanProposal,
  ScanSettings,
  TextPercent,
  ThemeChoice,
} from '../../preload/types.ts';
import { ask } from '../app/bridge.ts';
import { showFailure } from './failures.ts';
import { useDevices } from './lists.ts';
import { useSession } from './session.ts';

/** Before the screen shows anything of the officer's: without an answer the usual look stays. */
export async function loadPreferences(): Promise<void> {
  const answer = await ask('preferences.get', {});
  if (!answer.ok) return;
  const { theme, textPercent, scannerId } = answer.value;
  useSession.setState({ theme, textPercent });
  useDevices.setState({ scannerId });
}

/** Shown at once, kept in the background: a preference that could not be kept is told, and holds until the program ends. */
async function keep(change: PreferencesChange): Promise<boolean> {
  const answer = await ask('preferences.set', change);
  if (!answer.ok) showFailure(answer, () => void keep(change));
  return answer.ok;
}

export function chooseTheme(theme: ThemeChoice): void {
  useSession.setState({ theme });
  void keep({ theme });
}

export function chooseTextPercent(textPercent: TextPercent): void {
  useSession.setState({ textPercent });
  void keep({ textPercent });
}

// ---- scanner ------------------------------------------------------------------------------------------------------

export function chooseScanner(scannerId: string): void {
  useDevices.setState({ scannerId });
  void keep({ scannerId });
}

/** The one this machine was told to use, while it is there; else the first. */
export function scannerOf(scanners: readonly ScannerDevice[] | null, scannerId: string | null): ScannerDevice | null {
  return scanners?.find((device) => device.id === scannerId) ?? scanners?.[0] ?? null;
}

export function chosenScanner(): ScannerDevice | null {
  const { scanners, scannerId } = useDevices.getState();
  return scannerOf(scanners, scannerId);
}

/** What is about to be scanned: one component, or the whole stack. */
export interface ScanTarget {
  readonly dossierId: string | null;
  readonly componentId: string | null;
}

export const useScanProposal = create<{ readonly proposal: ScanProposal | null }>(() => ({ proposal: null }));

let newest = 0;
/** How the chosen scanner should scan it now; null without a scanner, or when nobody could say. */
export async function loadScanProposal(target: ScanTarget): Promise<ScanProposal | null> {
  const device = chosenScanner();
  const ticket = (newest += 1);
  const answer = device === null ? null : await ask('capture.proposal', { ...target, deviceId: device.id });
  const proposal = answer?.ok ? answer.value : null;
  if (ticket === newest) useScanProposal.setState({ proposal });
  return proposal;
}

/** The officer's own choice for this device and this kind of paper, from now on. */
export async function changeScanSettings(target: ScanTarget, change: Partial<ScanSettings>): Promise<void> {
  const { proposal } = useScanProposal.getState();
  if (proposal === null) return;
  const { deviceId, paper } = proposal;
  const settings = { ...proposal.settings, ...change };
  useScanProposal.setState({ proposal: { ...proposal, settings, origin: 'officer' } });
  if (!(await keep({ scan: { deviceId, paper, settings } }))) await loadScanProposal(target);
}

/** Back to what the procedure's papers ask for. */
export async function resetScanSettings(target: ScanTarget): Promise<void> {
  const { proposal } = useScanProposal.getState();
  if (proposal === null) return;
  await keep({ scan: { deviceId: proposal.deviceId, paper: proposal.paper, settings: null } });
  await loadScanProposal(target);
}
