import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listExistingSignatures } from '../../main/signing/augmentation/existing-signatures.ts';
import { PdfDocument } from '../../main/signing/pdf/document.ts';
import type { SignatureLevel } from '../../main/signing/validation/policy.ts';
import { openAugmentationDesk, type AugmentationDesk } from '../stand-ins/augmentation-desk.ts';
import { plainPdf, throughQpdf } from '../stand-ins/sample-pdfs.ts';
import {
  JAVA_MISSING,
  judge,
  judgeByBouncyCastle,
  JUDGES_MISSING,
  judgeTimeStamp,
} from '../stand-ins/signature-judges.ts';

const missing = JUDGES_MISSING ?? JAVA_MISSING;
const folder = mkdtempSync(join(tmpdir(), 'augmentation-process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(missing)(`what strangers say of prolonged files${missing ? ` (${missing})` : ''}`, () => {
  let desk: AugmentationDesk;
  let rootPath: string;
  beforeAll(async () => {
    desk = await openAugmentationDesk(folder);
    rootPath = desk.authorities.pki.authority('root').certificatePath;
  }, 120_000);
  afterAll(() => desk?.stop());

  async function prolong(bytes: Buffer, level: SignatureLevel): Promise<Buffer> {
    const answer = await desk.augment(bytes, level);
    expect(answer).toMatchObject({ reached: level, code: null });
    return answer.bytes ?? bytes;
  }

  /** poppler knows no time-stamps of a document, MuPDF neither: those are for OpenSSL and BouncyCastle. */
  function expectAccepted(bytes: Buffer, kinds: readonly ('signature' | 'time-stamp')[]): void {
    const signatures = kinds.filter((kind) => kind === 'signature').length;
    const judgement = judge(folder, bytes, rootPath);
    expect(judgement.pdfsig.filter(({ isValid }) => isValid)).toHaveLength(signatures);
    expect(judgement.pdfsig).toHaveLength(kinds.length);
    expect(judgement.cades.filter(Boolean)).toHaveLength(signatures);
    expect(judgement.mutool).not.toMatch(/digest|invalid/i);
    expect(judgement.mutool.match(/unchanged since signing|valid but there have been edits/g)).toHaveLength(signatures);
    expect(judgement.qpdf).toContain('No syntax or stream encoding errors found');
    expect(judgement.qpdf).not.toContain('WARNING');
    const verdicts = judgeByBouncyCastle(folder, bytes).filter((line) => line.startsWith('signature'));
    expect(verdicts).toHaveLength(kinds.length);
    for (const verdict of verdicts) expect(verdict).toMatch(/right=true .* stamp=(right|none)$/);
    for (const { kind, range, cms } of listExistingSignatures(new PdfDocument(bytes))) {
      const stamped = kind === 'time-stamp' ? Buffer.concat([...range.content.parts]) : (cms?.signatureValue ?? '');
      const tokens = kind === 'time-stamp' ? [range.contents] : (cms?.timeStampTokens ?? []);
      for (const token of tokens)
        expect(judgeTimeStamp(folder, token, Buffer.from(stamped), rootPath)).toBe('Verification: OK');
    }
  }

  test('B-T: the signature is valid, total and unchanged, with the time-stamp inside', async () => {
    const stamped = await prolong(desk.sign(plainPdf({ pages: 2 })), 'B-T');
    expectAccepted(stamped, ['signature']);
    const judgement = judge(folder, stamped, rootPath);
    expect(judgement.pdfsig).toEqual([{ isValid: true, coversAll: true }]);
    expect(judgement.mutool).toContain('The document is unchanged since signing');
    expect(judgeByBouncyCastle(folder, stamped)).toEqual([
      'signature ETSI.CAdES.detached right=true coversAll=true stamp=right',
    ]);
  });

  test('B-LT: the store can be read, and the signature stays valid', async () => {
    const longTerm = await prolong(desk.sign(plainPdf()), 'B-LT');
    expectAccepted(longTerm, ['signature']);
    const store = judgeByBouncyCastle(folder, longTerm).at(-1) ?? '';
    const [, certificates = 0, answers = 0, lists = 0, records = 0] =
      /^store Certs=(\d+) OCSPs=(\d+) CRLs=(\d+) VRI=(\d+)$/.exec(store)?.map(Number) ?? [];
    expect(certificates).toBeGreaterThanOrEqual(4); // signer, issuing authority, root, time-stamp authority
    expect(answers + lists).toBeGreaterThanOrEqual(2);
    expect(records).toBe(1);
  });

  test('B-LTA, prolonged twice more: every time-stamp is right, the last one over the whole file', async () => {
    let bytes = desk.sign(plainPdf());
    for (let round = 1; round <= 3; round++) {
      bytes = await prolong(bytes, 'B-LTA');
      expectAccepted(bytes, ['signature', ...Array.from({ length: round }, () => 'time-stamp' as const)]);
      const last = judgeByBouncyCastle(folder, bytes).findLast((line) => line.startsWith('signature'));
      expect(last).toBe('signature ETSI.RFC3161 right=true coversAll=true stamp=none');
    }
  });

  test.each<[string, string[]]>([
    ['object streams', ['--object-streams=generate']],
    ['a linearised file', ['--linearize']],
  ])('%s: signed and prolonged by two people in turn', async (_, options) => {
    const kinds: ('signature' | 'time-stamp')[] = [];
    let bytes = throughQpdf(folder, plainPdf({ pages: 3 }), options);
    for (const name of ['Người thứ nhất', 'Người thứ hai']) {
      bytes = await prolong(desk.sign(bytes, { by: desk.newSigner(name) }), 'B-LTA');
      kinds.push('signature', 'time-stamp');
    }
    expectAccepted(bytes, kinds);
  });

  test('twenty-five signatures, stamped on the way and archived at the end: all stay valid', async () => {
    let bytes = plainPdf();
    for (let count = 1; count <= 25; count++) {
      bytes = desk.sign(bytes);
      if (count % 5 === 0) bytes = await prolong(bytes, 'B-T');
    }
    const archived = await prolong(bytes, 'B-LTA');
    expect(archived.subarray(0, bytes.length).equals(bytes)).toBe(true);
    expectAccepted(archived, [...Array.from({ length: 25 }, () => 'signature' as const), 'time-stamp']);
    const records = /VRI=(\d+)/.exec(judgeByBouncyCastle(folder, archived).at(-1) ?? '')?.[1];
    expect(Number(records)).toBe(25);
  });

  test('a file whose value has no room is stamped around, and judged right', async () => {
    const stamped = await prolong(desk.sign(plainPdf(), { reservedBytes: 3_500 }), 'B-T');
    expectAccepted(stamped, ['signature', 'time-stamp']);
  });
});
