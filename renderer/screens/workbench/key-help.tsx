/** @file `?`: every key of the workbench in one table. */
import type { ReactNode } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import { Key } from '../../components/marks.tsx';
import { useWords } from '../../state/session.ts';
import { KEY_TABLE } from './keys.ts';
import classes from './workbench.module.css';

interface KeyHelpProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function KeyHelp({ isOpen, onClose }: KeyHelpProps): ReactNode {
  const words = useWords();
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={words.workbench.help} size="56rem">
      <dl className={classes['help']} data-testid="key-help">
        {KEY_TABLE.map(({ shown, word }) => (
          <div key={word}>
            <dt>
              <Key>{shown}</Key>
            </dt>
            <dd>{words.workbenchKeys[word]}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
