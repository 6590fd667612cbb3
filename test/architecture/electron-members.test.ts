/** @file Whatever the shell and the preload script use of Electron exists on the Chromium host; what it lacks is named here. */
import { globSync, readFileSync } from 'node:fs';
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { app, APP_EVENTS } from '../host/app.ts';
import { HostBrowserWindow, WINDOW_EVENTS } from '../host/browser-window.ts';
import * as host from '../host/members.ts';
import { defaultSession } from '../host/session.ts';
import { HostUtilityProcess, UTILITY_PROCESS_EVENTS } from '../host/utility-process.ts';
import { HostFrame } from '../host/frame.ts';
import { HostWebContents, PAGE_EVENTS } from '../host/web-contents.ts';
import { electronUsage, membersOfPageObject, readElectronTypes, type Usage } from './electron-usage.ts';

const types = readElectronTypes();
const pageCode = readFileSync('test/host/worlds.ts', 'utf8');
const sources = ['main/index.ts', ...globSync('main/shell/**/*.ts'), ...globSync('preload/*.ts')];

/** Electron's type → the host's objects for it. Whatever is `in` one of them is supported. */
const SUPPORTED: Readonly<Record<string, readonly object[]>> = {
  App: [app],
  BrowserWindow: [HostBrowserWindow.prototype, HostBrowserWindow],
  CommandLine: [app.commandLine],
  ContextBridge: [asMembers(membersOfPageObject(pageCode, 'contextBridge'))],
  Dialog: [host.dialog],
  // What dialogs answer and handlers are told are plain values, which the host passes on whole.
  OpenDialogReturnValue: [asMembers(['canceled', 'filePaths'])],
  SaveDialogReturnValue: [asMembers(['canceled', 'filePath'])],
  MessageBoxReturnValue: [asMembers(['response', 'checkboxChecked'])],
  HandlerDetails: [asMembers(['url', 'frameName', 'features', 'disposition', 'referrer'])],
  RenderProcessGoneDetails: [asMembers(['reason', 'exitCode'])],
  OnBeforeRequestListenerDetails: [
    asMembers(['id', 'url', 'method', 'webContentsId', 'webContents', 'resourceType', 'referrer', 'timestamp']),
  ],
  PermissionRequest: [asMembers(['isMainFrame', 'requestingUrl'])],
  IpcMain: [host.ipcMain],
  IpcMainEvent: [asMembers(['sender', 'senderFrame', 'frameId', 'processId', 'type', 'ports'])],
  IpcMainInvokeEvent: [asMembers(['sender', 'senderFrame', 'frameId', 'processId', 'type'])],
  IpcRenderer: [asMembers(membersOfPageObject(pageCode, 'ipcRenderer'))],
  Menu: [host.Menu],
  Net: [host.net],
  Protocol: [host.protocol],
  SafeStorage: [host.safeStorage],
  Session: [host.session, defaultSession],
  Shell: [host.shell],
  UtilityProcess: [HostUtilityProcess.prototype, host.utilityProcess],
  WebContents: [HostWebContents.prototype],
  WebFrameMain: [HostFrame.prototype],
  WebRequest: [defaultSession.webRequest],
};

const EVENTS: Readonly<Record<string, readonly string[]>> = {
  App: APP_EVENTS,
  BrowserWindow: WINDOW_EVENTS,
  UtilityProcess: UTILITY_PROCESS_EVENTS,
  WebContents: PAGE_EVENTS,
};

function asMembers(names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, true]));
}

function isSupported(usage: Usage): boolean {
  const event = /^(\w+)#(.+)$/.exec(usage);
  if (event?.[1]) return EVENTS[event[1]]?.includes(event[2] ?? '') ?? event[1].startsWith('Ipc'); // ipc channels are free
  const [type = '', member = ''] = usage.split('.');
  return (
    SUPPORTED[type]?.some(
      (object) =>
        member in object && !(member in EventEmitter.prototype && !(type in EVENTS) && !type.startsWith('Ipc')),
    ) ?? false
  );
}

/** Every use in these sources that the host does not support, as `file: Type.member`. */
function unsupportedIn(files: readonly (readonly [string, string])[]): string[] {
  return files.flatMap(([file, source]) =>
    [...electronUsage(file, source, types)].filter((usage) => !isSupported(usage)).map((usage) => `${file}: ${usage}`),
  );
}

describe('Electron as the program uses it', () => {
  it('exists on the Chromium host, member by member and event by event', () => {
    expect(unsupportedIn(sources.map((file) => [file, readFileSync(file, 'utf8')]))).toEqual([]);
  });

  it('is found at all: the shell uses these', () => {
    const used = new Set(sources.flatMap((file) => [...electronUsage(file, readFileSync(file, 'utf8'), types)]));
    for (const usage of [
      'App.whenReady',
      'App#web-contents-created',
      'WebContents#will-navigate',
      'BrowserWindow.loadURL',
      'WebRequest.onBeforeRequest',
      'UtilityProcess.postMessage',
      'ContextBridge.exposeInMainWorld',
      'WebFrameMain.url',
    ]) {
      expect(used).toContain(usage);
    }
  });

  it.each([
    [`import { app } from 'electron'; app.relaunch();`, 'App.relaunch'],
    [`import { app } from 'electron'; app.on('gpu-info-update', () => {});`, 'App#gpu-info-update'],
    [`import { app } from 'electron'; app.dock?.hide();`, 'App.dock'],
    [
      `import { BrowserWindow } from 'electron'; const w = new BrowserWindow(); const c = w.webContents; void c.executeJavaScript('1');`,
      'WebContents.executeJavaScript',
    ],
    [
      `import { BrowserWindow } from 'electron'; for (const w of [1]) BrowserWindow.fromId(w)?.setBounds({});`,
      'BrowserWindow.setBounds',
    ],
    [`import { session, type Session } from 'electron'; function f(s: Session) { s.cookies; }`, 'Session.cookies'],
    [
      `import type Electron from 'electron'; function f(c: Electron.WebContents | undefined) { c?.on('context-menu', () => {}); }`,
      'WebContents#context-menu',
    ],
    [`import { Tray } from 'electron'; new Tray('x').setTitle('y');`, 'Tray.setTitle'],
    [`import { ipcRenderer } from 'electron'; ipcRenderer.sendSync('x');`, 'IpcRenderer.sendSync'],
  ])('names what the host lacks: %s', (source, usage) => {
    expect(unsupportedIn([['sample.ts', source]])).toContain(`sample.ts: ${usage}`);
  });

  it('is imported nowhere else', () => {
    const others = globSync('{main,renderer,province}/**/*.{ts,tsx}').filter((file) => !sources.includes(file));
    expect(others.filter((file) => /from 'electron['/]/.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});
