/** @file One of the three questions the desk asks, because it cannot be undone: throwing a draft away. */
import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import { fill } from '../../language/words.ts';
import { useDesk } from '../../state/desk.ts';
import { discardDossier, useDossier } from '../../state/dossier.ts';
import { useWords } from '../../state/session.ts';

export function DiscardDialog(): ReactNode {
  const words = useWords();
  const isOpen = useDesk((view) => view.isDiscarding);
  const dossier = useDossier((view) => view.dossier);
  const close = (): void => useDesk.setState({ isDiscarding: false });
  const values = {
    name: dossier === null || dossier.applicantName === '' ? words.list.noName : dossier.applicantName,
    pages: dossier?.pages.length ?? 0,
  };
  return (
    <Dialog isOpen={isOpen && dossier !== null} onClose={close} title={words.dossier.discardTitle} size="28rem">
      <p>{fill(words.dossier.discardText, values)}</p>
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={close} data-autofocus>
          {words.app.cancel}
        </Button>
        <Button color="red.9" onClick={() => void discardDossier()} data-testid="discard-yes">
          {fill(words.dossier.discardYes, values)}
        </Button>
      </Group>
    </Dialog>
  );
}
