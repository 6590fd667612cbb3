/**
 * @file `dialog`: answers come from the file HOST_DIALOGS, a JSON array of `{ "dialog": "showOpenDialog", "answer": {…} }`.
 * The n-th dialog of a run takes the n-th entry; the file is read again each time, so a test can add to it meanwhile.
 */
import { readFileSync } from 'node:fs';
import type Electron from 'electron';
import { notSupported, refuseMissing } from './unsupported.ts';

type Kind = 'showOpenDialog' | 'showSaveDialog' | 'showMessageBox' | 'showErrorBox';

export interface ScriptedAnswer {
  readonly dialog: Kind;
  readonly answer: unknown;
}

let asked = 0;

function nextAnswer(dialog: Kind, options: object): unknown {
  const file = process.env['HOST_DIALOGS'] ?? notSupported(`dialog.${dialog} without HOST_DIALOGS`);
  process.stderr.write(`[host] dialog ${dialog} ${JSON.stringify(options)}\n`);
  const entry = (JSON.parse(readFileSync(file, 'utf8')) as readonly ScriptedAnswer[])[asked];
  if (!entry)
    throw new Error(`HOST_DIALOGS has no answer number ${asked + 1} for dialog.${dialog} ${JSON.stringify(options)}`);
  if (entry.dialog !== dialog)
    throw new Error(
      `HOST_DIALOGS: answer number ${asked + 1} is for dialog.${entry.dialog}, but dialog.${dialog} was shown`,
    );
  asked += 1;
  return entry.answer;
}

/** Dialogs take an optional parent window first. */
function optionsOf<T extends object>(values: readonly [T] | readonly [unknown, T]): T {
  return values.length === 2 ? values[1] : values[0];
}

class HostDialog {
  async showOpenDialog(
    ...values: readonly [Electron.OpenDialogOptions] | readonly [unknown, Electron.OpenDialogOptions]
  ): Promise<Electron.OpenDialogReturnValue> {
    return nextAnswer('showOpenDialog', optionsOf(values)) as Electron.OpenDialogReturnValue;
  }

  async showSaveDialog(
    ...values: readonly [Electron.SaveDialogOptions] | readonly [unknown, Electron.SaveDialogOptions]
  ): Promise<Electron.SaveDialogReturnValue> {
    return nextAnswer('showSaveDialog', optionsOf(values)) as Electron.SaveDialogReturnValue;
  }

  async showMessageBox(
    ...values: readonly [Electron.MessageBoxOptions] | readonly [unknown, Electron.MessageBoxOptions]
  ): Promise<Electron.MessageBoxReturnValue> {
    return nextAnswer('showMessageBox', optionsOf(values)) as Electron.MessageBoxReturnValue;
  }

  /** Needs no answer; without a screen it goes to stderr, as Electron does on Linux before it is ready. */
  showErrorBox(title: string, content: string): void {
    process.stderr.write(`[host] dialog showErrorBox ${JSON.stringify({ title, content })}\n`);
  }
}
refuseMissing(HostDialog.prototype, 'dialog');

export const dialog: Pick<Electron.Dialog, 'showOpenDialog' | 'showSaveDialog' | 'showMessageBox' | 'showErrorBox'> =
  new HostDialog();
