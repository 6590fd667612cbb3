/** @file What the shell brings to the ports: the keyring, dialogs, and the printer. */
import { dialog, net, safeStorage, BrowserWindow } from 'electron';
import { ok, refuse } from '../../preload/result.ts';
import type { FileChooser, Printer, SecretBox } from '../ports/ports.ts';
import { APP_ORIGIN } from './page-policy.ts';

/** The system keyring. Linux's `basic_text` is a key that everybody knows: treated as none at all. */
export function electronSecretBox(): SecretBox {
  const backend = process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : undefined;
  const kind =
    process.platform === 'win32' ? 'dpapi' : process.platform === 'darwin' ? 'keychain' : (backend ?? 'unknown');
  return {
    kind: kind.startsWith('gnome') || kind.startsWith('kwallet') ? 'libsecret' : kind,
    isAvailable: () => backend !== 'basic_text' && safeStorage.isEncryptionAvailable(),
    seal: (secret) => safeStorage.encryptString(Buffer.from(secret).toString('base64')),
    open: (sealed) => Buffer.from(safeStorage.decryptString(Buffer.from(sealed)), 'base64'),
  };
}

/**
 * Chromium's network stack outside every page: the system's proxy, its automatic configuration and sign-on. The locks on
 * pages do not apply to it, and it carries no cookies.
 */
export function electronFetch(): typeof globalThis.fetch {
  return (input, init) =>
    net.fetch(input instanceof URL ? input.href : input, {
      ...init,
      credentials: 'omit',
      bypassCustomProtocolHandlers: true,
    });
}

const FILTERS = {
  'scan-import': [{ name: 'Giấy tờ (PDF, ảnh)', extensions: ['pdf', 'jpg', 'jpeg', 'png', 'tif', 'tiff', 'heic'] }],
  'identity-image': [{ name: 'Ảnh thẻ căn cước', extensions: ['jpg', 'jpeg', 'png', 'tif', 'tiff', 'heic', 'webp'] }],
  'signed-file': [{ name: 'Tệp có chữ ký số (PDF)', extensions: ['pdf'] }],
  'signature-image': [{ name: 'Hình chữ ký, con dấu (PNG, JPEG)', extensions: ['png', 'jpg', 'jpeg'] }],
  'result-pdf': [{ name: 'Kết quả giải quyết (PDF)', extensions: ['pdf'] }],
};

export function electronFileChooser(parent: () => BrowserWindow | undefined): FileChooser {
  return {
    chooseFiles: async (purpose) => {
      const options = {
        filters: FILTERS[purpose],
        properties: purpose === 'scan-import' ? (['openFile', 'multiSelections'] as const) : (['openFile'] as const),
      };
      const window = parent();
      const settings = { ...options, properties: [...options.properties] };
      const chosen = window ? await dialog.showOpenDialog(window, settings) : await dialog.showOpenDialog(settings);
      return chosen.canceled ? [] : chosen.filePaths;
    },
    chooseTarget: async (fileName) => {
      const window = parent();
      const settings = {
        defaultPath: fileName,
        filters: [{ name: 'PDF', extensions: ['pdf'] }],
        properties: ['showOverwriteConfirmation' as const],
      };
      const target = window ? await dialog.showSaveDialog(window, settings) : await dialog.showSaveDialog(settings);
      return target.canceled || target.filePath === '' ? null : target.filePath;
    },
  };
}

/**
 * Prints a stored PDF: a hidden window draws its pages as pictures at print resolution, which prints the same on every
 * driver, and Electron's own dialog chooses the printer.
 */
export function electronPrinter(): Printer {
  return {
    print: (blobId, title) =>
      new Promise((resolve) => {
        const window = new BrowserWindow({
          show: false,
          title,
          webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, spellcheck: false },
        });
        const end = (result: ReturnType<typeof ok<null>> | ReturnType<typeof refuse>): void => {
          if (!window.isDestroyed()) window.destroy();
          resolve(result);
        };
        // The page says in its title that every page of the PDF is drawn, and how large the paper is, or `failed`.
        window.webContents.on('page-title-updated', (_event, pageTitle) => {
          if (pageTitle === 'failed') end(refuse('file-damaged', blobId));
          const [, width, height] = /^ready (\d+)x(\d+)$/.exec(pageTitle) ?? [];
          if (width === undefined || height === undefined) return;
          const pageSize = { width: Number(width), height: Number(height) };
          const settings = { silent: false, printBackground: true, margins: { marginType: 'none' as const }, pageSize };
          try {
            window.webContents.print(settings, (success, reason) =>
              end(success ? ok(null) : refuse(reason === 'Print job canceled' ? 'cancelled' : 'print-failed', reason)),
            );
          } catch (thrown) {
            end(refuse('print-failed', String(thrown))); // no printing system at all
          }
        });
        void window.loadURL(`${APP_ORIGIN}/print.html?blob=${encodeURIComponent(blobId)}`);
      }),
  };
}
