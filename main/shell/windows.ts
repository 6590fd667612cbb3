/**
 * @file The windows: one desk (which is also the sign-in page: signing out loads the other document and so drops everything
 * the desk had in memory), and a small modal one where a person confirms a signature.
 */
import { BrowserWindow, type WebContents } from 'electron';
import type { EventName, Events } from '../../preload/contract.ts';
import { APP_ORIGIN } from './page-policy.ts';

export interface Windows {
  readonly openDesk: () => void;
  readonly showPage: (page: 'sign-in' | 'desk') => void;
  readonly focusDesk: () => void;
  readonly openConfirmation: (onClosed: () => void) => void;
  readonly closeConfirmation: () => void;
  readonly isOurs: (webContentsId: number) => boolean;
  readonly send: <E extends EventName>(name: E, value: Events[E]) => void;
  readonly desk: () => BrowserWindow | undefined;
}

export function createWindows(preloadFile: string, productName: string): Windows {
  let desk: BrowserWindow | undefined;
  let confirmation: BrowserWindow | undefined;
  const secure = {
    preload: preloadFile,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    spellcheck: false,
  };

  function load(window: BrowserWindow, file: string): void {
    void window.loadURL(`${APP_ORIGIN}/${file}`);
  }

  return {
    openDesk: () => {
      desk = new BrowserWindow({
        width: 1366,
        height: 768,
        minWidth: 1024,
        minHeight: 640,
        title: productName,
        backgroundColor: '#f4f5f7',
        show: false,
        webPreferences: secure,
      });
      desk.removeMenu();
      desk.once('ready-to-show', () => desk?.show());
      desk.on('closed', () => {
        desk = undefined;
      });
      load(desk, 'sign-in.html');
    },
    showPage: (page) => {
      if (desk && !desk.isDestroyed()) load(desk, page === 'desk' ? 'index.html' : 'sign-in.html');
    },
    focusDesk: () => {
      if (!desk) return;
      if (desk.isMinimized()) desk.restore();
      desk.focus();
    },
    openConfirmation: (onClosed) => {
      confirmation = new BrowserWindow({
        width: 560,
        height: 720,
        title: `${productName} — Xác nhận ký số`,
        backgroundColor: '#ffffff',
        show: false,
        webPreferences: secure,
        ...(desk ? { parent: desk, modal: true } : {}),
      });
      const opened = confirmation;
      opened.removeMenu();
      opened.once('ready-to-show', () => opened.show());
      opened.on('closed', () => {
        if (confirmation === opened) confirmation = undefined;
        onClosed();
      });
      load(opened, 'confirm.html');
    },
    closeConfirmation: () => {
      if (confirmation && !confirmation.isDestroyed()) confirmation.close();
      confirmation = undefined;
    },
    isOurs: (webContentsId) => contentsOf(desk)?.id === webContentsId || contentsOf(confirmation)?.id === webContentsId,
    send: (name, value) => contentsOf(desk)?.send(name, value),
    desk: () => desk,
  };
}

function contentsOf(window: BrowserWindow | undefined): WebContents | undefined {
  return window && !window.isDestroyed() ? window.webContents : undefined;
}
