import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { extendsSignature, withSignatureTimeStamp } from '../../../main/signing/augmentation/cms-time-stamp.ts';
import { listExistingSignatures } from '../../../main/signing/augmentation/existing-signatures.ts';
import { whyNotProlonged } from '../../../main/signing/augmentation/same-document.ts';
import { addEvidence, readEvidence, validationKey } from '../../../main/signing/augmentation/validation-store.ts';
import { PdfDocument } from '../../../main/signing/pdf/document.ts';
import { PRACTICE_STAMP_URL } from '../../../main/signing/practice-time-stamps.ts';
import { NO_EVIDENCE } from '../../../main/signing/validation/evidence.ts';
import { ValidationPolicy } from '../../../main/signing/validation/policy.ts';
import { examineDocument } from '../../../main/signing/verification/examine-document.ts';
import { openAugmentationDesk, type AugmentationDesk } from '../../stand-ins/augmentation-desk.ts';
import { hybridPdf, plainPdf, throughQpdf } from '../../stand-ins/sample-pdfs.ts';

const folder = mkdtempSync(join(tmpdir(), 'augmentation-'));
let desk: AugmentationDesk;
let signed: Buffer;
beforeAll(async () => {
  desk = await openAugmentationDesk(folder);
  signed = desk.sign(plainPdf());
}, 120_000);
afterEach(() => desk.authorities.heal());
afterAll(async () => {
  await desk?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function prolong(bytes: Buffer, level: 'B-T' | 'B-LT' | 'B-LTA', password?: string): Promise<Buffer> {
  const answer = await desk.augment(bytes, level, password === undefined ? {} : { password });
  expect(answer).toMatchObject({ reached: level, code: null });
  if (!answer.bytes) throw new Error('nothing was added');
  return answer.bytes;
}

/** Field, kind, coverage and what came after it; every signature right and content with it. */
function seen(bytes: Buffer, password?: string): string[] {
  const { signatures, lostFields } = examineDocument(bytes, password);
  expect(lostFields).toEqual([]);
  return signatures.map(({ kind, integrity, coverage, isAllowed, problem, changes }) => {
    expect({ integrity, isAllowed, problem }).toEqual({ integrity: 'intact', isAllowed: true, problem: null });
    return `${kind} ${coverage} ${changes.kind}`;
  });
}

const storeOf = (bytes: Buffer) => readEvidence(new PdfDocument(bytes));

describe('a time-stamp for the newest signature', () => {
  test('changes nothing in the file but the value of that signature', async () => {
    const before = Buffer.from(signed);
    const stamped = await prolong(signed, 'B-T');
    expect(signed.equals(before)).toBe(true);
    const [signature] = listExistingSignatures(new PdfDocument(signed));
    const [, start, end] = signature?.range.numbers ?? [0, 0, 0];
    expect(stamped.length).toBe(signed.length);
    expect(stamped.subarray(0, start).equals(signed.subarray(0, start))).toBe(true);
    expect(stamped.subarray(end).equals(signed.subarray(end))).toBe(true);
    expect(seen(stamped)).toEqual(['signature whole none']);
  });

  test('is made once: asked again, nothing is added and no authority is asked', async () => {
    const stamped = await prolong(signed, 'B-T');
    desk.authorities.clearLog();
    expect(await desk.augment(stamped, 'B-T')).toEqual({ bytes: null, reached: 'B-T', code: null, detail: null });
    expect(desk.authorities.log).toEqual([]);
  });

  test('stands around the whole document when the value has no room for it', async () => {
    const narrow = desk.sign(plainPdf(), { reservedBytes: 3_500 });
    const stamped = await prolong(narrow, 'B-T');
    expect(stamped.subarray(0, narrow.length).equals(narrow)).toBe(true);
    expect(seen(stamped)).toEqual(['signature revision validation-data', 'time-stamp whole none']);
    expect(await desk.augment(stamped, 'B-T')).toMatchObject({ bytes: null, reached: 'B-T' });
  });

  test('goes to the newest of several, and leaves the earlier one as it was', async () => {
    const twice = desk.sign(signed, { by: desk.newSigner('Nguyễn Thị Lan') });
    const stamped = await prolong(twice, 'B-T');
    expect(stamped.subarray(0, signed.length).equals(signed)).toBe(true);
    expect(seen(stamped)).toEqual(['signature revision form-filling', 'signature whole none']);
  });
});

describe('validation data', () => {
  test('is added behind the stamped file, with a record for the signature, in one section', async () => {
    const stamped = await prolong(signed, 'B-T');
    const longTerm = await prolong(stamped, 'B-LT');
    expect(longTerm.subarray(0, stamped.length).equals(stamped)).toBe(true);
    expect(seen(longTerm)).toEqual(['signature revision validation-data']);
    const document = new PdfDocument(longTerm);
    expect(document.sections).toHaveLength(new PdfDocument(stamped).sections.length + 1);
    const { certificates, revocationLists, ocspResponses } = storeOf(longTerm);
    expect(certificates.some((der) => der.equals(desk.authorities.timeStampSigner.certificateDer))).toBe(true);
    expect(certificates.some((der) => der.equals(desk.signer.certificates[0]?.der ?? Buffer.alloc(0)))).toBe(true);
    expect(revocationLists.length + ocspResponses.length).toBeGreaterThan(0);
    const records = document.dictionary(document.dictionary(document.catalog.entries.get('DSS'))?.entries.get('VRI'));
    const [signature] = listExistingSignatures(document);
    expect([...(records?.entries.keys() ?? [])]).toEqual([validationKey(signature?.contents ?? Buffer.alloc(0))]);
    expect(longTerm.toString('latin1')).toMatch(
      /\/Extensions <<\/ESIC <<\/BaseVersion \/1\.7 \/ExtensionLevel 1 ?>> ?>>/,
    );
  });

  const storeWith = (own: string): Buffer =>
    plainPdf({
      catalog: `/DSS <</Certs [11 0 R] /CRLs [] ${own} /VRI <</${'AB'.repeat(20)} <</Cert [11 0 R]>>>>>>`,
      objects: ['null', '<</Length 3>>\nstream\nabc\nendstream'],
    });

  test('keeps every entry and every record of a store that is there', async () => {
    const longTerm = await prolong(desk.sign(storeWith('')), 'B-LT');
    const document = new PdfDocument(longTerm);
    const store = document.dictionary(document.catalog.entries.get('DSS'));
    expect(storeOf(longTerm).certificates[0]?.toString()).toBe('abc');
    const records = document.dictionary(store?.entries.get('VRI'));
    expect(records?.entries.has('AB'.repeat(20))).toBe(true);
    expect(records?.entries.size).toBe(2);
  });

  test('leaves in the store what only its writer understands', () => {
    const document = new PdfDocument(storeWith('/XX_Own (of somebody)'));
    const evidence = { ...NO_EVIDENCE, revocationLists: [Buffer.from('list')] };
    const bytes = addEvidence(document, [{ contents: Buffer.from('x'), evidence }], new Date().toISOString());
    const after = new PdfDocument(bytes ?? Buffer.alloc(0));
    const store = after.dictionary(after.catalog.entries.get('DSS'));
    expect(store?.entries.get('XX_Own')).toMatchObject({ kind: 'string', bytes: Buffer.from('of somebody') });
    expect(readEvidence(after).revocationLists.map(String)).toEqual(['list']);
  });

  test('holds each value once, however many signatures it proves', async () => {
    let bytes = await prolong(signed, 'B-LT');
    bytes = await prolong(desk.sign(bytes, { by: desk.newSigner('Người ký thứ hai') }), 'B-LT');
    const { certificates, revocationLists } = storeOf(bytes);
    for (const values of [certificates, revocationLists])
      expect(new Set(values.map((value) => value.toString('base64'))).size).toBe(values.length);
    expect(seen(bytes)).toEqual(['signature revision form-filling', 'signature revision validation-data']);
  });

  test('that the file has already makes no new section', () => {
    const document = new PdfDocument(signed);
    const evidence = { ...NO_EVIDENCE, certificates: [desk.signer.certificates[0]?.der ?? Buffer.alloc(0)] };
    const once = addEvidence(document, [{ contents: Buffer.from('x'), evidence }], new Date().toISOString());
    if (!once) throw new Error('nothing was added');
    const again = addEvidence(
      new PdfDocument(once),
      [{ contents: Buffer.from('y'), evidence }],
      new Date().toISOString(),
    );
    expect(again).toBeUndefined();
  });

  test.each<[string, (input: Buffer) => Buffer]>([
    ['cross-reference streams', (input) => throughQpdf(folder, input, ['--object-streams=generate'])],
    ['a linearised file', (input) => throughQpdf(folder, input, ['--linearize'])],
    ['a hybrid file', () => hybridPdf()],
    ['no line end after %%EOF', () => plainPdf({ eol: '' })],
  ])('and a time-stamp over it go into %s by sections of its own kind', async (_, prepare) => {
    const first = desk.sign(prepare(plainPdf({ pages: 2 })));
    const archived = await prolong(first, 'B-LTA');
    expect(seen(archived)).toEqual(['signature revision validation-data', 'time-stamp whole none']);
    const [before, after] = [new PdfDocument(first), new PdfDocument(archived)];
    expect(after.sections[0]?.kind).toBe(before.sections[0]?.kind);
    expect(after.trailer.entries.has('XRefStm')).toBe(false);
    expect(whyNotProlonged(first, archived)).toBeNull();
  });

  test('of an encrypted file is encrypted as the rest is, and no second /Encrypt is made', async () => {
    const options = ['--encrypt', 'mot cua', 'chu', '256', '--', '--object-streams=disable'];
    const locked = throughQpdf(folder, plainPdf(), options);
    const archived = await prolong(desk.sign(locked, { password: 'mot cua' }), 'B-LTA', 'mot cua');
    expect(seen(archived, 'mot cua')).toEqual(['signature revision validation-data', 'time-stamp whole none']);
    const document = new PdfDocument(archived, 'mot cua');
    const before = new PdfDocument(locked, 'mot cua');
    expect(document.trailer.entries.get('Encrypt')).toEqual(before.trailer.entries.get('Encrypt'));
    const { certificates } = readEvidence(document);
    expect(certificates.length).toBeGreaterThan(1);
    expect(archived.includes(desk.signer.certificates[0]?.der.subarray(0, 64) ?? '')).toBe(false);
  });
});

describe('a time-stamp over everything', () => {
  test('can be followed by another, as often as the file must outlive the last', async () => {
    const first = await prolong(signed, 'B-LTA');
    const second = await prolong(first, 'B-LTA');
    const third = await prolong(second, 'B-LTA');
    expect(second.subarray(0, first.length).equals(first)).toBe(true);
    expect(third.subarray(0, second.length).equals(second)).toBe(true);
    expect(seen(third)).toEqual([
      'signature revision validation-data',
      'time-stamp revision validation-data',
      'time-stamp revision validation-data',
      'time-stamp whole none',
    ]);
    expect(third.toString('latin1').match(/\/ESIC/g)?.length).toBe(1);
  });

  test('sign, prolong, sign, prolong: every signature stays right', async () => {
    let bytes = plainPdf();
    for (const name of ['Người thứ nhất', 'Người thứ hai', 'Người thứ ba'])
      bytes = await prolong(desk.sign(bytes, { by: desk.newSigner(name) }), 'B-LTA');
    expect(seen(bytes).filter((line) => line.startsWith('signature'))).toHaveLength(3);
    expect(seen(bytes).filter((line) => line.startsWith('time-stamp'))).toHaveLength(3);
  });

  test('touches neither metadata nor pages, only the first page’s list of annotations', async () => {
    const archived = await prolong(signed, 'B-LTA');
    const [before, after] = [new PdfDocument(signed), new PdfDocument(archived)];
    const changed = [...before.entries.keys()].filter(
      (number) => JSON.stringify(before.entries.get(number)) !== JSON.stringify(after.entries.get(number)),
    );
    const names = changed.map((number) => {
      const type = after.dictionary(after.object(number))?.entries.get('Type');
      return type?.kind === 'name' ? type.name : 'form';
    });
    expect(names.sort()).toEqual(['Catalog', 'Page', 'form']);
  });
});

describe('an authority that does not help costs a level, never the signature', () => {
  test.each<[string, () => void, string, string]>([
    [
      'a time-stamp authority that answers 500',
      () => desk.authorities.fail('tsa', { httpStatus: 500 }),
      'B-B',
      'authority-unreachable',
    ],
    ['one that refuses', () => desk.authorities.fail('tsa', { refuses: true }), 'B-B', 'time-stamp-refused'],
    ['a stamp of other bytes', () => desk.authorities.fail('tsa', { imprint: 'wrong' }), 'B-B', 'time-stamp-refused'],
    [
      'an authority nobody here trusts',
      () => desk.authorities.fail('tsa', { signer: 'stranger' }),
      'B-B',
      'certificate-not-trusted',
    ],
    [
      'lists and responders that are down',
      () => {
        desk.authorities.fail('crl', { httpStatus: 503 });
        desk.authorities.fail('ocsp', { httpStatus: 503 });
      },
      'B-T',
      'authority-unreachable',
    ],
  ])('%s', async (_, fail, reached, code) => {
    fail();
    const answer = await desk.augment(signed, 'B-LTA');
    expect(answer).toMatchObject({ reached, code });
    expect(answer.detail).toBeTruthy();
    if (reached === 'B-B') expect(answer.bytes).toBeNull();
    else expect(seen(answer.bytes ?? Buffer.alloc(0))).toEqual(['signature whole none']);

    desk.authorities.heal();
    const later = await desk.augment(answer.bytes ?? signed, 'B-LTA');
    expect(later).toMatchObject({ reached: 'B-LTA', code: null });
    expect(whyNotProlonged(signed, later.bytes ?? Buffer.alloc(0))).toBeNull();
  });

  test('the next authority is asked when the first is dead', async () => {
    const timeStampAuthorities = [
      { url: `${desk.authorities.url}/nothing-here`, timeoutMs: 5_000 },
      { url: desk.authorities.tsaUrl, timeoutMs: 5_000 },
    ];
    expect(await desk.augment(signed, 'B-T', { timeStampAuthorities })).toMatchObject({ reached: 'B-T', code: null });
  });

  test('the next authority is asked when nobody here trusts the first', async () => {
    const untrusted = { url: PRACTICE_STAMP_URL, timeoutMs: 5_000 };
    const alone = await desk.augment(signed, 'B-T', { timeStampAuthorities: [untrusted] });
    expect(alone).toMatchObject({ bytes: null, reached: 'B-B', code: 'certificate-not-trusted' });
    const timeStampAuthorities = [untrusted, { url: desk.authorities.tsaUrl, timeoutMs: 5_000 }];
    const answer = await desk.augment(signed, 'B-T', { timeStampAuthorities });
    expect(answer).toMatchObject({ reached: 'B-T', code: null });
    const [signature] = examineDocument(answer.bytes ?? Buffer.alloc(0)).signatures;
    expect(signature?.cms?.timeStampTokens).toHaveLength(1);
    expect(signature?.cms?.timeStampTokens[0]?.includes(desk.authorities.timeStampSigner.certificateDer)).toBe(true);
  });

  test('no authority at all is a refusal that says so', async () => {
    const answer = await desk.augment(signed, 'B-T', { timeStampAuthorities: [] });
    expect(answer).toMatchObject({
      bytes: null,
      code: 'time-stamp-refused',
      detail: expect.stringMatching(/configured/),
    });
  });

  test('without roots nothing is put in that nobody here could vouch for', async () => {
    const answer = await desk.augment(signed, 'B-T', { policy: ValidationPolicy.parse({ trustedRoots: [] }) });
    expect(answer).toMatchObject({ bytes: null, reached: 'B-B', code: 'certificate-not-trusted' });
  });
});

describe('what is not prolonged', () => {
  test('a file without a signature', async () => {
    await expect(desk.augment(plainPdf(), 'B-T')).rejects.toMatchObject({ code: 'pdf-not-signable' });
  });

  test('a signature that is not right', async () => {
    const broken = Buffer.from(signed);
    broken[broken.indexOf('Can cuoc')] = 0x58;
    await expect(desk.augment(broken, 'B-LTA')).rejects.toMatchObject({ code: 'signature-does-not-verify' });
  });

  test('a file cut short', async () => {
    await expect(desk.augment(signed.subarray(0, signed.length - 200), 'B-T')).rejects.toMatchObject({
      code: expect.stringMatching(/pdf-damaged|pdf-not-signable/),
    });
  });

  test('a file in which nothing may change any more gets its time-stamp in place and stops there', async () => {
    const objects = ['<</FT /Sig /T (Khoa) /Lock <</Type /SigFieldLock /Action /All /P 1>>>>'];
    const locked = desk.sign(plainPdf({ catalog: '/AcroForm <</Fields [10 0 R] /SigFlags 3>>', objects }));
    const answer = await desk.augment(locked, 'B-LTA');
    expect(answer).toMatchObject({ reached: 'B-T', code: 'pdf-certified-no-changes' });
    expect(answer.bytes?.length).toBe(locked.length);
    expect(seen(answer.bytes ?? Buffer.alloc(0))).toEqual(['signature whole none']);
  });

  test('PDF 2.0 alone says that validation data is no change: there it is added', async () => {
    const objects = ['<</FT /Sig /T (Khoa) /Lock <</Type /SigFieldLock /Action /All /P 1>>>>'];
    const catalog = '/Version /2.0 /AcroForm <</Fields [10 0 R] /SigFlags 3>>';
    const archived = await prolong(desk.sign(plainPdf({ catalog, objects })), 'B-LTA');
    expect(seen(archived)).toEqual(['signature revision validation-data', 'time-stamp whole none']);
  });
});

describe('odd files', () => {
  test('a page that refers to what is not there keeps its signature: nothing is added that it would show', async () => {
    const odd = desk.sign(plainPdf({ page: '/Thumb 16 0 R' }));
    const answer = await desk.augment(odd, 'B-LTA');
    expect(answer).toMatchObject({ reached: 'B-T', code: 'pdf-not-signable' });
    expect(seen(answer.bytes ?? Buffer.alloc(0))).toEqual(['signature whole none']);
  });

  test('an encrypted file without /ID gets none: its key was made without one', async () => {
    const encrypted = throughQpdf(folder, plainPdf(), [
      '--encrypt',
      '',
      'chu',
      '256',
      '--',
      '--object-streams=disable',
    ]);
    const text = encrypted.toString('latin1').replace(/\/ID \[<\w+><\w+>\]/, (id) => ' '.repeat(id.length));
    const archived = await prolong(desk.sign(Buffer.from(text, 'latin1')), 'B-LTA');
    expect(new PdfDocument(archived).trailer.entries.has('ID')).toBe(false);
  });
});

describe('the same file prolonged', () => {
  test('is told from one whose bytes differ anywhere else', async () => {
    const archived = await prolong(signed, 'B-LTA');
    expect(whyNotProlonged(signed, archived)).toBeNull();
    expect(whyNotProlonged(archived, signed)).not.toBeNull();
    expect(whyNotProlonged(signed, signed)).not.toBeNull();
    // Inside the values themselves the authorities' certificates lie unsigned: whoever checks the chain reads them.
    const values = listExistingSignatures(new PdfDocument(archived)).map(({ range }) => range.numbers);
    const isOutside = (at: number): boolean => values.every(([, start, end]) => at < start || at >= end);
    const positions = fc.integer({ min: 0, max: archived.length - 1 }).filter(isOutside);
    fc.assert(
      fc.property(positions, fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(archived);
        changed[at] = (changed[at] ?? 0) ^ flip;
        // Space for space in free places changes nothing that anybody reads; all else must be noticed.
        const isBlank = [changed[at], archived[at]].every((byte) => [0, 9, 10, 12, 13, 32].includes(byte ?? -1));
        return isBlank || whyNotProlonged(signed, changed) !== null;
      }),
      { numRuns: 150 },
    );
  });

  test('is told from a file signed again by the same hand', () => {
    const again = desk.sign(plainPdf(), { signedAt: new Date(Date.now() + 1_000).toISOString() });
    expect(whyNotProlonged(signed, again)).not.toBeNull();
  });

  test('is told from a file with one more signature', () => {
    expect(whyNotProlonged(signed, desk.sign(signed))).toMatch(/more than validation data/);
  });

  test('keeps signed attributes, value and certificates; only unsigned attributes come in', async () => {
    const [before] = listExistingSignatures(new PdfDocument(signed));
    const [after] = listExistingSignatures(new PdfDocument(await prolong(signed, 'B-T')));
    const [old, stamped] = [before?.range.contents ?? Buffer.alloc(0), after?.range.contents ?? Buffer.alloc(0)];
    expect(extendsSignature(old, stamped)).toBe(true);
    expect(extendsSignature(stamped, old)).toBe(false);
    const token = after?.cms?.timeStampTokens[0] ?? Buffer.alloc(0);
    expect(withSignatureTimeStamp(old, token).equals(stamped)).toBe(true);
    const [other] = listExistingSignatures(new PdfDocument(desk.sign(plainPdf({ pages: 2 }))));
    expect(extendsSignature(old, other?.range.contents ?? Buffer.alloc(0))).toBe(false);
  });
});
