/** @file A result before it is signed: its pages, and on one of them the frame of the signature. */
import { Button, NativeSelect } from '@mantine/core';
import { IconArrowBackUp, IconSignature, IconTarget } from '@tabler/icons-react';
import { useCallback, useEffect, useRef, type ReactNode } from 'react';
import type { Box, PagePlace, ProposedPlace, WaitingResult } from '../../../preload/types.ts';
import { Key } from '../../components/marks.tsx';
import type { PageOverlay } from '../../components/pdf-pages.tsx';
import { fill, type Words } from '../../language/words.ts';
import { useHasRole, useWords } from '../../state/session.ts';
import {
  loadPlace,
  movePlace,
  placeFor,
  resetPlace,
  showSignatureImages,
  useSignaturePlaces,
} from '../../state/signature-places.ts';
import { useShortcut } from '../../state/shortcuts.ts';
import { DocumentPaper } from '../paper/paper-view.tsx';
import { fitOnto } from './place-geometry.ts';
import { SignatureFrame } from './signature-frame.tsx';
import classes from './signing.module.css';

export function ResultPreview({ result }: { readonly result: WaitingResult }): ReactNode {
  const { documentId, blobId, title, pageCount } = result;
  const proposed = useSignaturePlaces((view) => view.proposals[documentId]);
  const place = useSignaturePlaces((view) => placeFor(view, documentId));
  const refocus = useRef(false);
  useEffect(() => void loadPlace(documentId), [documentId]);
  // After the keys have moved the frame to another page, they go on moving it there.
  const shownPage = place?.page;
  useEffect(() => {
    if (!refocus.current) return;
    refocus.current = false;
    showFrame();
  }, [shownPage]);

  const turnTo = useCallback(
    (page: number): void => {
      const current = placeFor(useSignaturePlaces.getState(), documentId);
      if (current === null || page === current.page || page < 1 || page > pageCount) return;
      refocus.current = true;
      movePlace(documentId, { page, rect: current.rect });
    },
    [documentId, pageCount],
  );

  const overlay: PageOverlay = (number, size) => {
    if (place === null || place.page !== number || proposed === undefined || proposed === 'failed') return null;
    if (proposed.shows === 'none') return null;
    const rect = fitOnto(place.rect, size);
    const move = (moved: Box): void => movePlace(documentId, { page: number, rect: moved });
    return (
      <div className={classes['overPage']}>
        <SignatureFrame
          proposed={proposed}
          rect={rect}
          stored={place.rect}
          page={size}
          onMove={move}
          onTurnPage={(step) => turnTo(number + step)}
        />
      </div>
    );
  };

  return (
    <DocumentPaper
      blobId={blobId}
      title={title}
      overlay={overlay}
      tools={<PlaceTools result={result} place={place} onPage={turnTo} />}
    />
  );
}

function foundWords(words: Words, foundBy: ProposedPlace['foundBy']): string {
  switch (foundBy) {
    case 'field':
      return words.signing.placeField;
    case 'name-and-title':
      return words.signing.placeBetween;
    case 'name':
      return words.signing.placeAboveName;
    case 'title':
      return words.signing.placeBelowTitle;
    case 'none':
      return words.signing.placeUnknown;
  }
}

/** To where the signature stands, ready for the arrow keys. */
function showFrame(): void {
  const frame = document.querySelector<HTMLElement>('[data-testid="signature-frame"]');
  frame?.scrollIntoView({ block: 'center' });
  frame?.focus({ preventScroll: true });
}

function PlaceTools({
  result,
  place,
  onPage,
}: {
  readonly result: WaitingResult;
  readonly place: PagePlace | null;
  readonly onPage: (page: number) => void;
}): ReactNode {
  const words = useWords();
  const isSigner = useHasRole('signer');
  const proposed = useSignaturePlaces((view) => view.proposals[result.documentId]);
  const isMoved = useSignaturePlaces((view) => view.moved[result.documentId] !== undefined);
  useShortcut(isSigner && place !== null, ['F7'], words.keys.place, showFrame);
  if (!isSigner) return null;
  if (proposed === 'failed' || (proposed !== undefined && proposed.shows === 'none'))
    return (
      <div className={classes['placeLine']}>
        <span className="muted">{proposed === 'failed' ? words.signing.placeFailed : words.signing.placeHidden}</span>
        <ImagesButton />
      </div>
    );
  const found =
    proposed === undefined ? null : isMoved ? words.signing.placeMoved : foundWords(words, proposed.foundBy);
  return (
    <div className={classes['placeLine']}>
      <span className="muted" data-testid="signature-found">
        {found ?? words.app.loading}
      </span>
      {isMoved ? (
        <Button
          variant="subtle"
          size="compact-md"
          leftSection={<IconArrowBackUp size="1.125rem" stroke={1.5} aria-hidden />}
          onClick={() => resetPlace(result.documentId)}
          data-testid="signature-reset"
        >
          {words.signing.placeReset}
        </Button>
      ) : null}
      <span className={classes['space']} />
      <Button
        variant="subtle"
        size="compact-md"
        leftSection={<IconTarget size="1.125rem" stroke={1.5} aria-hidden />}
        rightSection={<Key>F7</Key>}
        disabled={place === null}
        onClick={showFrame}
        data-testid="signature-go"
      >
        {words.signing.placeGo}
      </Button>
      {result.pageCount > 1 && place !== null && proposed?.foundBy !== 'field' ? (
        <NativeSelect
          aria-label={words.signing.placePage}
          value={String(place.page)}
          onChange={(event) => onPage(Number(event.currentTarget.value))}
          data={Array.from({ length: result.pageCount }, (_, index) => ({
            value: String(index + 1),
            label: fill(words.signing.placePageNumber, { page: index + 1, total: result.pageCount }),
          }))}
          data-testid="signature-page"
        />
      ) : null}
      <ImagesButton />
    </div>
  );
}

function ImagesButton(): ReactNode {
  const words = useWords();
  return (
    <Button
      variant="default"
      size="compact-md"
      leftSection={<IconSignature size="1.125rem" stroke={1.5} aria-hidden />}
      onClick={() => void showSignatureImages()}
      data-testid="signature-images"
    >
      {words.signing.images}
    </Button>
  );
}
