/** @file The names of Electron's main process: what the host has, and what it lacks and refuses by name. */
import { defaultSession } from './session.ts';
import { missingExport, refuseMissing } from './unsupported.ts';

export { app } from './app.ts';
export { HostBrowserWindow as BrowserWindow } from './browser-window.ts';
export { dialog } from './dialog.ts';
export { ipcMain } from './ipc-main.ts';
export { safeStorage } from './safe-storage.ts';
export { Menu, shell } from './shell.ts';
export { utilityProcess } from './utility-process.ts';

/** Node's own network stands for Chromium's; what the program may send is decided before it gets here. */
export const net = refuseMissing({ fetch: globalThis.fetch }, 'net');
export const session = refuseMissing({ defaultSession }, 'session');
export const protocol = defaultSession.protocol;

export const autoUpdater = missingExport('autoUpdater');
export const clipboard = missingExport('clipboard');
export const crashReporter = missingExport('crashReporter');
export const desktopCapturer = missingExport('desktopCapturer');
export const globalShortcut = missingExport('globalShortcut');
export const MenuItem = missingExport('MenuItem');
export const MessageChannelMain = missingExport('MessageChannelMain');
export const nativeImage = missingExport('nativeImage');
export const nativeTheme = missingExport('nativeTheme');
export const Notification = missingExport('Notification');
export const powerMonitor = missingExport('powerMonitor');
export const powerSaveBlocker = missingExport('powerSaveBlocker');
export const screen = missingExport('screen');
export const systemPreferences = missingExport('systemPreferences');
export const Tray = missingExport('Tray');
export const webContents = missingExport('webContents');
export const webFrameMain = missingExport('webFrameMain');
