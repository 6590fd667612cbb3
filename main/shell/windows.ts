/**
 * @file The windows: one desk (which is also the sign-in page: signing out loads the other document and so drops everything
 * the desk had in memory), and small modal ones where a person confirms a signature or answers for a web page.
 */
import { BrowserWindow, type WebContents } from 'electron';
import type { EventName, Events, PageName } from '../../preload/contract.ts';
import { APP_ORIGIN, PAGE_FILES } from './page-policy.ts';

export interface Windows {
  readonly openDesk: () => void;
  readonly showPage: (page: 'sign-in' | 'desk') => void;
  readonly focusDesk: () => void;
  readonly openConfirmation: (onClosed: () => void) => void;
  readonly closeConfirmation: () => void;
  readonly openQuestion: (onClosed: () => void) => void;
  readonly closeQuestion: () => void;
  /** Which page main put into the window of these contents; undefined when they are not ours. */
  readonly pageShownIn: (webContentsId: number) => PageName | undefined;
  readonly send: <E extends EventName>(name: E, value: Events[E]) => void;
  readonly desk: () => BrowserWindow | undefined;
}

export function createWindows(preloadFile: string, productName: string): Windows {
  let desk: BrowserWindow | undefined;
  const asides = new Map<'confirm' | 'question', BrowserWindow>();
  let deskPage: 'sign-in' | 'desk' = 'sign-in';
  const secure = {
    preload: preloadFile,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    spellcheck: false,
  };

  function load(window: BrowserWindow, page: PageName): void {
    void window.loadURL(`${APP_ORIGIN}/${PAGE_FILES[page]}`);
  }

  function focusDesk(): void {
    if (!desk) return;
    if (desk.isMinimized()) desk.restore();
    desk.focus();
  }

  function openAside(
    page: 'confirm' | 'question',
    title: string,
    size: { readonly width: number; readonly height: number },
    onClosed: () => void,
  ): void {
    const opened = new BrowserWindow({
      ...size,
      title: `${productName} — ${title}`,
      backgroundColor: '#ffffff',
      show: false,
      webPreferences: secure,
      ...(desk ? { parent: desk, modal: true } : {}),
    });
    asides.set(page, opened);
    opened.removeMenu();
    opened.once('ready-to-show', () => opened.show());
    opened.on('closed', () => {
      if (asides.get(page) === opened) asides.delete(page);
      onClosed();
    });
    load(opened, page);
  }

  function closeAside(page: 'confirm' | 'question'): void {
    const window = asides.get(page);
    asides.delete(page);
    if (window && !window.isDestroyed()) window.close();
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
      deskPage = 'sign-in';
      load(desk, deskPage);
    },
    showPage: (page) => {
      deskPage = page; // before the document changes: what the old one still sends is refused
      if (desk && !desk.isDestroyed()) load(desk, page);
    },
    focusDesk,
    openConfirmation: (onClosed) => openAside('confirm', 'Xác nhận ký số', { width: 560, height: 720 }, onClosed),
    closeConfirmation: () => closeAside('confirm'),
    openQuestion: (onClosed) => {
      focusDesk(); // the officer is looking at a browser
      openAside('question', 'Trang web hỏi', { width: 760, height: 760 }, onClosed);
    },
    closeQuestion: () => closeAside('question'),
    pageShownIn: (webContentsId) => {
      for (const [page, window] of asides) if (contentsOf(window)?.id === webContentsId) return page;
      return contentsOf(desk)?.id === webContentsId ? deskPage : undefined;
    },
    send: (name, value) => contentsOf(desk)?.send(name, value),
    desk: () => desk,
  };
}

function contentsOf(window: BrowserWindow | undefined): WebContents | undefined {
  return window && !window.isDestroyed() ? window.webContents : undefined;
}
