/**
 * @file The upload of one sealed revision: which report may follow which. Pure. No step ever leads away from `received`, and
 * none but a receipt away from `held`: that is a person's decision ({@link releasedUploadState}).
 */
import type { Upload } from '../../preload/types.ts';
import { Failure } from '../rooms/failure.ts';
import type { UploadStep } from '../sync/protocol.ts';

export type JobState = Exclude<Upload['state'], 'none' | 'settled'>;

const LIVE: readonly JobState[] = ['queued', 'announced', 'uploading', 'committing', 'waiting'];

const FROM: Readonly<Record<UploadStep['kind'], readonly JobState[]>> = {
  announced: LIVE,
  progress: ['announced', 'uploading', 'committing', 'waiting'],
  committing: ['announced', 'uploading', 'committing', 'waiting'],
  // A receipt that verified is the truth whatever was reported before it, even on a held job.
  received: [...LIVE, 'held', 'received'],
  waiting: LIVE,
  held: [...LIVE, 'held'],
};

const TO: Readonly<Record<UploadStep['kind'], JobState>> = {
  announced: 'announced',
  progress: 'uploading',
  committing: 'committing',
  received: 'received',
  waiting: 'waiting',
  held: 'held',
};

/** @throws Failure `transition-not-allowed` */
export function nextUploadState(state: JobState, step: UploadStep['kind']): JobState {
  if (!FROM[step].includes(state)) throw new Failure('transition-not-allowed', `upload ${state}, reported ${step}`);
  return TO[step];
}

/**
 * What a held upload becomes when a person has looked at it and lets it go on.
 * @throws Failure `transition-not-allowed`
 */
export function releasedUploadState(state: JobState): JobState {
  if (state !== 'held') throw new Failure('transition-not-allowed', `upload ${state}, nothing to release`);
  return 'queued';
}
