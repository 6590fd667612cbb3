/**
 * @file Practice mode's time-stamp authority at an address of its own: requests to it are answered here with real tokens of
 * the practice key, everything else goes where it is meant to go. No port is opened for it.
 */
import { join } from 'node:path';
import { readPemCertificates } from '../signing/certificate.ts';
import { ensurePracticeStampKey } from '../signing/practice-keys.ts';
import { answerTimeStampRequest, PRACTICE_STAMP_URL } from '../signing/practice-time-stamps.ts';
import type { ValidationFetch } from '../signing/validation/policy.ts';

export function withPracticeStamps(fetch: ValidationFetch, dataFolder: string, now: () => number): ValidationFetch {
  return async (request) => {
    if (request.url !== PRACTICE_STAMP_URL) return fetch(request);
    if (request.method !== 'POST' || request.contentType !== 'application/timestamp-query')
      return { status: 403, contentType: null, body: Buffer.alloc(0) };
    const { key, certificatesPem } = ensurePracticeStampKey(join(dataFolder, 'practice-keys'));
    const question = Buffer.from(request.body ?? new Uint8Array());
    const body = answerTimeStampRequest(question, key, readPemCertificates(certificatesPem), now());
    return { status: 200, contentType: 'application/timestamp-reply', body };
  };
}
