/** @file The components of the procedure: what was handed in, in what form, and which pages belong to it. */
import { NativeSelect, NumberInput } from '@mantine/core';
import { useMemo, useState, type DragEvent, type ReactNode } from 'react';
import type { ChecklistItem, Dossier } from '../../../preload/types.ts';
import { Key, StateWord } from '../../components/marks.tsx';
import { fill } from '../../language/words.ts';
import { assignPages, setChecklistForm } from '../../state/actions.ts';
import { selectPages, showPage, useDesk } from '../../state/desk.ts';
import { useWords } from '../../state/session.ts';
import { DRAG_TYPE, draggedPages } from '../workbench/dragging.ts';
import { papersOf, runsOf, scopeOf } from '../workbench/papers.ts';
import { pageTargets } from './component-keys.ts';
import classes from './papers.module.css';

const FORMS: readonly NonNullable<ChecklistItem['form']>[] = [
  'original',
  'certified-copy',
  'plain-copy',
  'electronic',
  'presented',
  'replaced-by-data',
];

export function Checklist({
  dossier,
  isEditable,
}: {
  readonly dossier: Dossier;
  readonly isEditable: boolean;
}): ReactNode {
  const words = useWords();
  const keys = new Map(pageTargets(dossier.checklist).map((target) => [target.id, target.key]));
  return (
    <div>
      <h4 className={classes['subtitle']} id="checklist-title">
        {words.papers.checklist}
      </h4>
      <ol className={classes['checklist']} aria-labelledby="checklist-title">
        {dossier.checklist.map((item, index) => (
          <ComponentRow
            key={item.component.id}
            item={item}
            index={index}
            dossier={dossier}
            hotKey={keys.get(item.component.id) ?? undefined}
            isEditable={isEditable}
          />
        ))}
      </ol>
    </div>
  );
}

interface RowProps {
  readonly item: ChecklistItem;
  readonly index: number;
  readonly dossier: Dossier;
  readonly hotKey: string | undefined;
  readonly isEditable: boolean;
}

function ComponentRow({ item, index, dossier, hotKey, isEditable }: RowProps): ReactNode {
  const words = useWords();
  const [isOver, setIsOver] = useState(false);
  const selectedIds = useDesk((view) => view.selectedPageIds);
  const areChosen = useDesk((view) => view.arePagesChosen);
  // The same pages that the key would place: those picked, or the whole paper.
  const selected = useMemo(
    () => scopeOf(papersOf(dossier.pages, true), selectedIds, areChosen),
    [dossier.pages, selectedIds, areChosen],
  );
  const { component } = item;
  const isMissing = dossier.missing.some(
    (one) => 'componentId' in one && one.componentId === component.id && one.kind !== 'signature',
  );
  const kindWord =
    component.kind === 'presented'
      ? words.papers.presented
      : component.kind === 'electronic-form'
        ? words.papers.electronicForm
        : component.isRequired
          ? words.papers.required
          : words.papers.optional;

  function onDrop(event: DragEvent): void {
    setIsOver(false);
    const ids = draggedPages(event);
    if (isEditable && ids.length > 0) void assignPages(ids, component.id);
  }

  return (
    <li
      className={classes['component']}
      data-testid={`component-${index}`}
      data-over={isOver}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(DRAG_TYPE)) return;
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={onDrop}
    >
      <span className={classes['hotKey']}>
        {hotKey === undefined || !isEditable ? null : (
          <button
            type="button"
            disabled={selected.length === 0}
            title={fill(words.papers.assignHere, { name: component.name })}
            onClick={() => void assignPages(selected, component.id)}
            data-testid={`assign-${index}`}
          >
            <span className="visually-hidden">{fill(words.papers.assignHere, { name: component.name })} </span>
            <Key>{hotKey.toUpperCase()}</Key>
          </button>
        )}
      </span>
      <div className={classes['componentText']}>
        <span className={classes['componentName']}>{component.name}</span>
        <span className={classes['componentFacts']}>
          <span>{kindWord}</span>
          {component.mustDigitise ? <span>{words.papers.mustScan}</span> : null}
          <ComponentState item={item} isMissing={isMissing} />
          <PageChips item={item} dossier={dossier} />
        </span>
        {component.condition === null ? null : (
          <span className={classes['condition']}>{fill(words.papers.condition, { text: component.condition })}</span>
        )}
      </div>
      <NativeSelect
        size="sm"
        aria-label={`${words.papers.form}: ${component.name}`}
        value={item.form ?? ''}
        disabled={!isEditable}
        data-testid={`component-${index}-form`}
        onChange={(event) => {
          const form = FORMS.find((one) => one === event.currentTarget.value) ?? null;
          void setChecklistForm(item, form, form === null ? 0 : Math.max(1, item.quantity));
        }}
        data={[
          { value: '', label: words.papers.formNone },
          ...FORMS.map((form) => ({ value: form, label: words.forms[form] })),
        ]}
      />
      <NumberInput
        size="sm"
        aria-label={`${words.papers.quantity}: ${component.name}`}
        value={item.quantity}
        min={0}
        max={99}
        clampBehavior="strict"
        allowDecimal={false}
        allowNegative={false}
        hideControls
        disabled={!isEditable || item.form === null}
        data-testid={`component-${index}-quantity`}
        onBlur={(event) => {
          const quantity = Number(event.currentTarget.value);
          if (Number.isInteger(quantity) && quantity !== item.quantity)
            void setChecklistForm(item, item.form, quantity);
        }}
      />
    </li>
  );
}

function ComponentState({ item, isMissing }: { readonly item: ChecklistItem; readonly isMissing: boolean }): ReactNode {
  const words = useWords();
  if (isMissing) return <StateWord tone="warn">{words.papers.missing}</StateWord>;
  if (item.form !== null || item.pageIds.length > 0)
    return <StateWord tone="good">{words.papers.handedShort}</StateWord>;
  return null;
}

/** The pages of a component, neighbours as one: `Trang 1–3`, `Trang 7`. */
function PageChips({ item, dossier }: { readonly item: ChecklistItem; readonly dossier: Dossier }): ReactNode {
  const words = useWords();
  const numbers = useMemo(() => {
    const ids = new Set(item.pageIds);
    return dossier.pages.flatMap((page, index) => (ids.has(page.id) ? [index + 1] : []));
  }, [item.pageIds, dossier.pages]);
  return (
    <>
      {runsOf(numbers).map(([first, last]) => (
        <button
          key={first}
          type="button"
          className={classes['chip']}
          onClick={() => {
            const id = dossier.pages[first - 1]?.id;
            if (id === undefined) return;
            selectPages([id], false);
            showPage(id);
          }}
        >
          {fill(words.papers.page, { n: first === last ? first : `${first}–${last}` })}
        </button>
      ))}
    </>
  );
}
