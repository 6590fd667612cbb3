/** @file The person on a citizen's card whose QR code stands on the page (a photocopied card, usually). */
import { parseIdentityCode } from '../../people/identity-code.ts';
import { Failure } from '../../rooms/failure.ts';
import type { RecognisedPage } from '../protocol.ts';

const FIELDS = ['idNumber', 'oldIdNumber', 'fullName', 'birthDate', 'sex', 'address', 'idIssuedOn'] as const;

/** A code was decoded or it was not: its values are certain. Codes that are no card are left alone. */
export function identityFields(codes: RecognisedPage['codes']): RecognisedPage['fields'] {
  return codes.flatMap(({ text, box }) => {
    try {
      const person = parseIdentityCode(text);
      return FIELDS.flatMap((name) => {
        const value = person[name];
        return value === null ? [] : [{ name, value, confidence: 100, source: 'qr' as const, box }];
      });
    } catch (thrown) {
      if (thrown instanceof Failure) return [];
      throw thrown;
    }
  });
}
