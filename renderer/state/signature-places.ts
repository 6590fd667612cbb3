/** @file Where the signatures of waiting results will show: what the program proposes, what the officer moved, the pictures. */
import { create } from 'zustand';
import type { PagePlace, ProposedPlace, SignatureImageKind, SignatureImages } from '../../preload/types.ts';
import { ask } from '../app/bridge.ts';
import { showFailure } from './failures.ts';
import { hasRole } from './session.ts';

interface PlacesView {
  readonly proposals: Readonly<Record<string, ProposedPlace | 'failed'>>;
  readonly moved: Readonly<Record<string, PagePlace>>;
  readonly images: SignatureImages | null;
  readonly isShowingImages: boolean;
  readonly isBusy: boolean;
}

export const useSignaturePlaces = create<PlacesView>(() => ({
  proposals: {},
  moved: {},
  images: null,
  isShowingImages: false,
  isBusy: false,
}));

const asked = new Set<string>();
/** Asked once a document; a document that nobody may sign simply shows no frame. */
export async function loadPlace(documentId: string): Promise<void> {
  if (!hasRole('signer') || asked.has(documentId) || useSignaturePlaces.getState().proposals[documentId] !== undefined)
    return;
  asked.add(documentId);
  const answer = await ask('results.place', { documentId });
  asked.delete(documentId);
  useSignaturePlaces.setState(({ proposals }) => ({
    proposals: { ...proposals, [documentId]: answer.ok ? answer.value : 'failed' },
  }));
}

export function placeFor(view: PlacesView, documentId: string): PagePlace | null {
  const proposed = view.proposals[documentId];
  return view.moved[documentId] ?? (proposed === undefined || proposed === 'failed' ? null : proposed);
}

export function movePlace(documentId: string, { page, rect }: PagePlace): void {
  useSignaturePlaces.setState(({ moved }) => ({ moved: { ...moved, [documentId]: { page, rect } } }));
}

export function resetPlace(documentId: string): void {
  useSignaturePlaces.setState(({ moved }) => ({
    moved: Object.fromEntries(Object.entries(moved).filter(([id]) => id !== documentId)),
  }));
}

/** Of the documents that are about to be signed, those the officer moved. */
export function movedPlaces(documentIds: readonly string[]): Record<string, PagePlace> {
  const { moved } = useSignaturePlaces.getState();
  return Object.fromEntries(documentIds.flatMap((id) => (moved[id] ? [[id, moved[id]]] : [])));
}

export async function showSignatureImages(): Promise<void> {
  useSignaturePlaces.setState({ isShowingImages: true });
  const answer = await ask('signatureImages.get', {});
  if (answer.ok) useSignaturePlaces.setState({ images: answer.value });
  else showFailure(answer, () => void showSignatureImages());
}

export async function registerSignatureImage(kind: SignatureImageKind, widthMm: number | null): Promise<void> {
  await change(() => ask('signatureImages.register', { kind, widthMm }));
}

export async function removeSignatureImage(kind: SignatureImageKind): Promise<void> {
  await change(() => ask('signatureImages.remove', { kind }));
}

/** Another picture shows otherwise and elsewhere: what was proposed before is asked again. */
async function change(
  work: () => ReturnType<typeof ask<'signatureImages.register' | 'signatureImages.remove'>>,
): Promise<void> {
  useSignaturePlaces.setState({ isBusy: true });
  const answer = await work();
  useSignaturePlaces.setState({ isBusy: false });
  if (answer.ok) {
    const known = Object.keys(useSignaturePlaces.getState().proposals);
    useSignaturePlaces.setState({ images: answer.value, proposals: {} });
    for (const documentId of known.slice(-1)) void loadPlace(documentId);
  } else if (answer.code !== 'cancelled') showFailure(answer, null);
}
