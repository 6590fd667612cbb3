/** @file How large an area is, for drivers that are told one. */
import type { ScanJob } from './scanner.ts';

export type ScanArea = NonNullable<ScanJob['area']>;

export interface AreaMm {
  readonly width: number;
  readonly height: number;
}

/** ISO 216, and ISO/IEC 7810 ID-1 with room for a card that does not lie quite in the corner. */
const SIZES_MM: Readonly<Record<Exclude<ScanArea, 'max'>, AreaMm>> = {
  a4: { width: 210, height: 297 },
  a5: { width: 148, height: 210 },
  a3: { width: 297, height: 420 },
  card: { width: 100, height: 70 },
};

/** Null: all that the device has. Without a wish A4. */
export function areaInMm(area: ScanArea = 'a4'): AreaMm | null {
  return area === 'max' ? null : SIZES_MM[area];
}
