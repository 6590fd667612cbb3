/** @file Time-stamps inside a file: those that stamp a signature, and those that stamp the whole document (EN 319 142-1, 5.3, 5.4.3). */
import { DIGESTS } from '../object-identifiers.ts';
import type { TimeStampCheck } from '../validation/evidence.ts';
import { checkTimeStamp } from '../validation/time-stamp.ts';
import { readTimeStampInfo } from '../validation/time-stamp-info.ts';
import type { Certificate } from '../certificate.ts';
import { readSignedData } from '../cms/signed-data.ts';

export interface CheckedStamp extends TimeStampCheck {
  /** `weak`: it stamps these very bytes, but by an algorithm or a certificate that proves too little. */
  readonly integrity: 'intact' | 'weak' | 'broken';
}

/** @param pool where the authority's certificate may be when the token leaves it out; asked only then. Never throws. */
export function checkStamp(
  token: Buffer,
  digestOf: (algorithm: string) => Buffer,
  pool: () => readonly Certificate[],
): CheckedStamp {
  const alone = checkTimeStamp(token, digestOf);
  const check = alone.authority === null && carriesNone(token) ? checkTimeStamp(token, digestOf, pool()) : alone;
  if (check.isIntact) return { ...check, integrity: 'intact' };
  return { ...check, integrity: isOnlyWeak(token, digestOf, check) ? 'weak' : 'broken' };
}

/** Made without certReq. One that carries certificates must carry the right one: a changed one is not replaced. */
function carriesNone(token: Buffer): boolean {
  try {
    return readSignedData(token).certificates.length === 0;
  } catch {
    return false;
  }
}

function isOnlyWeak(token: Buffer, digestOf: (algorithm: string) => Buffer, check: TimeStampCheck): boolean {
  try {
    const data = readSignedData(token);
    const info = data.content ? readTimeStampInfo(data.content) : null;
    const name = info ? DIGESTS[info.digestOid] : undefined;
    if (!info || !name || !digestOf(name).equals(info.digest)) return false;
    return check.authority !== null;
  } catch {
    return false;
  }
}
