/** @file The steps of a reception without a window, shared by `receive` and `demo`. */
import { readFileSync } from 'node:fs';
import { UNKNOWN_APPLICANT } from '../../preload/applicant.ts';
import type { Dossier } from '../../preload/types.ts';
import type { Counter } from '../counter/open-counter.ts';
import { ApplicantSchema } from '../dossiers/schemas.ts';
import { parseIdentityCode } from '../people/identity-code.ts';
import { Failure, unwrap } from '../rooms/failure.ts';
import type { DraftCommand } from '../store/protocol.ts';
import type { CommandOfficer } from './with-counter.ts';

export async function edit(
  counter: Counter,
  officer: CommandOfficer,
  dossier: Dossier,
  command: DraftCommand,
): Promise<Dossier> {
  const { id, revision } = dossier;
  return unwrap(await counter.rooms.store.call('edit', { id, revision, officerId: officer.id, command }));
}

export async function reload(counter: Counter, dossier: Dossier): Promise<Dossier> {
  return unwrap(await counter.rooms.store.call('get', { id: dossier.id }));
}

/** Applicant from the QR code of a photocopied ID card. */
export async function applicantFromCard(counter: Counter, path: string): Promise<DraftCommand> {
  const codes = unwrap(await counter.rooms.imaging.call('readCodes', { image: { path } }));
  const code = codes.find((candidate) => candidate.text.includes('|'));
  if (!code) throw new Failure('no-identity-code', path);
  return { kind: 'set-applicant', applicant: parseApplicant(parseIdentityCode(code.text)) };
}

/** A JSON file with any of the applicant's fields; the rest stays unknown and says so. */
export function applicantFromFile(path: string): DraftCommand {
  const given = readJson(path);
  if (typeof given !== 'object' || given === null) throw new Failure('bad-request', `${path}: an object is needed`);
  const sources = Object.fromEntries(
    Object.keys(given)
      .filter((key) => key in UNKNOWN_APPLICANT && key !== 'kind')
      .map((key) => [key, 'typed']),
  );
  return { kind: 'set-applicant', applicant: parseApplicant({ ...UNKNOWN_APPLICANT, sources, ...given }) };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Failure(isMissing ? 'not-found' : 'bad-request', `${path}: ${String(cause)}`, { cause });
  }
}

function parseApplicant(value: unknown): Extract<DraftCommand, { kind: 'set-applicant' }>['applicant'] {
  const parsed = ApplicantSchema.safeParse(value);
  if (!parsed.success) throw new Failure('bad-request', parsed.error.message);
  return parsed.data;
}

/** Every paper that has pages was handed in as an original: what an officer would tick for a stack of originals. */
export async function tickScannedPapers(counter: Counter, officer: CommandOfficer, dossier: Dossier): Promise<Dossier> {
  let current = dossier;
  for (const { component, form, pageIds } of dossier.checklist) {
    if (form !== null || pageIds.length === 0) continue;
    const quantity = Math.max(1, component.originals);
    current = await edit(counter, officer, current, {
      kind: 'set-checklist-item',
      componentId: component.id,
      form: 'original',
      quantity,
      note: null,
    });
  }
  return current;
}

/** Signs with the first token that can. */
export async function signWithFirstToken(
  counter: Counter,
  officer: CommandOfficer,
  dossier: Dossier,
): Promise<Dossier> {
  const tokens = unwrap(await counter.rooms.token.call('list', {}));
  for (const token of tokens) {
    const certificate = token.certificates.find((candidate) => candidate.canSign);
    if (!certificate) continue;
    const choice = { tokenId: token.id, certificateId: certificate.id, officerName: officer.name };
    const outcomes = unwrap(await counter.reception.sign(dossier.id, dossier.revision, officer.id, choice));
    const failed = outcomes.find((outcome) => outcome.state !== 'signed');
    if (failed) throw new Failure('token-failed', `${failed.title}: ${failed.code}`);
    return reload(counter, dossier);
  }
  throw new Failure('token-missing');
}

/** @throws Failure `draft-incomplete` naming what is missing. */
export async function seal(counter: Counter, officer: CommandOfficer, dossier: Dossier): Promise<Dossier> {
  if (dossier.missing.length > 0) throw new Failure('draft-incomplete', JSON.stringify(dossier.missing));
  return unwrap(await counter.reception.seal(dossier.id, dossier.revision, officer.id));
}
