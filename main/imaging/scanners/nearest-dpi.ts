/** @file Resolutions: what a device is asked for when it cannot do what was wished for. The same rule for every driver. */

/** The wanted resolution, else the next higher, else the highest there is. A device that names none gets the wanted one. */
export function nearestDpi(dpis: readonly number[], wanted: number): number {
  return dpis.find((dpi) => dpi >= wanted) ?? dpis.at(-1) ?? wanted;
}
