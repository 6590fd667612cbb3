#!/usr/bin/env node
/**
 * @file Every npm script starts here. Runs on an old Node without dependencies: installs packages when they are missing or
 * stale, builds when the build is stale, installs test tools when it may, says what it does, then does what was asked
 * under the project's own Node 24.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuildStale, markBuilt } from './set-up/build-stamp.mjs';
import { installPackages } from './set-up/packages.mjs';
import { ensureTools } from './set-up/tools.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [command = 'help', ...rest] = process.argv.slice(2);

const COMMANDS = {
  start: () => (prepare({ build: true, tools: ['chromium'] }), node('scripts/start.ts', rest)),
  demo: () => (prepare({ build: true, tools: ['chromium'] }), node('scripts/demo.ts', rest)),
  test: () => (prepare({ build: true, tools: 'all' }), test()),
  check: () => (prepare({ build: false, tools: [] }), check()),
  build: () => (prepare({ build: true, tools: [] }), 0),
  bench: () => (prepare({ build: true, tools: 'all' }), node('test/bench/run.ts', rest)),
  motcua: () => (prepare({ build: true, tools: [] }), node('out/main/cli.js', rest)),
  'set-up': () => (prepare({ build: true, tools: 'all' }), 0),
  help: () => (console.error(`usage: node scripts/run.mjs ${Object.keys(COMMANDS).join('|')}`), 64),
};

const run = COMMANDS[command] ?? COMMANDS.help;
process.exit(run());

function prepare({ build, tools }) {
  installPackages(root);
  if (tools === 'all' || tools.length > 0) ensureTools(tools);
  if (build && isBuildStale(root)) {
    console.error('· building (electron-vite)');
    if (tool('electron-vite', ['build', '--logLevel', 'warn']) !== 0) process.exit(1);
    markBuilt(root);
  }
}

function check() {
  return (
    tool('tsc', ['-p', 'tsconfig.node.json']) ||
    tool('tsc', ['-p', 'tsconfig.web.json']) ||
    tool('tsc', ['-p', 'tsconfig.e2e.json']) ||
    tool('oxlint', ['--config', '.oxlintrc.json', '.']) ||
    tool('prettier', ['--check', '--log-level', 'warn', '.']) ||
    tool('vitest', ['run', '--project', 'quick', ...rest])
  );
}

function test() {
  if (rest.length > 0) return tool('vitest', ['run', ...rest]);
  return check() || tool('vitest', ['run', '--project', 'process', '--project', 'host']);
}

function node(script, args) {
  return execute(process.execPath, [join(root, script), ...args], { useProjectNode: true });
}

function tool(name, args) {
  return execute(join(root, 'node_modules', '.bin', name), args, { useProjectNode: false });
}

/** Runs with the project's Node 24 and `.bin` first on the path, so that this is what every child finds. */
function execute(file, args, { useProjectNode }) {
  const modules = join(root, 'node_modules');
  const projectNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const program = useProjectNode && existsSync(projectNode) ? projectNode : file;
  const path = [join(modules, 'node', 'bin'), join(modules, '.bin'), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH: path };
  const cwd = command === 'motcua' ? process.cwd() : root;
  const ended = spawnSync(program, args, {
    stdio: 'inherit',
    env,
    cwd,
    shell: process.platform === 'win32' && !useProjectNode,
  });
  if (ended.error) throw ended.error;
  return ended.status ?? 1;
}
