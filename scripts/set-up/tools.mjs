/** @file Programs from Debian that the tests and the development host use: installed when we may, named when we may not. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What to look for → the package that brings it. */
export const TOOLS = [
  { name: 'chromium', package: 'chromium', file: '/usr/bin/chromium' },
  { name: 'softhsm2-util', package: 'softhsm2' },
  { name: 'pkcs11-tool', package: 'opensc' },
  { name: 'scanimage', package: 'sane-utils' },
  { name: 'airscan-discover', package: 'sane-airscan' },
  { name: 'Xvfb', package: 'xvfb' },
  { name: 'pdfsig', package: 'poppler-utils' },
  { name: 'mutool', package: 'mupdf-tools' },
  { name: 'qpdf', package: 'qpdf' },
  { name: 'openssl', package: 'openssl' },
  { name: 'xmlsec1', package: 'xmlsec1' },
  { name: 'gcc', package: 'gcc' },
  { name: 'mcs', package: 'mono-mcs' },
  { name: 'mono', package: 'mono-runtime' },
  { name: 'javac', package: 'default-jdk-headless' },
  { name: 'pdfbox', package: 'libpdfbox2-java', file: '/usr/share/java/pdfbox2.jar' },
  { name: 'bouncycastle', package: 'libbcpkix-java', file: '/usr/share/java/bcpkix.jar' },
];

export function ensureTools(wanted) {
  const relevant = TOOLS.filter((tool) => wanted === 'all' || wanted.includes(tool.name));
  const missing = relevant.filter((tool) => !isPresent(tool));
  if (missing.length === 0) return;
  const packages = missing.map((tool) => tool.package);
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const mayInstall = process.platform === 'linux' && process.getuid?.() === 0 && isPresent({ name: 'apt-get' });
  if (mayInstall) {
    console.error(`· installing test tools: ${packages.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'], env });
    spawnSync('apt-get', command.split(' ').slice(1).concat('-qq'), { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
  const still = missing.filter((tool) => !isPresent(tool));
  if (still.length > 0) {
    console.error(
      `! missing: ${still.map((tool) => tool.name).join(', ')}. Install with:  sudo apt-get update && sudo ${command}`,
    );
  }
}

function isPresent(tool) {
  if (tool.file) return existsSync(tool.file);
  return spawnSync('sh', ['-c', `command -v ${tool.name}`], { stdio: 'ignore' }).status === 0;
}
