/** @file How many dots per inch a picture has, when nobody said: everything downstream (OCR, PDF size) depends on it. */

const A4_LONG_INCHES = 11.69;
const A4_SHORT_INCHES = 8.27;
const USUAL_DPIS = [75, 100, 150, 200, 240, 300, 400, 600];
/** Written by phones and screen programs that know nothing of paper. */
const MEANINGLESS_DENSITIES = new Set([72, 96]);

/** The density of the file's header when a scanner can have written it. */
export function knownDensity(density: number | undefined): number | undefined {
  if (density === undefined || MEANINGLESS_DENSITIES.has(density) || density < 60 || density > 1200) return undefined;
  return Math.round(density);
}

/** The density at which the picture would just fit on A4, pulled to a usual value when within 3 %. */
export function dpiFromSize(widthPx: number, heightPx: number): number {
  const long = Math.max(widthPx, heightPx);
  const short = Math.min(widthPx, heightPx);
  const dpi = Math.min(600, Math.max(72, long / A4_LONG_INCHES, short / A4_SHORT_INCHES));
  return USUAL_DPIS.find((usual) => Math.abs(dpi - usual) / usual <= 0.03) ?? Math.round(dpi);
}
