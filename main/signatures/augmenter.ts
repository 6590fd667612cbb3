/** @file Brings signed PDFs to long-term levels for the signatures room: the authorities answer through main, files stay here. */
import { depositBlob, readBlob } from '../blobs/blob-file.ts';
import type { ResultOf } from '../rooms/define.ts';
import { Failure } from '../rooms/failure.ts';
import type { RoomParams } from '../rooms/supervisor.ts';
import { augmentDocument } from '../signing/augmentation/augment-document.ts';
import type { CertificateValidator } from '../signing/validation/evidence.ts';
import type { ValidationFetch, ValidationPolicy } from '../signing/validation/policy.ts';
import { checkTimeStamp, requestTimeStamp } from '../signing/validation/time-stamp.ts';
import type { SignaturesRoom } from './protocol.ts';

export interface Augmenter {
  augment(params: RoomParams<SignaturesRoom, 'augment'>): Promise<ResultOf<SignaturesRoom['methods'], 'augment'>>;
}

export interface AugmenterParts {
  readonly incomingFolder: string;
  readonly fetch: ValidationFetch;
  readonly createValidator: (policy: ValidationPolicy) => CertificateValidator;
  readonly now?: () => number;
}

/** Held several times over while authorities take their minutes: of files above this size one at a time. */
const LARGE_BYTES = 24 * 1024 * 1024;

export function createAugmenter({ incomingFolder, fetch, createValidator, now = Date.now }: AugmenterParts): Augmenter {
  let lastLarge: Promise<unknown> = Promise.resolve();

  async function augment({
    pdf,
    password,
    level,
    authorities,
    policy,
  }: RoomParams<SignaturesRoom, 'augment'>): Promise<ResultOf<SignaturesRoom['methods'], 'augment'>> {
    const { bytes, reached, code, detail } = await augmentDocument(
      await readBlob(pdf),
      level,
      {
        timeStampSources: authorities.map((authority) => async (digest) => {
          if (policy.isOffline) throw new Failure('authority-unreachable', 'the settings keep this machine offline');
          return (await requestTimeStamp(fetch, [authority], digest)).token;
        }),
        checkTimeStamp,
        validator: createValidator(policy),
        now,
      },
      password,
    );
    const stored = bytes ? await depositBlob(incomingFolder, bytes, 'application/pdf') : null;
    return { pdf: stored, reached, code, detail: detail?.slice(0, 2_000) ?? null };
  }

  return {
    augment: (params) => {
      if (params.pdf.sizeBytes <= LARGE_BYTES) return augment(params);
      const turn = lastLarge.then(() => augment(params));
      lastLarge = turn.catch(() => undefined);
      return turn;
    },
  };
}
