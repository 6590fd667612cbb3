import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PdfDocument } from '../../../main/signing/pdf/document.ts';
import { appendUpdate, sourceObject } from '../../../main/signing/pdf/update.ts';
import { whyNotSigned } from '../../../main/store/signed-files.ts';
import { commonName } from '../../../preload/certificate-name.ts';
import type { SignatureInfo } from '../../../preload/types.ts';
import { officerSignature, officerSigner, pdfAbout, signedPdfAbout } from '../../stand-ins/officer-signature.ts';
import { signPdf } from '../../stand-ins/pdf-signer.ts';
import {
  append,
  attachResult,
  depositIn,
  MARITAL_FORM,
  MINH,
  openKit,
  readyDraft,
  sealedDossier,
  type Kit,
} from './store-kit.ts';

const unsigned = pdfAbout('result');
const right = officerSignature();

/** The file with one object written anew: what a forger puts between preparing and signing. */
function changed(bytes: Buffer, number: number, body: string): Buffer {
  return Buffer.concat([bytes, appendUpdate(new PdfDocument(bytes), [sourceObject(number, body)], 'forged').bytes]);
}

const altered = (mutate: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.from(signedPdfAbout('result'));
  mutate(bytes);
  return bytes;
};

describe('a signed file is believed', () => {
  test('when its newest signature is right, covers it, and is of the certificate that was named', () => {
    expect(whyNotSigned(unsigned, signedPdfAbout('result'), right)).toBeNull();
  });

  test('under the name the pages show, which ends at a comma or a slash', () => {
    const name = 'Văn thư, UBND xã Thử';
    const signed = signedPdfAbout('result', name);
    const of = (signerName: string): SignatureInfo => ({ ...officerSignature(undefined, name), signerName });
    expect(whyNotSigned(unsigned, signed, of(name))).toBeNull();
    expect(
      whyNotSigned(unsigned, signed, of(commonName(officerSigner(name).certificates[0]?.subject ?? ''))),
    ).toBeNull();
    expect(whyNotSigned(unsigned, signed, of('UBND xã Thử'))).toMatch(/not by/);
  });

  test('as the second signature over one that was there', () => {
    const second = signPdf(signedPdfAbout('result'), officerSigner('Trần Văn Minh'));
    expect(whyNotSigned(signedPdfAbout('result'), second, officerSignature(undefined, 'Trần Văn Minh'))).toBeNull();
  });
});

describe('a signed file is not believed', () => {
  const forgedPage = '<</Length 40>>\nstream\nBT /F1 24 Tf 72 700 Td (Gia mao) Tj ET    \nendstream';
  test.each<[string, Buffer, Partial<SignatureInfo>]>([
    ['without any signature', unsigned, {}],
    ['with something appended instead of a signature', Buffer.concat([unsigned, Buffer.from('% signed, really')]), {}],
    ['of another certificate than was named', signedPdfAbout('result'), { certificateSerial: '0A' }],
    ['of another person than was named', signedPdfAbout('result'), { signerName: 'Trần Văn Minh' }],
    ['whose content changed after signing', altered((bytes) => void bytes.write('X', bytes.indexOf('Can cuoc'))), {}],
    [
      'whose signature value changed',
      altered((bytes) => void bytes.write('00', bytes.indexOf('/Contents <30') + 200)),
      {},
    ],
    [
      'with a page changed before it was signed',
      signPdf(changed(unsigned, 4, forgedPage), officerSigner(right.signerName)),
      {},
    ],
    ['with a section after the signature', changed(signedPdfAbout('result'), 4, forgedPage), {}],
  ])('%s', (_, bytes, over) => {
    expect(whyNotSigned(unsigned, bytes, { ...right, ...over })).toBeTruthy();
  });
});

describe('the store', () => {
  let kit: Kit;
  beforeEach(async () => {
    kit = await openKit();
  });
  afterEach(() => kit.end());

  test('refuses a result whose signature is not what was said, and goes on waiting for it', async () => {
    const dossier = await sealedDossier(kit);
    const { documentId } = await attachResult(kit, dossier, unsigned);
    const complete = async (bytes: Buffer, signature: SignatureInfo) =>
      kit.call('completeResult', {
        documentId,
        officerId: MINH,
        pageCount: 1,
        signature,
        pdf: await depositIn(kit, bytes, 'application/pdf'),
      });
    const forged = Buffer.concat([unsigned, Buffer.from('% signed, really')]);
    await expect(complete(forged, right)).rejects.toMatchObject({ code: 'signature-does-not-verify' });
    await expect(complete(signedPdfAbout('result'), { ...right, certificateSerial: '0A' })).rejects.toMatchObject({
      code: 'signature-does-not-verify',
    });
    expect(await kit.call('waitingResults', {})).toHaveLength(1);
    expect((await complete(signedPdfAbout('result'), right)) as { state: string }).toMatchObject({
      state: 'completed',
    });
  });

  test('refuses a digitised copy whose signature is not right', async () => {
    const draft = await readyDraft(kit, { isSigned: false });
    const forged = Buffer.concat([pdfAbout(draft.id), Buffer.from('% signed, really')]);
    const pdf = await depositIn(kit, forged, 'application/pdf');
    const command = { kind: 'set-component-pdf' as const, componentId: MARITAL_FORM, pageCount: 1, pdf };
    await expect(append(kit, draft.id, { ...command, signature: right })).rejects.toMatchObject({
      code: 'signature-does-not-verify',
    });
    const { missing } = await kit.call('get', { id: draft.id });
    expect(missing).toEqual([{ kind: 'signature', componentId: MARITAL_FORM }]);
  });
});
