/** @file How something is scanned, and what an officer and a machine like: as data, proved equal to the contract's types. */
import { z } from 'zod';
import type * as t from '../../preload/types.ts';

/** Fails to compile when a schema's output does not fit the contract's type. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Scanner ids hold addresses or names of other systems. */
export const deviceId = z.string().min(1).max(500);
/** The code of a document type, or a kind of paper. */
const paper = z.string().min(1).max(100);

export const ScanArea = z.enum(['a4', 'a5', 'a3', 'card', 'max']);

export const ScanSettings = z.strictObject({
  source: z.enum(['flatbed', 'adf', 'adf-duplex']),
  fallsToGlass: z.boolean(),
  dpi: z.int().min(100).max(1_200),
  colour: z.boolean(),
  area: ScanArea,
}) satisfies z.ZodType<Mutable<t.ScanSettings>>;

const Theme = z.enum(['light', 'dark', 'system']);
const TextPercent = z.union([z.literal(100), z.literal(125), z.literal(150)]);

export const Preferences = z.strictObject({
  theme: Theme,
  textPercent: TextPercent,
  scannerId: deviceId.nullable(),
}) satisfies z.ZodType<Mutable<t.Preferences>>;

export const USUAL_PREFERENCES: t.Preferences = { theme: 'system', textPercent: 100, scannerId: null };

export const ScanChoice = z.strictObject({ deviceId, paper, settings: ScanSettings.nullable() });

export const PreferencesChange = z.strictObject({
  theme: Theme.optional(),
  textPercent: TextPercent.optional(),
  scannerId: deviceId.optional(),
  scan: ScanChoice.optional(),
}) satisfies z.ZodType<t.PreferencesChange>;
