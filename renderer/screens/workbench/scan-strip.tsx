/** @file How the scan goes, beside the pages it brings: so many so far and a stop; or where it stopped, why, and what to do. */
import { Button } from '@mantine/core';
import { IconPlayerStop, IconScan } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import type { ErrorCode } from '../../../preload/error-codes.ts';
import { ask } from '../../app/bridge.ts';
import { Key, StateWord } from '../../components/marks.tsx';
import { fill, type Words } from '../../language/words.ts';
import { scan } from '../../state/actions.ts';
import { dismissFault, useCaptureNews, type ScanFault } from '../../state/capture-news.ts';
import { useJobs } from '../../state/lists.ts';
import { useWords } from '../../state/session.ts';
import classes from './workbench.module.css';

export function ScanStrip({ dossierId }: { readonly dossierId: string }): ReactNode {
  const job = useJobs((view) =>
    view.jobs.find((one) => one.kind === 'scan' && (one.dossierId === null || one.dossierId === dossierId)),
  );
  const fault = useCaptureNews((view) => view.fault);
  if (job !== undefined) return <Running jobId={job.jobId} done={job.done} />;
  return fault?.dossierId === dossierId ? <Fault fault={fault} /> : null;
}

function Running({ jobId, done }: { readonly jobId: string; readonly done: number }): ReactNode {
  const words = useWords();
  return (
    <div className={classes['strip']} role="status" data-testid="scan-running">
      <StateWord tone="moving">
        {done === 0 ? words.scanning.runningNone : fill(words.scanning.running, { count: done })}
      </StateWord>
      <span className={classes['stripText']}>{words.scanning.working}</span>
      <Button
        size="compact-md"
        variant="default"
        leftSection={<IconPlayerStop size="1.125rem" stroke={1.5} aria-hidden />}
        title={words.jobs.stopHint}
        onClick={() => void ask('capture.cancel', { jobId })}
        data-testid="scan-stop"
      >
        {words.scanning.stop}
      </Button>
    </div>
  );
}

/** What happened at which sheet, and what to do from that sheet on. */
function sentencesOf(code: ErrorCode, words: Words): readonly [what: string, next: string] {
  switch (code) {
    case 'scanner-jam':
      return [words.scanning.jam, words.scanning.jamNext];
    case 'scanner-double-feed':
      return [words.scanning.doubleFeed, words.scanning.doubleFeedNext];
    case 'scanner-cover-open':
      return [words.scanning.cover, words.scanning.coverNext];
    case 'scanner-offline':
      return [words.scanning.offline, words.scanning.offlineNext];
    default:
      return [words.scanning.other, words.scanning.otherNext];
  }
}

function Fault({ fault }: { readonly fault: ScanFault }): ReactNode {
  const words = useWords();
  const { sheet, pages, code } = fault;
  const [what, next] = sentencesOf(code, words);
  const strip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Newer browsers answer with a promise, which is no clean-up.
    void strip.current?.scrollIntoView({ block: 'nearest' });
  }, [fault]);
  return (
    <div
      ref={strip}
      className={classes['strip']}
      role="alert"
      data-tone="wrong"
      data-testid="scan-fault"
      data-code={code}
    >
      <p className={classes['stripText']}>
        <StateWord tone="wrong">{fill(what, { sheet })}</StateWord>{' '}
        {pages === 0 ? words.scanning.noneIn : fill(words.scanning.pagesIn, { count: pages })}{' '}
        <strong>{fill(next, { sheet })}</strong>
      </p>
      <Button
        size="compact-md"
        leftSection={<IconScan size="1.125rem" stroke={1.75} aria-hidden />}
        rightSection={<Key>F2</Key>}
        onClick={() => void scan()}
        data-testid="scan-onwards"
      >
        {words.scanning.onwards}
      </Button>
      <Button size="compact-md" variant="default" onClick={dismissFault}>
        {words.scanning.dismiss}
      </Button>
    </div>
  );
}
