/** @file The levels of EN 319 142-1, lowest first. */
import type { SignatureLevel } from '../validation/policy.ts';

const LEVELS: readonly SignatureLevel[] = ['B-B', 'B-T', 'B-LT', 'B-LTA'];

export function isAtLeast(level: SignatureLevel, other: SignatureLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(other);
}
