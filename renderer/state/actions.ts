/** @file What the officer does, named as she would: scan, sort, sign, save. Each says what happened and how to take it back. */
import { commonName } from '../../preload/certificate-name.ts';
import type { ChecklistItem, Dossier, Page, ScanPlace, SigningOutcome, TokenInfo } from '../../preload/types.ts';
import { asErrorCode } from '../../preload/error-codes.ts';
import { ask } from '../app/bridge.ts';
import { tell, tellWithUndo } from '../app/toast.tsx';
import { fill } from '../language/words.ts';
import { nextPlace } from './capture-news.ts';
import { focusSection, foldSection, openPanel, showDocument, useDesk } from './desk.ts';
import { command, createDossier, edit, editOf, refreshDossier, useDossier } from './dossier.ts';
import { showFailure } from './failures.ts';
import { loadDossiers, loadResults, loadTokens, useDevices, useResults } from './lists.ts';
import { chosenScanner, loadScanProposal } from './preferences.ts';
import { currentWords, useSession } from './session.ts';
import { movedPlaces } from './signature-places.ts';

export function undo(): void {
  if (useDossier.getState().dossier?.canUndo) void edit('dossiers.undo', {});
}

export function redo(): void {
  if (useDossier.getState().dossier?.canRedo) void edit('dossiers.redo', {});
}

export async function startDossier(): Promise<void> {
  if (await createDossier()) focusSection('applicant');
}

/** A card reader works anywhere: with no draft open, the card opens one. */
export async function takeIdentityText(text: string): Promise<void> {
  const open = useDossier.getState().dossier;
  // A stack of old records has no citizen: the card opens a dossier at the counter.
  const isAtBacklog = useDesk.getState().desk === 'backlog';
  const isNew = open === null || open.state !== 'draft' || isAtBacklog;
  if (isAtBacklog) useDesk.setState({ desk: 'counter' });
  const dossier = isNew ? await createDossier() : open;
  if (dossier === null) return;
  const read = await editOf(dossier.id, 'dossiers.readIdentityText', { text });
  if (read === null) return;
  if (isNew) tell(currentWords().applicant.wedgeNoDossier);
  else tellWithUndo(currentWords().applicant.codeRead, undo);
  foldSection('applicant', undefined);
  focusNextOpen(read);
}

export async function readIdentityImage(): Promise<void> {
  const read = await edit('dossiers.readIdentityImage', {});
  if (read !== null) focusNextOpen(read);
}

/** The section that comes next in the conversation and is not finished. */
export function focusNextOpen(dossier: Dossier): void {
  const has = (...kinds: string[]): boolean => dossier.missing.some((item) => kinds.includes(item.kind));
  if (has('applicant-name', 'applicant-id')) focusSection('applicant');
  else if (has('procedure')) focusSection('procedure');
  else if (has('component', 'component-scan', 'page-unassigned', 'signature')) focusSection('papers');
  else if (dossier.feeVnd === null) focusSection('fee');
  else focusSection('finish');
}

export async function chooseProcedure(code: string): Promise<void> {
  const dossier = await edit('dossiers.setProcedure', { code });
  if (dossier === null) return;
  tellWithUndo(fill(currentWords().procedure.chosen, { name: dossier.procedure?.name ?? code }), undo);
  foldSection('procedure', undefined);
  focusNextOpen(dossier);
}

export async function setChecklistForm(
  item: ChecklistItem,
  form: ChecklistItem['form'],
  quantity: number,
): Promise<void> {
  await edit('dossiers.setChecklistItem', { componentId: item.component.id, form, quantity, note: item.note });
}

// ---- pages --------------------------------------------------------------------------------------------------------

export async function assignPages(pageIds: readonly string[], componentId: string | null): Promise<void> {
  if (pageIds.length === 0) return;
  const dossier = await edit('dossiers.assignPages', { pageIds, componentId });
  if (dossier === null) return;
  const words = currentWords();
  const name = dossier.checklist.find((item) => item.component.id === componentId)?.component.name ?? '';
  tellWithUndo(
    fill(componentId === null ? words.papers.unassigned : words.papers.assigned, { count: pageIds.length, name }),
    undo,
  );
}

export async function setPagesHidden(pageIds: readonly string[], isHidden: boolean): Promise<void> {
  if ((await edit('dossiers.hidePages', { pageIds, isHidden })) === null) return;
  const words = currentWords();
  tellWithUndo(isHidden ? fill(words.papers.hidden, { count: pageIds.length }) : words.papers.shown, undo);
}

const QUARTERS = [0, 90, 180, 270] as const;

export async function turnPages(pageIds: readonly string[]): Promise<void> {
  await edit('dossiers.turnPages', (dossier) => {
    const turned = dossier.pages.filter((page) => pageIds.includes(page.id));
    const next = (page: Page): Page['rotation'] =>
      QUARTERS[(QUARTERS.indexOf(page.rotation) + 1) % QUARTERS.length] ?? 0;
    return { rotations: Object.fromEntries(turned.map((page) => [page.id, next(page)])) };
  });
}

/** Puts pages before another one, or last when `beforeId` is null. */
export async function movePages(pageIds: readonly string[], beforeId: string | null): Promise<void> {
  const dossier = await edit('dossiers.arrangePages', (newest) => {
    const others = newest.pages.map((page) => page.id).filter((id) => !pageIds.includes(id));
    const at = beforeId === null ? others.length : others.indexOf(beforeId);
    return { pageIds: [...others.slice(0, at), ...pageIds, ...others.slice(at)] };
  });
  if (dossier !== null) tellWithUndo(currentWords().papers.moved, undo);
}

// ---- capture ------------------------------------------------------------------------------------------------------

/** Without a place: on behind the page at which a stack stopped, else at the end. */
export async function scan(wanted?: ScanPlace): Promise<void> {
  const dossier = useDossier.getState().dossier;
  if (dossier === null || dossier.state !== 'draft') return;
  const place = wanted ?? nextPlace(dossier.id);
  const device = chosenScanner();
  if (device === null) {
    openPanel('scanner');
    return;
  }
  foldSection('papers', true);
  // A page that is scanned anew is scanned as its component wants it.
  const replaced = place.kind === 'replace' ? dossier.pages.find((page) => page.id === place.pageId) : undefined;
  const proposal = await loadScanProposal({ dossierId: dossier.id, componentId: replaced?.componentId ?? null });
  if (proposal === null) {
    openPanel('scanner');
    return;
  }
  const answer = await command(dossier.id, (on) =>
    ask('capture.scan', { ...on, deviceId: device.id, ...proposal.settings, place }),
  );
  if (!answer.ok) showFailure(answer, () => void scan(place));
}

export async function importFiles(place: ScanPlace = { kind: 'end' }): Promise<void> {
  const dossier = useDossier.getState().dossier;
  if (dossier === null || dossier.state !== 'draft') return;
  foldSection('papers', true);
  const answer = await command(dossier.id, (on) => ask('capture.importFiles', { ...on, place }));
  if (!answer.ok && answer.code !== 'cancelled') showFailure(answer, () => void importFiles(place));
}

// ---- signing ------------------------------------------------------------------------------------------------------

export interface SigningKey {
  readonly tokenId: string;
  readonly certificateId: string;
}

export function signingKeys(
  tokens: readonly TokenInfo[],
): readonly (SigningKey & { readonly label: string; readonly value: string; readonly signerName: string })[] {
  return tokens.flatMap((token) =>
    token.certificates
      .filter((certificate) => certificate.canSign)
      .map((certificate) => ({
        tokenId: token.id,
        certificateId: certificate.id,
        value: `${token.id} ${certificate.id}`,
        signerName: commonName(certificate.subject),
        label: `${commonName(certificate.subject)} — ${token.label}`,
      })),
  );
}

export function chosenKey(): SigningKey | null {
  const { tokens, signingKey } = useDevices.getState();
  const keys = signingKeys(tokens ?? []);
  const name = useSession.getState().session?.officer?.name.normalize('NFC').toLowerCase();
  const own = keys.find((key) => key.signerName.normalize('NFC').toLowerCase() === name);
  // Chosen by hand, else the officer's own certificate, else the only thing there is; the confirmation shows whose it is.
  return keys.find((key) => key.value === signingKey) ?? own ?? keys[0] ?? null;
}

/** Outcomes of a batch as one refusal, when something in it failed. */
function showOutcomes(outcomes: readonly SigningOutcome[], retry: () => void): void {
  const failed = outcomes.find((outcome) => outcome.state === 'failed');
  if (failed !== undefined)
    showFailure({ ok: false, code: asErrorCode(failed.code ?? 'token-failed'), detail: failed.title }, retry);
}

export async function signCopies(): Promise<void> {
  const dossier = useDossier.getState().dossier;
  if (dossier === null || dossier.state !== 'draft') return;
  const words = currentWords();
  if (!dossier.missing.some((item) => item.kind === 'signature')) {
    tell(words.finish.nothingToSign);
    return;
  }
  const key = chosenKey();
  if (key === null) {
    openPanel('token');
    return;
  }
  tell(words.finish.waitPin);
  const answer = await command(dossier.id, (on) =>
    ask('dossiers.sign', { ...on, tokenId: key.tokenId, certificateId: key.certificateId }),
  );
  void loadTokens();
  void refreshDossier(dossier.id);
  if (!answer.ok) {
    if (answer.code !== 'pin-cancelled') showFailure(answer, () => void signCopies());
    return;
  }
  const signed = answer.value.filter((outcome) => outcome.state === 'signed').length;
  tell(
    fill(signed === answer.value.length ? words.finish.signed : words.finish.signedSome, {
      count: signed,
      total: answer.value.length,
    }),
  );
  showOutcomes(answer.value, () => void signCopies());
}

/** Those chosen, or those that a batch left unsigned. */
export async function signResults(documentIds = useResults.getState().selectedIds): Promise<void> {
  if (documentIds.length === 0 || useResults.getState().isSigning) return;
  const key = chosenKey();
  if (key === null) {
    openPanel('token');
    return;
  }
  useResults.setState({ isSigning: true, outcomes: [] });
  const answer = await ask('results.sign', {
    documentIds,
    tokenId: key.tokenId,
    certificateId: key.certificateId,
    places: movedPlaces(documentIds),
  });
  useResults.setState({ isSigning: false });
  void loadTokens();
  if (!answer.ok) {
    if (answer.code !== 'pin-cancelled') showFailure(answer, () => void signResults(documentIds));
    return;
  }
  useResults.setState({ outcomes: answer.value });
  await loadResults();
  showOutcomes(answer.value, () => void signResults(unsignedResults()));
}

/** What the last batch did not sign and what still waits: taken up again with one more PIN. */
export function unsignedResults(): readonly string[] {
  const { outcomes, waiting } = useResults.getState();
  const here = new Set(waiting?.map((result) => result.documentId));
  return outcomes.flatMap(({ documentId, state }) => (state !== 'signed' && here.has(documentId) ? [documentId] : []));
}

// ---- saving -------------------------------------------------------------------------------------------------------

/** Saves for good and prints. What is missing is shown first; nothing is asked. */
export async function sealAndPrint(): Promise<void> {
  const dossier = useDossier.getState().dossier;
  if (dossier === null) return;
  if (dossier.state !== 'draft') {
    await printReceipt();
    return;
  }
  const answer = await command(dossier.id, (on, newest) =>
    newest.missing.length > 0
      ? Promise.resolve({ ok: false, code: 'draft-incomplete' } as const)
      : ask('dossiers.seal', on),
  );
  if (!answer.ok) {
    if (answer.code === 'draft-incomplete') focusNextOpen(useDossier.getState().dossier ?? dossier);
    showFailure(answer, answer.code === 'draft-incomplete' ? null : () => void sealAndPrint());
    return;
  }
  useDossier.setState({ dossier: answer.value });
  tell(fill(currentWords().finish.sealedCode, { code: answer.value.code ?? '' }));
  const receiptId = answer.value.receipt?.documentId;
  if (receiptId != null) showDocument(receiptId);
  void loadDossiers();
  await printReceipt();
}

export async function printReceipt(): Promise<void> {
  const dossier = useDossier.getState().dossier;
  if (dossier === null || dossier.receipt === null) return;
  const answer = await ask('dossiers.printReceipt', { id: dossier.id });
  if (answer.ok) tell(currentWords().finish.printed);
  else showFailure(answer, () => void printReceipt());
}
