/** The rules of a section that carries a signature: what it keeps, what it touches, which field it fills, what it obeys. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Appearance } from '../../../main/signing/appearance/appearance.ts';
import { PdfDocument } from '../../../main/signing/pdf/document.ts';
import { listPages } from '../../../main/signing/pdf/pages.ts';
import { listSignatureFields } from '../../../main/signing/pdf/signature-fields.ts';
import { isSameValue, serialise, type PdfValue } from '../../../main/signing/pdf/values.ts';
import { examineDocument } from '../../../main/signing/verification/examine-document.ts';
import { hybridPdf, plainPdf, QPDF_MISSING, throughQpdf } from '../../stand-ins/sample-pdfs.ts';
import { openSigningDesk, type SigningDesk, type SigningWish } from '../../stand-ins/signing-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'pdf-signing-rules-'));
let desk: SigningDesk;
beforeAll(async () => {
  desk = await openSigningDesk(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OFFICER: Appearance = { kind: 'officer' };
const sign = (input: Buffer, wish: SigningWish = {}, appearance = OFFICER): Promise<Buffer> =>
  desk.sign(input, appearance, undefined, wish);

const ANNOTATION = '<</Type /Annot /Subtype /Text /Rect [1 1 9 9] /Contents (x)>>';
const sigField = (name: string, more = '', rect = '50 50 250 120'): string =>
  `<</Type /Annot /Subtype /Widget /FT /Sig /T (${name}) /Rect [${rect}] /F 4 ${more}>>`;

function withFields(...fields: readonly string[]): Buffer {
  const list = fields.map((_, index) => `${10 + index} 0 R`).join(' ');
  return plainPdf({ catalog: `/AcroForm <</Fields [${list}]>>`, page: `/Annots [${list}]`, objects: fields });
}

/** The only page as generation 3: what an editor leaves that used a free number again. */
function laterGeneration(): Buffer {
  const source = plainPdf({ page: '/Annots []' }).toString('latin1');
  const at = String(source.indexOf('10 0 obj')).padStart(10, '0');
  return Buffer.from(
    source.replace('10 0 obj', '10 3 obj').replace('[10 0 R]', '[10 3 R]').replace(`${at} 00000 n`, `${at} 00003 n`),
    'latin1',
  );
}

interface Kind {
  readonly make: () => Buffer;
  readonly password?: string;
}

const OWN_KINDS: Readonly<Record<string, Kind>> = {
  'a table': { make: () => plainPdf({ pages: 2 }) },
  'no line end at the end': { make: () => plainPdf({ eol: '' }) },
  'a hybrid file': { make: () => hybridPdf() },
  'later generations': { make: laterGeneration },
  'annotations in the page': { make: () => plainPdf({ page: '/Annots [10 0 R]', objects: [ANNOTATION] }) },
  'annotations of their own': { make: () => plainPdf({ page: '/Annots 10 0 R', objects: ['[]'] }) },
  'a list of fields of its own': {
    make: () => plainPdf({ catalog: '/AcroForm 10 0 R', objects: ['<</Fields 11 0 R>>', '[]'] }),
  },
  'an empty field': { make: () => withFields(sigField('ChuKy')) },
  'a turned page, cropped, in other units': {
    make: () => plainPdf({ page: '/Rotate 270 /CropBox [50 60 500 800] /UserUnit 1.5' }),
  },
  'information and an identifier': {
    make: () =>
      plainPdf({
        objects: ['<</Title (Quyet dinh)>>'],
        trailer: ' /Info 10 0 R /ID [<00112233445566778899aabbccddeeff> <ffeeddccbbaa99887766554433221100>]',
      }),
  },
};

const QPDF_KINDS: Readonly<Record<string, readonly string[]>> = {
  'a cross-reference stream': ['--object-streams=generate'],
  'a linearised file': ['--linearize'],
  'a linearised file with object streams': ['--linearize', '--object-streams=generate'],
  'an encrypted file': ['--encrypt', 'user', 'owner', '256', '--'],
  'an encrypted file with object streams': ['--object-streams=generate', '--encrypt', 'user', 'owner', '256', '--'],
};

const kinds: [string, Kind][] = [
  ...Object.entries(OWN_KINDS),
  ...(QPDF_MISSING
    ? []
    : Object.entries(QPDF_KINDS).map(([name, args]): [string, Kind] => [
        name,
        {
          make: () => throughQpdf(folder, plainPdf({ pages: 3 }), args),
          ...(name.includes('encrypted') ? { password: 'user' } : {}),
        },
      ])),
];

describe.each(kinds)('%s', (_, { make, password }) => {
  const wish = password === undefined ? {} : { password };
  let input: Buffer;
  let signed: Buffer;
  let before: PdfDocument;
  let after: PdfDocument;
  beforeAll(async () => {
    input = make();
    signed = await sign(input, wish);
    before = new PdfDocument(input, password);
    after = new PdfDocument(signed, password);
  });

  test('rule 1: the input as it is, a line end if it has none, one section', () => {
    expect(signed.subarray(0, input.length).equals(input)).toBe(true);
    const endsInLine = /[\r\n]$/.test(input.subarray(-1).toString('latin1'));
    const added = signed.subarray(input.length).toString('latin1');
    expect(added).toMatch(endsInLine ? /^\d+ \d+ obj\n/ : /^\n\d+ \d+ obj\n/);
    expect(added.match(/%%EOF/g)).toHaveLength(1);
    expect(added).toMatch(/startxref\n\d+\n%%EOF\n$/);
    expect(after.sections).toHaveLength(before.sections.length + 1);
  });

  test('rule 2: cross-references of the same kind, chained to those that were the newest', () => {
    expect(after.sections[0]?.kind).toBe(before.sections[0]?.kind);
    const { entries } = after.trailer;
    expect(entries.has('XRefStm')).toBe(false);
    expect(entries.get('Prev')).toMatchObject({ value: before.startXref });
    const own = after.sections[0]?.entries ?? new Map();
    expect(own.has(0)).toBe(false);
    const highest = Math.max(before.size - 1, ...own.keys());
    expect(entries.get('Size')).toMatchObject({ value: highest + 1 });
  });

  test('rule 3: root, information, encryption and the permanent identifier stay, the changing one is new', () => {
    for (const key of ['Root', 'Info', 'Encrypt'])
      expect(isSameValue(before.trailer.entries.get(key), after.trailer.entries.get(key))).toBe(true);
    const idOf = (document: PdfDocument): readonly PdfValue[] => {
      const id = document.entry(document.trailer, 'ID');
      return id.kind === 'array' ? id.items : [];
    };
    expect(idOf(after)).toHaveLength(2);
    if (idOf(before).length > 0) expect(isSameValue(idOf(before)[0], idOf(after)[0])).toBe(true);
    expect(isSameValue(idOf(before)[1], idOf(after)[1])).toBe(false);
  });

  test('rule 4: of what was there only the page, its annotations, the form and the catalog are written again', () => {
    const rewritten = [...(after.sections[0]?.entries.keys() ?? [])].filter((number) => before.entries.has(number));
    for (const number of rewritten) {
      const was = before.object(number);
      const now = after.object(number);
      if (was.kind === 'array' && now.kind === 'array') {
        expect(now.items.slice(0, was.items.length).every((item, at) => isSameValue(item, was.items[at]))).toBe(true);
        continue;
      }
      if (was.kind !== 'dict' || now.kind !== 'dict') throw new Error(`object ${number} became something else`);
      const changed = [...new Set([...was.entries.keys(), ...now.entries.keys()])].filter(
        (key) => !isSameValue(was.entries.get(key), now.entries.get(key)),
      );
      expect(['Annots', 'AcroForm', 'Fields', 'SigFlags', 'V', 'AP']).toEqual(expect.arrayContaining(changed));
    }
    const form = after.dictionary(after.catalog.entries.get('AcroForm'));
    expect(form?.entries.has('NeedAppearances')).toBe(false);
    expect(form && after.entry(form, 'SigFlags')).toMatchObject({ value: 3 });
  });

  test('rule 5: new objects have new numbers, old ones keep their generation', () => {
    for (const [number, entry] of after.sections[0]?.entries ?? []) {
      const old = before.entries.get(number);
      expect(entry.kind).toBe('plain');
      const generation = entry.kind === 'plain' ? entry.generation : -1;
      if (old?.kind === 'plain') expect(generation).toBe(old.generation);
      else if (old) expect(old.kind).toBe('packed');
      else expect(number).toBeGreaterThanOrEqual(before.size);
      if (old?.kind !== 'plain') expect(generation).toBe(0);
    }
  });

  test('rule 6: the bytes that are not signed are exactly the value of /Contents', () => {
    const match = /\/ByteRange \[0 {1,}(\d+) +(\d+) +(\d+)\] \/Contents </.exec(
      signed.toString('latin1', input.length),
    );
    const [gapStart = 0, gapEnd = 0, rest = 0] = (match?.slice(1) ?? []).map(Number);
    expect(match?.[0]).toHaveLength('/ByteRange [0 ] /Contents <'.length + 32);
    expect(String.fromCharCode(signed[gapStart] ?? 0, signed[gapEnd - 1] ?? 0)).toBe('<>');
    expect(signed.toString('latin1', gapStart + 1, gapEnd - 1)).toMatch(/^3082[0-9a-f]+0*$/);
    expect(gapEnd + rest).toBe(signed.length);
    const [own] = examineDocument(signed, password).signatures;
    expect([own?.integrity, own?.coverage]).toEqual(['intact', 'whole']);
  });

  test('pages stay what they were', () => {
    const show = (document: PdfDocument): string[] =>
      listPages(document).map(({ dict, cropBox, rotation, userUnit }) => {
        const contents = serialise(dict.entries.get('Contents') ?? { kind: 'null' }).toString('latin1');
        return JSON.stringify([cropBox, rotation, userUnit, contents]);
      });
    expect(show(after)).toEqual(show(before));
  });
});

test('rule 4: the first signature sets the flags of the form, later ones leave them', async () => {
  const form = (flags: string): Buffer => plainPdf({ catalog: `/AcroForm <</Fields [] ${flags}>>` });
  const flagsOf = (pdf: Buffer): unknown => {
    const document = new PdfDocument(pdf);
    const stored = document.dictionary(document.catalog.entries.get('AcroForm'))?.entries.get('SigFlags');
    return stored?.kind === 'number' ? stored.value : null;
  };
  for (const stated of ['', '/SigFlags 0', '/SigFlags 1', '/SigFlags 2', '/SigFlags 3']) {
    const once = await sign(form(stated));
    expect(flagsOf(once)).toBe(3);
    expect(flagsOf(await sign(once))).toBe(3);
  }
  const foreign = plainPdf({
    catalog: '/AcroForm <</Fields [10 0 R] /SigFlags 1>>',
    objects: ['<</FT /Sig /T (A) /V <</Type /Sig /ByteRange [0 1 2 3] /Contents <00>>> >>'],
  });
  expect(flagsOf(await sign(foreign))).toBe(1);
});

describe('rule 7: fields that are there', () => {
  const signedNames = (pdf: Buffer): string[] =>
    listSignatureFields(new PdfDocument(pdf)).flatMap(({ fullName, value }) => (value === null ? [] : [fullName]));
  const dictOf = (pdf: Buffer, name: string) => {
    const document = new PdfDocument(pdf);
    const field = listSignatureFields(document).find(({ fullName }) => fullName === name);
    return { document, signature: document.dictionary(field?.value ?? undefined), field };
  };

  test('the only empty field is filled', async () => {
    expect(signedNames(await sign(withFields(sigField('A'))))).toEqual(['A']);
  });

  test('of several the named one is filled, the others stay empty', async () => {
    const input = withFields(sigField('A'), sigField('B'), sigField('C'));
    const once = await sign(input, { fieldName: 'B' });
    expect(signedNames(once)).toEqual(['B']);
    expect(signedNames(await sign(once, { fieldName: 'A' }))).toEqual(['A', 'B']);
  });

  test('of several, none of them named, none is taken: the signature gets a field of its own', async () => {
    expect(signedNames(await sign(withFields(sigField('A'), sigField('B'))))).toEqual(['Signature1']);
  });

  test('a new field never takes a name that the form has, however that is written', async () => {
    const input = plainPdf({
      catalog: '/AcroForm <</Fields [10 0 R 11 0 R]>>',
      objects: ['<</FT /Tx /T (Signature1)>>', '<</FT /Tx /T <FEFF005300690067006E006100740075007200650032>>>'],
    });
    expect(signedNames(await sign(input))).toEqual(['Signature3']);
  });

  test('a field below another is named by its full name', async () => {
    const input = plainPdf({
      catalog: '/AcroForm <</Fields [10 0 R]>>',
      page: '/Annots [11 0 R]',
      objects: ['<</T (Phieu) /Kids [11 0 R]>>', sigField('KySo', '/Parent 10 0 R')],
    });
    expect(signedNames(await sign(input, { fieldName: 'Phieu.KySo' }))).toEqual(['Phieu.KySo']);
  });

  test('a field whose widget is an object of its own shows its signature there', async () => {
    const input = plainPdf({
      catalog: '/AcroForm <</Fields [10 0 R]>>',
      page: '/Annots [11 0 R]',
      objects: [
        '<</FT /Sig /T (A) /Kids [11 0 R]>>',
        '<</Type /Annot /Subtype /Widget /Parent 10 0 R /Rect [50 50 250 120] /F 4>>',
      ],
    });
    const { document, field } = dictOf(await sign(input), 'A');
    expect(field?.dict.entries.has('AP')).toBe(false);
    const widget = document.dictionary(field?.widgets[0]?.reference);
    const look = document.dictionary(widget?.entries.get('AP'));
    const form = document.dictionary(look?.entries.get('N'));
    expect(serialise(form?.entries.get('BBox') ?? { kind: 'null' }).toString()).toBe('[0 0 200 70]');
  });

  test('an empty field without area is signed invisibly', async () => {
    const { field } = dictOf(await sign(withFields(sigField('A', '', '0 0 0 0'))), 'A');
    expect(field?.dict.entries.has('AP')).toBe(false);
    expect(field?.value).not.toBeNull();
  });

  test.each([
    ['that does not exist', 'Z'],
    ['that is signed already', 'A'],
  ])('a named field %s is refused', async (_, fieldName) => {
    const input = await sign(withFields(sigField('A')));
    await expect(sign(input, { fieldName })).rejects.toMatchObject({ code: 'signature-field-missing' });
  });

  test('a lock becomes part of the signature: which fields, and what may still be done', async () => {
    const lock = '/Lock <</Type /SigFieldLock /Action /Include /Fields [(Ten) (Ngay)] /P 2>>';
    const { document, signature } = dictOf(await sign(withFields(sigField('A', lock))), 'A');
    const references = signature && document.entry(signature, 'Reference');
    const methods = (references?.kind === 'array' ? references.items : []).map((item) => {
      const dict = document.dictionary(item);
      const parameters = document.dictionary(dict?.entries.get('TransformParams'));
      return [dict?.entries.get('TransformMethod'), parameters?.entries.get('Fields') ?? parameters?.entries.get('P')];
    });
    expect(methods).toMatchObject([
      [{ name: 'FieldMDP' }, { items: [{ bytes: Buffer.from('Ten') }, { bytes: Buffer.from('Ngay') }] }],
      [{ name: 'DocMDP' }, { value: 2 }],
    ]);
  });

  test('what an earlier signature locked is not signed', async () => {
    const lock = (parts: string): string => `/Lock <</Type /SigFieldLock ${parts}>>`;
    const cases: [string, string, boolean][] = [
      [lock('/Action /All'), 'B', false],
      [lock('/Action /Include /Fields [(B)]'), 'B', false],
      [lock('/Action /Include /Fields [(C)]'), 'B', true],
      [lock('/Action /Exclude /Fields [(B)]'), 'B', true],
      [lock('/Action /Exclude /Fields [(C)]'), 'B', false],
    ];
    for (const [parts, fieldName, isAllowed] of cases) {
      const input = await sign(withFields(sigField('A', parts), sigField('B')), { fieldName: 'A' });
      const next = sign(input, { fieldName });
      if (isAllowed) expect(signedNames(await next)).toEqual(['A', 'B']);
      else await expect(next).rejects.toMatchObject({ code: 'pdf-certified-no-changes' });
      // Without a name a locked field is passed over.
      if (!isAllowed) expect(signedNames(await sign(input, {}, { kind: 'none' }))).toEqual(['A', 'Signature1']);
    }
  });

  test('a signature that closed the document is the last one', async () => {
    const input = await sign(withFields(sigField('A', '/Lock <</Action /All /P 1>>')));
    await expect(sign(input, {}, { kind: 'none' })).rejects.toMatchObject({ code: 'pdf-certified-no-changes' });
  });

  describe('seed values', () => {
    const seeded = (values: string): Buffer => withFields(sigField('A', `/SV <</Type /SV ${values}>>`));
    const read = async (values: string, wish: SigningWish = {}): Promise<Record<string, unknown>> => {
      const { signature } = dictOf(await sign(seeded(values), wish), 'A');
      const text = (key: string): unknown => {
        const value = signature?.entries.get(key);
        return value?.kind === 'name' ? value.name : value?.kind === 'string' ? value.bytes.toString('latin1') : null;
      };
      return { subFilter: text('SubFilter'), reason: text('Reason') };
    };

    test.each<[string, SigningWish, string, string | null]>([
      ['/Ff 1 /Filter /Adobe.PPKLite', {}, 'ETSI.CAdES.detached', null],
      ['/Ff 2 /SubFilter [/adbe.pkcs7.detached /ETSI.CAdES.detached]', {}, 'ETSI.CAdES.detached', null],
      ['/Ff 2 /SubFilter [/adbe.pkcs7.detached]', {}, 'adbe.pkcs7.detached', null],
      ['/SubFilter [/adbe.x509.rsa_sha1]', {}, 'ETSI.CAdES.detached', null],
      ['/Ff 64 /DigestMethod [(SHA1) (SHA256)]', {}, 'ETSI.CAdES.detached', null],
      ['/Ff 8 /Reasons [(Dong y) (Phe duyet)]', { reason: 'Phe duyet' }, 'ETSI.CAdES.detached', 'Phe duyet'],
      ['/Ff 8 /Reasons [(Dong y)]', {}, 'ETSI.CAdES.detached', 'Dong y'],
      ['/Ff 8 /Reasons [(.)]', { reason: 'Phe duyet' }, 'ETSI.CAdES.detached', null],
      ['/Reasons [(Dong y)]', { reason: 'Phe duyet' }, 'ETSI.CAdES.detached', 'Phe duyet'],
      ['/Ff 4 /V 2', {}, 'ETSI.CAdES.detached', null],
      ['/Ff 128 /LockDocument /auto', {}, 'ETSI.CAdES.detached', null],
      ['/Ff 32 /AddRevInfo false', {}, 'ETSI.CAdES.detached', null],
      ['/MDP <</P 0>>', {}, 'ETSI.CAdES.detached', null],
      ['/TimeStamp <</URL (http://tsa.example)>>', {}, 'ETSI.CAdES.detached', null],
    ])('%s is met', async (values, wish, subFilter, reason) => {
      expect(await read(values, wish)).toEqual({ subFilter, reason });
    });

    test('a certificate that the author listed may sign, another may not', async () => {
      const [own] = desk.token.certificates[0]?.der ?? [];
      const hex = Buffer.from(own ?? '', 'base64').toString('hex');
      await read(`/Cert <</Ff 1 /Subject [<${hex}>]>>`);
      await expect(read('/Cert <</Ff 1 /Subject [<3003020100>]>>')).rejects.toMatchObject({
        detail: 'field A demands /SV Cert Subject',
      });
    });

    test.each<[string, string, SigningWish]>([
      ['/Ff 1 /Filter /Entrust.PPKEF', 'Filter', {}],
      ['/Ff 2 /SubFilter [/adbe.x509.rsa_sha1]', 'SubFilter', {}],
      ['/Ff 4 /V 9', 'V', {}],
      ['/Ff 8 /Reasons [(Dong y)]', 'Reasons: Dong y', { reason: 'Khac' }],
      ['/Ff 8 /Reasons [(Dong y) (Phe duyet)]', 'Reasons: Dong y | Phe duyet', {}],
      ['/Ff 16 /LegalAttestation [(x)]', 'LegalAttestation', {}],
      ['/Ff 32 /AddRevInfo true', 'AddRevInfo', {}],
      ['/Ff 64 /DigestMethod [(SHA512)]', 'DigestMethod', {}],
      ['/Ff 128 /LockDocument /true', 'LockDocument', {}],
      ['/Ff 256 /AppearanceFilter (Dau)', 'AppearanceFilter', {}],
      ['/MDP <</P 2>>', 'MDP', {}],
      ['/TimeStamp <</URL (http://tsa.example) /Ff 1>>', 'TimeStamp', {}],
      ['/Cert <</Ff 32 /KeyUsage [(1)]>>', 'Cert', {}],
    ])('%s is refused by its name', async (values, name, wish) => {
      await expect(sign(seeded(values), wish)).rejects.toMatchObject({
        code: 'pdf-not-signable',
        detail: `field A demands /SV ${name}`,
      });
    });
  });

  describe('certification', () => {
    const certified = (level: number, ...fields: string[]): Buffer => {
      const list = fields.map((_, index) => `${11 + index} 0 R`).join(' ');
      return plainPdf({
        catalog: `/Perms <</DocMDP 10 0 R>> /AcroForm <</Fields [${list}]>>`,
        page: `/Annots [${list}]`,
        objects: [
          `<</Type /Sig /Reference [<</TransformMethod /DocMDP /TransformParams <</P ${level}>> >>]>>`,
          ...fields,
        ],
      });
    };

    test.each<[number, string, Appearance['kind'], string[], boolean]>([
      [1, 'a new invisible field', 'none', [], false],
      [1, 'a field that is there', 'officer', [sigField('A')], false],
      [2, 'a new visible field', 'officer', [], false],
      [2, 'a new invisible field', 'none', [], true],
      [2, 'a field that is there', 'officer', [sigField('A')], true],
      [3, 'a new visible field', 'officer', [], true],
    ])('level %i and %s', async (level, _, kind, fields, isAllowed) => {
      const signing = sign(certified(level, ...fields), {}, { kind });
      if (isAllowed) await signing;
      else await expect(signing).rejects.toMatchObject({ code: 'pdf-certified-no-changes' });
    });
  });
});

describe('rule 10: what nobody should guess about', () => {
  test('a file above the limit is refused before it is read', async () => {
    const pdf = { path: '/nowhere', key: '', sizeBytes: 3 * 1024 ** 3, mediaType: 'application/pdf' };
    const request = {
      pdf,
      certificates: desk.token.certificates[0]?.der ?? [],
      signedAt: '2026-11-21T02:00:00Z',
      signerName: 'A',
      reason: null,
      appearance: OFFICER,
    };
    await expect(desk.signer.prepareSignature(request)).rejects.toMatchObject({ code: 'file-too-large' });
  });

  test('an object stream that extends another is read like any other', async () => {
    const extended = hybridPdf({ container: '/Extends 3 0 R' });
    expect((await desk.verify(await sign(extended))).verdict).toBe('valid');
  });

  test('an object that stands in its stream under another number is refused: readers disagree about it', async () => {
    const mixed = Buffer.from(hybridPdf().toString('latin1').replace('stream\n5 0 <<', 'stream\n7 0 <<'), 'latin1');
    await expect(async () => new PdfDocument(mixed).object(5)).rejects.toThrow('is not in object stream');
  });

  test('a file that changed between the halves of a signature is not finished', async () => {
    const first = await desk.deposit(plainPdf());
    const changed = Buffer.from(plainPdf().toString('latin1').replace('Can cuoc', 'Can cuob'), 'latin1');
    const prepared = await desk.signer.prepareSignature({
      pdf: first,
      certificates: desk.token.certificates[0]?.der ?? [],
      signedAt: '2026-11-21T02:00:00Z',
      signerName: 'A',
      reason: null,
      appearance: OFFICER,
    });
    const { draft, state } = prepared;
    const signature = await desk.signDigest(prepared);
    for (const other of [changed, changed.subarray(1), Buffer.alloc(0)]) {
      const pdf = await desk.deposit(other);
      await expect(desk.signer.finishSignature({ pdf, draft, state, signature })).rejects.toMatchObject({
        code: expect.stringMatching(/^(signature-does-not-verify|pdf-damaged)$/),
      });
    }
    await desk.signer.finishSignature({ pdf: first, draft, state, signature });
  });
});
