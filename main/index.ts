/**
 * @file The program's start in Electron, to be read from top to bottom: locks before windows, windows before rooms, rooms
 * when they are first needed. The main process routes; it owns no data and runs no native code.
 */
import { app, dialog, Menu, protocol } from 'electron';
import { join } from 'node:path';
import { openCounter, type Counter } from './counter/open-counter.ts';
import { createConfirmation } from './ipc/confirmation.ts';
import { createHandlers } from './ipc/handlers.ts';
import { createQuestions } from './ipc/questions.ts';
import type { Machine } from './ports/ports.ts';
import { Failure } from './rooms/failure.ts';
import type { ErrorCode } from '../preload/error-codes.ts';
import { ok, refuse } from '../preload/result.ts';
import { errorsVi } from '../renderer/language/errors.vi.ts';
import { createAppProtocol } from './shell/app-protocol.ts';
import { electronFetch, electronFileChooser, electronPrinter, electronSecretBox } from './shell/electron-ports.ts';
import { openLog } from './shell/log.ts';
import { registerChannels } from './shell/register-channels.ts';
import { electronRoomLauncher } from './shell/room-launcher.ts';
import { lockEverything } from './shell/web-contents-locks.ts';
import { createWindows } from './shell/windows.ts';

const bundleFolder = import.meta.dirname;
const productName = 'Quầy Một Cửa';
/** `quay-mot-cua --motcua officer add …`: the command with this executable's keyring, without a window. */
const commandAt = process.argv.indexOf('--motcua');

app.enableSandbox();
app.setAppUserModelId('vn.quaymotcua.counter');
if (process.env['MOTCUA_HOME']) app.setPath('userData', process.env['MOTCUA_HOME']);
protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
]);

if (app.isPackaged && app.commandLine.hasSwitch('remote-debugging-port')) {
  app.exit(1); // a debugging port is an unauthenticated way into every page
} else if (commandAt >= 0) {
  void app.whenReady().then(runCommand);
} else if (!app.requestSingleInstanceLock()) {
  explain('already-running');
  app.exit(0);
} else {
  // Not awaited at the top level: Electron is only ready after this module has finished loading.
  void app.whenReady().then(start);
}

async function runCommand(): Promise<void> {
  const { main } = await import('./cli/main.ts');
  const machine = openMachine(openLog(app.getPath('logs')));
  app.exit(await main(process.argv.slice(commandAt + 1), { entryFolder: bundleFolder, isBundle: true, machine }));
}

function openMachine(log: Machine['log']): Machine {
  return {
    launch: electronRoomLauncher(bundleFolder),
    paths: {
      data: app.getPath('userData'),
      resources: app.isPackaged ? join(process.resourcesPath, 'resources') : join(app.getAppPath(), 'resources'),
    },
    secretBox: electronSecretBox(),
    clock: { now: Date.now },
    log,
    fetch: electronFetch(),
  };
}

function start(): void {
  const log = openLog(app.getPath('logs'));
  Menu.setApplicationMenu(null);
  lockEverything((text) => log('warn', `security: ${text}`));

  const machine = openMachine(log);
  const windows = createWindows(join(bundleFolder, '../preload/bridge.cjs'), productName);
  const confirmation = createConfirmation({
    open: windows.openConfirmation,
    close: windows.closeConfirmation,
  });
  const questions = createQuestions({ open: windows.openQuestion, close: windows.closeQuestion });
  const counter = openOrExplain(() =>
    openCounter(machine, confirmation, {
      host: process.versions['electron'] ? 'electron' : 'chromium',
      version: app.getVersion(),
      isSyncAutomatic: true,
      hasPracticeOffice: true,
      questions,
    }),
  );
  if (!counter) return;

  protocol.handle(
    'app',
    createAppProtocol({
      rendererFolder: join(bundleFolder, '../renderer'),
      openBlob: async (blobId) => {
        const officer = counter.session.require(['counter', 'signer', 'admin']);
        if (!officer.ok) return refuse('not-allowed');
        const fromPage = counter.bridge?.blobAccess(blobId);
        return fromPage ? ok(fromPage) : counter.rooms.store.call('blobAccess', { blobId });
      },
    }),
  );
  const handlers = createHandlers(counter, {
    machine,
    confirmation,
    questions,
    files: electronFileChooser(windows.desk),
    printer: electronPrinter(),
    showPage: windows.showPage,
  });
  registerChannels(handlers, counter.session, windows.pageShownIn, (text) => log('warn', text));
  counter.events.onAny((name, value) => windows.send(name, value));
  windows.openDesk();

  app.on('second-instance', () => windows.focusDesk());
  app.on('window-all-closed', () => app.quit());
  let isStopped = false;
  app.on('before-quit', (event) => {
    if (isStopped) return;
    event.preventDefault();
    void counter.stop().finally(() => {
      isStopped = true;
      app.quit();
    });
  });

  // The rooms start beside the window; a refusal (store damaged, locked, key gone) shows on the sign-in page's first call.
  void counter.rooms.store.start().then(() => counter.rooms.sync.start());
  counter.bridge?.start();
}

/** Before there is a window: the three sentences of a failure in a system dialog. */
function explain(code: ErrorCode, detail?: string): void {
  const { what, safe, next } = errorsVi[code];
  dialog.showErrorBox(productName, [what, safe, next, ...(detail === undefined ? [] : ['', detail])].join('\n'));
}

/** Settings that cannot be understood stop the start with sentences, not with a stack. */
function openOrExplain(open: () => Counter): Counter | undefined {
  try {
    return open();
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    explain(thrown.code, thrown.detail);
    app.exit(1);
    return undefined;
  }
}
