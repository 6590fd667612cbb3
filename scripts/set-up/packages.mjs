/** @file Installs npm packages when the lock file says that what lies in `node_modules` is not what it should be. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';

export function installPackages(root) {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.motcua-lock');
  const projectNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const isCurrent = existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(projectNode);
  if (isCurrent) return;
  console.error('· installing packages (npm ci)');
  // No package needs its install script: binaries come inside the packages. The exception is `node` itself, below.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], root);
  if (!existsSync(projectNode)) {
    console.error('· unpacking Node 24 (npm package `node`)');
    run('node', ['installArchSpecificPackage.js'], join(root, 'node_modules', 'node'));
  }
  // npm links only what was there when it installed; without this `npx` would find the machine's own Node.
  const link = join(root, 'node_modules', '.bin', 'node');
  if (process.platform !== 'win32' && !existsSync(link)) symlinkSync('../node/bin/node', link);
  writeFileSync(stamp, wanted);
}

/** With the machine's own Node: the project's one, if that is what runs this, was just deleted with the other packages. */
function run(program, args, cwd) {
  const inside = `${sep}node_modules${sep}`;
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !`${folder}${sep}`.includes(inside));
  const ended = spawnSync(program, args, {
    cwd,
    env: { ...process.env, PATH: path.join(delimiter) },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (ended.status !== 0) {
    console.error(`✖ ${program} ${args.join(' ')} failed`);
    process.exit(1);
  }
}
