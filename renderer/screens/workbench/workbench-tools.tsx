/** @file The buttons of the workbench: the same commands as the keys, for the hand on the mouse. Words where there is room. */
import { Menu } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowsMaximize,
  IconArrowsMinimize,
  IconDots,
  IconEye,
  IconEyeOff,
  IconFileImport,
  IconFold,
  IconKeyboard,
  IconMinus,
  IconPlus,
  IconPrinter,
  IconRefresh,
  IconRotateClockwise,
  IconRowInsertBottom,
  IconSeparatorVertical,
} from '@tabler/icons-react';
import type { KeyboardEvent, ReactNode, RefObject } from 'react';
import { Key } from '../../components/marks.tsx';
import { fill } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import { COMMAND_KEYS } from './keys.ts';
import type { WorkbenchProps } from './page-actions.ts';
import { useWorkbenchView, type Stack } from './stack.ts';
import classes from './workbench.module.css';

interface ToolsProps {
  readonly stack: Stack;
  readonly props: WorkbenchProps;
  readonly jumpBox: RefObject<HTMLInputElement | null>;
  readonly openHelp: () => void;
}

export function WorkbenchTools({ stack, props, jumpBox, openHelp }: ToolsProps): ReactNode {
  const words = useWords();
  const { actions, isEditable, layout = 'inline', onLayout } = props;
  const { current, picked } = stack;
  const hiddenCount = stack.all.filter((page) => page.isHidden).length;
  const isFull = layout === 'full';
  const HideIcon = current?.isHidden === true ? IconEye : IconEyeOff;
  return (
    <div className={classes['tools']}>
      <div
        className={classes['toolRow']}
        role="toolbar"
        tabIndex={-1}
        aria-label={words.workbench.tools}
        onKeyDown={walk}
      >
        {isEditable && current !== null ? (
          <>
            <Tool
              icon={IconSeparatorVertical}
              label={words.workbench.split}
              command="split"
              isDisabled={stack.currentPaper?.id === current.id}
              run={() => actions.setPaperStart(current.id, true)}
            />
            <Tool
              icon={IconFold}
              label={words.workbench.merge}
              command="merge"
              isDisabled={stack.papers[0] === stack.currentPaper}
              run={() => stack.currentPaper !== null && actions.setPaperStart(stack.currentPaper.id, false)}
            />
            <Tool
              icon={IconRotateClockwise}
              label={words.workbench.turn}
              command="turn"
              run={() => actions.turn(picked)}
            />
            <Tool
              icon={HideIcon}
              label={current.isHidden ? words.workbench.unhide : words.workbench.hide}
              command="hide"
              run={stack.hide}
            />
            <Tool
              icon={IconRefresh}
              label={words.workbench.rescan}
              command="rescan"
              run={() => actions.replace(current.id, 'scanner')}
            />
            <MoreTools stack={stack} props={props} />
            <span className={classes['toolGap']} />
            <Tool
              icon={IconArrowBackUp}
              label={words.workbench.undo}
              command="undo"
              isDisabled={props.canUndo === false}
              run={actions.undo}
            />
            <Tool
              icon={IconArrowForwardUp}
              label={words.workbench.redo}
              command="redo"
              isDisabled={props.canRedo !== true}
              run={actions.redo}
            />
          </>
        ) : null}
        <span className={classes['toolSpace']} />
        {hiddenCount === 0 ? null : <HiddenToggle count={hiddenCount} />}
        <JumpBox stack={stack} jumpBox={jumpBox} />
        {isFull ? (
          <>
            <Tool icon={IconMinus} label={words.workbench.smaller} command="smaller" run={() => stack.resize(-1)} />
            <Tool icon={IconPlus} label={words.workbench.larger} command="larger" run={() => stack.resize(1)} />
            <Tool icon={IconKeyboard} label={words.workbench.help} command="help" run={openHelp} />
          </>
        ) : null}
        {onLayout === undefined || (isFull && props.targets.length > 0) ? null : (
          <Tool
            icon={isFull ? IconArrowsMinimize : IconArrowsMaximize}
            label={isFull ? words.keys.back : words.workbench.full}
            command="layout"
            run={onLayout}
          />
        )}
      </div>
    </div>
  );
}

/** One stop for Tab, the arrows go along: every tool has a key of its own anyway. */
function walk(event: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined || !(event.target instanceof HTMLButtonElement) || event.target.role === 'menuitem') return;
  const tools = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button:enabled:not([role="menuitem"])')];
  const next = tools[tools.indexOf(event.target) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

interface ToolProps {
  readonly icon: typeof IconPlus;
  readonly label: string;
  readonly command: keyof typeof COMMAND_KEYS;
  readonly isDisabled?: boolean;
  readonly run: () => void;
}

function Tool({ icon: Icon, label, command, isDisabled = false, run }: ToolProps): ReactNode {
  const { shown } = COMMAND_KEYS[command];
  const name = `${label} (${shown})`;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes['tool']}
      title={name}
      disabled={isDisabled}
      onClick={run}
      data-testid={`workbench-${command}`}
    >
      <span className="visually-hidden">{name}</span>
      <Icon size="1.25rem" stroke={1.5} aria-hidden />
      {shown.length > 2 ? null : (
        <kbd className={classes['toolKey']} aria-hidden>
          {shown}
        </kbd>
      )}
    </button>
  );
}

function MoreTools({ stack, props }: Pick<ToolsProps, 'stack' | 'props'>): ReactNode {
  const words = useWords();
  const { actions } = props;
  const id = stack.current?.id ?? '';
  const { insertAfter, printSeparators } = actions;
  return (
    <Menu position="bottom-start" withinPortal={false}>
      <Menu.Target>
        <button
          type="button"
          className={classes['tool']}
          aria-label={words.workbench.more}
          title={words.workbench.more}
          data-testid="workbench-more"
        >
          <IconDots size="1.25rem" stroke={1.5} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconFileImport size="1.25rem" stroke={1.5} aria-hidden />}
          onClick={() => actions.replace(id, 'file')}
          data-testid="workbench-replace-file"
        >
          {words.workbench.replaceFile}
        </Menu.Item>
        {insertAfter === undefined ? null : (
          <>
            <Menu.Item
              leftSection={<IconRowInsertBottom size="1.25rem" stroke={1.5} aria-hidden />}
              rightSection={<Key>{COMMAND_KEYS.insert.shown}</Key>}
              onClick={() => insertAfter(id, 'scanner')}
              data-testid="workbench-insert"
            >
              {words.workbench.insert}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconFileImport size="1.25rem" stroke={1.5} aria-hidden />}
              onClick={() => insertAfter(id, 'file')}
              data-testid="workbench-insert-file"
            >
              {words.workbench.insertFile}
            </Menu.Item>
          </>
        )}
        {printSeparators === undefined ? null : (
          <Menu.Item
            leftSection={<IconPrinter size="1.25rem" stroke={1.5} aria-hidden />}
            onClick={printSeparators}
            data-testid="workbench-separators"
          >
            {words.workbench.separators}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function HiddenToggle({ count }: { readonly count: number }): ReactNode {
  const words = useWords();
  const showsHidden = useWorkbenchView((view) => view.showsHidden);
  const name = showsHidden ? words.papers.hideHidden : fill(words.papers.showHidden, { count });
  return (
    <button
      type="button"
      className={classes['hiddenToggle']}
      tabIndex={-1}
      aria-pressed={showsHidden}
      title={`${name} (${COMMAND_KEYS.showHidden.shown})`}
      onClick={() => useWorkbenchView.setState({ showsHidden: !showsHidden })}
      data-testid="hidden-pages"
    >
      {showsHidden ? (
        <IconEye size="1.125rem" stroke={1.5} aria-hidden />
      ) : (
        <IconEyeOff size="1.125rem" stroke={1.5} aria-hidden />
      )}{' '}
      <span aria-hidden>{fill(words.workbench.hiddenCount, { count })}</span>
      <span className="visually-hidden">{name}</span>
    </button>
  );
}

/** A page number typed, Enter goes there; Esc leaves the box. */
function JumpBox({ stack, jumpBox }: Pick<ToolsProps, 'stack' | 'jumpBox'>): ReactNode {
  const words = useWords();
  const { all } = stack;
  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    const box = event.currentTarget;
    const page = all[Number.parseInt(box.value, 10) - 1];
    box.value = '';
    if (page === undefined) return;
    if (page.isHidden) useWorkbenchView.setState({ showsHidden: true });
    stack.goTo(page.id);
  }
  return (
    <span className={classes['jump']}>
      <span aria-hidden>{words.workbench.jump}</span>
      <input
        ref={jumpBox}
        type="text"
        inputMode="numeric"
        maxLength={4}
        size={3}
        aria-label={words.workbench.jump}
        placeholder={`/ ${all.length}`}
        title={COMMAND_KEYS.jump.shown}
        onKeyDown={onKeyDown}
        data-testid="workbench-jump"
      />
    </span>
  );
}
