/** @file Real PKCS#11 tokens without hardware: SoftHSM2 in a folder of its own. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openssl, type TestSigner } from './test-pki.ts';

const MODULES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
];
export const SOFTHSM_MODULE: string | undefined = MODULES.find((path) => existsSync(path));

/** Why tests with SoftHSM are skipped; undefined when they run. */
export const SOFTHSM_MISSING: string | undefined =
  SOFTHSM_MODULE && existsSync('/usr/bin/softhsm2-util') && existsSync('/usr/bin/pkcs11-tool')
    ? undefined
    : 'softhsm2 or opensc is not installed';

export const USER_PIN = '123456';

export interface SoftHsm {
  readonly configPath: string;
  readonly tokenFolder: string;
  /** A token with one key and its certificate, and the certificate of the issuer when one is given. */
  addToken(label: string, signer: TestSigner, issuerDer?: Buffer): void;
  /** The folder that holds the newest token: taking it away is pulling the token out. */
  folders(): string[];
}

/** Points this process, and every child it starts, at a SoftHSM of its own. */
export function createSoftHsm(folder: string): SoftHsm {
  const tokenFolder = join(folder, 'tokens');
  mkdirSync(tokenFolder, { recursive: true });
  const configPath = join(folder, 'softhsm2.conf');
  writeFileSync(configPath, `directories.tokendir = ${tokenFolder}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  process.env.SOFTHSM2_CONF = configPath;
  const run = (program: string, args: readonly string[]): void =>
    void execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  return {
    configPath,
    tokenFolder,
    addToken(label, signer, issuerDer) {
      run('softhsm2-util', ['--init-token', '--free', '--label', label, '--so-pin', '87654321', '--pin', USER_PIN]);
      const pkcs8 = join(folder, 'import.pem');
      writeFileSync(pkcs8, openssl(['pkcs8', '-topk8', '-nocrypt', '-in', signer.keyPath]));
      run('softhsm2-util', [
        '--import',
        pkcs8,
        '--token',
        label,
        '--label',
        'signing',
        '--id',
        'a1',
        '--pin',
        USER_PIN,
      ]);
      const write = (der: Buffer, id: string): void => {
        const path = join(folder, `${id}.der`);
        writeFileSync(path, der);
        run('pkcs11-tool', [
          '--module',
          SOFTHSM_MODULE ?? '',
          '--token-label',
          label,
          '--login',
          '--pin',
          USER_PIN,
          '--write-object',
          path,
          '--type',
          'cert',
          '--id',
          id,
          '--label',
          id,
        ]);
      };
      write(signer.certificateDer, 'a1');
      if (issuerDer) write(issuerDer, 'c1');
    },
    folders: () => readdirSync(tokenFolder).map((name) => join(tokenFolder, name)),
  };
}
