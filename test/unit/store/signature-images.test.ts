import { existsSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { depositBlob, readBlob } from '../../../main/blobs/blob-file.ts';
import type { Officer, SignatureImageKind } from '../../../preload/types.ts';
import { LAN, MINH, openKit, type Kit } from './store-kit.ts';

let kit: Kit;
let administrator: Officer;
beforeEach(async () => {
  kit = await openKit();
  administrator = await kit.call('addOfficer', {
    name: 'Lê Văn Tin',
    title: 'Quản trị',
    roles: ['admin'],
    pin: '246810',
  });
});
afterEach(() => kit.end());

const picture = (colour: string): Promise<Buffer> =>
  sharp({ create: { width: 8, height: 4, channels: 4, background: colour } })
    .png()
    .toBuffer();

async function register(officerId: string, kind: SignatureImageKind, colour = '#1133cc') {
  const image = await depositBlob(join(kit.folder, 'incoming'), await picture(colour), 'image/png');
  return kit.call('setSignatureImage', { officerId, kind, image, widthPx: 8, heightPx: 4, widthMm: 36 });
}

describe('pictures of signatures', () => {
  test('an officer’s own is his alone; the seal is everybody’s', async () => {
    await register(MINH, 'personal');
    await register(administrator.id, 'seal', '#dd1111');
    const mine = await kit.call('signatureImages', { officerId: MINH });
    expect(mine).toMatchObject({
      personal: { widthMm: 36, registeredBy: 'Trần Văn Minh' },
      seal: { registeredBy: 'Lê Văn Tin' },
    });
    const hers = await kit.call('signatureImages', { officerId: LAN });
    expect(hers.personal).toBeNull();
    expect(hers.seal).toEqual(mine.seal);
    const access = await kit.call('signatureImageAccess', { officerId: MINH, kind: 'personal' });
    expect(await readBlob(access)).toEqual(await picture('#1133cc'));
    await expect(kit.call('signatureImageAccess', { officerId: LAN, kind: 'personal' })).rejects.toMatchObject({
      code: 'signature-image-missing',
    });
  });

  test.each<[string, () => string, SignatureImageKind]>([
    ['an officer who signs nothing registers no signature', () => LAN, 'personal'],
    ['a signing officer does not change the seal', () => MINH, 'seal'],
    ['the administrator registers no signature of his own', () => administrator.id, 'personal'],
  ])('%s', async (_, who, kind) => {
    await expect(register(who(), kind)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(kit.call('removeSignatureImage', { officerId: who(), kind })).rejects.toMatchObject({
      code: 'not-allowed',
    });
    expect(await kit.call('signatureImages', { officerId: who() })).toEqual({ personal: null, seal: null });
  });

  test('the picture lies encrypted, survives a restart and a discarded draft', async () => {
    await register(MINH, 'personal');
    const { path } = await kit.call('signatureImageAccess', { officerId: MINH, kind: 'personal' });
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(path).includes(Buffer.from('IDAT'))).toBe(false);
    const draft = await kit.call('create', { officerId: LAN });
    await kit.call('discard', { id: draft.id, revision: draft.revision, officerId: LAN });
    kit = await kit.reopen();
    const access = await kit.call('signatureImageAccess', { officerId: MINH, kind: 'personal' });
    expect(await readBlob(access)).toEqual(await picture('#1133cc'));
  });

  test('a new picture takes the old one’s place; nothing of either stays after taking it away', async () => {
    await register(MINH, 'personal');
    const first = (await kit.call('signatureImageAccess', { officerId: MINH, kind: 'personal' })).path;
    await register(MINH, 'personal', '#0000aa');
    const second = (await kit.call('signatureImageAccess', { officerId: MINH, kind: 'personal' })).path;
    expect([existsSync(first), existsSync(second)]).toEqual([false, true]);
    expect(await kit.call('removeSignatureImage', { officerId: MINH, kind: 'personal' })).toEqual({
      personal: null,
      seal: null,
    });
    expect(existsSync(second)).toBe(false);
    // Once more changes nothing and is no error.
    expect(await kit.call('removeSignatureImage', { officerId: MINH, kind: 'personal' })).toEqual({
      personal: null,
      seal: null,
    });
    expect((await kit.call('verifyAudit', {})).firstBadSeq).toBeNull();
  });
});
