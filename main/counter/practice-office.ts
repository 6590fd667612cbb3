/**
 * @file Practice mode's back office: when the practice province has taken a dossier into processing, the "specialist
 * department" returns a draft decision, clearly marked as practice, so that the signing desk has real work to do.
 */
import { buildPracticeResultForm } from '../forms/practice-result.ts';
import type { Machine } from '../ports/ports.ts';
import type { Settings } from '../settings/settings.ts';
import type { CounterEvents } from './events.ts';
import type { Rooms } from './rooms.ts';

const OFFICE_ID = 'practice-office';
/** The practice officer who signs results. */
const PRACTICE_SIGNER = { name: 'Trần Văn Minh', title: 'Phó Giám đốc' };

export function startPracticeOffice(
  rooms: Rooms,
  settings: Settings,
  machine: Machine,
  events: CounterEvents,
): { stop: () => void } {
  const answered = new Set<string>();
  let isBusy = false;
  let mayHaveMore = false;

  async function answerOne(id: string): Promise<void> {
    const found = await rooms.store.call('get', { id });
    if (!found.ok || found.value.state !== 'processing') return;
    const dossier = found.value;
    if (dossier.documents.some((document) => document.kind === 'result')) return;
    const form = buildPracticeResultForm(dossier, {
      agencyName: settings.agency.name,
      parentAgencyName: settings.agency.parentName,
      placeName: settings.agency.placeName,
      issuedAt: new Date(machine.clock.now()).toISOString(),
      signerName: PRACTICE_SIGNER.name,
      signerTitle: PRACTICE_SIGNER.title,
    });
    const composed = await rooms.imaging.call('composeForm', { form });
    if (!composed.ok) return;
    const reading = await rooms.imaging.call('readResult', { pdf: rooms.accessTo(composed.value.pdf) });
    if (!reading.ok) return;
    const title = dossier.procedure?.results[0]?.name ?? 'Kết quả giải quyết (luyện tập)';
    const attached = await rooms.store.call('attachResult', {
      dossierId: id,
      officerId: OFFICE_ID,
      title,
      ...composed.value,
      reading: reading.value,
      reason: null,
    });
    if (!attached.ok) machine.log('warn', `practice office: ${attached.code} ${attached.detail ?? ''}`);
    const waiting = await rooms.store.call('waitingResults', {});
    if (waiting.ok) events.emit('results.changed', { count: waiting.value.length });
    events.emit('dossier.changed', { id });
  }

  async function answerAll(): Promise<void> {
    while (mayHaveMore) {
      mayHaveMore = false;
      const list = await rooms.store.call('list', { text: '', states: ['processing'], limit: 20, offset: 0 });
      for (const { id } of list.ok ? list.value.items : []) {
        if (answered.has(id)) continue;
        answered.add(id);
        await answerOne(id);
      }
    }
  }

  const unsubscribe = events.on('dossier.changed', ({ id }) => {
    if (answered.has(id)) return;
    mayHaveMore = true; // also while busy: a dossier that moves meanwhile has no second event
    if (isBusy) return;
    isBusy = true;
    void answerAll().finally(() => {
      isBusy = false;
    });
  });
  return { stop: unsubscribe };
}
