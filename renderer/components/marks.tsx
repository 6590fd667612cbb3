/** @file Small signs used everywhere: a key cap, a state as icon and word, an empty place that teaches. */
import { IconAlertTriangle, IconCheck, IconCircleDashed, IconClock, IconX, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './marks.module.css';

export function Key({ children }: { readonly children: string }): ReactNode {
  return <kbd className="key">{children}</kbd>;
}

export type Tone = 'good' | 'warn' | 'wrong' | 'busy' | 'quiet' | 'moving';

const ICONS = {
  good: IconCheck,
  warn: IconAlertTriangle,
  wrong: IconX,
  busy: IconClock,
  quiet: IconCircleDashed,
  moving: IconArrowUp,
} as const;

export function StateWord({
  tone,
  children,
  testId,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly testId?: string;
}): ReactNode {
  const Icon = ICONS[tone];
  return (
    <span className={classes['state']} data-tone={tone} data-testid={testId}>
      <Icon size="1em" stroke={2.25} aria-hidden />
      <span>{children}</span>
    </span>
  );
}

export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon?: ReactNode;
  readonly title?: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className={classes['empty']}>
      {icon}
      {title === undefined ? null : <h2>{title}</h2>}
      <p>{children}</p>
    </div>
  );
}
