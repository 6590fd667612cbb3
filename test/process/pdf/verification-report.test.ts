import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildVerificationForm } from '../../../main/forms/verification-report.ts';
import { composeFormPdf } from '../../../main/imaging/pdf/form/compose-form.ts';
import { plainPdf } from '../../stand-ins/sample-pdfs.ts';
import { openSigningDesk, type SigningDesk } from '../../stand-ins/signing-desk.ts';
import { checkWithQpdf, hasTools, run } from './tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'verification-report-'));
const path = join(folder, 'report.pdf');
let desk: SigningDesk;
beforeAll(async () => {
  desk = await openSigningDesk(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function print(bytes: Buffer, fileName: string): Promise<string> {
  const result = await desk.verify(bytes);
  const form = buildVerificationForm({ fileName, result, agencyName: 'UBND phường Thử Nghiệm' });
  writeFileSync(path, (await composeFormPdf(form, 'resources')).bytes);
  return run('pdftotext', ['-layout', path, '-']).normalize('NFC').replace(/\s+/g, ' ');
}

describe.skipIf(!hasTools('qpdf', 'pdftotext'))(
  'The printed report of a verification (needs qpdf, poppler-utils)',
  () => {
    it('names the file, its fingerprint, the verdict, the signers and who vouches for them', async () => {
      const signed = await desk.sign(await desk.sign(plainPdf()), { kind: 'officer' });
      const { sha256, signatures } = await desk.verify(signed);
      const text = await print(signed, 'Quyết định số 15.pdf');
      for (const words of [
        'PHIẾU KIỂM TRA CHỮ KÝ SỐ',
        'Quyết định số 15.pdf',
        sha256,
        'KẾT QUẢ: HỢP LỆ',
        'cả 2 chữ ký đều đúng',
        desk.officerName,
        signatures[0]?.trustedRoot ?? 'no root',
        'Chữ ký "Signature2"',
        'giờ',
      ])
        expect(text).toContain(words);
      expect(checkWithQpdf(path)).toBe('');
    });

    it('says of a changed file that it must not be used', async () => {
      const signed = await desk.sign(plainPdf());
      expect(await print(Buffer.concat([signed, Buffer.from('\n')]), 'x.pdf')).toContain(
        'KẾT QUẢ: ĐÃ BỊ THAY ĐỔI SAU KHI KÝ',
      );
      const text = await print(Buffer.from('hello'), 'x.pdf');
      expect(text).toContain('KẾT QUẢ: KHÔNG ĐỌC ĐƯỢC');
    });

    it('stays a page of words whatever a file and its fields are called', async () => {
      const name = `${'\u0000\u202e'}${'x'.repeat(30_000)}`;
      expect(await print(await desk.sign(plainPdf()), name)).toContain('xxxx');
    });
  },
);
