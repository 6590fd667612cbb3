/** @file Old records: the series with their targets, or the stack in hand. */
import { useEffect, type ReactNode } from 'react';
import { listen } from '../../app/bridge.ts';
import { closeStack, loadBacklog, useBacklog } from '../../state/backlog.ts';
import { CorrectDialog } from './correct-dialog.tsx';
import { Overview } from './overview.tsx';
import { SeriesDialog } from './series-dialog.tsx';
import { StackView } from './stack-view.tsx';

const SETTLE_MS = 300;

export function BacklogDesk(): ReactNode {
  const isStackOpen = useBacklog((view) => view.stack !== null);
  useEffect(() => {
    void loadBacklog();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = listen('backlog.changed', () => {
      clearTimeout(timer);
      timer = setTimeout(() => void loadBacklog(), SETTLE_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
      // A stack is no dossier: it does not stay in hand when another desk is opened.
      if (useBacklog.getState().stack !== null) void closeStack();
    };
  }, []);
  return (
    <>
      {isStackOpen ? <StackView /> : <Overview />}
      <SeriesDialog />
      <CorrectDialog />
    </>
  );
}
