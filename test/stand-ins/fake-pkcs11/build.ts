/** @file Compiles the misbehaving module and hands out its switch. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SOFTHSM_MISSING, SOFTHSM_MODULE } from '../softhsm-tokens.ts';

/** Why tests with it are skipped; undefined when they run. */
export const FAKE_PKCS11_MISSING: string | undefined =
  SOFTHSM_MISSING ?? (existsSync('/usr/bin/gcc') ? undefined : 'gcc is not installed');

export interface FakePkcs11 {
  readonly modulePath: string;
  /** Which faults are on from now; see the head of `fake.c`. */
  setFaults(...words: readonly string[]): void;
  /**
   * Calls since the last `clearCalls`, in order: `> C_Sign 51` as it begins, `< C_Sign 0` as it ends,
   * `= C_Sign 70123` for its microseconds.
   */
  calls(): string[];
  clearCalls(): void;
}

/** @param isApart gives it a SoftHSM library of its own, so that it can stand beside SoftHSM in one process. */
export function buildFakePkcs11(folder: string, isApart = false): FakePkcs11 {
  const modulePath = join(folder, 'libfakepkcs11.so');
  const log = join(folder, 'calls');
  const control = join(folder, 'faults');
  execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-o', modulePath, join(import.meta.dirname, 'fake.c'), '-ldl'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  writeFileSync(control, '');
  process.env.FAKE_PKCS11_CONTROL = control;
  process.env.FAKE_PKCS11_LOG = log;
  process.env.FAKE_PKCS11_REAL = SOFTHSM_MODULE;
  if (isApart) copyFileSync(SOFTHSM_MODULE ?? '', (process.env.FAKE_PKCS11_REAL = join(folder, 'libreal.so')));
  return {
    modulePath,
    setFaults: (...words) => writeFileSync(control, words.join(' ')),
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    clearCalls: () => rmSync(log, { force: true }),
  };
}
