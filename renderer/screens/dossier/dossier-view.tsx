/** @file Centre: the dossier as one page, its sections in the order of the conversation. */
import { Loader } from '@mantine/core';
import { IconFolderOpen, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Dossier } from '../../../preload/types.ts';
import { Empty, StateWord, type Tone } from '../../components/marks.tsx';
import { formatBytes, formatDateTime, formatMoney } from '../../language/format.ts';
import { uploadMark, uploadSentence } from '../../language/upload-words.ts';
import { fill, type Words } from '../../language/words.ts';
import { useDesk, type SectionName } from '../../state/desk.ts';
import { useDossier } from '../../state/dossier.ts';
import { useHasRole, useSession, useWords } from '../../state/session.ts';
import { STATE_TONES } from '../list/dossier-list.tsx';
import { ActionBar } from './action-bar.tsx';
import { ApplicantSection } from './applicant-section.tsx';
import { DocumentsSection } from './documents-section.tsx';
import { FeeSection } from './fee-section.tsx';
import { FinishSection } from './finish-section.tsx';
import { PapersSection } from './papers-section.tsx';
import { ProcedureSection } from './procedure-section.tsx';
import { Section } from './section.tsx';
import classes from './dossier.module.css';

export function DossierView(): ReactNode {
  const words = useWords();
  const { dossier, isLoading } = useDossier();
  const isCounter = useHasRole('counter');
  return (
    <main className={classes['view']} aria-label={words.regions.dossier}>
      {isLoading ? (
        <Loader m="xl" aria-label={words.app.loading} />
      ) : dossier === null ? (
        <Empty icon={<IconFolderOpen size="3rem" stroke={1.25} aria-hidden />} title={words.dossier.emptyTitle}>
          {isCounter ? words.dossier.emptyText : words.dossier.emptyReader}
        </Empty>
      ) : (
        <OpenDossier key={dossier.id} dossier={dossier} />
      )}
    </main>
  );
}

function OpenDossier({ dossier }: { readonly dossier: Dossier }): ReactNode {
  const words = useWords();
  const isEditable = useHasRole('counter') && dossier.state === 'draft';
  return (
    <>
      <Head dossier={dossier} isEditable={isEditable} />
      <div className={classes['scroll']}>
        {dossier.state === 'draft' ? null : <DocumentsSection dossier={dossier} />}
        <Section
          name="applicant"
          title={words.applicant.title}
          isComplete={isComplete(dossier, 'applicant')}
          summary={applicantSummary(dossier)}
        >
          <ApplicantSection dossier={dossier} isEditable={isEditable} />
        </Section>
        <Section
          name="procedure"
          title={words.procedure.title}
          isComplete={isComplete(dossier, 'procedure')}
          summary={dossier.procedure?.name ?? ''}
        >
          <ProcedureSection dossier={dossier} isEditable={isEditable} />
        </Section>
        <Section
          name="papers"
          title={words.papers.title}
          isComplete={isComplete(dossier, 'papers')}
          summary={papersSummary(dossier, words)}
          staysOpen={dossier.state === 'draft'}
        >
          <PapersSection dossier={dossier} isEditable={isEditable} />
        </Section>
        <Section
          name="fee"
          title={words.fee.title}
          isComplete={isComplete(dossier, 'fee')}
          summary={feeSummary(dossier, words)}
        >
          <FeeSection dossier={dossier} isEditable={isEditable} />
        </Section>
        <Section
          name="finish"
          title={words.finish.title}
          isComplete={dossier.receipt !== null}
          summary={finishSummary(dossier, words)}
        >
          <FinishSection dossier={dossier} isEditable={isEditable} />
        </Section>
      </div>
      <ActionBar dossier={dossier} isEditable={isEditable} />
    </>
  );
}

/** What a section still misses, from the store's own list of what keeps the draft from being sealed. */
export function isComplete(dossier: Dossier, section: SectionName): boolean {
  const misses = (...kinds: readonly string[]): boolean => dossier.missing.some((item) => kinds.includes(item.kind));
  switch (section) {
    case 'applicant':
      // Doubts never block: the section only stays open until they are looked at.
      return (
        dossier.applicant !== null && !misses('applicant-name', 'applicant-id') && dossier.identityDoubts.length === 0
      );
    case 'procedure':
      return dossier.procedure !== null && !misses('procedure');
    case 'papers':
      return dossier.procedure !== null && !misses('component', 'component-scan', 'page-unassigned', 'signature');
    case 'fee':
      return dossier.feeVnd !== null;
    case 'finish':
      return dossier.receipt !== null;
  }
}

function applicantSummary({ applicant }: Dossier): string {
  return applicant === null
    ? ''
    : [applicant.fullName, applicant.idNumber, applicant.phone].filter(Boolean).join(' · ');
}

function papersSummary(dossier: Dossier, words: Words): string {
  return fill(words.papers.counts, { count: dossier.pages.filter((page) => !page.isHidden).length });
}

function feeSummary(dossier: Dossier, words: Words): string {
  if (dossier.feeVnd === null) return words.fee.unknown;
  return dossier.feeVnd === 0 ? words.fee.free : formatMoney(dossier.feeVnd);
}

function finishSummary(dossier: Dossier, words: Words): string {
  return dossier.dueAt === null
    ? words.returnMethods[dossier.returnMethod]
    : fill(words.finish.due, { time: formatDateTime(dossier.dueAt) });
}

const UPLOAD_TONES: Readonly<Record<ReturnType<typeof uploadMark>, Tone>> = {
  local: 'good',
  moving: 'moving',
  waiting: 'warn',
  held: 'wrong',
  received: 'good',
};
const SAVE_TONES = { saved: 'good', saving: 'busy', failed: 'wrong' } as const;

function Head({ dossier, isEditable }: { readonly dossier: Dossier; readonly isEditable: boolean }): ReactNode {
  const words = useWords();
  const saving = useDossier((view) => view.saving);
  const officerName = useSession((view) => view.session?.officer?.name);
  const { upload } = dossier;
  const saveWord = { saved: words.dossier.saved, saving: words.dossier.saving, failed: words.dossier.saveFailed }[
    saving
  ];
  return (
    <header className={classes['head']}>
      <div className={classes['headLine']}>
        <h2>{dossier.applicantName === '' ? words.dossier.untitled : dossier.applicantName}</h2>
        {isEditable ? (
          <StateWord tone={SAVE_TONES[saving]} testId="save-state">
            {saveWord}
          </StateWord>
        ) : null}
        {isEditable ? (
          <button
            type="button"
            className={classes['discard']}
            onClick={() => useDesk.setState({ isDiscarding: true })}
            data-testid="discard"
          >
            <IconTrash size="1.125rem" stroke={1.5} aria-hidden /> {words.dossier.discard}
          </button>
        ) : null}
      </div>
      <div className={classes['headFacts']}>
        <StateWord tone={STATE_TONES[dossier.state]} testId="dossier-state">
          {words.states[dossier.state]}
        </StateWord>
        <span className="code" data-testid="dossier-code">
          {dossier.code ?? words.list.noCode}
          {dossier.code !== null && dossier.isCodeProvisional ? ` (${words.list.provisional})` : ''}
        </span>
        <span className="muted">{words.channels[dossier.channel]}</span>
        <span className="muted code">{fill(words.dossier.opened, { time: formatDateTime(dossier.createdAt) })}</span>
        {dossier.officerName === officerName ? null : (
          <span className="muted">{fill(words.dossier.officer, { name: dossier.officerName })}</span>
        )}
      </div>
      {dossier.state === 'draft' ? null : (
        <div className={classes['upload']} role="status">
          <StateWord tone={UPLOAD_TONES[uploadMark(upload)]} testId="upload-state">
            {uploadSentence(upload, words, new Date())}
          </StateWord>
          {upload.state === 'uploading' ? (
            <span className="muted code">
              <progress value={upload.sentBytes} max={Math.max(1, upload.totalBytes)} aria-label={words.upload.label} />{' '}
              {fill(words.upload.bytes, { sent: formatBytes(upload.sentBytes), total: formatBytes(upload.totalBytes) })}
            </span>
          ) : null}
          {upload.state === 'waiting' && upload.nextAttemptAt !== null ? (
            <span className="muted">
              {fill(words.upload.attempts, {
                count: upload.attempts,
                time: formatDateTime(upload.nextAttemptAt).slice(11),
              })}
            </span>
          ) : null}
          {upload.state === 'held' && upload.detail !== null ? <span className="muted">{upload.detail}</span> : null}
        </div>
      )}
    </header>
  );
}
