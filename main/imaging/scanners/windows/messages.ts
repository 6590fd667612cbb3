/**
 * @file The lines between this program and its helper on Windows: one JSON object a line, UTF-8, both ways. The whole of it
 * is described in docs/scanners.md; the helper's side is resources/scanner-helper/Program.cs.
 */
import { z } from 'zod';
import type { ErrorCode } from '../../../../preload/error-codes.ts';

/** Raised with every change that an older side would misunderstand. */
export const PROTOCOL_VERSION = 1;

/** Everything a device can answer, in the words of capture: one closed set, whatever numbers WIA and TWAIN use. */
export const HELPER_ERRORS = {
  'feeder-empty': 'scanner-feeder-empty',
  jam: 'scanner-jam',
  'cover-open': 'scanner-cover-open',
  'double-feed': 'scanner-double-feed',
  busy: 'scanner-busy',
  offline: 'scanner-offline',
  'settings-refused': 'scanner-settings-refused',
  cancelled: 'cancelled',
  failed: 'scanner-failed',
  /** The system has no such driver: no WIA service, no TWAIN source manager. */
  unavailable: 'scanner-offline',
} as const satisfies Readonly<Record<string, ErrorCode>>;

export type HelperError = keyof typeof HELPER_ERRORS;

const seq = z.int().nonnegative();
const shortText = z.string().max(500);

export const HelperMessage = z.discriminatedUnion('kind', [
  /** The first line of all, before anything is asked. */
  z.strictObject({
    kind: z.literal('hello'),
    protocol: z.int(),
    driver: z.string().max(20),
    version: z.string().max(50),
  }),
  /** A sign of life while something runs; says nothing of the device. */
  z.strictObject({ kind: z.literal('alive') }),
  z.strictObject({
    kind: z.literal('device'),
    seq,
    id: z.string().min(1).max(400),
    name: z.string().min(1).max(200),
    sources: z.array(z.enum(['flatbed', 'adf', 'adf-duplex'])).max(3),
    dpis: z.array(z.int().min(1).max(10_000)).max(100),
  }),
  z.strictObject({ kind: z.literal('progress'), seq, percent: z.number().min(0).max(100) }),
  /** The file is closed and whole when this line is written. A bare name inside the folder of the job. */
  z.strictObject({
    kind: z.literal('page'),
    seq,
    file: z.string().max(100),
    sizeBytes: z.int().positive(),
    dpi: z.int().min(1).max(10_000),
  }),
  z.strictObject({ kind: z.literal('done'), seq }),
  z.strictObject({
    kind: z.literal('error'),
    seq,
    code: z.enum(Object.keys(HELPER_ERRORS) as [HelperError, ...HelperError[]]),
    detail: shortText,
  }),
]);
export type HelperMessage = z.infer<typeof HelperMessage>;

export type HelperCommand =
  | { readonly do: 'list'; readonly seq: number }
  | {
      readonly do: 'scan';
      readonly seq: number;
      readonly device: string;
      readonly source: 'flatbed' | 'adf' | 'adf-duplex';
      readonly dpi: number;
      readonly colour: boolean;
      /** Null: all that the device has. */
      readonly widthMm: number | null;
      readonly heightMm: number | null;
      readonly folder: string;
    }
  | { readonly do: 'cancel'; readonly seq: number };
