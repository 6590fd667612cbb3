/**
 * @file The backlog of old records on screen. A stack that is open is the draft in hand (`state/dossier.ts`): its pages take the
 * very commands of a dossier's pages; what they are split into comes from `backlog.stack`.
 */
import { create } from 'zustand';
import type { Channels } from '../../preload/contract.ts';
import type {
  BacklogOverview,
  BacklogRecord,
  BacklogSeries,
  BacklogStack,
  OpenRecord,
  SplitRule,
} from '../../preload/backlog-types.ts';
import { asErrorCode } from '../../preload/error-codes.ts';
import { ask } from '../app/bridge.ts';
import { tell } from '../app/toast.tsx';
import { formatDateTime } from '../language/format.ts';
import { fill } from '../language/words.ts';
import { chosenKey } from './actions.ts';
import { openPanel, useDesk } from './desk.ts';
import { command, openDossier, refreshDossier } from './dossier.ts';
import { showFailure } from './failures.ts';
import { loadTokens } from './lists.ts';
import { currentWords } from './session.ts';

interface BacklogView {
  readonly overview: BacklogOverview | null;
  readonly seriesCode: string | null;
  readonly stack: BacklogStack | null;
  /** The record in hand. */
  readonly recordKey: string | null;
  /** The focused value: its place on the paper is marked. */
  readonly fieldName: string | null;
  /** The page on show; null = where the focused value was read, or the record's first. */
  readonly pageId: string | null;
  readonly isArranging: boolean;
  readonly isBusy: boolean;
  /** Code of the record that has this number already: a reason is asked for. */
  readonly duplicateOf: string | null;
  readonly records: readonly BacklogRecord[];
  readonly recordsTotal: number;
  readonly recordsText: string;
  readonly shownRecordId: string | null;
  readonly chosenIds: readonly string[];
  readonly editing: BacklogSeries | 'new' | null;
  readonly correcting: BacklogRecord | null;
}

export const useBacklog = create<BacklogView>(() => ({
  overview: null,
  seriesCode: null,
  stack: null,
  recordKey: null,
  fieldName: null,
  pageId: null,
  isArranging: false,
  isBusy: false,
  duplicateOf: null,
  records: [],
  recordsTotal: 0,
  recordsText: '',
  shownRecordId: null,
  chosenIds: [],
  editing: null,
  correcting: null,
}));

const RECORDS_AT_ONCE = 100;

// ---- series -------------------------------------------------------------------------------------------------------

function takeOverview(overview: BacklogOverview): void {
  useBacklog.setState(({ seriesCode }) => {
    const codes = overview.series.map(({ series }) => series.code);
    return {
      overview,
      seriesCode: seriesCode !== null && codes.includes(seriesCode) ? seriesCode : (codes[0] ?? null),
    };
  });
}

export async function loadBacklog(): Promise<void> {
  const answer = await ask('backlog.overview', {});
  if (!answer.ok) {
    showFailure(answer, () => void loadBacklog());
    return;
  }
  takeOverview(answer.value);
  await loadRecords();
}

export async function openSeries(seriesCode: string): Promise<void> {
  useBacklog.setState({
    seriesCode,
    records: [],
    recordsTotal: 0,
    recordsText: '',
    shownRecordId: null,
    chosenIds: [],
  });
  await loadRecords();
}

export async function saveSeries(choice: Channels['backlog.saveSeries'][0]): Promise<void> {
  const answer = await ask('backlog.saveSeries', choice);
  if (!answer.ok) {
    showFailure(answer);
    return;
  }
  useBacklog.setState({ editing: null, seriesCode: choice.code });
  takeOverview(answer.value);
  await loadRecords();
}

// ---- records that are finished ------------------------------------------------------------------------------------

let recordsTicket = 0;
export async function loadRecords(rows = RECORDS_AT_ONCE): Promise<void> {
  const { seriesCode, recordsText: text } = useBacklog.getState();
  if (seriesCode === null) return;
  const ticket = (recordsTicket += 1);
  const limit = Math.min(500, Math.max(RECORDS_AT_ONCE, rows));
  const answer = await ask('backlog.records', { seriesCode, text: text.normalize('NFC'), limit, offset: 0 });
  if (ticket !== recordsTicket) return;
  if (!answer.ok) {
    showFailure(answer, () => void loadRecords());
    return;
  }
  const { items, total } = answer.value;
  const here = new Set(items.map(({ id }) => id));
  useBacklog.setState(({ shownRecordId, chosenIds }) => ({
    records: items,
    recordsTotal: total,
    shownRecordId: shownRecordId !== null && here.has(shownRecordId) ? shownRecordId : (items[0]?.id ?? null),
    chosenIds: chosenIds.filter((id) => here.has(id)),
  }));
}

export function chooseRecords(recordIds: readonly string[], areChosen: boolean): void {
  useBacklog.setState(({ chosenIds }) => {
    const others = chosenIds.filter((id) => !recordIds.includes(id));
    return { chosenIds: areChosen ? [...others, ...recordIds] : others };
  });
}

export async function signRecords(): Promise<void> {
  const { chosenIds, isBusy } = useBacklog.getState();
  if (chosenIds.length === 0 || isBusy) return;
  const key = chosenKey();
  if (key === null) {
    openPanel('token');
    return;
  }
  useBacklog.setState({ isBusy: true });
  const { tokenId, certificateId } = key;
  const answer = await ask('backlog.sign', { recordIds: chosenIds, tokenId, certificateId });
  useBacklog.setState({ isBusy: false });
  void loadTokens();
  await loadBacklog();
  if (!answer.ok) {
    if (answer.code !== 'pin-cancelled') showFailure(answer, () => void signRecords());
    return;
  }
  const words = currentWords();
  const signed = answer.value.filter(({ state }) => state === 'signed').length;
  tell(
    fill(signed === answer.value.length ? words.finish.signed : words.finish.signedSome, {
      count: signed,
      total: answer.value.length,
    }),
  );
  useBacklog.setState({
    chosenIds: answer.value.filter(({ state }) => state !== 'signed').map(({ documentId }) => documentId),
  });
  const failed = answer.value.find(({ state }) => state === 'failed');
  if (failed) showFailure({ ok: false, code: asErrorCode(failed.code ?? 'token-failed'), detail: failed.title });
}

export async function correctRecord(
  record: BacklogRecord,
  fields: readonly { readonly name: string; readonly value: string }[],
  reason: string,
): Promise<void> {
  const { id: recordId, revision } = record;
  const answer = await ask('backlog.correct', { recordId, revision, fields, reason });
  if (!answer.ok) {
    showFailure(answer);
    return;
  }
  useBacklog.setState({ correcting: null });
  await loadBacklog();
}

// ---- the stack in hand --------------------------------------------------------------------------------------------

export async function newStack(seriesCode: string, now: Date): Promise<void> {
  const name = fill(currentWords().backlog.stackOf, { time: formatDateTime(now.toISOString()) });
  const answer = await ask('backlog.createStack', { seriesCode, name });
  if (answer.ok) await openStack(answer.value.id);
  else showFailure(answer);
}

export async function openStack(id: string): Promise<void> {
  useBacklog.setState({
    stack: null,
    recordKey: null,
    fieldName: null,
    pageId: null,
    isArranging: false,
    duplicateOf: null,
  });
  await openDossier(id);
  await refreshStack(id);
}

/** Back to the series. Nothing is lost: everything is stored already. */
export async function closeStack(): Promise<void> {
  const { stack } = useBacklog.getState();
  useBacklog.setState({ stack: null, recordKey: null });
  if (stack !== null && useDesk.getState().dossierId === stack.id) await openDossier(null);
  await loadBacklog();
}

export async function refreshStack(id: string): Promise<void> {
  const answer = await ask('backlog.stack', { id });
  if (useDesk.getState().dossierId !== id) return;
  if (answer.ok) takeStack(answer.value);
  else if (answer.code === 'not-found') await closeStack();
  else showFailure(answer, () => void refreshStack(id));
}

function takeStack(stack: BacklogStack, preferredAt = 0): void {
  useBacklog.setState(({ recordKey }) => {
    const isHere = stack.records.some(({ key }) => key === recordKey);
    const next = stack.records[Math.min(preferredAt, stack.records.length - 1)]?.key ?? null;
    return { stack, recordKey: isHere ? recordKey : next };
  });
}

export function currentRecord({ stack, recordKey }: Pick<BacklogView, 'stack' | 'recordKey'>): OpenRecord | null {
  return stack?.records.find(({ key }) => key === recordKey) ?? null;
}

export function goToRecord(step: number): void {
  const { stack, recordKey } = useBacklog.getState();
  const at = stack?.records.findIndex(({ key }) => key === recordKey) ?? -1;
  const next = stack?.records[at + step];
  if (next) useBacklog.setState({ recordKey: next.key, fieldName: null, pageId: null, duplicateOf: null });
}

export async function setSplit(split: SplitRule): Promise<void> {
  const { stack } = useBacklog.getState();
  if (stack === null) return;
  const answer = await command(stack.id, (on) => ask('backlog.setSplit', { ...on, split }));
  if (!answer.ok) showFailure(answer, () => void setSplit(split));
  else takeStack(answer.value);
  void refreshDossier(stack.id);
}

export async function feedSample(): Promise<void> {
  const { stack } = useBacklog.getState();
  if (stack === null) return;
  const answer = await ask('backlog.feedSample', { id: stack.id });
  if (!answer.ok) showFailure(answer);
}

/** Saved as it was typed, at once: closing the program loses nothing. */
export async function saveField(stackId: string, key: string, name: string, value: string): Promise<boolean> {
  const answer = await command(stackId, (on) => ask('backlog.setField', { ...on, key, name, value }));
  if (!answer.ok) showFailure(answer);
  // She may have gone on to another stack, or out of the backlog: what was typed is stored all the same.
  if (useBacklog.getState().stack?.id !== stackId) return answer.ok;
  if (answer.ok) takeStack(answer.value);
  void refreshDossier(stackId);
  return answer.ok;
}

/**
 * What she saw becomes final. Pages that came or were read meanwhile do not matter, unless they changed this very record:
 * then it is shown anew instead of being confirmed unseen.
 */
export async function confirmRecord(key: string, duplicateReason: string | null): Promise<void> {
  const { stack, isBusy } = useBacklog.getState();
  const seen = stack?.records.find((record) => record.key === key);
  if (stack === null || !seen || isBusy) return;
  const at = stack.records.indexOf(seen);
  useBacklog.setState({ isBusy: true });
  let isFirst = true;
  const answer = await command(stack.id, async (on) => {
    if (!isFirst) {
      const newest = await ask('backlog.stack', { id: on.id });
      if (!newest.ok) return newest;
      const now = newest.value.records.find((record) => record.key === key);
      if (!now || !isSame(now, seen)) return { ok: false, code: 'stale-revision' as const };
    }
    isFirst = false;
    return ask('backlog.confirm', { ...on, key, duplicateReason });
  });
  useBacklog.setState({ isBusy: false });
  void refreshDossier(stack.id);
  if (answer.ok) {
    useBacklog.setState({ fieldName: null, pageId: null, duplicateOf: null });
    takeStack(answer.value.stack, at);
    tell(fill(currentWords().backlog.confirmed, { code: answer.value.record.code }));
  } else if (answer.code === 'record-duplicate') {
    useBacklog.setState({ duplicateOf: answer.detail ?? '' });
  } else {
    showFailure(answer);
    await refreshStack(stack.id);
  }
}

function isSame(one: OpenRecord, other: OpenRecord): boolean {
  const facts = ({ pageIds, fields }: OpenRecord): string =>
    JSON.stringify([pageIds, fields.map(({ name, value }) => [name, value])]);
  return facts(one) === facts(other);
}
