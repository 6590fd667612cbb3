/** @file A result on its way into a dossier, while the officer compares what the file says with what the dossier says. */
import { create } from 'zustand';
import type { AttachedResult } from '../../preload/types.ts';
import { ask } from '../app/bridge.ts';
import { tell } from '../app/toast.tsx';
import { fill } from '../language/words.ts';
import { showFailure } from './failures.ts';
import { currentWords } from './session.ts';

export type Doubt = Extract<AttachedResult, { kind: 'doubtful' }>;

interface Attachment {
  /** Reading a scanned result takes some seconds. */
  readonly isReading: boolean;
  readonly doubt: Doubt | null;
}

export const useAttachment = create<Attachment>(() => ({ isReading: false, doubt: null }));

export async function attachResult(dossierId: string): Promise<void> {
  if (useAttachment.getState().isReading) return;
  useAttachment.setState({ isReading: true, doubt: null });
  const answer = await ask('results.attach', { dossierId });
  useAttachment.setState({ isReading: false });
  if (!answer.ok) {
    if (answer.code !== 'cancelled') showFailure(answer, () => void attachResult(dossierId));
  } else if (answer.value.kind === 'doubtful') useAttachment.setState({ doubt: answer.value });
  else tellAttached(answer.value.result.title);
}

export async function confirmAttachment(reason: string): Promise<void> {
  const { doubt } = useAttachment.getState();
  if (doubt === null) return;
  const answer = await ask('results.confirmAttachment', { attachmentId: doubt.attachmentId, reason });
  useAttachment.setState({ doubt: null });
  if (answer.ok) tellAttached(answer.value.title);
  else showFailure(answer, null);
}

export function dropAttachment(): void {
  const { doubt } = useAttachment.getState();
  useAttachment.setState({ doubt: null });
  if (doubt !== null) void ask('results.dropAttachment', { attachmentId: doubt.attachmentId });
}

function tellAttached(title: string): void {
  tell(fill(currentWords().documents.attached, { title }));
}
