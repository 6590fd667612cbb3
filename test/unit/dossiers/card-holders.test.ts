import { describe, expect, test } from 'vitest';
import { patchOf, type PreparedCommand } from '../../../main/dossiers/apply-command.ts';
import { applyPatch, EMPTY_DRAFT, type DraftFacts } from '../../../main/dossiers/draft.ts';
import { projectDraft } from '../../../main/dossiers/project-draft.ts';
import type { RecognisedPage } from '../../../main/imaging/protocol.ts';
import { UNKNOWN_APPLICANT } from '../../../preload/applicant.ts';
import { recognised } from '../store/store-kit.ts';

type Field = RecognisedPage['fields'][number];
type Values = Readonly<Record<string, string>>;
const NGHIA = { idNumber: '038187015329', fullName: 'Cao Thị Nghĩa', birthDate: '1987-12-25', sex: 'female' };
const NGHIA_ZONE = { idNumber: '038187015329', birthDate: '1987-12-25', sex: 'female', plainName: 'CAO THI NGHIA' };
const AN = { idNumber: '001090000123', fullName: 'Nguyễn Văn An', birthDate: '1990-08-15', sex: 'male' };

const read = (source: Field['source'], values: Values, confidence = 99): Field[] =>
  Object.entries(values).map(([name, value]) => ({ name, value, source, confidence, box: [1, 2, 3, 4] }));

/** A draft whose pages carry these fields; `card` pages are recognised as cards. */
function draftOf(pages: Readonly<Record<string, readonly Field[]>>, more: readonly PreparedCommand[] = []): DraftFacts {
  const commands = Object.entries(pages).flatMap(([pageId, fields]): PreparedCommand[] => {
    const image = { imageBlobId: pageId, thumbnailBlobId: null, widthPx: 1, heightPx: 1, dpi: 200, source: pageId };
    const code = pageId.startsWith('card') ? 'the-can-cuoc' : 'quyet-dinh';
    const page = recognised(null, { fields: [...fields], documentType: { code, title: code, confidence: 90 } });
    return [
      { kind: 'add-page', pageId, page: image },
      { kind: 'set-recognition', pageId, recognised: page },
    ];
  });
  return [...commands, ...more].reduce(
    (draft, command) => applyPatch(draft, patchOf(draft, command)).draft,
    EMPTY_DRAFT,
  );
}
const project = (draft: DraftFacts) => projectDraft(draft, 'counter');

describe('the applicant from the cards of the stack', () => {
  test('comes from code, zone and print together, each value with its source', () => {
    const back = [...read('mrz', NGHIA_ZONE), ...read('ocr', { idIssuedOn: '2023-08-14' })];
    const front = read('ocr', { idNumber: '038187015329', fullName: 'CAO THỊ NGHĨA', permanentAddress: 'Thanh Hóa' });
    expect(project(draftOf({ card1: front, card2: back })).applicant).toMatchObject({
      fullName: 'Cao Thị Nghĩa',
      idNumber: '038187015329',
      address: 'Thanh Hóa',
      idIssuedOn: '2023-08-14',
      sources: { fullName: 'ocr', idNumber: 'mrz', address: 'ocr', idIssuedOn: 'ocr', birthDate: 'mrz' },
    });
  });

  test('a name without marks is left to the officer', () => {
    const { applicant } = project(draftOf({ card1: read('mrz', NGHIA_ZONE) }));
    expect(applicant).toMatchObject({ fullName: '', idNumber: '038187015329' });
    expect(applicant?.sources.fullName).toBeUndefined();
  });

  test('print that contradicts its own number, or is hardly legible, names nobody', () => {
    const wrong = { idNumber: '038187015329', fullName: 'CAO THỊ NGHĨA', birthDate: '1978-12-25' };
    expect(project(draftOf({ card1: read('ocr', wrong) })).applicant).toBeNull();
    expect(project(draftOf({ card1: read('ocr', { idNumber: '038187015329' }, 50) })).applicant).toBeNull();
  });

  test('print of other papers names other people and is left alone', () => {
    expect(project(draftOf({ page1: read('ocr', AN) }))).toMatchObject({ applicant: null, identityDoubts: [] });
  });
});

describe('a doubt', () => {
  const pages = { card1: read('qr', NGHIA), card2: read('mrz', { ...NGHIA_ZONE, birthDate: '1987-12-26' }) };

  test('shows what each source says, the one that was taken first', () => {
    expect(project(draftOf(pages)).identityDoubts).toEqual([
      {
        kind: 'value',
        field: 'birthDate',
        isAgainstNumber: false,
        readings: [
          {
            fieldId: 'card1:birthDate',
            value: '1987-12-25',
            source: 'qr',
            confidence: 99,
            pageId: 'card1',
            box: [1, 2, 3, 4],
          },
          {
            fieldId: 'card2:birthDate',
            value: '1987-12-26',
            source: 'mrz',
            confidence: 99,
            pageId: 'card2',
            box: [1, 2, 3, 4],
          },
        ],
      },
    ]);
  });

  test.each(['card1:birthDate', 'card2:birthDate'])('is gone when the officer confirms %s', (fieldId) => {
    const value = fieldId.startsWith('card1') ? '1987-12-25' : '1987-12-26';
    const body = project(draftOf(pages, [{ kind: 'set-field', fieldId, value }]));
    expect(body.identityDoubts).toEqual([]);
  });

  test('is gone when she typed the value herself', () => {
    const applicant = {
      ...UNKNOWN_APPLICANT,
      ...NGHIA,
      sex: 'female' as const,
      sources: { birthDate: 'typed' as const },
    };
    expect(project(draftOf(pages, [{ kind: 'set-applicant', applicant }])).identityDoubts).toEqual([]);
  });

  test('about another person’s card is not asked', () => {
    const applicant = { ...UNKNOWN_APPLICANT, ...AN, sex: 'male' as const, sources: { idNumber: 'typed' as const } };
    expect(project(draftOf(pages, [{ kind: 'set-applicant', applicant }])).identityDoubts).toEqual([]);
  });

  test('of a sex names the field of the page that is confirmed by choosing it', () => {
    const card = [...read('qr', NGHIA), ...read('ocr', { idNumber: NGHIA.idNumber, sex: 'Nam' })];
    expect(project(draftOf({ card1: card })).identityDoubts).toMatchObject([
      {
        field: 'sex',
        readings: [
          { value: 'female', fieldId: 'card1:sex' },
          { value: 'male', fieldId: 'card1:sex:2' },
        ],
      },
    ]);
  });
});

describe('cards of two people', () => {
  const pages = { card1: read('qr', NGHIA), card2: read('qr', AN) };

  test('are a question, and nobody is the applicant until it is answered', () => {
    const { applicant, identityDoubts } = project(draftOf(pages));
    expect(applicant).toBeNull();
    expect(identityDoubts).toMatchObject([
      {
        kind: 'people',
        people: [
          {
            name: 'Cao Thị Nghĩa',
            idNumber: '038187015329',
            applicant: { fullName: 'Cao Thị Nghĩa' },
            pageId: 'card1',
          },
          { name: 'Nguyễn Văn An', idNumber: '001090000123', pageId: 'card2' },
        ],
      },
    ]);
  });

  test('ask no more when one of them is chosen', () => {
    const [doubt] = project(draftOf(pages)).identityDoubts;
    const chosen = doubt?.kind === 'people' ? doubt.people[1]?.applicant : null;
    if (!chosen) throw new Error('nobody to choose');
    const body = project(draftOf(pages, [{ kind: 'set-applicant', applicant: chosen }]));
    expect(body).toMatchObject({ applicant: { fullName: 'Nguyễn Văn An' }, identityDoubts: [] });
  });
});
