/** @file Which page an appearance goes to and what is there already: an author's empty field, an earlier visible signature. */
import { Failure } from '../../rooms/failure.ts';
import { placeOf } from '../pdf/field-choice.ts';
import type { Page } from '../pdf/pages.ts';
import type { SignablePdf } from '../pdf/signable.ts';
import { listSignatureFields } from '../pdf/signature-fields.ts';
import type { Appearance } from './appearance.ts';
import type { Place } from './placement.ts';

export interface AppearanceSite {
  readonly page: Page;
  /** Rectangle of the empty field that will be filled: its author has decided the place. */
  readonly field: Place | null;
  /** Where the newest visible signature stands on this page: the seal goes beside it. */
  readonly signature: Place | null;
}

/**
 * @returns null where nothing can be seen: no appearance is wanted, or the empty field has no area
 * @throws Failure `signature-place-outside` for a page the document does not have
 */
export function appearanceSite(
  { document, pages, field, place }: Pick<SignablePdf, 'document' | 'pages' | 'field' | 'place'>,
  appearance: Appearance,
): AppearanceSite | null {
  if (appearance.kind === 'none') return null;
  if (field) return place ? { page: place.page, field: place.rect, signature: null } : null;
  const wanted = appearance.page === undefined ? undefined : pages[appearance.page - 1];
  if (appearance.page !== undefined && !wanted)
    throw new Failure('signature-place-outside', `the document has no page ${appearance.page}`);
  const newest =
    appearance.kind === 'agency'
      ? listSignatureFields(document)
          .filter(({ value }) => value !== null)
          .flatMap((signed) => placeOf(document, pages, signed) ?? [])
          .findLast(({ page }) => wanted === undefined || page === wanted)
      : undefined;
  const page = wanted ?? newest?.page ?? pages[0];
  if (!page) throw new Failure('signature-place-outside', 'the document has no page');
  return { page, field: null, signature: newest?.rect ?? null };
}
