/** @file What the screens of the backlog see: old records of a series, counted against the share that must be digitised. */
import type { FieldValue, Page, SignatureInfo } from './types.ts';

/** Where the next record of a stack begins. A separator sheet and the officer's hand begin one under every rule. */
export type SplitRule =
  | { readonly kind: 'separator' }
  /** A page whose document type is one of the series' own. */
  | { readonly kind: 'page-class' }
  /** Every so many sheets' sides, as they came out of the scanner. */
  | { readonly kind: 'every'; readonly pages: number }
  | { readonly kind: 'hand' };

export type IndexFieldKind = 'number' | 'year' | 'name' | 'date' | 'text';

/** One value a record is found by. */
export interface IndexField {
  readonly name: string;
  readonly kind: IndexFieldKind;
  readonly isRequired: boolean;
  /** Fields of recognition it is read from, the best first; a year is taken out of a number or a date. */
  readonly readFrom: readonly string[];
}

/** What a kind of old records looks like; data of the program (`resources/backlog`). */
export interface SeriesTemplate {
  readonly id: string;
  readonly name: string;
  /** Codes of the document types that begin a record. */
  readonly documentTypes: readonly string[];
  readonly split: SplitRule;
  readonly fields: readonly IndexField[];
}

/** The stock of one kind of records and how much of it must be digitised by when. */
export interface BacklogSeries {
  /** Part of every record's code: capital letters and digits. */
  readonly code: string;
  readonly name: string;
  readonly templateId: string;
  readonly documentTypes: readonly string[];
  readonly fields: readonly IndexField[];
  readonly split: SplitRule;
  /** Records in the stock, as counted on the shelves. */
  readonly total: number;
  readonly targetPercent: number;
  /** ISO day. */
  readonly targetDate: string;
}

export interface BacklogProgress {
  readonly total: number;
  /** Records that the share comes to. */
  readonly target: number;
  /** Records with their PDF in place. */
  readonly done: number;
  /** Confirmed, the PDF still being made. */
  readonly composing: number;
  readonly signed: number;
  readonly remaining: number;
  /** Working days from today to the target date, both counted; null where a year has no calendar. */
  readonly workingDays: number | null;
  /** Records each of these days; null when there is no such number (reached, overdue, no calendar). */
  readonly perDay: number | null;
  /** Average of the last ten working days that are over; null without a calendar. */
  readonly recentPerDay: number | null;
  readonly state: 'reached' | 'open' | 'overdue';
}

export interface StackSummary {
  readonly id: string;
  readonly seriesCode: string;
  readonly name: string;
  readonly createdAt: string;
  readonly officerName: string;
  readonly pageCount: number;
  readonly openRecords: number;
  readonly filedRecords: number;
}

export interface SeriesOverview {
  readonly series: BacklogSeries;
  readonly progress: BacklogProgress;
  /** Stacks in which something is left to do, the newest first. */
  readonly stacks: readonly StackSummary[];
}

export interface BacklogOverview {
  readonly series: readonly SeriesOverview[];
  readonly templates: readonly SeriesTemplate[];
}

/** A record as the stack is split now; nothing of it is final. */
export interface OpenRecord {
  /** Id of the page it begins with. */
  readonly key: string;
  readonly pageIds: readonly string[];
  /** One per index field of the series, in its order; an empty value was neither read nor typed. */
  readonly fields: readonly FieldValue[];
  /** Names of required fields without a value, and of those whose value cannot be right. */
  readonly missing: readonly string[];
  /** Code of the record that has this number and year already. */
  readonly duplicateOf: string | null;
  /** All its pages are read. */
  readonly isRead: boolean;
}

export interface BacklogStack extends StackSummary {
  readonly revision: number;
  readonly series: BacklogSeries;
  readonly split: SplitRule;
  /** Pages that belong to no finished record, in the officer's order. */
  readonly pages: readonly Page[];
  readonly records: readonly OpenRecord[];
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export interface BacklogRecord {
  readonly id: string;
  readonly seriesCode: string;
  /** `KS.000123`: series and running number. */
  readonly code: string;
  readonly number: string | null;
  readonly year: number | null;
  readonly name: string;
  /** Grows with every correction; the earlier ones stay on record. */
  readonly revision: number;
  readonly state: 'composing' | 'finished';
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly pageCount: number;
  readonly blobId: string | null;
  readonly sha256: string | null;
  readonly sizeBytes: number | null;
  readonly signatures: readonly SignatureInfo[];
  readonly confirmedAt: string;
  readonly confirmedBy: string;
  /** Why it was corrected, or why it stands beside a record of the same number. */
  readonly reason: string | null;
  readonly duplicateOf: string | null;
}
