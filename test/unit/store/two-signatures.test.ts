/** Where person and agency both sign, a result waits for both (NĐ 30/2020/NĐ-CP, Điều 5). */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Dossier } from '../../../preload/types.ts';
import { officerSignature, officerSigner, pdfAbout, signedPdfAbout } from '../../stand-ins/officer-signature.ts';
import { signPdf } from '../../stand-ins/pdf-signer.ts';
import { attachResult, depositIn, feedItem, MINH, openKit, sealedDossier, type Kit } from './store-kit.ts';

const PERSON = 'Trần Văn Minh';
const AGENCY = 'UBND xã Cẩm Thạch';
const byPerson = officerSignature('2026-11-20T09:12:00+07:00', PERSON);
const byAgency = officerSignature('2026-11-20T09:15:00+07:00', AGENCY);

let kit: Kit;
let dossier: Dossier;
let documentId: string;
beforeEach(async () => {
  kit = await openKit({ resultSignatures: ['personal', 'agency'], resultLevel: 'B-T' });
  dossier = await sealedDossier(kit);
  ({ documentId } = await attachResult(kit, dossier, pdfAbout('decision')));
});
afterEach(() => kit.end());

const personal = signedPdfAbout('decision', PERSON);
const both = signPdf(personal, officerSigner(AGENCY), { signedAt: '2026-11-20T09:15:00+07:00' });

async function complete(pdf: Buffer, signature: typeof byPerson): Promise<Dossier> {
  return kit.call('completeResult', {
    documentId,
    officerId: MINH,
    pageCount: 1,
    signature,
    pdf: await depositIn(kit, pdf, 'application/pdf'),
  });
}

describe('the first signature', () => {
  test('keeps the dossier open, and the result waits for the agency', async () => {
    const after = await complete(personal, byPerson);
    expect(after.state).not.toBe('completed');
    expect(await kit.call('waitingResults', {})).toMatchObject([
      { documentId, signedBy: [PERSON], nextSignature: 'agency' },
    ]);
    expect(await kit.call('outbox', {})).toMatchObject({ queued: 1 });
  });

  test('sends nothing and is not stamped yet', async () => {
    await complete(personal, byPerson);
    expect((await kit.call('nextStampJobs', { limit: 4 })).jobs).toEqual([]);
  });
});

describe('the second signature', () => {
  test('completes the dossier with both, in order', async () => {
    await complete(personal, byPerson);
    const done = await complete(both, byAgency);
    expect(done.state).toBe('completed');
    expect(done.documents.find(({ kind }) => kind === 'result')?.signatures).toEqual([byPerson, byAgency]);
    expect(await kit.call('waitingResults', {})).toEqual([]);
    expect((await kit.call('nextStampJobs', { limit: 4 })).jobs).toHaveLength(1);
  });

  test('cannot be the first one’s certificate again', async () => {
    await complete(personal, byPerson);
    const twice = signPdf(personal, officerSigner(PERSON), { signedAt: '2026-11-20T09:15:00+07:00' });
    await expect(complete(twice, byPerson)).rejects.toMatchObject({ code: 'result-signed-already' });
  });

  test('must continue the very file that the person signed', async () => {
    await complete(personal, byPerson);
    const other = signPdf(pdfAbout('decision'), officerSigner(AGENCY), { signedAt: '2026-11-20T09:15:00+07:00' });
    await expect(complete(other, byAgency)).rejects.toMatchObject({ code: 'result-mismatch' });
  });
});

test('the province cannot close the dossier between the two', async () => {
  await complete(personal, byPerson);
  await kit.call('applyFeed', { items: [feedItem(dossier.id, 1, 4)], cursor: 'e:1' });
  expect(await kit.call('get', { id: dossier.id })).toMatchObject({ state: 'processing' });
  await kit.call('applyFeed', { items: [feedItem(dossier.id, 2, 9)], cursor: 'e:2' });
  expect(await kit.call('get', { id: dossier.id })).toMatchObject({ state: 'processing' });
});
