/** @file What the comparison of two revisions found out: how far the changes go, which objects they explain, in which words. */

export type ChangeKind = 'none' | 'validation-data' | 'form-filling' | 'annotations' | 'other';

/** A value of the form before and after; empty for none. */
export interface FieldChange {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** A signature or time-stamp that came later and is right; whether its signer may be trusted is asked elsewhere. */
export interface LaterSignature {
  readonly field: string;
  /** The largest part of a page that one of its widgets covers, 0 to 1. */
  readonly pageShare: number;
  readonly isNewField: boolean;
}

export interface Changes {
  readonly kind: ChangeKind;
  readonly fieldChanges: readonly FieldChange[];
  /** Full names of the fields that were there and changed in any way, signature fields included. */
  readonly touchedFields: readonly string[];
  readonly laterSignatures: readonly LaterSignature[];
  /** Vietnamese. Something a reader sees may differ from what was signed, though the format allows it. */
  readonly doubts: readonly string[];
  readonly reasons: readonly string[];
}

export const NO_CHANGES: Changes = {
  kind: 'none',
  fieldChanges: [],
  touchedFields: [],
  laterSignatures: [],
  doubts: [],
  reasons: [],
};

export const RANK: readonly ChangeKind[] = ['none', 'validation-data', 'form-filling', 'annotations', 'other'];

export function otherChange(reason: string): Changes {
  return { ...NO_CHANGES, kind: 'other', reasons: [reason] };
}

/** Collected while the rules look at their part. Objects nobody explains make the whole `other`. */
export class Findings {
  readonly explained = new Set<number>();
  readonly #fieldChanges: FieldChange[] = [];
  readonly #touchedFields = new Set<string>();
  readonly #laterSignatures: LaterSignature[] = [];
  readonly #doubts = new Set<string>();
  readonly #reasons = new Set<string>();
  #kind: ChangeKind = 'none';

  raise(kind: ChangeKind, reason: string): void {
    if (RANK.indexOf(kind) > RANK.indexOf(this.#kind)) this.#kind = kind;
    this.#reasons.add(reason);
  }

  /** Allowed as a kind of change, yet no reason to call the file valid. */
  doubt(kind: ChangeKind, reason: string): void {
    this.raise(kind, reason);
    this.#doubts.add(reason);
  }

  fieldChanged(change: FieldChange): void {
    this.#fieldChanges.push(change);
    this.doubt(
      'form-filling',
      `Giá trị biểu mẫu "${change.field}" đổi sau khi ký: "${change.before}" thành "${change.after}".`,
    );
  }

  touched(field: string): void {
    this.#touchedFields.add(field);
  }

  signedLater(signature: LaterSignature): void {
    this.#laterSignatures.push(signature);
  }

  result(): Changes {
    return {
      kind: this.#kind,
      fieldChanges: this.#fieldChanges,
      touchedFields: [...this.#touchedFields],
      laterSignatures: this.#laterSignatures,
      doubts: [...this.#doubts],
      reasons: [...this.#reasons],
    };
  }
}
