/**
 * @file The dossier in hand. Every change is one command with the revision it was decided on, sent one after another;
 * when somebody else was quicker the newest dossier is fetched and the same change is applied to it again.
 */
import { create } from 'zustand';
import type { Answer, Channels } from '../../preload/contract.ts';
import type { Dossier } from '../../preload/types.ts';
import type { Result } from '../../preload/result.ts';
import { ask } from '../app/bridge.ts';
import { lookAt, useDesk } from './desk.ts';
import { showFailure } from './failures.ts';

interface DossierView {
  readonly dossier: Dossier | null;
  readonly isLoading: boolean;
  readonly saving: 'saved' | 'saving' | 'failed';
}

export const useDossier = create<DossierView>(() => ({ dossier: null, isLoading: false, saving: 'saved' }));

type OnDossier = { readonly id: string; readonly revision: number };
/** Channels that change a draft and answer with it. */
export type EditChannel = {
  [C in keyof Channels]: Channels[C] extends [OnDossier, Dossier] ? C : never;
}[keyof Channels];
type Rest<C extends EditChannel> = Omit<Channels[C][0], 'id' | 'revision'>;

let queue: Promise<unknown> = Promise.resolve();
let waiting = 0;
const MOST_REPEATS = 3;

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  waiting += 1;
  useDossier.setState({ saving: 'saving' });
  const turn = queue.then(work, work).finally(() => {
    waiting -= 1;
    if (waiting === 0 && useDossier.getState().saving === 'saving') useDossier.setState({ saving: 'saved' });
  });
  queue = turn.catch(() => undefined);
  return turn;
}

function take(dossier: Dossier): void {
  if (useDesk.getState().dossierId === dossier.id) useDossier.setState({ dossier, isLoading: false });
}

async function latest(id: string): Promise<Dossier | null> {
  const current = useDossier.getState().dossier;
  if (current?.id === id) return current;
  const answer = await ask('dossiers.get', { id });
  return answer.ok ? answer.value : null;
}

/** Sends one command that names a revision; on `stale-revision` fetches and repeats. */
export async function command<T>(
  id: string,
  send: (on: OnDossier, dossier: Dossier) => Promise<Result<T>>,
): Promise<Result<T>> {
  return inTurn(async () => {
    for (let repeat = 0; ; repeat += 1) {
      const dossier = await latest(id);
      if (dossier === null) return { ok: false, code: 'not-found', detail: id };
      const answer = await send({ id, revision: dossier.revision }, dossier);
      if (answer.ok || answer.code !== 'stale-revision' || repeat >= MOST_REPEATS) {
        useDossier.setState({ saving: answer.ok ? 'saving' : 'failed' });
        return answer;
      }
      const newest = await ask('dossiers.get', { id });
      if (!newest.ok) return newest;
      take(newest.value);
    }
  });
}

/** One edit of the dossier in hand. `rest` sees the newest dossier, so that a repeat decides on what is there. */
export async function edit<C extends EditChannel>(
  channel: C,
  rest: Rest<C> | ((dossier: Dossier) => Rest<C>),
): Promise<Dossier | null> {
  const id = useDesk.getState().dossierId;
  if (id === null) return null;
  return editOf(id, channel, rest);
}

export async function editOf<C extends EditChannel>(
  id: string,
  channel: C,
  rest: Rest<C> | ((dossier: Dossier) => Rest<C>),
): Promise<Dossier | null> {
  const answer = await command<Answer<C>>(id, (on, dossier) =>
    ask(channel, { ...on, ...(typeof rest === 'function' ? rest(dossier) : rest) } as Channels[C][0]),
  );
  if (!answer.ok) {
    if (answer.code !== 'cancelled') showFailure(answer, () => void editOf(id, channel, rest));
    return null;
  }
  const dossier = answer.value as Dossier;
  take(dossier);
  return dossier;
}

export async function openDossier(id: string | null): Promise<void> {
  lookAt(id);
  if (id === null) {
    useDossier.setState({ dossier: null, isLoading: false });
    return;
  }
  if (useDossier.getState().dossier?.id !== id) useDossier.setState({ dossier: null, isLoading: true });
  await refreshDossier(id);
}

/**
 * Fetches again when the dossier on screen changed elsewhere; in turn, so that an older answer never covers a newer one.
 * @param revision that the change made: what is on screen may be that new already, by its own command or a fetch before
 */
export async function refreshDossier(id: string, revision?: number): Promise<void> {
  const answer = await inTurn(async (): Promise<Result<Dossier>> => {
    const shown = useDossier.getState().dossier;
    const isNew = revision !== undefined && shown?.id === id && shown.revision >= revision;
    return isNew ? { ok: true, value: shown } : ask('dossiers.get', { id });
  });
  if (useDesk.getState().dossierId !== id) return;
  if (answer.ok) take(answer.value);
  else {
    useDossier.setState({ isLoading: false });
    if (answer.code === 'not-found') await openDossier(null);
    else showFailure(answer, () => void refreshDossier(id));
  }
}

export async function createDossier(): Promise<Dossier | null> {
  const answer = await ask('dossiers.create', {});
  if (!answer.ok) {
    showFailure(answer, () => void createDossier());
    return null;
  }
  lookAt(answer.value.id);
  take(answer.value);
  return answer.value;
}

export async function discardDossier(): Promise<void> {
  const id = useDesk.getState().dossierId;
  if (id === null) return;
  const answer = await command(id, (on) => ask('dossiers.discardDraft', on));
  useDesk.setState({ isDiscarding: false });
  if (answer.ok) await openDossier(null);
  else showFailure(answer);
}
