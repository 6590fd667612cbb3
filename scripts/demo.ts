/**
 * @file `npm run demo`: the virtual scanner feeds the sample stack, `motcua demo` takes it through the whole journey, and the
 * same journey is walked in the window for the pictures. Everything lands in `--out` (default `./demo`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startEsclScanner } from '../test/stand-ins/escl-scanner/server.ts';

const root = join(import.meta.dirname, '..');
const outAt = process.argv.indexOf('--out');
const out = resolve((outAt >= 0 ? process.argv[outAt + 1] : undefined) ?? join(root, 'demo'));
mkdirSync(out, { recursive: true });

const stack = join(root, 'resources', 'samples', 'stack-thuong-tru');
const pages = readdirSync(stack)
  .filter((name) => name.endsWith('.jpg'))
  .sort()
  .map((name) => join(stack, name));
const scanner = await startEsclScanner({ pages });
try {
  await run(process.execPath, [join(root, 'out', 'main', 'cli.js'), 'demo', '--out', out, '--scanner', scanner.url]);
} finally {
  await scanner.stop();
}
if (!process.argv.includes('--no-screens')) {
  console.error('\n· the same journey in the window, for the pictures');
  await run(join(root, 'node_modules', '.bin', 'vitest'), ['run', '--project', 'host', 'test/e2e/journey.test.ts'], {
    MOTCUA_SCREENSHOTS: join(out, 'screens'),
  });
}

/** Not `spawnSync`: the virtual scanner answers from this very process. */
async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === 0) return;
  await scanner.stop();
  process.exit(code ?? 1);
}
