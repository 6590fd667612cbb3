/**
 * @file What the author of a form asks of whoever signs a field: seed values (ISO 32000-2, 12.7.5.5, Tables 237 and 238).
 * Mandatory ones are met or the signature is refused by their name; the others are wishes.
 */
import { Failure } from '../../rooms/failure.ts';
import type { Certificate } from '../certificate.ts';
import type { PdfDocument } from './document.ts';
import { decodeText, type SignatureField } from './signature-fields.ts';
import type { PdfDict, PdfValue } from './values.ts';

export const SUB_FILTERS = ['ETSI.CAdES.detached', 'adbe.pkcs7.detached'] as const;
export type SubFilter = (typeof SUB_FILTERS)[number];

export interface SigningTerms {
  readonly subFilter: SubFilter;
  readonly reason: string | null;
}

/** Bits of `/Ff` in the seed value dictionary and in its certificate constraints, counted from 1. */
const MANDATORY = {
  filter: 1,
  subFilter: 2,
  version: 3,
  reasons: 4,
  legalAttestation: 5,
  revocation: 6,
  digest: 7,
  lock: 8,
  appearance: 9,
} as const;
const CERTIFICATE = { subject: 1, issuer: 2 } as const;
/** ISO 32000-2 is version 3. */
const KNOWN_VERSION = 3;

/**
 * @param reason what the signer wants to state @param chain the signer's certificate first
 * @throws Failure `pdf-not-signable` naming the constraint that cannot be met
 */
export function meetSeedValues(
  document: PdfDocument,
  field: SignatureField | null,
  reason: string | null,
  chain: readonly Certificate[],
): SigningTerms {
  if (!field?.seedValues) return { subFilter: SUB_FILTERS[0], reason };
  const seed = new Seed(document, field.seedValues, field.fullName);
  if (seed.demands(MANDATORY.filter) && seed.names('Filter')[0] !== 'Adobe.PPKLite') seed.refuse('Filter');
  if (seed.demands(MANDATORY.version) && seed.number('V') > KNOWN_VERSION) seed.refuse('V');
  if (seed.demands(MANDATORY.digest) && !seed.names('DigestMethod').includes('SHA256')) seed.refuse('DigestMethod');
  if (seed.demands(MANDATORY.legalAttestation) && seed.has('LegalAttestation')) seed.refuse('LegalAttestation');
  if (seed.demands(MANDATORY.revocation) && seed.isTrue('AddRevInfo')) seed.refuse('AddRevInfo');
  if (seed.demands(MANDATORY.lock) && seed.names('LockDocument')[0] === 'true') seed.refuse('LockDocument');
  if (seed.demands(MANDATORY.appearance) && seed.has('AppearanceFilter')) seed.refuse('AppearanceFilter');
  const certifying = seed.child('MDP');
  if (certifying && certifying.number('P') > 0) seed.refuse('MDP');
  if (seed.child('TimeStamp')?.number('Ff') === 1) seed.refuse('TimeStamp');
  checkCertificate(seed.child('Cert'), chain);
  return { subFilter: chooseSubFilter(seed), reason: chooseReason(seed, reason) };
}

function chooseSubFilter(seed: Seed): SubFilter {
  const wanted = seed.names('SubFilter');
  if (!seed.demands(MANDATORY.subFilter) || wanted.length === 0) return SUB_FILTERS[0];
  return SUB_FILTERS.find((known) => wanted.includes(known)) ?? seed.refuse('SubFilter');
}

/** An empty list, or a single full stop, forbids a reason; a single one is stated when the signer has none of his own. */
function chooseReason(seed: Seed, reason: string | null): string | null {
  if (!seed.demands(MANDATORY.reasons)) return reason;
  const allowed = seed.names('Reasons');
  if (allowed.length === 0 || (allowed.length === 1 && allowed[0] === '.')) return null;
  const [only] = allowed;
  if (reason === null && allowed.length === 1 && only !== undefined) return only;
  return reason !== null && allowed.includes(reason) ? reason : seed.refuse('Reasons', allowed.join(' | '));
}

function checkCertificate(wanted: Seed | undefined, chain: readonly Certificate[]): void {
  if (!wanted) return;
  const flags = wanted.number('Ff');
  const isListed = (key: string, certificates: readonly Certificate[]): boolean =>
    wanted.strings(key).some((der) => certificates.some((certificate) => certificate.der.equals(der)));
  if (wanted.demands(CERTIFICATE.subject) && !isListed('Subject', chain.slice(0, 1))) wanted.refuse('Cert Subject');
  if (wanted.demands(CERTIFICATE.issuer) && !isListed('Issuer', chain.slice(1))) wanted.refuse('Cert Issuer');
  // Policies, names, key usages: not judged here, so a mandatory one is not silently passed over. Bit 7 is a mere address.
  if ((flags & 0b0111100) !== 0) wanted.refuse('Cert');
}

class Seed {
  readonly #document: PdfDocument;
  readonly #dict: PdfDict;
  readonly #fieldName: string;

  constructor(document: PdfDocument, dict: PdfDict, fieldName: string) {
    this.#document = document;
    this.#dict = dict;
    this.#fieldName = fieldName;
  }

  refuse(constraint: string, detail = ''): never {
    throw new Failure(
      'pdf-not-signable',
      `field ${this.#fieldName} demands /SV ${constraint}${detail === '' ? '' : `: ${detail}`}`,
    );
  }

  demands(bit: number): boolean {
    return (this.number('Ff') & (1 << (bit - 1))) !== 0;
  }

  has(key: string): boolean {
    return this.#value(key).kind !== 'null';
  }

  isTrue(key: string): boolean {
    const value = this.#value(key);
    return value.kind === 'boolean' && value.value;
  }

  number(key: string): number {
    const value = this.#value(key);
    return value.kind === 'number' ? value.value : 0;
  }

  /** Names and text strings, of a list or alone. */
  names(key: string): string[] {
    return this.#items(key).flatMap((item) => {
      if (item.kind === 'name') return [item.name];
      return item.kind === 'string' ? [decodeText(item)] : [];
    });
  }

  strings(key: string): Buffer[] {
    return this.#items(key).flatMap((item) => (item.kind === 'string' ? [item.bytes] : []));
  }

  child(key: string): Seed | undefined {
    const dict = this.#document.dictionary(this.#dict.entries.get(key));
    return dict && new Seed(this.#document, dict, this.#fieldName);
  }

  #items(key: string): PdfValue[] {
    const value = this.#value(key);
    return value.kind === 'array' ? value.items.map((item) => this.#document.resolve(item)) : [value];
  }

  #value(key: string): PdfValue {
    return this.#document.entry(this.#dict, key);
  }
}
