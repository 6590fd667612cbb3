/**
 * @file `dialog`: answers come from the file HOST_DIALOGS, a JSON array of `{ "dialog": "showOpenDialog", "answer": {…} }`.
 * The n-th dialog of a run takes the n-th entry; the file is read again each time, so a test can add to it meanwhile. Without
 * that file a visible host shows small windows of its own.
 */
import { readFileSync } from 'node:fs';
import type Electron from 'electron';
import { HostBrowserWindow } from './browser-window.ts';
import { isHeadless } from './chromium.ts';
import { askForButton, askForFiles, askForPath } from './html-dialog.ts';
import { notSupported, refuseMissing } from './unsupported.ts';

type Kind = 'showOpenDialog' | 'showSaveDialog' | 'showMessageBox' | 'showErrorBox';

export interface ScriptedAnswer {
  readonly dialog: Kind;
  readonly answer: unknown;
}

let asked = 0;

function nextAnswer(dialog: Kind, options: object, file: string): unknown {
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
type Asked<T> = readonly [T] | readonly [unknown, T];

async function ask<T extends object, R>(dialog: Kind, values: Asked<T>, show: (options: T) => Promise<R>): Promise<R> {
  const [parent, options] = values.length === 2 ? values : [undefined, values[0]];
  if (process.env['HOST_DIALOGS'] !== undefined) return nextAnswer(dialog, options, process.env['HOST_DIALOGS']) as R;
  if (isHeadless) return notSupported(`dialog.${dialog} without HOST_DIALOGS on a headless host`);
  const owner = parent instanceof HostBrowserWindow ? parent : undefined;
  owner?.ignoreInput(true);
  try {
    return await show(options);
  } finally {
    if (owner?.isDestroyed() === false) owner.ignoreInput(false);
  }
}

class HostDialog {
  async showOpenDialog(...values: Asked<Electron.OpenDialogOptions>): Promise<Electron.OpenDialogReturnValue> {
    return ask('showOpenDialog', values, askForFiles);
  }

  async showSaveDialog(...values: Asked<Electron.SaveDialogOptions>): Promise<Electron.SaveDialogReturnValue> {
    return ask('showSaveDialog', values, askForPath);
  }

  async showMessageBox(...values: Asked<Electron.MessageBoxOptions>): Promise<Electron.MessageBoxReturnValue> {
    return ask('showMessageBox', values, askForButton);
  }

  /** Needs no answer and may come before there is a window, so it goes to stderr, as Electron does on Linux then. */
  showErrorBox(title: string, content: string): void {
    process.stderr.write(`[host] dialog showErrorBox ${JSON.stringify({ title, content })}\n`);
  }
}
refuseMissing(HostDialog.prototype, 'dialog');

export const dialog: Pick<Electron.Dialog, 'showOpenDialog' | 'showSaveDialog' | 'showMessageBox' | 'showErrorBox'> =
  new HostDialog();
