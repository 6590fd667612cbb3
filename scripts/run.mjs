#!/usr/bin/env node
/**
 * @file Every npm script starts here. Runs on an old Node without dependencies: installs packages when they are missing or
 * stale, builds when the build is stale, installs test tools when it may, says what it does, then does what was asked
 * under the project's own Node 24.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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
    tool('vitest', ['run', '--project', 'quick', ...reportTo('quick'), ...rest])
  );
}

function test() {
  if (rest.length > 0) return tool('vitest', ['run', ...rest]);
  const quick = check();
  if (quick !== 0) return quick;
  // One after the other: both start processes by the dozen, and two cores are few. Both, so that one run shows all that fails.
  const ended = ['process', 'host'].map((name) => tool('vitest', ['run', '--project', name, ...reportTo(name)]));
  return ended.find((code) => code !== 0) ?? countTests();
}

function reportTo(name) {
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${join('test-results', `${name}.json`)}`];
}

/** Says how many ran; on a build machine nothing may be skipped silently. */
function countTests() {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const skipped = [];
  for (const name of ['quick', 'process', 'host']) {
    const { testResults } = JSON.parse(readFileSync(join(root, 'test-results', `${name}.json`), 'utf8'));
    for (const { assertionResults } of testResults) {
      for (const { status, fullName } of assertionResults) {
        if (status === 'passed' || status === 'failed') total[status]++;
        else skipped.push(fullName);
      }
    }
  }
  total.skipped = skipped.length;
  for (const fullName of skipped) console.error(`skipped: ${fullName}`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return process.env.CI === 'true' && total.skipped > 0 ? 1 : 0;
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
