/** @file Which values a person must look at: read by machine, not sure enough, and not yet looked at. */
import type { FieldValue } from '../../preload/types.ts';

const SURE_FROM = 85;

export function needsLook(field: FieldValue): boolean {
  return !field.isConfirmed && (field.source === 'ocr' || field.source === 'mrz') && field.confidence < SURE_FROM;
}
