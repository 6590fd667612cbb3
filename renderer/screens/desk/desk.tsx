/** @file The officer's desk: list, dossier, paper; or the signing desk. Wires events and the keys that always act. */
import { useEffect, type ReactNode } from 'react';
import { listen } from '../../app/bridge.ts';
import { tell } from '../../app/toast.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { scan, sealAndPrint, signCopies, signResults, startDossier, undo, redo } from '../../state/actions.ts';
import { fill } from '../../language/words.ts';
import { noteCapture } from '../../state/capture-news.ts';
import { openPanel, openWorkbench, useDesk } from '../../state/desk.ts';
import { openDossier, refreshDossier, useDossier } from '../../state/dossier.ts';
import {
  checkDevices,
  loadDossiers,
  loadResults,
  loadScanners,
  loadSync,
  loadTokens,
  noteJob,
  useDevices,
  useDossierList,
} from '../../state/lists.ts';
import { loadPreferences } from '../../state/preferences.ts';
import { currentWords, hasRole, loadSession, useHasRole, useSession, useWords } from '../../state/session.ts';
import { useShortcut } from '../../state/shortcuts.ts';
import { asErrorCode } from '../../../preload/error-codes.ts';
import { showFailure } from '../../state/failures.ts';
import { BacklogDesk } from '../backlog/backlog-desk.tsx';
import { DossierView } from '../dossier/dossier-view.tsx';
import { DossierWorkbench } from '../dossier/dossier-workbench.tsx';
import { DiscardDialog } from '../dossier/discard-dialog.tsx';
import { DossierList } from '../list/dossier-list.tsx';
import { PaperView } from '../paper/paper-view.tsx';
import { SigningDesk } from '../signing/signing-desk.tsx';
import { CommandBox, openCommandBox } from './command-box.tsx';
import { KeyLine } from './key-line.tsx';
import { StatusPanel } from './status-panel.tsx';
import { TopBar } from './top-bar.tsx';
import classes from './desk.module.css';

const SETTLE_MS = 150;
const UPLOAD_REFRESH_MS = 30_000;

/** Subscribes to what the program tells; many events at once cause one reload. */
function useProgramEvents(): void {
  useEffect(() => {
    let listTimer: ReturnType<typeof setTimeout> | undefined;
    const reloadList = (): void => {
      clearTimeout(listTimer);
      listTimer = setTimeout(() => void loadDossiers(useDossierList.getState().items.length), SETTLE_MS);
    };
    const stops = [
      listen('dossier.changed', ({ id, revision }) => {
        if (useDesk.getState().dossierId === id) void refreshDossier(id, revision);
        reloadList();
      }),
      listen('job.progress', (progress) => {
        noteJob(progress, performance.now());
        const openId = (): string | null => useDossier.getState().dossier?.id ?? null;
        const isSaid = noteCapture(progress, openId());
        if (progress.state === 'failed' && !isSaid)
          showFailure(
            { ok: false, code: asErrorCode(progress.code ?? 'internal'), detail: progress.detail ?? undefined },
            // Never into another dossier than the one whose scan failed.
            progress.kind === 'scan' && progress.dossierId === openId()
              ? () => void (progress.dossierId === openId() && scan())
              : null,
          );
      }),
      listen('sync.status', (sync) => useDevices.setState({ sync })),
      listen('tokens.changed', () => void loadTokens()),
      listen('scanners.changed', ({ pluggedIn }) => {
        if (pluggedIn !== null) tell(fill(currentWords().scanOptions.pluggedIn, { name: pluggedIn }));
        void loadScanners(true);
      }),
      listen('results.changed', () => void loadResults()),
      listen('bridge.changed', ({ unsent }) => {
        if (unsent > 0) tell(fill(currentWords().bridge.unsentNews, { count: unsent }));
      }),
    ];
    const refresh = setInterval(reloadList, UPLOAD_REFRESH_MS);
    return () => {
      for (const stop of stops) stop();
      clearTimeout(listTimer);
      clearInterval(refresh);
    };
  }, []);
}

function useStart(): void {
  const officerId = useSession((view) => view.session?.officer?.id);
  useEffect(() => void loadSession(), []);
  useEffect(() => {
    if (officerId === undefined) return;
    useDesk.setState({ desk: hasRole('signer') && !hasRole('counter') ? 'signing' : 'counter' });
    void openDossier(null);
    void loadDossiers();
    void loadResults();
    void loadTokens();
    void loadSync();
    void loadScanners();
    void loadPreferences();
  }, [officerId]);
}

function useDeskKeys(): void {
  const words = useWords();
  const isCounter = useHasRole('counter');
  const isSigner = useHasRole('signer');
  const isSigningDesk = useDesk((view) => view.desk === 'signing');
  const isDraft = useDossier((view) => view.dossier?.state === 'draft');
  const hasReceipt = useDossier((view) => view.dossier?.receipt != null);
  const canUndo = useDossier((view) => view.dossier?.canUndo ?? false);
  const canRedo = useDossier((view) => view.dossier?.canRedo ?? false);
  const hasDossier = useDesk((view) => view.dossierId !== null);
  const isBacklog = useDesk((view) => view.desk === 'backlog');
  const atCounter = !isSigningDesk && !isBacklog && isCounter;
  // A stack of old records is scanned and taken back like a dossier's pages.
  const hasPages = (atCounter || isBacklog) && isCounter;

  useShortcut(hasPages && isDraft, ['F2'], words.keys.scan, () => void scan());
  useShortcut(isCounter, ['F3'], words.keys.newDossier, () => {
    useDesk.setState({ desk: 'counter' });
    void startDossier();
  });
  useShortcut(
    isSigningDesk ? isSigner : atCounter && isDraft,
    ['F4'],
    words.keys.sign,
    () => void (isSigningDesk ? signResults() : signCopies()),
  );
  useShortcut(atCounter && (isDraft || hasReceipt), ['F6'], words.keys.seal, () => void sealAndPrint());
  useShortcut(true, ['F9'], words.keys.check, () => {
    openPanel('devices');
    void checkDevices();
  });
  useShortcut(true, ['Ctrl+K'], words.keys.find, openCommandBox);
  useShortcut(hasPages && canUndo, ['Ctrl+Z'], words.keys.undo, undo);
  useShortcut(hasPages && canRedo, ['Ctrl+Y', 'Ctrl+Shift+Z'], null, redo);
  useShortcut(!isSigningDesk && !isBacklog && hasDossier, ['Escape'], words.keys.back, stepBack, 'Esc');
}

/** One step back: out of a field to its section, out of the dossier to the list. Nothing is lost: everything is saved. */
function stepBack(): void {
  const active = document.activeElement;
  if (active instanceof HTMLElement && active.matches('input, textarea')) active.blur();
  else if (useDesk.getState().isWorkbenchOpen) openWorkbench(false);
  else if (useDesk.getState().shown !== null) useDesk.setState({ shown: null });
  else void openDossier(null);
}

function CounterDesk(): ReactNode {
  const dossier = useDossier((view) => view.dossier);
  const isWorkbenchOpen = useDesk((view) => view.isWorkbenchOpen);
  return isWorkbenchOpen && dossier !== null && dossier.pages.length > 0 ? (
    <DossierWorkbench key={dossier.id} dossier={dossier} layout="full" />
  ) : (
    <div className={classes['panes']}>
      <DossierList />
      <DossierView />
      <PaperView />
    </div>
  );
}

export function Desk(): ReactNode {
  const desk = useDesk((view) => view.desk);
  useProgramEvents();
  useStart();
  useDeskKeys();

  return (
    <div className={classes['desk']}>
      <TopBar />
      {desk === 'signing' ? <SigningDesk /> : desk === 'backlog' ? <BacklogDesk /> : <CounterDesk />}
      <KeyLine />
      <CommandBox />
      <StatusPanel />
      <DiscardDialog />
      <ErrorPanel />
    </div>
  );
}
