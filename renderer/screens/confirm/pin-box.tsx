/**
 * @file A PIN field that can be shown and pasted into, says how long the PIN has to be, and warns of what a keyboard does to
 * a PIN unseen: capital letters, and a Vietnamese typing method that turns `aa` into `â`.
 */
import { ActionIcon, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconEye, IconEyeOff } from '@tabler/icons-react';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import type { TokenInfo } from '../../../preload/types.ts';
import { fill } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import classes from './confirm.module.css';

interface PinBoxProps {
  readonly label: string;
  readonly testId: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly token: TokenInfo;
  readonly isFirst?: boolean;
  readonly mismatch?: boolean;
}

export function PinBox({
  label,
  testId,
  value,
  onChange,
  token,
  isFirst = false,
  mismatch = false,
}: PinBoxProps): ReactNode {
  const words = useWords();
  const [isShown, setIsShown] = useState(false);
  const [isCapital, setIsCapital] = useState(false);
  const { minPinLength: min, maxPinLength: max } = token;
  // A token that takes anything has no rule worth reading.
  const hasRule = min > 1 || max < 64;
  const range = min === max ? fill(words.confirm.lengthExact, { min }) : fill(words.confirm.lengthRange, { min, max });
  const rule = hasRule ? range : '';
  const count = [...value].length;
  // Pasted or typed: a PIN is made of what every keyboard has.
  const hasMarks = /[^\x20-\x7e]/.test(value);

  function noteCapitals(event: KeyboardEvent): void {
    setIsCapital(event.getModifierState('CapsLock'));
  }

  return (
    <div>
      <TextInput
        label={label}
        description={
          isFirst ? `${rule}${count === 0 ? '' : ` ${fill(words.confirm.lengthNow, { count })}`}` : undefined
        }
        error={mismatch ? words.confirm.differs : undefined}
        type={isShown ? 'text' : 'password'}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={noteCapitals}
        onKeyUp={noteCapitals}
        autoComplete="off"
        spellCheck={false}
        size="md"
        autoFocus={isFirst}
        data-testid={testId}
        classNames={{ input: classes['pin'] ?? '' }}
        rightSectionWidth="3rem"
        rightSection={
          <ActionIcon
            variant="subtle"
            size="lg"
            aria-label={isShown ? words.confirm.hidePin : words.confirm.showPin}
            title={isShown ? words.confirm.hidePin : words.confirm.showPin}
            onClick={() => setIsShown(!isShown)}
          >
            {isShown ? <IconEyeOff size="1.25rem" aria-hidden /> : <IconEye size="1.25rem" aria-hidden />}
          </ActionIcon>
        }
      />
      <div role="status" className={classes['typing']} data-testid={`${testId}-typing`}>
        {isCapital ? <TypingWarning text={words.confirm.capitals} /> : null}
        {hasMarks ? <TypingWarning text={words.confirm.vietnameseTyping} /> : null}
      </div>
    </div>
  );
}

function TypingWarning({ text }: { readonly text: string }): ReactNode {
  return (
    <p>
      <IconAlertTriangle size="1.125rem" aria-hidden /> {text}
    </p>
  );
}
