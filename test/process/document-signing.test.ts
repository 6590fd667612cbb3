import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { depositBlob, readBlob, type BlobAccess, type Deposit } from '../../main/blobs/blob-file.ts';
import type { Appearance } from '../../main/signing/appearance/appearance.ts';
import { forkLauncher } from '../../main/rooms/fork-launcher.ts';
import { Supervisor } from '../../main/rooms/supervisor.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import { ValidationPolicy } from '../../main/signing/validation/policy.ts';
import { createCertificateValidator } from '../../main/signing/validation/certificate-validator.ts';
import { createVerifier } from '../../main/signatures/verifier.ts';
import { createDocumentSigner } from '../../main/signatures/document-signer.ts';
import { tokenRoom, type Token, type TokenRoom } from '../../main/token/protocol.ts';
import { hybridPdf, plainPdf, throughQpdf } from '../stand-ins/sample-pdfs.ts';
import {
  JAVA_MISSING,
  judge,
  judgeByBouncyCastle,
  JUDGES_MISSING,
  pageText,
  renderPage,
} from '../stand-ins/signature-judges.ts';
import { openSigningDesk, RESOURCES, type SigningDesk } from '../stand-ins/signing-desk.ts';
import { createSoftHsm, SOFTHSM_MISSING, SOFTHSM_MODULE, USER_PIN } from '../stand-ins/softhsm-tokens.ts';
import { createTestPki, type KeyKind, type TestPki } from '../stand-ins/test-pki.ts';

const folder = mkdtempSync(join(tmpdir(), 'document-signing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const missing = SOFTHSM_MISSING ?? JUDGES_MISSING ?? JAVA_MISSING;

describe.skipIf(missing)(`a PDF signed by a token through the token room${missing ? ` (${missing})` : ''}`, () => {
  const incomingFolder = join(folder, 'incoming');
  const signer = createDocumentSigner({ incomingFolder, resourcesFolder: RESOURCES });
  const labels: Record<string, KeyKind> = {
    'Token RSA 2048': 'rsa-2048',
    'Token RSA 3072': 'rsa-3072',
    'Token P-256': 'p-256',
  };
  let pki: TestPki;
  let room: Supervisor<TokenRoom>;
  let tokens: readonly Token[];

  beforeAll(async () => {
    mkdirSync(incomingFolder);
    pki = createTestPki(join(folder, 'pki'));
    const hsm = createSoftHsm(join(folder, 'hsm'));
    for (const [label, kind] of Object.entries(labels))
      hsm.addToken(label, pki.issue(`Người ký ${label}`, kind), pki.issuerDer);
    room = new Supervisor(tokenRoom, {
      launch: forkLauncher(() => join(import.meta.dirname, '../../main/token/entry.ts')),
      init: () => ({ modules: [SOFTHSM_MODULE ?? ''], keyFiles: [] }),
    });
    tokens = unwrap(await room.call('list', {}));
    for (const token of tokens)
      unwrap(await room.call('login', { tokenId: token.id, pin: Uint8Array.from(Buffer.from(USER_PIN)) }));
  });
  afterAll(() => room?.stop(2_000));

  const access = (deposit: Deposit): BlobAccess => ({
    path: join(incomingFolder, deposit.file),
    key: deposit.key,
    sizeBytes: deposit.sizeBytes,
    mediaType: deposit.mediaType,
  });

  async function sign(bytes: Buffer, label: string, appearance: Appearance = { kind: 'officer' }): Promise<Buffer> {
    const token = tokens.find((candidate) => candidate.label === label);
    const certificate = token?.certificates[0];
    if (!token || !certificate) throw new Error(`no token ${label}`);
    const pdf = access(await depositBlob(incomingFolder, bytes, 'application/pdf'));
    const request = {
      pdf,
      certificates: certificate.der,
      signedAt: new Date().toISOString(),
      signerName: 'Nguyễn Thị Ẩm Ướt',
      reason: null,
      appearance,
    };
    const prepared = await signer.prepareSignature(request);
    const { signature } = unwrap(
      await room.call('sign', { tokenId: token.id, certificateId: certificate.id, digest: prepared.digest }),
    );
    const { pdf: done } = await signer.finishSignature({
      pdf,
      draft: prepared.draft,
      state: prepared.state,
      signature,
    });
    return readBlob(access(done));
  }

  async function expectAccepted(bytes: Buffer, count: number): Promise<void> {
    const judgement = judge(folder, bytes, pki.rootPath);
    expect(judgement.pdfsig.map((signature) => signature.isValid)).toEqual(Array.from({ length: count }, () => true));
    expect(judgement.pdfsig.filter((signature) => signature.coversAll)).toHaveLength(1);
    expect(judgement.cades).toEqual(Array.from({ length: count }, () => true));
    expect(
      judgement.mutool.match(
        /The document is unchanged since signing|The signature is valid but there have been edits since signing/g,
      ),
    ).toHaveLength(count);
    expect(judgement.mutool).not.toMatch(/digest|invalid/i);
    expect(judgement.qpdf).toContain('No syntax or stream encoding errors found');
    expect(judgement.qpdf).not.toContain('WARNING');
    expect(judgeByBouncyCastle(folder, bytes)).toEqual(
      Array.from(
        { length: count },
        (_, index) => `signature ETSI.CAdES.detached right=true coversAll=${index === count - 1} stamp=none`,
      ),
    );
    const pdf = access(await depositBlob(incomingFolder, bytes, 'application/pdf'));
    const own = await createVerifier((policy) => createCertificateValidator(policy, null, null)).verifyPdf({
      pdf,
      policy: ValidationPolicy.parse({ trustedRoots: [pki.rootPem] }),
      at: new Date(Date.now() + 1_000).toISOString(),
    });
    expect(own.verdict).toBe('valid');
    expect(own.signatures).toHaveLength(count);
  }

  test.each(Object.keys(labels))(
    '%s: poppler, MuPDF, qpdf, OpenSSL, PDFBox with BouncyCastle accept it',
    async (label) => {
      await expectAccepted(await sign(plainPdf(), label), 1);
    },
  );

  test.each<[string, (input: Buffer) => Buffer]>([
    ['object streams', (input) => throughQpdf(folder, input, ['--object-streams=generate'])],
    ['linearised', (input) => throughQpdf(folder, input, ['--linearize'])],
    ['hybrid', () => hybridPdf()],
  ])('%s: signed twice, both accepted', async (_, prepare) => {
    const once = await sign(prepare(plainPdf({ pages: 3 })), 'Token RSA 2048');
    await expectAccepted(await sign(once, 'Token P-256', { kind: 'none' }), 2);
  });

  test('signed five times by three tokens: all five accepted', async () => {
    let bytes = plainPdf();
    for (const label of ['Token RSA 2048', 'Token P-256', 'Token RSA 3072', 'Token P-256', 'Token RSA 2048'])
      bytes = await sign(bytes, label);
    await expectAccepted(bytes, 5);
  });

  test('the officer is named on the page in Vietnamese', async () => {
    const text = pageText(folder, await sign(plainPdf(), 'Token RSA 2048'));
    expect(text.normalize('NFC')).toContain('Số hóa và ký số bởi: Nguyễn Thị Ẩm Ướt');
    expect(text).toMatch(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+07:00/);
  });
});

describe.skipIf(JUDGES_MISSING)(`where the signature shows${JUDGES_MISSING ? ` (${JUDGES_MISSING})` : ''}`, () => {
  let desk: SigningDesk;
  beforeAll(async () => {
    desk = await openSigningDesk(join(folder, 'desk'));
  });

  test.each<[string, string, number, number]>([
    ['upright', '', 595, 842],
    ['turned by 90', '/Rotate 90', 842, 595],
    ['turned by 180', '/Rotate 180', 595, 842],
    ['turned by 270', '/Rotate 270', 842, 595],
    ['with an offset crop box', '/CropBox [100 150 500 750]', 400, 600],
    ['with an offset crop box, turned', '/CropBox [100 150 500 750] /Rotate 90', 600, 400],
    ['with units of 1/36 inch', '/UserUnit 2', 1190, 1684],
  ])('a page %s: the mark stands in the top right corner, upright', async (_, page, width, height) => {
    const blank = plainPdf({ page }).toString('latin1').replace('(Can cuoc cong dan) Tj', '(                 ) Tj');
    const picture = renderPage(folder, await desk.sign(Buffer.from(blank, 'latin1'), { kind: 'officer' }));
    expect(Math.abs(picture.width - width)).toBeLessThanOrEqual(1);
    expect(Math.abs(picture.height - height)).toBeLessThanOrEqual(1);
    const ink: [number, number][] = [];
    for (let y = 0; y < picture.height; y++)
      for (let x = 0; x < picture.width; x++) if (picture.isInk(x, y)) ink.push([x, y]);
    expect(ink.length).toBeGreaterThan(100);
    const xs = ink.map(([x]) => x);
    const ys = ink.map(([, y]) => y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    expect(right).toBeGreaterThan(picture.width - 60);
    expect(right).toBeLessThan(picture.width);
    expect(top).toBeGreaterThanOrEqual(10);
    expect(bottom).toBeLessThan(60);
    // Two lines of text lying down: much wider than high, and the first line, which is longer, above the second.
    expect(right - left).toBeGreaterThan(4 * (bottom - top));
    const middle = (top + bottom) / 2;
    const reach = (isUpper: boolean): number =>
      Math.max(...ink.filter(([, y]) => (isUpper ? y < middle - 1 : y > middle + 1)).map(([x]) => x));
    expect(reach(true)).toBeGreaterThanOrEqual(reach(false));
  });

  test('a handwritten signature is shown from its picture, transparency kept, in the rectangle asked for', async () => {
    const { default: sharp } = await import('sharp');
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><rect x="10" y="10" width="100" height="40" fill="#0000aa"/></svg>';
    const image = (await sharp(Buffer.from(svg)).png().toBuffer()).toString('base64');
    const blank = Buffer.from(
      plainPdf().toString('latin1').replace('(Can cuoc cong dan) Tj', '(                 ) Tj'),
      'latin1',
    );
    const signed = await desk.sign(blank, { kind: 'personal', image, rect: [300, 100, 120, 60] });
    const picture = renderPage(folder, signed);
    expect(picture.isInk(360, 842 - 130)).toBe(true);
    expect(picture.isInk(303, 842 - 103)).toBe(false);
    expect(picture.isInk(100, 100)).toBe(false);
    expect((await desk.verify(signed)).verdict).toBe('valid');
  });

  test.each<[Appearance, string]>([
    [{ kind: 'agency' }, 'signature-image-missing'],
    [{ kind: 'personal', image: Buffer.from('no picture').toString('base64') }, 'file-not-supported'],
    [{ kind: 'officer', rect: [10, 10, 0, 20] }, 'signature-place-outside'],
  ])('an appearance that cannot be drawn is refused: %o', async (appearance, code) => {
    await expect(desk.sign(plainPdf(), appearance)).rejects.toMatchObject({ code });
  });

  test('the text of the page stays readable beside the mark', async () => {
    const signed = await desk.sign(plainPdf({ pages: 2 }), { kind: 'officer' });
    expect(pageText(folder, signed)).toContain('Can cuoc cong dan');
  });
});
