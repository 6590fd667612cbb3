/**
 * @file `npm start`: the built program in Electron where its binary can be had, otherwise on the Chromium host. With
 * `--headless` no window opens: pictures of it go to a folder whose name is printed.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectToHost } from '../test/host/connect.ts';

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
  console.error('· Chromium development host (Electron binary not found): no updates, no code signing, not for citizens');
  const isRoot = process.getuid?.() === 0;
  if (isRoot) console.error('! running as root: Chromium without its sandbox, on this machine only for development');
  const hasDisplay = Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
  if (!isHeadless && !hasDisplay) {
    console.error('✖ no display. Use:  npm start -- --headless');
    process.exit(1);
  }
  const env = {
    ...process.env,
    MOTCUA_HOME: process.env['MOTCUA_HOME'] ?? join(homedir(), '.local', 'share', 'quay-mot-cua'),
    HOST_INSECURE_SECRETS: '1',
    ...(isRoot ? { HOST_NO_SANDBOX: '1' } : {}),
    ...(isHeadless ? { HOST_HEADLESS: '1', HOST_CDP: '1' } : {}),
  };
  mkdirSync(env.MOTCUA_HOME, { recursive: true, mode: 0o700 });
  if (!isHeadless) {
    const child = spawn(process.execPath, ['--import', './test/host/register.mjs', 'out/main/index.js'], { cwd: root, env, stdio: 'inherit' });
    child.on('exit', (code) => process.exit(code ?? 1));
    return;
  }
  await takePictures(env);
}

async function takePictures(env: NodeJS.ProcessEnv): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'motcua-screens-'));
  console.log(folder);
  const program = await connectToHost({ env });
  const page = await program.page('sign-in');
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(folder, '1-dang-nhap.png') });
  await program.stop();
}
