import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deflateSync } from 'node:zlib';
import type { Appearance } from '../../../main/signing/appearance/appearance.ts';
import { PdfDocument } from '../../../main/signing/pdf/document.ts';
import { listPages } from '../../../main/signing/pdf/pages.ts';
import { hybridPdf, plainPdf, QPDF_MISSING, throughQpdf } from '../../stand-ins/sample-pdfs.ts';
import { openSigningDesk, type SigningDesk } from '../../stand-ins/signing-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'sign-pdf-'));
let desk: SigningDesk;
beforeAll(async () => {
  desk = await openSigningDesk(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OFFICER: Appearance = { kind: 'officer' };

describe('one signature is one new section', () => {
  const inputs: [string, () => Buffer][] = [
    ['a classic table', () => plainPdf()],
    ['no line end after %%EOF', () => plainPdf({ eol: '' })],
    ['CR LF after %%EOF', () => plainPdf({ eol: '\r\n' })],
    ['a hybrid file', () => hybridPdf()],
    [
      'an annotation list in the page',
      () =>
        plainPdf({
          page: '/Annots [10 0 R]',
          objects: ['<</Type /Annot /Subtype /Text /Rect [1 1 9 9] /Contents (x)>>'],
        }),
    ],
    ['an annotation list of its own', () => plainPdf({ page: '/Annots 10 0 R', objects: ['[]'] })],
    ['a form in the catalog', () => plainPdf({ catalog: '/AcroForm <</Fields [] /DA (/Helv 0 Tf 0 g)>>' })],
    [
      'a form with its own field list',
      () => plainPdf({ catalog: '/AcroForm 10 0 R', objects: ['<</Fields 11 0 R>>', '[]'] }),
    ],
  ];
  const byQpdf: [string, string[]][] = [
    ['object streams', ['--object-streams=generate']],
    ['linearised', ['--linearize']],
    ['linearised with object streams', ['--linearize', '--object-streams=generate']],
  ];

  async function expectKept(input: Buffer): Promise<void> {
    const before = new PdfDocument(input);
    let signed = input;
    for (let count = 1; count <= 3; count++) {
      const next = await desk.sign(signed, OFFICER);
      expect(next.subarray(0, signed.length).equals(signed)).toBe(true);
      signed = next;
    }
    const after = new PdfDocument(signed);
    expect(after.sections[0]?.kind).toBe(before.sections[0]?.kind);
    expect(after.sections.length).toBe(before.sections.length + 3);
    expect(after.trailer.entries.has('XRefStm')).toBe(false);
    expect(listPages(after)).toHaveLength(listPages(before).length);
    const { verdict, signatures } = await desk.verify(signed);
    expect(signatures.map((signature) => [signature.verdict, signature.coverage, signature.changesAfter])).toEqual([
      ['valid', 'revision', 'form-filling'],
      ['valid', 'revision', 'form-filling'],
      ['valid', 'whole', 'none'],
    ]);
    expect(verdict).toBe('valid');
  }

  test.each(inputs)('%s: three signatures, every earlier byte the same, all valid', async (_, input) =>
    expectKept(input()),
  );
  test.skipIf(QPDF_MISSING).each(byQpdf)(
    `%s: three signatures, all valid${QPDF_MISSING ? ` (${QPDF_MISSING})` : ''}`,
    async (_, args) => {
      await expectKept(throughQpdf(folder, plainPdf({ pages: 3 }), args));
    },
  );

  test('touches the page, the catalog and nothing else that was there', async () => {
    const input = plainPdf({ pages: 2 });
    const before = new PdfDocument(input);
    const after = new PdfDocument(await desk.sign(input, OFFICER));
    const touched = [...before.entries]
      .filter(([number, entry]) => JSON.stringify(after.entries.get(number)) !== JSON.stringify(entry))
      .map(([number]) => number);
    expect(touched).toEqual([1, 10]);
    expect([...after.catalog.entries.keys()]).toEqual(['Type', 'Pages', 'AcroForm']);
    expect([...(listPages(after)[0]?.dict.entries.keys() ?? [])]).toEqual([
      ...(listPages(before)[0]?.dict.entries.keys() ?? []),
      'Annots',
    ]);
  });

  test('the one empty signature field is filled, its lock becomes part of the signature', async () => {
    const field =
      '<</Type /Annot /Subtype /Widget /FT /Sig /T (ChuKy) /Rect [50 50 200 90] /F 4 /Lock <</Type /SigFieldLock /Action /All>> >>';
    const input = plainPdf({ catalog: '/AcroForm <</Fields [10 0 R]>>', page: '/Annots [10 0 R]', objects: [field] });
    const signed = await desk.sign(input, OFFICER);
    expect((await desk.verify(signed)).signatures.map((signature) => signature.field)).toEqual(['ChuKy']);
    expect(signed.subarray(input.length).toString('latin1')).toContain('/TransformMethod /FieldMDP');
  });
});

describe('what cannot be signed without harm is refused', () => {
  const cut = plainPdf().subarray(0, 400);
  const shifted = Buffer.from(plainPdf().toString('latin1').replace('%PDF-1.7\n', '%PDF-1.7\n%x\n'), 'latin1');
  const wrongOffset = Buffer.from(
    plainPdf()
      .toString('latin1')
      .replace(/00000 n/, '00001 n'),
    'latin1',
  );
  const circle = Buffer.from(
    plainPdf()
      .toString('latin1')
      .replace(
        '/Root 1 0 R>>',
        (root) => `/Root 1 0 R /Prev ${plainPdf().lastIndexOf('xref\n0')}>>${root.slice(12 + 2)}`,
      ),
    'latin1',
  );
  const docMdp = (level: number): Buffer =>
    plainPdf({
      catalog: '/Perms <</DocMDP 10 0 R>>',
      objects: [`<</Type /Sig /Reference [<</TransformMethod /DocMDP /TransformParams <</P ${level}>> >>]>>`],
    });

  test.each<[string, Buffer, string, Appearance['kind']]>([
    ['an empty file', Buffer.alloc(0), 'file-empty', 'none'],
    ['no PDF', Buffer.from('GIF89a nothing'), 'pdf-damaged', 'none'],
    ['a truncated file', cut, 'pdf-damaged', 'none'],
    ['offsets that are off by some bytes', shifted, 'pdf-damaged', 'none'],
    ['a wrong generation in the table', wrongOffset, 'pdf-damaged', 'none'],
    ['cross-references in a circle', circle, 'pdf-damaged', 'none'],
    [
      'one more section that was cut off',
      Buffer.concat([plainPdf(), Buffer.from('20 0 obj\n<</Le')]),
      'pdf-damaged',
      'none',
    ],
    [
      'encrypted by a handler for certificates',
      plainPdf({ objects: ['<</Filter /Adobe.PubSec /V 4>>'], trailer: ' /Encrypt 10 0 R' }),
      'pdf-not-signable',
      'none',
    ],
    ['certified, no changes', docMdp(1), 'pdf-certified-no-changes', 'none'],
    ['certified, a new visible field', docMdp(2), 'pdf-certified-no-changes', 'officer'],
    ['an XFA form', plainPdf({ catalog: '/AcroForm <</Fields [] /XFA []>>' }), 'pdf-not-signable', 'none'],
    ['a portfolio', plainPdf({ catalog: '/Collection <<>>' }), 'pdf-not-signable', 'none'],
    ['usage rights', plainPdf({ catalog: '/Perms <</UR3 <<>> >>' }), 'pdf-not-signable', 'none'],
    [
      'mandatory seed values',
      plainPdf({ catalog: '/AcroForm <</Fields [10 0 R]>>', objects: ['<</FT /Sig /T (a) /SV <</Ff 1>> >>'] }),
      'pdf-not-signable',
      'none',
    ],
    ['a page tree in a circle', plainPdf({ page: '/Kids [2 0 R]' }), 'pdf-damaged', 'none'],
    ['a page that does not exist', plainPdf(), 'signature-place-outside', 'officer'],
  ])('%s', async (name, input, code, kind) => {
    const appearance: Appearance = name === 'a page that does not exist' ? { kind, page: 9 } : { kind };
    await expect(desk.sign(input, appearance)).rejects.toMatchObject({ code });
  });

  test('certified for filling in: an invisible signature is allowed', async () => {
    expect((await desk.verify(await desk.sign(docMdp(2)))).verdict).toBe('valid');
  });

  test('a stream that inflates without end stops at the limit', async () => {
    const bomb = deflateSync(Buffer.alloc(130 * 1024 * 1024));
    const head = `%PDF-1.7\n1 0 obj\n<</Type /XRef /W [1 4 2] /Size 9 /Root 1 0 R /Filter /FlateDecode /Length ${bomb.length}>>\nstream\n`;
    const file = Buffer.concat([Buffer.from(head), bomb, Buffer.from('\nendstream\nendobj\nstartxref\n9\n%%EOF\n')]);
    await expect(desk.sign(file)).rejects.toMatchObject({
      code: 'pdf-damaged',
      detail: expect.stringContaining('cannot be inflated'),
    });
  });

  test('arrays nested without end stop at the limit', async () => {
    const file = plainPdf({ catalog: `/Deep ${'['.repeat(100_000)}${']'.repeat(100_000)}` });
    await expect(desk.sign(file)).rejects.toMatchObject({
      code: 'pdf-damaged',
      detail: expect.stringContaining('too deep'),
    });
  });

  test('a signature of other bytes than were prepared is not put in', async () => {
    const certificate = desk.token.certificates[0];
    const pdf = await desk.deposit(plainPdf());
    const prepared = await desk.signer.prepareSignature({
      pdf,
      certificates: certificate?.der ?? [],
      signedAt: '2026-11-21T02:00:00Z',
      signerName: 'A',
      reason: 'Số hóa',
      appearance: { kind: 'none' },
    });
    const finish = (state: string, signature: string) =>
      desk.signer.finishSignature({ pdf, draft: prepared.draft, state, signature });
    await expect(finish(prepared.state, Buffer.alloc(256, 1).toString('base64'))).rejects.toMatchObject({
      code: 'signature-does-not-verify',
    });
    await expect(finish('{}', '')).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('a certificate of an authority signs nothing', async () => {
    const pdf = await desk.deposit(plainPdf());
    const ca = desk.caPem.replace(/-----[^-]+-----|\s/g, '');
    const request = {
      pdf,
      signedAt: '2026-11-21T02:00:00Z',
      signerName: 'A',
      reason: null,
      appearance: { kind: 'none' } as const,
    };
    await expect(desk.signer.prepareSignature({ ...request, certificates: [ca] })).rejects.toMatchObject({
      code: 'certificate-not-for-signing',
    });
    await expect(desk.signer.prepareSignature({ ...request, certificates: ['AAAA'] })).rejects.toMatchObject({
      code: 'certificate-mismatch',
    });
  });
});
