/** @file The workbench on a dossier's pages: the dossier keeps them, the checklist's components are the places. */
import { useCallback, useMemo, type ReactNode } from 'react';
import type { Dossier } from '../../../preload/types.ts';
import { useCaptureNews } from '../../state/capture-news.ts';
import { openWorkbench, selectPages, showPage, useDesk } from '../../state/desk.ts';
import { marksOf, pageCommands, printSeparators } from '../../state/page-commands.ts';
import { useHasRole, useWords } from '../../state/session.ts';
import type { PageActions } from '../workbench/page-actions.ts';
import { ScanStrip } from '../workbench/scan-strip.tsx';
import { Workbench } from '../workbench/workbench.tsx';
import { pageTargets } from './component-keys.ts';

interface DossierWorkbenchProps {
  readonly dossier: Dossier;
  readonly layout: 'inline' | 'full';
}

export function DossierWorkbench({ dossier, layout }: DossierWorkbenchProps): ReactNode {
  const words = useWords();
  const isEditable = useHasRole('counter') && dossier.state === 'draft';
  const pageIds = useDesk((view) => view.selectedPageIds);
  const isChosen = useDesk((view) => view.arePagesChosen);
  const repeatedIds = useCaptureNews((view) => view.repeatedIds);
  const targets = useMemo(() => pageTargets(dossier.checklist), [dossier.checklist]);
  const marks = useMemo(() => marksOf(dossier, repeatedIds), [dossier, repeatedIds]);

  const select = useCallback((ids: readonly string[], areChosen: boolean) => {
    // What is current by itself, before anybody chose, is no step that Esc would take back.
    const isFirst = useDesk.getState().selectedPageIds.length === 0;
    selectPages(ids, areChosen);
    const current = ids.at(-1);
    if (current !== undefined && !isFirst) showPage(current);
  }, []);
  const actions = useMemo<PageActions>(() => {
    const separate = (): void => void printSeparators(targets.map((target) => target.id));
    return { ...pageCommands, printSeparators: separate };
  }, [targets]);

  return (
    <Workbench
      pages={dossier.pages}
      targets={targets}
      actions={actions}
      isEditable={isEditable}
      label={words.papers.pages}
      canUndo={dossier.canUndo}
      canRedo={dossier.canRedo}
      selection={{ pageIds, isChosen, select }}
      marks={marks}
      layout={layout}
      above={isEditable ? <ScanStrip dossierId={dossier.id} /> : null}
      onLayout={() => openWorkbench(layout === 'inline')}
    />
  );
}
