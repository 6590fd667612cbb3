/**
 * @file One part of the conversation. Folds to one line when it is complete and the focus has left it; opens by click, by
 * Enter on its line, or when it is the next thing to do. Enter inside goes on to the next field, then the next section.
 */
import { IconChevronDown, IconChevronRight, IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { focusNextOpen } from '../../state/actions.ts';
import { foldSection, useDesk, type SectionName } from '../../state/desk.ts';
import { useDossier } from '../../state/dossier.ts';
import { useWords } from '../../state/session.ts';
import classes from './dossier.module.css';

interface SectionProps {
  readonly name: SectionName;
  readonly title: string;
  readonly isComplete: boolean;
  readonly summary: string;
  /** Papers stay in view: they are the work itself. */
  readonly staysOpen?: boolean;
  readonly children: ReactNode;
}

export function Section({ name, title, isComplete, summary, staysOpen = false, children }: SectionProps): ReactNode {
  const words = useWords();
  const chosen = useDesk((view) => view.folds[name]);
  const [hasFocus, setHasFocus] = useState(false);
  const isOpen = chosen ?? (staysOpen || !isComplete || hasFocus);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  const Mark = isComplete ? IconCircleCheck : IconCircleDashed;

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    if (!(target instanceof HTMLInputElement) || target.getAttribute('aria-expanded') === 'true') return;
    event.preventDefault();
    const fields = [
      ...event.currentTarget.querySelectorAll<HTMLElement>(
        'input:not([type="hidden"]):not(:disabled), textarea, select',
      ),
    ];
    const next = fields[fields.indexOf(target) + 1];
    if (next !== undefined) next.focus();
    else {
      target.blur();
      const dossier = useDossier.getState().dossier;
      if (dossier !== null) setTimeout(() => focusNextOpen(useDossier.getState().dossier ?? dossier), 60);
    }
  }

  return (
    <section
      className={classes['section']}
      aria-labelledby={`section-${name}`}
      data-section={name}
      data-complete={isComplete}
      onKeyDown={onKeyDown}
      onFocus={(event) => setHasFocus(!(event.target as HTMLElement).hasAttribute('aria-controls') || isOpen)}
      onBlur={(event) => {
        if (event.currentTarget.contains(event.relatedTarget)) return;
        setHasFocus(false);
        if (isComplete && chosen === true) foldSection(name, undefined);
      }}
    >
      <h3 id={`section-${name}`}>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={`body-${name}`}
          onClick={() => foldSection(name, !isOpen)}
          data-testid={`section-${name}`}
        >
          <Chevron size="1.125rem" aria-hidden />
          <Mark size="1.25rem" stroke={1.75} aria-hidden className={classes['mark']} />
          <span className={classes['title']}>{title}</span>
          <span className="visually-hidden">{isComplete ? words.dossier.done : words.dossier.openSection}</span>
          {isOpen ? null : <span className={classes['summary']}>{summary}</span>}
        </button>
      </h3>
      <div id={`body-${name}`} className={classes['body']} hidden={!isOpen}>
        {isOpen ? children : null}
      </div>
    </section>
  );
}
