/**
 * @file Does this paper belong to this dossier? What was read from a result is held against the dossier before it may be
 * attached: a result given to the wrong citizen cannot be taken back (regulations 3.5.1–2). Doubt asks a person, who must
 * say why; a paper that names another dossier, or was another's result, is refused by the store.
 */
import { z } from 'zod';
import type { Dossier } from '../../preload/types.ts';
import { foldText } from './fold-text.ts';

/** What the first pages and the last one of a result say. */
export const ResultReading = z.strictObject({
  /** `nothing`: neither text in the file nor anything recognisable in its pictures. */
  source: z.enum(['text', 'recognition', 'nothing']),
  /** Number and symbol as printed: `123/QĐ-UBND`. */
  number: z.string().max(100).nullable(),
  /** ISO date of the dateline. */
  issuedOn: z.string().max(20).nullable(),
  authority: z.string().max(400).nullable(),
  text: z.string().max(200_000),
});
export type ResultReading = z.infer<typeof ResultReading>;

export const ResultFindingSchema = z.strictObject({
  subject: z.enum(['name', 'personal-number', 'dossier-code', 'issued-on', 'authority']),
  /** `not-found`: the paper says nothing about it. */
  outcome: z.enum(['agrees', 'differs', 'not-found']),
  /** As the dossier has it. */
  expected: z.string().nullable(),
  /** As the paper has it. */
  found: z.string().nullable(),
});
export type ResultFinding = z.infer<typeof ResultFindingSchema>;

export interface ResultContext {
  /** The agency and its parent, as their papers name them. */
  readonly agencyNames: readonly string[];
  /** `YYYY-MM-DD` on the office's calendar. */
  readonly today: string;
}

type Subject = Pick<Dossier, 'code' | 'applicant' | 'fields' | 'receivedAt'>;

/** Official, or provisional as `T-Q01-12`. */
const CODE =
  /(?<![\p{L}\d.])(?:T-[A-Za-z0-9-]{1,20}-\d{1,9}|(?:\d{3}\.\d{2}\.\d{2,3}\.)?[A-Y]\d{2}(?:\.\d{2,3}){0,4}-\d{6}-\d{4,5})(?![\d-])/gu;
const PERSONAL_NUMBER = /(?<!\d)\d{12}(?!\d)/g;

export function compareResult(dossier: Subject, reading: ResultReading, context: ResultContext): ResultFinding[] {
  const text = ` ${foldText(reading.text)} `;
  return [
    nameFinding(dossier, text),
    numberFinding(dossier, reading.text),
    codeFinding(dossier, reading.text),
    dateFinding(dossier, reading.issuedOn, context.today),
    authorityFinding(reading.authority, context.agencyNames),
  ];
}

/** True when nothing on the paper names this dossier or its people, or something on it contradicts them. */
export function isDoubtful(findings: readonly ResultFinding[]): boolean {
  const names = findings.filter(({ subject }) => ['name', 'personal-number', 'dossier-code'].includes(subject));
  return findings.some(({ outcome }) => outcome === 'differs') || !names.some(({ outcome }) => outcome === 'agrees');
}

/** Dossier codes that a paper names, provisional ones too. */
export function codesIn(text: string): string[] {
  return [...new Set([...text.matchAll(CODE)].map(([code]) => code))];
}

/**
 * What makes a paper one of a kind: number with symbol, date and agency. Numbers without letters start anew in every book
 * and every year, so those count inside their procedure only. Null when the paper does not say enough.
 */
export function resultIdentity(reading: ResultReading, procedureCode: string): string | null {
  if (reading.number === null || reading.issuedOn === null) return null;
  const number = foldText(reading.number);
  const book = /\p{L}/u.test(number) ? '' : procedureCode;
  return [number, reading.issuedOn, foldText(reading.authority ?? ''), book].join('|');
}

function nameFinding(dossier: Subject, text: string): ResultFinding {
  const names = [dossier.applicant?.fullName ?? '', ...fieldsEnding(dossier, 'Name')].filter((name) =>
    name.includes(' '),
  );
  const found = names.find((name) => text.includes(` ${foldText(name)} `));
  const expected = names[0] ?? null;
  return { subject: 'name', outcome: found === undefined ? 'not-found' : 'agrees', expected, found: found ?? null };
}

function numberFinding(dossier: Subject, text: string): ResultFinding {
  const known = [dossier.applicant?.idNumber, dossier.applicant?.oldIdNumber, ...fieldsEnding(dossier, 'IdNumber')];
  const numbers = [...text.matchAll(PERSONAL_NUMBER)].map(([number]) => number);
  const own = numbers.find((number) => known.includes(number));
  const expected = known.find((number) => number != null) ?? null;
  if (own !== undefined) return { subject: 'personal-number', outcome: 'agrees', expected, found: own };
  const [other] = numbers;
  return {
    subject: 'personal-number',
    outcome: other === undefined ? 'not-found' : 'differs',
    expected,
    found: other ?? null,
  };
}

function codeFinding(dossier: Subject, text: string): ResultFinding {
  const codes = codesIn(text);
  const expected = dossier.code;
  const own = codes.find((code) => code === expected);
  if (own !== undefined) return { subject: 'dossier-code', outcome: 'agrees', expected, found: own };
  const [other] = codes;
  return {
    subject: 'dossier-code',
    outcome: other === undefined ? 'not-found' : 'differs',
    expected,
    found: other ?? null,
  };
}

/** A result is not older than its dossier, and not from tomorrow. */
function dateFinding(dossier: Subject, issuedOn: string | null, today: string): ResultFinding {
  const received = dossier.receivedAt?.slice(0, 10) ?? null;
  if (issuedOn === null) return { subject: 'issued-on', outcome: 'not-found', expected: received, found: null };
  const isRight = (received === null || issuedOn >= received) && issuedOn <= today;
  return { subject: 'issued-on', outcome: isRight ? 'agrees' : 'differs', expected: received, found: issuedOn };
}

/**
 * Departments of the province answer for communes, so another agency is no contradiction; the authority of another commune
 * is (and a reason may explain it, as after a re-organisation).
 */
function authorityFinding(authority: string | null, agencyNames: readonly string[]): ResultFinding {
  const expected = agencyNames[0] ?? null;
  if (authority === null) return { subject: 'authority', outcome: 'not-found', expected, found: null };
  const commune = communeIn(authority);
  const own = agencyNames.map(communeIn).filter((name) => name !== null);
  const isOther = commune !== null && own.length > 0 && !own.includes(commune);
  return { subject: 'authority', outcome: isOther ? 'differs' : 'agrees', expected, found: authority };
}

/** `ỦY BAN NHÂN DÂN XÃ CẨM THẠCH` → `xa cam thach`. A letterhead names the parent first: the last commune is the agency's. */
function communeIn(agency: string): string | null {
  return /^.*\b((?:xa|phuong|dac khu|thi tran) [a-z0-9 ]+)$/.exec(foldText(agency))?.[1] ?? null;
}

function fieldsEnding(dossier: Subject, ending: string): string[] {
  return dossier.fields
    .filter(({ name }) => name.toLowerCase().endsWith(ending.toLowerCase()))
    .map(({ value }) => value);
}
