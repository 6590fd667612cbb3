/** @file Giấy tờ: scan or import, sort pages under components, look at what was read from them. */
import { Button } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Dossier } from '../../../preload/types.ts';
import { Empty, StateWord } from '../../components/marks.tsx';
import { printSeparators } from '../../state/page-commands.ts';
import { useWords } from '../../state/session.ts';
import { Checklist } from './checklist.tsx';
import { pageTargets } from './component-keys.ts';
import { FieldList } from './field-list.tsx';
import { CaptureBar } from './scan-options.tsx';
import { DossierWorkbench } from './dossier-workbench.tsx';
import { ScanStrip } from '../workbench/scan-strip.tsx';
import classes from './papers.module.css';

export function PapersSection({
  dossier,
  isEditable,
}: {
  readonly dossier: Dossier;
  readonly isEditable: boolean;
}): ReactNode {
  const words = useWords();
  const takesNoScan = dossier.procedure?.digitisesInput === false;
  return (
    <div className={classes['papers']}>
      {isEditable && !takesNoScan ? (
        <CaptureBar dossierId={dossier.id} componentId={null} pageCount={dossier.pages.length} />
      ) : null}
      {takesNoScan ? <StateWord tone="quiet">{words.procedure.noScan}</StateWord> : null}
      {dossier.pages.length === 0 ? (
        isEditable && !takesNoScan ? (
          <>
            <ScanStrip dossierId={dossier.id} />
            <Empty>{words.papers.empty}</Empty>
            <PrintSeparators dossier={dossier} />
          </>
        ) : null
      ) : (
        <DossierWorkbench dossier={dossier} layout="inline" />
      )}
      {dossier.procedure === null ? (
        <p className="muted">{words.papers.needProcedure}</p>
      ) : (
        <Checklist dossier={dossier} isEditable={isEditable} />
      )}
      <FieldList dossier={dossier} isEditable={isEditable} />
    </div>
  );
}

/** Before a mixed stack is scanned: one sheet for each paper that is due. */
function PrintSeparators({ dossier }: { readonly dossier: Dossier }): ReactNode {
  const words = useWords();
  const targets = pageTargets(dossier.checklist);
  if (targets.length < 2) return null;
  return (
    <div>
      <Button
        variant="subtle"
        leftSection={<IconPrinter size="1.25rem" stroke={1.5} aria-hidden />}
        onClick={() => void printSeparators(targets.map((target) => target.id))}
        data-testid="separators"
      >
        {words.workbench.separators}
      </Button>
    </div>
  );
}
