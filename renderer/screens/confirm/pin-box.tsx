/** @file A PIN field that can be shown and pasted into, and says how long the PIN has to be. */
import { ActionIcon, TextInput } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
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
  const { minPinLength: min, maxPinLength: max } = token;
  // A token that takes anything has no rule worth reading.
  const hasRule = min > 1 || max < 64;
  const range = min === max ? fill(words.confirm.lengthExact, { min }) : fill(words.confirm.lengthRange, { min, max });
  const rule = hasRule ? range : '';
  const count = [...value].length;

  return (
    <TextInput
      label={label}
      description={isFirst ? `${rule}${count === 0 ? '' : ` ${fill(words.confirm.lengthNow, { count })}`}` : undefined}
      error={mismatch ? words.confirm.differs : undefined}
      type={isShown ? 'text' : 'password'}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
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
  );
}
