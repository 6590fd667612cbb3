import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depositBlob, readBlob, type BlobAccess } from '../../../main/blobs/blob-file.ts';
import { buildReceiptForm } from '../../../main/forms/receipt-form.ts';
import { createComposer } from '../../../main/imaging/pdf/composer.ts';
import { MAX_PDF_BYTES, MAX_PDF_PAGES } from '../../../main/imaging/pdf/inspect-pdf.ts';
import { imagingRoom } from '../../../main/imaging/protocol.ts';
import { CONTEXT, makeDossier, makeLargeDossier } from '../../fixtures/forms/dossiers.ts';
import { hasTools, run } from './tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'inspect-'));
const incomingFolder = join(folder, 'incoming');
mkdirSync(incomingFolder);
const composer = createComposer({ incomingFolder, resourcesFolder: 'resources' });
const access = (deposit: Awaited<ReturnType<typeof depositBlob>>): BlobAccess => ({
  path: join(incomingFolder, deposit.file),
  key: deposit.key,
  sizeBytes: deposit.sizeBytes,
  mediaType: deposit.mediaType,
});
const put = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
/** Inserts bytes after the first object; the end of the file is corrected by `correction` only. */
function move(file: Buffer, bytes: number, correction: number): Buffer {
  const text = file.toString('latin1').replace('endobj\n', `endobj\n${'%'.padEnd(bytes - 1, '-')}\n`);
  return Buffer.from(
    text.replace(/startxref\n(\d+)/, (_, at: string) => `startxref\n${Number(at) + correction}`),
    'latin1',
  );
}
let receipt: Buffer;

beforeAll(async () => {
  const { pdf } = await composer.composeForm({ form: buildReceiptForm(makeLargeDossier(), CONTEXT) });
  receipt = await readBlob(access(pdf));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('The handlers of the room', () => {
  it('answer by their schemas, with a deposit that holds what was composed', async () => {
    const form = JSON.parse(JSON.stringify(buildReceiptForm(makeDossier(), CONTEXT))) as unknown;
    const composed = await composer.composeForm({ form });
    expect(imagingRoom.methods.composeForm.result.parse(composed)).toEqual(composed);
    const bytes = await readBlob(access(composed.pdf));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(composed.pdf.sha256);
    const image = access(
      await depositBlob(incomingFolder, readFileSync('test/fixtures/pages/05-quyet-dinh.200.poor.jpg'), 'image/jpeg'),
    );
    const pages = [{ image, dpi: 200, rotation: 0 as const, skewDeg: 0.4, lines: [] }];
    const scanned = await composer.composePdf({
      title: 'Quyết định',
      metadata: {},
      pages,
      createdAt: '2026-11-21T09:10:05+07:00',
    });
    expect(imagingRoom.methods.composePdf.result.parse(scanned)).toMatchObject({
      pageCount: 1,
      pdf: { mediaType: 'application/pdf' },
    });
    const seen = await composer.inspectPdf({ pdf: access(scanned.pdf) });
    expect(imagingRoom.methods.inspectPdf.result.parse(seen)).toEqual({
      pageCount: 1,
      isEncrypted: false,
      signatureCount: 0,
      copy: null,
    });
  });

  it('say after every page how far they are, so that a stack of hundreds never counts as hanging', async () => {
    const small = await sharp('test/fixtures/pages/05-quyet-dinh.200.poor.jpg').resize(200).jpeg().toBuffer();
    const image = access(await depositBlob(incomingFolder, small, 'image/jpeg'));
    const pages = Array.from({ length: 40 }, () => ({ image, dpi: 100, rotation: 0 as const, skewDeg: 0, lines: [] }));
    const request = { title: 'x', metadata: {}, pages, createdAt: '2026-11-21T09:10:05+07:00' };
    const said: number[] = [];
    const controller = new AbortController();
    const composed = await composer.composePdf(request, { progress: ({ done }) => void said.push(done) });
    expect(composed.pageCount).toBe(40);
    expect(said).toEqual(Array.from({ length: 40 }, (_, page) => page + 1));
    const cancelled = composer.composePdf(request, {
      signal: controller.signal,
      progress: ({ done }) => void (done === 5 && controller.abort()),
    });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('stop between pages when the call is cancelled', async () => {
    const image = access(
      await depositBlob(incomingFolder, readFileSync('test/fixtures/pages/05-quyet-dinh.200.poor.jpg'), 'image/jpeg'),
    );
    const pages = [{ image, dpi: 200, rotation: 0 as const, skewDeg: 0, lines: [] }];
    const request = composer.composePdf(
      { title: 'x', metadata: {}, pages, createdAt: '2026-11-21T09:10:05+07:00' },
      { signal: AbortSignal.abort() },
    );
    await expect(request).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('Looking at a PDF from outside', () => {
  it('counts its pages and deposits its bytes unchanged', async () => {
    const seen = await composer.inspectPdf({ pdf: { path: put('good.pdf', receipt) } });
    expect(seen).toMatchObject({ pageCount: 2, isEncrypted: false, signatureCount: 0 });
    expect(seen.copy && (await readBlob(access(seen.copy))).equals(receipt)).toBe(true);
  });

  it('counts signatures by their byte ranges', async () => {
    const signed = receipt.toString('latin1').replace('<</Title', '<</ByteRange [0 10 20 30] /Title');
    const moved = Buffer.from(
      signed.replace(
        /startxref\n(\d+)/,
        (_, at: string) => `startxref\n${Number(at) + '/ByteRange [0 10 20 30] '.length}`,
      ),
      'latin1',
    );
    expect(await composer.inspectPdf({ pdf: { path: put('signed.pdf', moved) } })).toMatchObject({ signatureCount: 1 });
  });

  it.each([
    ['an empty file', 'file-empty', () => put('empty.pdf', '')],
    ['a text', 'file-not-supported', () => put('text.pdf', 'Kính gửi: Ủy ban nhân dân')],
    ['a JPEG named .pdf', 'file-not-supported', () => 'test/fixtures/pages/05-quyet-dinh.200.poor.jpg'],
    ['a folder', 'file-not-supported', () => folder],
    ['a file that is gone', 'not-found', () => join(folder, 'gone.pdf')],
    ['a PDF cut in half', 'file-damaged', () => put('cut.pdf', receipt.subarray(0, receipt.length / 2))],
    ['a PDF without its last line', 'file-damaged', () => put('tail.pdf', receipt.subarray(0, -10))],
    ['a PDF whose bytes moved', 'file-damaged', () => put('moved.pdf', move(receipt, 7, 0))],
    ['a PDF whose objects moved under its table', 'file-damaged', () => put('shifted.pdf', move(receipt, 7, 7))],
    [
      'a PDF header before noise',
      'file-damaged',
      () => put('noise.pdf', Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5000, 0x41)])),
    ],
    [
      'a PDF without pages',
      'file-damaged',
      () =>
        put(
          'no-pages.pdf',
          receipt
            .toString('latin1')
            .replace('/Type /Pages', '/Type /Pagos')
            .replace(/\/Kids \[/, '/Kads ['),
        ),
    ],
  ])('refuses %s with %s', async (_, code, make) => {
    await expect(composer.inspectPdf({ pdf: { path: make() } })).rejects.toMatchObject({ code });
  });

  it('refuses a file that is too large without reading it', async () => {
    const path = put('large.pdf', receipt);
    truncateSync(path, MAX_PDF_BYTES + 1);
    await expect(composer.inspectPdf({ pdf: { path } })).rejects.toMatchObject({ code: 'file-too-large' });
  });

  it('refuses a file of more pages than any dossier has', async () => {
    const count = MAX_PDF_PAGES + 1;
    const objects = [
      '<</Type /Catalog /Pages 2 0 R>>',
      `<</Type /Pages /Kids [${Array.from({ length: count }, (_, index) => `${index + 3} 0 R`).join(' ')}] /Count ${count}>>`,
    ];
    for (let index = 0; index < count; index++) objects.push('<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>');
    let file = '%PDF-1.7\n';
    const offsets = objects.map((body, index) => {
      const at = file.length;
      file += `${index + 1} 0 obj\n${body}\nendobj\n`;
      return at;
    });
    const start = file.length;
    file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')}`;
    file += `trailer\n<</Size ${objects.length + 1} /Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`;
    await expect(composer.inspectPdf({ pdf: { path: put('many.pdf', file) } })).rejects.toMatchObject({
      code: 'pdf-too-many-pages',
    });
  });

  describe.skipIf(!hasTools('qpdf'))('with a password (needs qpdf)', () => {
    it('refuses what does not open without it', async () => {
      const path = join(folder, 'locked.pdf');
      run('qpdf', ['--encrypt', 'secret', 'owner', '256', '--', put('open.pdf', receipt), path]);
      await expect(composer.inspectPdf({ pdf: { path } })).rejects.toMatchObject({ code: 'pdf-password' });
    });

    it('says of a file that opens but restricts its use that it is encrypted', async () => {
      const path = join(folder, 'restricted.pdf');
      run('qpdf', ['--encrypt', '', 'owner', '256', '--print=none', '--', put('open.pdf', receipt), path]);
      expect(await composer.inspectPdf({ pdf: { path } })).toMatchObject({ isEncrypted: true, pageCount: 2 });
    });

    it('reads cross-reference streams and object streams', async () => {
      const path = join(folder, 'streams.pdf');
      run('qpdf', ['--object-streams=generate', '--linearize', put('open.pdf', receipt), path]);
      expect(await composer.inspectPdf({ pdf: { path } })).toMatchObject({ isEncrypted: false, pageCount: 2 });
    });
  });
});
