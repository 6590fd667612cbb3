/**
 * @file `npm start`: the built program in Electron where its binary can be had, otherwise on the Chromium host. With
 * `--headless` no window opens: pictures of it go to a folder whose name is printed.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { signIn } from '../test/e2e/steps.ts';
import { launchApp } from '../test/host/connect.ts';

const root = join(import.meta.dirname, '..');
const isHeadless = process.argv.includes('--headless');

const electronFolder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(root, 'node_modules', 'electron', 'dist');
const electron = join(electronFolder, process.platform === 'win32' ? 'electron.exe' : 'electron');

if (existsSync(electron) && !isHeadless) {
  console.error('· Electron');
  const child = spawn(electron, [root], { stdio: 'inherit' });
  child.on('exit', (code) => process.exit(code ?? 1));
} else {
  await startOnChromium();
}

async function startOnChromium(): Promise<void> {
  console.error(
    '· Chromium development host (Electron binary not found): no updates, no code signing, not for citizens',
  );
  const isRoot = process.getuid?.() === 0;
  if (isRoot) console.error('! running as root: Chromium without its sandbox, on this machine only for development');
  const hasDisplay = Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
  if (!isHeadless && !hasDisplay) {
    console.error('✖ no display. Use:  npm start -- --headless');
    process.exit(1);
  }
  if (isHeadless) {
    await takePictures();
    return;
  }
  const home = process.env['MOTCUA_HOME'] ?? join(homedir(), '.local', 'share', 'quay-mot-cua');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const env = {
    ...process.env,
    MOTCUA_HOME: home,
    HOST_USER_DATA: home,
    HOST_INSECURE_SECRETS: '1',
    ...(isRoot ? { HOST_NO_SANDBOX: '1' } : {}),
  };
  const child = spawn(process.execPath, ['--import', './test/host/register.mjs', 'out/main/index.js'], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  child.on('exit', (code) => process.exit(code ?? 1));
}

/** The sign-in page and the empty desk, as a person would see them, in a data folder of their own. */
async function takePictures(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'motcua-screens-'));
  const program = await launchApp();
  try {
    const page = await program.page('sign-in');
    await page.screenshot({ path: join(folder, '1-dang-nhap.png') });
    await signIn(page);
    await (await program.page('index')).screenshot({ path: join(folder, '2-ban-lam-viec.png') });
  } finally {
    await program.stop();
  }
  console.log(folder);
}
