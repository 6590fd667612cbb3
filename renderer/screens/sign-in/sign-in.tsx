/** @file The first document: who sits down, and her PIN. The program opens the desk when the PIN is right. */
import { Button, Loader, PasswordInput } from '@mantine/core';
import { IconBuildingBank, IconUser } from '@tabler/icons-react';
import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react';
import type { Officer } from '../../../preload/types.ts';
import type { Refusal } from '../../../preload/result.ts';
import { ask } from '../../app/bridge.ts';
import { FailureSentences } from '../../components/error-panel.tsx';
import { Empty } from '../../components/marks.tsx';
import { fill } from '../../language/words.ts';
import { loadSession, useSession, useWords } from '../../state/session.ts';
import classes from './sign-in.module.css';

export function SignIn(): ReactNode {
  const words = useWords();
  const session = useSession((view) => view.session);
  const [officers, setOfficers] = useState<readonly Officer[] | null>(null);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [failure, setFailure] = useState<Refusal | null>(null);

  useEffect(() => {
    void loadSession();
    void ask('session.officers', {}).then((answer) => {
      if (!answer.ok) setFailure(answer);
      setOfficers(answer.ok ? answer.value : []);
      if (answer.ok && answer.value.length === 1) setChosenId(answer.value[0]?.id ?? null);
    });
  }, []);

  const chosen = officers?.find((officer) => officer.id === chosenId) ?? null;
  return (
    <main className={classes['page']}>
      <div className={classes['card']}>
        <header>
          <IconBuildingBank size="2rem" stroke={1.5} aria-hidden />
          <div>
            <h1>{words.app.name}</h1>
            <p className="muted">
              {session === null ? words.app.loading : `${session.agencyName} · ${session.counterName}`}
            </p>
          </div>
        </header>
        {officers === null ? (
          <Loader aria-label={words.app.loading} />
        ) : officers.length === 0 && failure === null ? (
          <Empty>{words.signIn.noOfficers}</Empty>
        ) : (
          <OfficerChoice officers={officers} chosenId={chosenId} onChoose={setChosenId} />
        )}
        {chosen === null ? null : <PinForm key={chosen.id} officer={chosen} onFailure={setFailure} />}
        {failure === null ? null : (
          <div role="alert" className={classes['failure']}>
            <FailureSentences failure={{ code: failure.code, detail: failure.detail ?? null }} />
          </div>
        )}
        <p className={classes['keys']}>{words.signIn.keys}</p>
      </div>
    </main>
  );
}

interface ChoiceProps {
  readonly officers: readonly Officer[];
  readonly chosenId: string | null;
  readonly onChoose: (id: string) => void;
}

function OfficerChoice({ officers, chosenId, onChoose }: ChoiceProps): ReactNode {
  const words = useWords();

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    const step =
      event.key === 'ArrowDown' || event.key === 'ArrowRight'
        ? 1
        : event.key === 'ArrowUp' || event.key === 'ArrowLeft'
          ? -1
          : 0;
    if (step === 0) return;
    event.preventDefault();
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const at = buttons.findIndex((button) => button === document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  }

  return (
    <div role="group" aria-labelledby="choose-officer" onKeyDown={onKeyDown}>
      <h2 id="choose-officer" className={classes['label']}>
        {words.signIn.chooseOfficer}
      </h2>
      <div className={classes['officers']}>
        {officers.map((officer, index) => (
          <button
            key={officer.id}
            type="button"
            autoFocus={index === 0 && chosenId === null}
            className={classes['officer']}
            aria-pressed={officer.id === chosenId}
            data-testid={`officer-${officer.id}`}
            onClick={() => onChoose(officer.id)}
          >
            <IconUser size="1.5rem" stroke={1.5} aria-hidden />
            <span>
              <strong>{officer.name}</strong>
              <span className="muted">{officer.title}</span>
            </span>
          </button>
        ))}
      </div>
    </div>
  );
}

function PinForm({
  officer,
  onFailure,
}: {
  readonly officer: Officer;
  readonly onFailure: (failure: Refusal | null) => void;
}): ReactNode {
  const words = useWords();
  const isPractice = useSession((view) => view.session?.isPractice ?? false);
  const [pin, setPin] = useState('');
  const [state, setState] = useState<'typing' | 'asking' | 'opening'>('typing');
  const field = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (pin === '' || state !== 'typing') return;
    setState('asking');
    const answer = await ask('session.signIn', { officerId: officer.id, pin });
    setPin('');
    onFailure(answer.ok ? null : answer);
    setState(answer.ok ? 'opening' : 'typing');
    if (!answer.ok) field.current?.focus();
  }

  return (
    <form onSubmit={(event) => void submit(event)} className={classes['form']}>
      <PasswordInput
        ref={field}
        label={fill(words.signIn.pin, { name: officer.name })}
        description={isPractice ? words.signIn.practiceHint : undefined}
        value={pin}
        onChange={(event) => setPin(event.currentTarget.value)}
        size="md"
        autoFocus
        autoComplete="off"
        inputMode="numeric"
        data-testid="sign-in-pin"
        visibilityToggleButtonProps={{ 'aria-label': words.confirm.showPin, tabIndex: 0 }}
      />
      <Button type="submit" size="md" loading={state === 'asking'} disabled={pin === ''} data-testid="sign-in-submit">
        {state === 'opening' ? words.signIn.opening : words.signIn.submit}
      </Button>
    </form>
  );
}
