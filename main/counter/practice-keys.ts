/** @file The practice token: a key file made on first use, offered beside real tokens only in practice mode. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePracticeKeys, type PracticeKeys } from '../signing/practice-keys.ts';

export function openPracticeKeys(dataFolder: string): { path: string; label: string; isPractice: boolean }[] {
  return practiceKeysIn(dataFolder).officers.map(({ p12Path, label }) => ({ path: p12Path, label, isPractice: true }));
}

/** PEM of the practice authority, which counts in practice mode and nowhere else. */
export function practiceRoots(dataFolder: string): string[] {
  return [practiceKeysIn(dataFolder).caPem];
}

function practiceKeysIn(dataFolder: string): PracticeKeys {
  const folder = join(dataFolder, 'practice-keys');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return ensurePracticeKeys(folder);
}
