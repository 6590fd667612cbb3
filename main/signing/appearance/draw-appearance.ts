/**
 * @file What a signature looks like on the page (NĐ 30/2020, PL I, mục II.7–8 and phần II.I.3): a person's signature as a
 * picture or in words, the seal of an agency in its own size, marks of annexes, copies and digitised papers in the corner.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readBlob } from '../../blobs/blob-file.ts';
import { embedFontSubset, type EmbeddedFont } from '../../pdf/font.ts';
import { Failure } from '../../rooms/failure.ts';
import type { Page } from '../pdf/pages.ts';
import type { DrawnAppearance } from '../pdf/drawn-appearance.ts';
import type { Appearance } from './appearance.ts';
import { linesOf, shorterLines, type AppearanceText } from './appearance-lines.ts';
import { formObjects, type PreparedImage } from './form-object.ts';
import { LeastRecent } from './least-recent.ts';
import {
  besideSignature,
  centredIn,
  displayedSize,
  fitInto,
  markWidth,
  POINTS_PER_MM,
  requireInside,
  slideInside,
  topRight,
  toUserSpace,
  usualSignatureRoom,
  type Place,
  type Size,
} from './placement.ts';
import type { AppearanceSite } from './site.ts';
import { imageStreams, readSignatureImage, type SignatureImage } from './signature-image.ts';
import { setText, type TextBlock } from './text-block.ts';

export interface AppearanceDrawer {
  /**
   * @throws Failure `signature-place-outside`, `signature-image-missing`, `bad-request`, or what is wrong with the picture
   */
  draw(appearance: Appearance, text: AppearanceText, site: AppearanceSite): Promise<DrawnAppearance>;
}

const FONT_FILE = 'fonts/LiberationSerif-Regular.ttf';
/** Every time stamp's characters, so that one subset serves a whole batch. */
const CHARACTERS_OF_TIME = '0123456789-:+T;,.';
/** What programs write into a picture without being asked is hardly ever the size of a seal (30–42 mm). */
const LEAST_SEAL_MM = 10;
const MOST_SEAL_MM = 100;
const FONTS_KEPT = 16;
const IMAGES_KEPT = 4;

type Picture = PreparedImage & Pick<SignatureImage, 'widthMm' | 'heightMm'>;

/** Keeps font subsets and decoded pictures: in a batch they are made once. */
export function createAppearanceDrawer(resourcesFolder: string): AppearanceDrawer {
  const fonts = new LeastRecent<EmbeddedFont>(FONTS_KEPT);
  const pictures = new LeastRecent<Picture>(IMAGES_KEPT);
  let fontFile: Promise<Buffer> | undefined;

  function fontFor(lines: readonly string[]): Promise<EmbeddedFont> {
    const characters = [...new Set((lines.join('') + CHARACTERS_OF_TIME).normalize('NFC'))].sort().join('');
    fontFile ??= readFile(join(resourcesFolder, FONT_FILE));
    const file = fontFile;
    return fonts.get(characters, async () => embedFontSubset(await file, characters));
  }

  async function pictureOf(image: NonNullable<Appearance['image']>): Promise<Picture> {
    const key =
      typeof image === 'string' ? createHash('sha256').update(image).digest('hex') : `${image.path} ${image.key}`;
    return pictures.get(key, async () => {
      const read = await readSignatureImage(
        typeof image === 'string' ? Buffer.from(image, 'base64') : await readBlob(image),
      );
      const { widthPx, heightPx, widthMm, heightMm } = read;
      return { widthPx, heightPx, widthMm, heightMm, ...imageStreams(read) };
    });
  }

  return {
    async draw(appearance, text, { page, field, signature }) {
      const shown = displayedSize(page);
      const asked = field ?? appearance.rect ?? null;
      if (asked) requireInside(asked, shown);
      const lines = linesOf(appearance, text);
      const picture = appearance.image === undefined ? null : await pictureOf(appearance.image);
      if (appearance.kind === 'agency') {
        if (!picture) throw new Failure('signature-image-missing', 'the seal of an agency is a picture');
        const seal = trueSize(appearance, picture);
        return drawInto(page, field, placeSeal(seal, asked, signature, shown), picture, null);
      }
      if (appearance.kind === 'personal' && picture) {
        const room = asked ?? usualSignatureRoom(shown);
        const place =
          appearance.imageWidthMm === undefined
            ? fitInto({ width: picture.widthPx, height: picture.heightPx }, room)
            : slideInside(centredIn(trueSize(appearance, picture), room), shown);
        requireInside(place, shown);
        return drawInto(page, field, place, picture, null);
      }
      if (picture) throw new Failure('bad-request', `a mark of kind ${appearance.kind} shows no picture`);
      if (lines.every((line) => line.trim() === ''))
        throw new Failure('bad-request', `appearance ${appearance.kind} without text or picture`);
      const font = await fontFor([...lines, text.signerName]);
      const wordings = [lines, ...shorterLines(appearance, text)];
      const { block, place } = field
        ? { block: firstThatFits(font, wordings, { width: field[2], height: field[3] }), place: field }
        : placeText(appearance.kind, appearance.rect ?? null, font, wordings, shown);
      return drawInto(page, field, place, null, { font, block });
    },
  };
}

/** With an author's field the form is as large as the field, so that nothing is stretched into it. */
function drawInto(
  page: Page,
  field: Place | null,
  place: Place,
  picture: PreparedImage | null,
  text: { font: EmbeddedFont; block: TextBlock } | null,
): DrawnAppearance {
  const frame = field ?? place;
  const [x, y, width, height] = place;
  const inside: Place = [x - frame[0], y - frame[1], width, height];
  if (field) requireInside(inside, { width: frame[2], height: frame[3] });
  const content = {
    size: { width: frame[2], height: frame[3] },
    rotation: page.rotation,
    image: picture ? { picture, place: inside } : null,
    text: text ? { ...text, place: inside } : null,
  };
  return { rect: toUserSpace(page, frame), objects: (first) => formObjects(first, content) };
}

function trueSize({ imageWidthMm }: Appearance, picture: Picture): Size {
  const widthMm = imageWidthMm ?? picture.widthMm;
  if (widthMm === null)
    throw new Failure('signature-image-missing', 'the picture of the seal does not say how large the seal is');
  if (widthMm < LEAST_SEAL_MM || widthMm > MOST_SEAL_MM)
    throw new Failure('signature-image-missing', `a seal of ${Math.round(widthMm)} mm: the picture says a wrong size`);
  const heightMm =
    imageWidthMm === undefined ? (picture.heightMm ?? widthMm) : (imageWidthMm * picture.heightPx) / picture.widthPx;
  return { width: widthMm * POINTS_PER_MM, height: heightMm * POINTS_PER_MM };
}

/** In its own size whatever the room: beside the person's signature, or in the middle of the place asked for. */
function placeSeal(seal: Size, asked: Place | null, signature: Place | null, shown: Size): Place {
  const place = asked
    ? slideInside(centredIn(seal, asked), shown)
    : besideSignature(seal, signature ?? usualSignatureRoom(shown), shown);
  requireInside(place, shown);
  return place;
}

/** A rectangle somebody drew bounds the width; text that needs more height grows downwards, as far as the page goes. */
function placeText(
  kind: Appearance['kind'],
  asked: Place | null,
  font: EmbeddedFont,
  wordings: readonly (readonly string[])[],
  shown: Size,
): { readonly block: TextBlock; readonly place: Place } {
  const [lines = []] = wordings;
  if (asked) {
    const [x, y, width, height] = asked;
    const top = y + height;
    const block = setText(font, lines, { width, height }) ?? firstThatFits(font, wordings, { width, height: top });
    const needed = Math.max(height, block.box.height);
    return { block, place: [x, top - needed, width, needed] };
  }
  const width = markWidth(shown);
  const block =
    setText(font, lines, { width, height: shown.height / 4 }) ??
    firstThatFits(font, wordings, { width, height: shown.height });
  const place = kind === 'personal' ? usualSignatureRoom(shown, block.box) : topRight(block.box, shown);
  return { block, place };
}

function firstThatFits(font: EmbeddedFont, wordings: readonly (readonly string[])[], room: Size): TextBlock {
  for (const lines of wordings) {
    const block = setText(font, lines, room);
    if (block) return block;
  }
  throw new Failure('signature-place-outside', 'there is no room for the text of the signature');
}
