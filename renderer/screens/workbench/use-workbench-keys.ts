/** @file The keys of the workbench, registered while they can do something; what each is called stands in `keys.ts`. */
import type { RefObject } from 'react';
import { useWords } from '../../state/session.ts';
import { useShortcut } from '../../state/shortcuts.ts';
import { COMMAND_KEYS, type CommandName } from './keys.ts';
import type { WorkbenchProps } from './page-actions.ts';
import { nextOpenPage } from './papers.ts';
import { useWorkbenchView, type Stack } from './stack.ts';

interface KeysOf {
  readonly stack: Stack;
  readonly props: WorkbenchProps;
  readonly jumpBox: RefObject<HTMLInputElement | null>;
  readonly openHelp: () => void;
}

export function useWorkbenchKeys({ stack, props, jumpBox, openHelp }: KeysOf): void {
  const words = useWords();
  const { actions, targets, isEditable } = props;
  const { current, currentPaper, picked } = stack;
  const has = current !== null;
  const canAct = isEditable && has;
  const keys = targets.flatMap((target) => (target.key === null ? [] : [target.key]));

  useShortcut(
    canAct && keys.length > 0,
    keys,
    words.keys.assign,
    (key) => {
      const target = targets.find((one) => one.key === key);
      if (target !== undefined) stack.assign(target.id);
    },
    keys.length > 1 ? `1–${keys.at(-1)?.toUpperCase()}` : '1',
  );
  useCommand('takeOut', canAct && targets.length > 0, null, () => stack.assign(null));
  useCommand('turn', canAct, words.keys.turn, () => actions.turn(picked));
  useCommand('hide', canAct, words.keys.hide, stack.hide);
  useCommand('split', canAct, words.keys.split, () => {
    if (current !== null && currentPaper?.id !== current.id) actions.setPaperStart(current.id, true);
  });
  useCommand('merge', canAct, words.keys.merge, () => {
    if (currentPaper !== null && stack.papers[0] !== currentPaper) actions.setPaperStart(currentPaper.id, false);
  });
  useCommand('rescan', canAct, null, () => current !== null && actions.replace(current.id, 'scanner'));
  useCommand('insert', canAct && actions.insertAfter !== undefined, null, () => {
    if (current !== null) actions.insertAfter?.(current.id, 'scanner');
  });
  useCommand('undo', isEditable && props.canUndo === true, words.keys.undo, actions.undo);
  useCommand('redo', isEditable && props.canRedo === true, words.keys.redo, actions.redo);
  useCommand('selectAll', canAct, null, () => stack.choose(stack.pages.map((page) => page.id)));
  useCommand('selectPaper', canAct, null, () => {
    if (currentPaper !== null) stack.choose(currentPaper.pages.map((page) => page.id));
  });
  useCommand('nextOpen', canAct && targets.length > 0, null, () => {
    const next = nextOpenPage(stack.pages, current === null ? [] : [current.id]);
    if (next !== undefined) stack.goTo(next.id);
  });
  useCommand('jump', has, null, () => jumpBox.current?.focus());
  useCommand('smaller', has, null, () => stack.resize(-1));
  useCommand('larger', has, null, () => stack.resize(1));
  useCommand(
    'showHidden',
    stack.all.some((page) => page.isHidden),
    null,
    () => useWorkbenchView.setState((view) => ({ showsHidden: !view.showsHidden })),
  );
  const wayBack = targets.length > 0 ? words.workbench.inline : words.keys.back;
  const otherLayout = props.layout === 'full' ? wayBack : words.keys.workbench;
  useCommand('layout', props.onLayout !== undefined && has, otherLayout, () => props.onLayout?.());
  useCommand('help', has, words.keys.help, openHelp);
}

function useCommand(
  name: Exclude<CommandName, 'assign'>,
  isActive: boolean,
  label: string | null,
  run: () => void,
): void {
  const { keys, shown } = COMMAND_KEYS[name];
  useShortcut(isActive, keys, label, run, shown);
}
