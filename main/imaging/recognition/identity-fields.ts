/** @file The person on a citizen's card whose QR code stands on the page (a photocopied card, usually). */
import type { ReadZone } from '../mrz/read-zone.ts';
import { parseIdentityCode } from '../../people/identity-code.ts';
import { foldText } from '../../dossiers/fold-text.ts';
import { Failure } from '../../rooms/failure.ts';
import type { RecognisedPage } from '../protocol.ts';

/** Words on the back of the card, unaccented: only then is the page searched for a zone. */
const CARD_BACK = /dac diem nhan dang|personal identification|canh sat|can cuoc|citizen identity|idvnm|[<«]{3}/;

export function mayShowCard(text: string): boolean {
  return CARD_BACK.test(text) || CARD_BACK.test(foldText(text));
}

/** The zone says how a name is spelt, not which marks it carries: its name stands beside the others, never in their place. */
export function zoneFields({ zone, box, confidence }: ReadZone): RecognisedPage['fields'] {
  const { idNumber, birthDate, sex, expiresOn, plainName } = zone;
  const values = { idNumber, birthDate, sex, ...(expiresOn === null ? {} : { expiresOn }), plainName };
  return Object.entries(values).map(([name, value]) => ({
    name,
    value,
    // All but the name stand under check digits that hold.
    confidence: name === 'plainName' ? confidence : 99,
    source: 'mrz',
    box: [...box],
  }));
}

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
