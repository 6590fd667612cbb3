/** @file Giấy tờ: scan or import, sort pages under components, look at what was read from them. */
import type { ReactNode } from 'react';
import type { Dossier } from '../../../preload/types.ts';
import { Empty, StateWord } from '../../components/marks.tsx';
import { useWords } from '../../state/session.ts';
import { Checklist } from './checklist.tsx';
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
