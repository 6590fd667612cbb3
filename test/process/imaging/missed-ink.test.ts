import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCodes } from '../../../main/imaging/codes/read-codes.ts';
import type { RecognisedPage } from '../../../main/imaging/protocol.ts';
import { createRecogniser, type Recogniser } from '../../../main/imaging/recognition/recogniser.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe('Print on dotted lines', () => {
  let recogniser: Recogniser;
  let page: RecognisedPage;
  beforeAll(async () => {
    recogniser = await createRecogniser({ resourcesFolder: join(ROOT, 'resources'), workers: 1, readCodes });
    page = await recogniser.recogniseBytes(
      readFileSync(join(ROOT, 'test/fixtures/lines/on-dotted-lines.jpg')),
      200,
      true,
    );
  });
  afterAll(() => recogniser.close());

  it.each(['Số phát hành Giấy chứng nhận: CV 418207', 'Điện thoại liên hệ: 0943 882 953', 'binh@example.vn'])(
    'is read whole, although the engine takes letters for a part of the line: %s',
    (text) => {
      expect(page.text).toContain(text);
    },
  );

  it('is read where it stands: the words of a line follow each other, none twice', () => {
    for (const { words } of page.lines)
      for (const [at, { box }] of words.slice(1).entries()) {
        const [x, , width] = (words[at] as (typeof words)[number]).box;
        expect(box[0]).toBeGreaterThan((x ?? 0) + (width ?? 0) / 2);
      }
  });
});
