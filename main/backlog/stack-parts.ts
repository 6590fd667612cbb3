/** @file A folder with more pages than a stack takes: its further stacks, by their names. */

/** The first stack of a folder has its name, the others a number behind it: `so 1998`, `so 1998 (2)`, … @param part from 1 */
export function partName(name: string, part: number): string {
  return part === 1 ? name : `${name.slice(-190)} (${part})`;
}
