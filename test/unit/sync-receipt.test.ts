import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashManifest } from '../../main/sync/manifest.ts';
import { RECEIPT_TYPE, verifyReceipt, verifyReceiptOf, type ReceiptPayload } from '../../main/sync/receipt.ts';
import { makeReceiptSigner } from '../../province/receipts.ts';

const signer = makeReceiptSigner();
const keys = signer.publicKeys;
const payload: ReceiptPayload = {
  dossierId: '0197a000-0000-7000-8000-000000000001',
  rev: 1,
  manifestSha256: 'a'.repeat(64),
  number: 'H29.12-261121-0001',
  seq: 7,
  prevReceiptHash: 'b'.repeat(64),
  receivedAt: '2026-11-21T01:00:00.000Z',
  gateway: 'reference-province/H29.12',
  auditHead: 'c'.repeat(64),
};
const jws = signer.sign(payload);
const subject = { dossierId: payload.dossierId, revision: 1, auditHead: payload.auditHead };
const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const invalid = { code: 'receipt-invalid' };

describe('a receipt', () => {
  it('of the province verifies and says what it says', async () => {
    expect(await verifyReceipt(jws, keys)).toEqual(payload);
  });

  it('verifies with the old or the new key during a rotation', async () => {
    const next = makeReceiptSigner();
    const both = [...next.publicKeys, ...keys];
    expect(await verifyReceipt(jws, both)).toEqual(payload);
    expect(await verifyReceipt(next.sign(payload), both)).toEqual(payload);
    await expect(verifyReceipt(next.sign(payload), keys)).rejects.toMatchObject(invalid);
  });

  it('with any one character changed is refused, or means the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(jws.length - 1), fc.constantFrom(...'ABCxyz019-_.~ '), async (at, character) => {
        const altered = jws.slice(0, at) + character + jws.slice(at + 1);
        // The last character of a base64url text may hold unused bits: the same bytes, so the same receipt.
        const isSame = altered
          .split('.')
          .every((part, index) =>
            Buffer.from(part, 'base64url').equals(Buffer.from(jws.split('.')[index] ?? '', 'base64url')),
          );
        const result = await verifyReceipt(altered, keys).catch((thrown: { code: string }) => thrown.code);
        if (isSame) expect(['receipt-invalid', payload]).toContainEqual(result);
        else expect(result).toBe('receipt-invalid');
      }),
      { numRuns: 300 },
    );
  });

  it('is refused when it is any other text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        await expect(verifyReceipt(text, keys)).rejects.toMatchObject(invalid);
      }),
      { numRuns: 100 },
    );
  });

  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const mine = [publicKey.export({ format: 'jwk' }) as Record<string, unknown>];
  const signed = (header: object, body: unknown): string => {
    const input = `${encode(header)}.${encode(body)}`;
    return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
  };
  const header = { alg: 'EdDSA', typ: RECEIPT_TYPE };

  it.each<[string, string]>([
    ['"none" as algorithm', `${encode({ alg: 'none', typ: RECEIPT_TYPE })}.${encode(payload)}.`],
    ['another type, by the right key', signed({ alg: 'EdDSA', typ: 'JWT' }, payload)],
    ['no type, by the right key', signed({ alg: 'EdDSA' }, payload)],
    ['a payload that is not JSON', signed(header, 'xin chào')],
    ['a payload without number', signed(header, { ...payload, number: undefined })],
    ['a revision of 0', signed(header, { ...payload, rev: 0 })],
    ['a hash that is none', signed(header, { ...payload, manifestSha256: 'A'.repeat(64) })],
    ['an unknown critical header', signed({ ...header, crit: ['b64'], b64: false }, payload)],
    [
      'HMAC with the public key as secret',
      (() => {
        const input = `${encode({ alg: 'HS256', typ: RECEIPT_TYPE })}.${encode(payload)}`;
        return `${input}.${createHmac('sha256', createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }))
          .update(input)
          .digest('base64url')}`;
      })(),
    ],
  ])('is refused with %s', async (_name, text) => {
    expect(await verifyReceipt(signed(header, payload), mine)).toEqual(payload);
    await expect(verifyReceipt(text, mine)).rejects.toMatchObject(invalid);
  });

  it('is refused when no key is known', async () => {
    await expect(verifyReceipt(jws, [])).rejects.toMatchObject(invalid);
    await expect(verifyReceipt(jws, [{ kty: 'RSA', n: 'x', e: 'AQAB' }])).rejects.toMatchObject(invalid);
  });

  it.each([
    ['dossier', { dossierId: '0197a000-0000-7000-8000-000000000002' }, payload.manifestSha256],
    ['revision', { revision: 2 }, payload.manifestSha256],
    ['audit head', { auditHead: 'd'.repeat(64) }, payload.manifestSha256],
    ['manifest', {}, 'e'.repeat(64)],
  ])('of another %s is no receipt for this one', async (_name, change, sha256) => {
    expect(await verifyReceiptOf(jws, keys, subject, payload.manifestSha256)).toEqual(payload);
    await expect(verifyReceiptOf(jws, keys, { ...subject, ...change }, sha256)).rejects.toMatchObject(invalid);
  });
});

describe('the hash of a manifest', () => {
  it('does not depend on the order of keys, and does on every value (RFC 8785)', () => {
    expect(hashManifest({ b: 1, a: { d: 'Ẩn', c: [2, 1] } })).toBe(hashManifest({ a: { c: [2, 1], d: 'Ẩn' }, b: 1 }));
    expect(hashManifest({ a: [2, 1] })).not.toBe(hashManifest({ a: [1, 2] }));
    // printf '%s' '{"a":1,"b":"Nguyễn"}' | sha256sum
    expect(hashManifest({ b: 'Nguyễn', a: 1 })).toBe(
      '66c13af6f7df7e460e86b2d6749ce914ce1a95421cbfe86dbb00c14debec1c50',
    );
  });
});
