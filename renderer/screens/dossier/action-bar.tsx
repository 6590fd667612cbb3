/** @file The foot of a draft: what is missing, each a way to it; sign; save and print. */
import { Button } from '@mantine/core';
import { IconPrinter, IconWritingSign } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import type { Dossier, MissingItem } from '../../../preload/types.ts';
import { Key, StateWord } from '../../components/marks.tsx';
import { fill, type Words } from '../../language/words.ts';
import { printReceipt, sealAndPrint, signCopies } from '../../state/actions.ts';
import { focusSection, showPage, useDesk } from '../../state/desk.ts';
import { useWords } from '../../state/session.ts';
import classes from './dossier.module.css';

export function ActionBar({
  dossier,
  isEditable,
}: {
  readonly dossier: Dossier;
  readonly isEditable: boolean;
}): ReactNode {
  const words = useWords();
  if (dossier.state !== 'draft')
    return dossier.receipt === null ? null : (
      <div className={classes['actions']}>
        <span className={classes['missing']}>{words.dossier.readOnly}</span>
        <Button
          variant="default"
          leftSection={<IconPrinter size="1.25rem" stroke={1.5} aria-hidden />}
          rightSection={<Key>F6</Key>}
          onClick={() => void printReceipt()}
          data-testid="print-receipt"
        >
          {words.finish.printAgain}
        </Button>
      </div>
    );
  if (!isEditable) return null;
  return <DraftActions dossier={dossier} />;
}

function DraftActions({ dossier }: { readonly dossier: Dossier }): ReactNode {
  const words = useWords();
  const [isBusy, setIsBusy] = useState<'sign' | 'seal' | null>(null);
  const unsigned = dossier.missing.filter((item) => item.kind === 'signature').length;
  const isReady = dossier.missing.length === 0;

  async function run(name: 'sign' | 'seal', work: () => Promise<void>): Promise<void> {
    setIsBusy(name);
    await work();
    setIsBusy(null);
  }

  return (
    <div className={classes['actions']}>
      <div className={classes['missing']}>
        {isReady ? (
          <StateWord tone="good">{words.finish.ready}</StateWord>
        ) : (
          <details>
            <summary data-testid="missing">{fill(words.finish.still, { count: dossier.missing.length })}</summary>
            <ul>
              {dossier.missing.map((item) => (
                <li key={JSON.stringify(item)}>
                  <button type="button" onClick={() => goTo(item)}>
                    {missingText(item, dossier, words)}
                  </button>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <Button
        variant={unsigned > 0 ? 'filled' : 'default'}
        disabled={unsigned === 0}
        loading={isBusy === 'sign'}
        leftSection={<IconWritingSign size="1.25rem" stroke={1.5} aria-hidden />}
        rightSection={<Key>F4</Key>}
        onClick={() => void run('sign', signCopies)}
        data-testid="sign"
      >
        {unsigned > 0 ? fill(words.finish.signCount, { count: unsigned }) : words.finish.sign}
      </Button>
      <Button
        variant={isReady ? 'filled' : 'default'}
        loading={isBusy === 'seal'}
        leftSection={<IconPrinter size="1.25rem" stroke={1.5} aria-hidden />}
        rightSection={<Key>F6</Key>}
        onClick={() => void run('seal', sealAndPrint)}
        data-testid="seal"
      >
        {words.finish.seal}
      </Button>
    </div>
  );
}

function missingText(item: MissingItem, dossier: Dossier, words: Words): string {
  if ('componentId' in item) {
    const name =
      dossier.checklist.find((one) => one.component.id === item.componentId)?.component.name ?? item.componentId;
    return fill(words.missing[item.kind], { name });
  }
  if ('pageId' in item)
    return fill(words.missing[item.kind], { n: dossier.pages.findIndex((page) => page.id === item.pageId) + 1 });
  return words.missing[item.kind];
}

function goTo(item: MissingItem): void {
  if (item.kind === 'applicant-name' || item.kind === 'applicant-id') focusSection('applicant');
  else if (item.kind === 'procedure') focusSection('procedure');
  else focusSection('papers');
  if ('pageId' in item) {
    useDesk.setState({ selectedPageIds: [item.pageId] });
    showPage(item.pageId);
  }
}
