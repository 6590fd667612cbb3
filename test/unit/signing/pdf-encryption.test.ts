import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PdfDocument } from '../../../main/signing/pdf/document.ts';
import { rc4 } from '../../../main/signing/pdf/encryption/rc4.ts';
import { isSameValue, type PdfArray, type PdfStream, type PdfValue } from '../../../main/signing/pdf/values.ts';
import { examineDocument } from '../../../main/signing/verification/examine-document.ts';
import { plainPdf, throughQpdf } from '../../stand-ins/sample-pdfs.ts';
import { JAVA_MISSING, judgeByBouncyCastle, judgeCades, JUDGES_MISSING } from '../../stand-ins/signature-judges.ts';
import { openSigningDesk, type SigningDesk } from '../../stand-ins/signing-desk.ts';

const missing = JUDGES_MISSING ?? JAVA_MISSING;
const folder = mkdtempSync(join(tmpdir(), 'pdf-encryption-'));
const rootPath = join(folder, 'root.pem');
let desk: SigningDesk;
beforeAll(async () => {
  desk = await openSigningDesk(folder);
  writeFileSync(rootPath, desk.caPem);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const METADATA = '<?xpacket?><x:xmpmeta xmlns:x="adobe:ns:meta/"/>';
const REASON = 'Số hóa hồ sơ H01';

/** What qpdf is told, without the passwords `user` and `owner`. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  'RC4, 40 bits': ['40', '--'],
  'RC4, 128 bits': ['128', '--use-aes=n', '--'],
  'RC4 as a crypt filter': ['128', '--use-aes=n', '--force-V4', '--'],
  'AES, 128 bits': ['128', '--use-aes=y', '--'],
  'AES, 128 bits, metadata in the clear': ['128', '--use-aes=y', '--cleartext-metadata', '--'],
  'AES, 128 bits, object streams': ['128', '--use-aes=y', '--', '--object-streams=generate'],
  'AES, 256 bits, revision 5': ['256', '--force-R5', '--'],
  'AES, 256 bits': ['256', '--'],
  'AES, 256 bits, metadata in the clear': ['256', '--cleartext-metadata', '--'],
  'AES, 256 bits, object streams, linearised': ['256', '--', '--object-streams=generate', '--linearize'],
};

function encrypted(kind: readonly string[], passwords: readonly [string, string] = ['user', 'owner'], pdf = sample()) {
  return throughQpdf(folder, pdf, ['--allow-weak-crypto', '--encrypt', ...passwords, ...kind]);
}

function sample(): Buffer {
  return plainPdf({
    catalog: '/Lang (vi-VN) /Metadata 10 0 R /PieceInfo <</A [(xin chao)]>>',
    objects: [`<</Type /Metadata /Subtype /XML /Length ${METADATA.length}>>\nstream\n${METADATA}\nendstream`],
  });
}

function run(program: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, HOME: folder } });
  return stdout + stderr;
}

function expectAccepted(pdf: Buffer, password: string, count: number): void {
  const path = join(folder, 'judged.pdf');
  writeFileSync(path, pdf);
  const seal = run('pdfsig', '-nocert', '-upw', password, path);
  expect(seal.match(/Signature is Valid\./g)).toHaveLength(count);
  expect(seal.match(/- Total document signed/g)).toHaveLength(1);
  expect(run('mutool', 'sign', '-v', '-p', password, path).match(/unchanged since signing|edits since/g)).toHaveLength(
    count,
  );
  const check = run('qpdf', '--check', `--password=${password}`, path);
  expect(check).toContain('No syntax or stream encoding errors found');
  expect(check).not.toContain('WARNING');
  expect(judgeCades(folder, pdf, rootPath)).toEqual(Array.from({ length: count }, () => true));
}

const text = (value: PdfValue): string => (value.kind === 'string' ? value.bytes.toString('latin1') : value.kind);
const read = (document: PdfDocument, key: string): PdfValue => document.entry(document.catalog, key);

test('RC4 makes the key stream of RFC 6229', () => {
  const key = Buffer.from('0102030405', 'hex');
  expect(rc4(key, Buffer.alloc(16)).toString('hex')).toBe('b2396305f03dc027ccc3524a0a1118a8');
  expect(rc4(key, Buffer.alloc(256)).subarray(240).toString('hex')).toBe('28cb1132c96ce286421dcaadb8b69eae');
});

describe.skipIf(missing)(`encrypted files${missing ? ` (${missing})` : ''}`, () => {
  describe.each(Object.entries(KINDS))('%s', (_, kind) => {
    let input: Buffer;
    beforeAll(() => {
      input = encrypted(kind);
    });

    test('strings and streams are read with either password, and not with another', () => {
      for (const password of ['user', 'owner']) {
        const document = new PdfDocument(input, password);
        expect(document.security?.isOwner).toBe(password === 'owner');
        expect(text(read(document, 'Lang'))).toBe('vi-VN');
        const pieces = document.dictionary(read(document, 'PieceInfo'))?.entries.get('A');
        expect(pieces?.kind === 'array' && pieces.items.map(text)).toEqual(['xin chao']);
        expect(document.decode(read(document, 'Metadata') as PdfStream).toString('latin1')).toBe(METADATA);
      }
      for (const password of ['', 'User', undefined])
        expect(() => new PdfDocument(input, password)).toThrow(expect.objectContaining({ code: 'pdf-password' }));
    });

    test('signed twice: every judge accepts it, every earlier byte is kept', async () => {
      const once = await desk.sign(input, { kind: 'officer' }, undefined, { password: 'user', reason: REASON });
      expectAccepted(once, 'user', 1);
      const twice = await desk.sign(once, { kind: 'none' }, undefined, { password: 'owner' });
      expectAccepted(twice, 'user', 2);
      expect(judgeByBouncyCastle(folder, twice, 'user').map((line) => / right=(\w+) /.exec(line)?.[1])).toEqual([
        'true',
        'true',
      ]);
      expect(twice.subarray(0, input.length).equals(input)).toBe(true);
      const { signatures } = examineDocument(twice, 'user');
      expect(signatures.map(({ integrity, coverage, isAllowed }) => [integrity, coverage, isAllowed])).toEqual([
        ['intact', 'revision', true],
        ['intact', 'whole', true],
      ]);
    });

    test('the new section keeps /Encrypt and the permanent /ID; its text is readable for those who may', async () => {
      const signed = await desk.sign(input, { kind: 'officer' }, undefined, { password: 'user', reason: REASON });
      const [before, after] = [new PdfDocument(input, 'user'), new PdfDocument(signed, 'user')];
      expect(isSameValue(before.trailer.entries.get('Encrypt'), after.trailer.entries.get('Encrypt'))).toBe(true);
      const idOf = (document: PdfDocument): readonly PdfValue[] =>
        (document.entry(document.trailer, 'ID') as PdfArray).items;
      expect(isSameValue(idOf(before)[0], idOf(after)[0])).toBe(true);
      expect(isSameValue(idOf(before)[1], idOf(after)[1])).toBe(false);
      const added = signed.subarray(input.length).toString('latin1');
      expect(added).toContain('/Contents <30');
      expect(added).not.toContain(Buffer.from(REASON, 'utf16le').swap16().toString('hex').toUpperCase());
      expect(added).not.toContain('(D:');
      const path = join(folder, 'shown.pdf');
      writeFileSync(path, signed);
      expect(run('pdftotext', '-upw', 'user', path, '-').normalize('NFC')).toContain('Số hóa và ký số bởi');
      expect(run('pdfsig', '-nocert', '-upw', 'user', path)).toMatch(/Signing Time: \w/);
      // The catalog was written again: its old strings are encrypted for their new place.
      const plain = join(folder, 'plain.pdf');
      run('qpdf', '--password=user', '--decrypt', '--qdf', '--object-streams=disable', path, plain);
      expect(readFileSync(plain, 'latin1')).toMatch(/\/Lang \(vi-VN\)[^]*\(xin chao\)/);
      expect(examineDocument(signed, 'user').signatures[0]?.statedReason).toBe(REASON);
    });
  });

  test('a file that opens without a password is signed without one, and with one that is not needed', async () => {
    const input = encrypted(KINDS['AES, 256 bits'] ?? [], ['', 'owner']);
    expectAccepted(await desk.sign(input, { kind: 'officer' }), '', 1);
    expectAccepted(await desk.sign(input, { kind: 'officer' }, undefined, { password: 'needless' }), '', 1);
  });

  test('a password in Vietnamese opens revision 6, however its accents are composed', () => {
    const password = 'Mật khẩu';
    const input = encrypted(KINDS['AES, 256 bits'] ?? [], [password, 'owner']);
    for (const typed of [password.normalize('NFC'), password.normalize('NFD')])
      expect(text(read(new PdfDocument(input, typed), 'Lang'))).toBe('vi-VN');
  });

  test('without the password nothing is signed, with a wrong one neither', async () => {
    const input = encrypted(KINDS['AES, 256 bits'] ?? []);
    await expect(desk.sign(input)).rejects.toMatchObject({ code: 'pdf-password', detail: 'needed' });
    await expect(desk.sign(input, undefined, undefined, { password: 'guess' })).rejects.toMatchObject({
      code: 'pdf-password',
      detail: 'wrong',
    });
  });

  describe('permissions', () => {
    const FIELD = '<</Type /Annot /Subtype /Widget /FT /Sig /T (ChuKy) /Rect [50 50 200 90] /F 4>>';
    const withField = plainPdf({
      catalog: '/AcroForm <</Fields [10 0 R]>>',
      page: '/Annots [10 0 R]',
      objects: [FIELD],
    });
    const limited = (...limits: string[]): string[] => ['256', ...limits, '--'];

    test.each<[string, Buffer, string[], string, boolean]>([
      ['nothing allowed, no field', sample(), ['--modify=none'], '', false],
      ['nothing allowed, a field', withField, ['--modify=none'], '', false],
      ['filling in allowed, no field', sample(), ['--modify=form'], '', false],
      ['filling in allowed, a field', withField, ['--modify=form'], '', true],
      ['annotations allowed, no field', sample(), ['--modify=annotate'], '', false],
      ['everything but extraction allowed', sample(), ['--extract=n'], '', true],
      ['nothing allowed, opened by the owner', sample(), ['--modify=none'], 'owner', true],
    ])('%s', async (_, pdf, limits, password, isAllowed) => {
      const input = encrypted(limited(...limits), ['', 'owner'], pdf);
      const signing = desk.sign(input, { kind: 'officer' }, undefined, { password });
      if (isAllowed) expectAccepted(await signing, '', 1);
      else await expect(signing).rejects.toMatchObject({ code: 'pdf-not-permitted' });
    });
  });

  describe('crypt filters that leave things alone', () => {
    /** The dictionary and file identifier that qpdf made, with the filters exchanged, on a file that is not encrypted. */
    function withFilters(streams: string, strings: string, page = ''): Buffer {
      const made = encrypted(KINDS['AES, 128 bits'] ?? []).toString('latin1');
      const encrypt = (/<<[^<]*\/CF <<.*?>>\s*>>.*?>>/s.exec(made)?.[0] ?? '')
        .replace('/StmF /StdCF', `/StmF /${streams}`)
        .replace('/StrF /StdCF', `/StrF /${strings}`);
      const id = /\/ID \[.*?\]/s.exec(made)?.[0] ?? '';
      return plainPdf({ trailer: ` ${id} /Encrypt ${encrypt}`, page });
    }

    test.each([
      ['strings and streams', 'Identity', 'Identity'],
      ['streams only', 'Identity', 'StdCF'],
    ])('Identity for %s', async (_, streams, strings) => {
      const signed = await desk.sign(withFilters(streams, strings), { kind: 'officer' }, undefined, {
        password: 'user',
        reason: REASON,
      });
      expectAccepted(signed, 'user', 1);
      expect(examineDocument(signed, 'user').signatures[0]?.statedReason).toBe(REASON);
      const added = signed.toString('latin1');
      expect(added.includes('(D:')).toBe(strings === 'Identity');
    });

    test('a stream that names Identity itself is read as it stands', () => {
      const input = encrypted(KINDS['AES, 128 bits'] ?? []);
      const document = new PdfDocument(input, 'user');
      const bytes = Buffer.from('plain');
      const stream = new PdfDocument(
        plainPdf({
          objects: ['<</Filter [/Crypt] /DecodeParms [<</Name /Identity>>] /Length 0>>\nstream\n\nendstream'],
        }),
      ).object(10) as PdfStream;
      const named = { ...stream, bytes, sealedAs: { number: 10, generation: 0 } };
      expect(document.decode(named).equals(bytes)).toBe(true);
    });
  });

  test('whatever is encrypted is decrypted to the same', () => {
    const documents = Object.values(KINDS).map((kind) => new PdfDocument(encrypted(kind), 'user'));
    fc.assert(
      fc.property(
        fc.constantFrom(...documents),
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 1, max: 8_388_607 }),
        fc.integer({ min: 0, max: 65_535 }),
        ({ security }, content, number, generation) => {
          const bytes = Buffer.from(content);
          const owner = { number, generation };
          const sealed = security?.encryptString(bytes, owner) ?? bytes;
          expect(security?.decryptString(sealed, owner).equals(bytes)).toBe(true);
        },
      ),
    );
  });

  test('a string cut inside a block is damage, not a crash', () => {
    const { security } = new PdfDocument(encrypted(KINDS['AES, 256 bits'] ?? []), 'user');
    const owner = { number: 7, generation: 0 };
    expect(() => security?.decryptString(Buffer.alloc(33), owner)).toThrow('part of a block');
    expect(() => security?.decryptString(Buffer.alloc(48), owner)).toThrow('cannot be decrypted');
  });
});
