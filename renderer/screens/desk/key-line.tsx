/** @file The bottom line: running work with a stop, then the keys that do something here and now. */
import { Button } from '@mantine/core';
import { IconPlayerStop } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ask } from '../../app/bridge.ts';
import { Key } from '../../components/marks.tsx';
import { fill } from '../../language/words.ts';
import { useJobs } from '../../state/lists.ts';
import { useWords } from '../../state/session.ts';
import { useShortcutTable, type Shortcut } from '../../state/shortcuts.ts';
import classes from './desk.module.css';

export function KeyLine(): ReactNode {
  const words = useWords();
  const shortcuts = useShortcutTable((view) => view.shortcuts);
  const seen = new Set<string>();
  const shown = shortcuts.filter((shortcut) => {
    const name = shortcut.shown ?? shortcut.keys[0] ?? '';
    if (shortcut.label === null || seen.has(name)) return false;
    seen.add(name);
    return true;
  });
  shown.sort((one, other) => rank(one) - rank(other));
  return (
    <footer className={classes['keys']}>
      <RunningJobs />
      <ul aria-label={words.regions.keys}>
        {shown.map((shortcut) => (
          <li key={shortcut.id}>
            <Key>{shortcut.shown ?? shortcut.keys[0] ?? ''}</Key>
            {shortcut.label}
          </li>
        ))}
      </ul>
    </footer>
  );
}

/** Function keys first, in the order of the keyboard; then what acts on the page, then the way back. */
function rank({ keys: [key = ''] }: Shortcut): number {
  const number = /^F(\d+)$/.exec(key)?.[1];
  if (number !== undefined) return Number(number);
  return key === 'Escape' ? 30 : key.startsWith('Ctrl') ? 20 : 25;
}

function RunningJobs(): ReactNode {
  const words = useWords();
  const jobs = useJobs((view) => view.jobs);
  return (
    <div className={classes['jobs']} role="status">
      {jobs.map((job) => {
        const elapsedMs = performance.now() - job.startedAtMs;
        const leftSeconds =
          job.total !== null && job.done > 0 && elapsedMs > 2000
            ? Math.ceil(((elapsedMs / job.done) * (job.total - job.done)) / 1000)
            : null;
        const isSigning = job.kind === 'sign';
        const canStop = isSigning || job.kind === 'scan' || job.kind === 'import';
        return (
          <span key={job.jobId} className={classes['job']} data-testid={`job-${job.kind}`}>
            {words.jobs[job.kind]}{' '}
            {job.total === null
              ? fill(words.jobs.countOpen, { done: job.done })
              : fill(words.jobs.count, { done: job.done, total: job.total })}
            {job.total === null ? null : (
              <progress value={job.done} max={job.total} aria-label={words.jobs[job.kind]} />
            )}
            {leftSeconds === null ? null : (
              <span className="muted">{fill(words.jobs.left, { seconds: leftSeconds })}</span>
            )}
            {canStop ? (
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconPlayerStop size={14} aria-hidden />}
                title={isSigning ? words.jobs.stopSigningHint : words.jobs.stopHint}
                onClick={() => void ask(isSigning ? 'signing.cancel' : 'capture.cancel', { jobId: job.jobId })}
                data-testid={`stop-${job.kind}`}
              >
                {words.jobs.stop}
              </Button>
            ) : null}
          </span>
        );
      })}
    </div>
  );
}
