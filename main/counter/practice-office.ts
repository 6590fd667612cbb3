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
const PRACTICE_SIGNER = { name: 'Trần Văn Minh', title: 'Chủ tịch' };

export function startPracticeOffice(
  rooms: Rooms,
  settings: Settings,
  machine: Machine,
  events: CounterEvents,
): { stop: () => void } {
  const answered = new Set<string>();
  let isBusy = false;

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
    const title = dossier.procedure?.results[0]?.name ?? 'Kết quả giải quyết (luyện tập)';
    const attached = await rooms.store.call('attachResult', {
      dossierId: id,
      officerId: OFFICE_ID,
      title,
      ...composed.value,
    });
    if (!attached.ok) machine.log('warn', `practice office: ${attached.code} ${attached.detail ?? ''}`);
    const waiting = await rooms.store.call('waitingResults', {});
    if (waiting.ok) events.emit('results.changed', { count: waiting.value.length });
    events.emit('dossier.changed', { id });
  }

  const unsubscribe = events.on('dossier.changed', ({ id }) => {
    if (answered.has(id) || isBusy) return;
    isBusy = true;
    void rooms.store
      .call('list', { text: '', states: ['processing'], limit: 20, offset: 0 })
      .then(async (list) => {
        for (const { id: open } of list.ok ? list.value.items : []) {
          if (answered.has(open)) continue;
          answered.add(open);
          await answerOne(open);
        }
      })
      .finally(() => {
        isBusy = false;
      });
  });
  return { stop: unsubscribe };
}
