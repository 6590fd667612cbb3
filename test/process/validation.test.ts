import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readCertificate, type Certificate } from '../../main/signing/certificate.ts';
import { createCertificateValidator } from '../../main/signing/validation/certificate-validator.ts';
import {
  NO_EVIDENCE,
  type CertificateAnswer,
  type CertificateQuestion,
} from '../../main/signing/validation/evidence.ts';
import { rewritten } from '../../main/signing/validation/evidence-source.ts';
import { ValidationPolicy, type ValidationFetch } from '../../main/signing/validation/policy.ts';
import { openValidationCache } from '../../main/signing/validation/validation-cache.ts';
import type { Holder, IssueOptions } from '../stand-ins/certification-authority.ts';
import { countingFetch, fetchForTests } from '../stand-ins/validation-fetch.ts';
import {
  startValidationAuthorities,
  type AuthorityFaults,
  type ValidationAuthorities,
} from '../stand-ins/validation-authorities.ts';

const missing = existsSync('/usr/bin/openssl') ? undefined : 'openssl is not installed';
const folder = mkdtempSync(join(tmpdir(), 'validator-'));
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

describe.skipIf(missing)(`the answer about a certificate${missing ? ` (${missing})` : ''}`, () => {
  let authorities: ValidationAuthorities;
  let signer: Holder;
  let root: string;
  beforeAll(async () => {
    authorities = await startValidationAuthorities(folder);
    root = authorities.pki.rootPem;
    signer = authorities.pki.issue('Nguyễn Thị Lan');
  });
  afterEach(() => authorities.heal());
  afterAll(async () => {
    await authorities.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const of = (id: 'root' | 'sha1' | 'sha256' | 'second'): Certificate =>
    readCertificate(authorities.pki.authority(id).certificateDer);
  const intermediates = (): Certificate[] => [of('sha256'), of('sha1'), of('second')];
  const issue = (name: string, options: IssueOptions = {}): Holder =>
    authorities.pki.issue(name, { kind: 'p-256', ...options });

  function policy(changed: Partial<ValidationPolicy> = {}): ValidationPolicy {
    return ValidationPolicy.parse({ trustedRoots: [root], ...changed });
  }
  function about(holder: Holder, changed: Partial<CertificateQuestion> = {}): CertificateQuestion {
    const nowMs = changed.nowMs ?? Date.now();
    return {
      certificate: readCertificate(holder.certificateDer),
      pool: intermediates(),
      purpose: 'document-signing',
      provenAtMs: nowMs,
      claimedAtMs: null,
      nowMs,
      embedded: NO_EVIDENCE,
      ...changed,
    };
  }
  async function ask(
    holder: Holder,
    changed: Partial<CertificateQuestion> = {},
    rules: Partial<ValidationPolicy> = {},
    fetch: ValidationFetch | null = fetchForTests,
  ): Promise<CertificateAnswer> {
    return createCertificateValidator(policy(rules), fetch, null).validate(about(holder, changed));
  }
  const names = (answer: CertificateAnswer): string[] => answer.chain.map(({ commonName }) => commonName);

  describe('chains', () => {
    test('leads over two authorities to the imported root, each link asked about', async () => {
      const holder = issue('Người ký cấp hai', { by: 'second' });
      const answer = await ask(holder);
      expect(answer).toMatchObject({ trust: 'trusted', revocation: 'good', revokedAtMs: null, reasons: [] });
      expect(names(answer)).toEqual([
        'Người ký cấp hai',
        'CA cấp hai thử nghiệm',
        'CA cấp dưới SHA-256 thử nghiệm',
        'Gốc chuyên dùng thử nghiệm',
      ]);
      expect(answer.evidence.ocspResponses).toHaveLength(3);
    });

    test('stops at a pinned issuer as at a root', async () => {
      const pinned = authorities.pki.authority('sha256').certificatePem;
      const answer = await ask(signer, { pool: [] }, { trustedRoots: [pinned] });
      expect(answer.trust).toBe('trusted');
      expect(names(answer)).toEqual(['Nguyễn Thị Lan', 'CA cấp dưới SHA-256 thử nghiệm']);
    });

    test('says which issuer is missing, which root is not trusted, and that nothing is configured', async () => {
      expect(await ask(signer, { pool: [] })).toMatchObject({
        trust: 'untrusted',
        revocation: 'not-checked',
        reasons: [
          expect.stringMatching(/thiếu chứng thư của nơi cấp .*CA cấp dưới SHA-256/),
          expect.stringMatching(/danh sách được phép/),
        ],
      });
      const stranger = issue('Người lạ', { by: 'other' });
      const other = readCertificate(authorities.pki.authority('other').certificateDer);
      expect(await ask(stranger, { pool: [other] })).toMatchObject({
        trust: 'untrusted',
        reasons: [expect.stringContaining('Chứng thư gốc "Gốc của người lạ" không nằm trong danh sách tin cậy')],
      });
      expect((await ask(signer, {}, { trustedRoots: [] })).reasons).toEqual([
        'Chưa cấu hình chứng thư gốc tin cậy nào.',
      ]);
    });

    test('asks nothing of the addresses in a certificate that leads nowhere', async () => {
      const stranger = issue('Người lạ dò mạng', { by: 'other' });
      const { fetch, asked } = countingFetch();
      await ask(stranger, { pool: [readCertificate(authorities.pki.authority('other').certificateDer)] }, {}, fetch);
      await ask(stranger, { pool: [] }, {}, fetch);
      expect(asked).toEqual([]);
    });

    test('fetches a missing issuer from a host that the administrator named, once', async () => {
      const holder = issue('Chỉ có chứng thư lá', { by: 'second' });
      const { fetch, asked } = countingFetch();
      const validator = createCertificateValidator(policy({ issuerHosts: ['127.0.0.1'] }), fetch, null);
      expect((await validator.validate(about(holder, { pool: [] }))).trust).toBe('trusted');
      expect((await validator.validate(about(holder, { pool: [] }))).trust).toBe('trusted');
      expect(asked.filter((url) => url.includes('/ca/'))).toEqual([
        `${authorities.url}/ca/second.crt`,
        `${authorities.url}/ca/sha256.crt`,
      ]);
      authorities.fail('ca', { body: 'html' });
      expect(await ask(holder, { pool: [] }, { issuerHosts: ['127.0.0.1'] })).toMatchObject({
        trust: 'untrusted',
        reasons: [expect.stringContaining('thiếu chứng thư'), expect.stringContaining('một trang web')],
      });
    });

    test.each(['der', 'pem', 'p7c'] as const)('reads an issuer that is published as %s', async (certificateForm) => {
      authorities.fail('ca', { certificateForm });
      const answer = await ask(signer, { pool: [] }, { issuerHosts: ['127.0.0.1'] });
      expect(answer).toMatchObject({ trust: 'trusted', revocation: 'good' });
    });

    test('an authority certified with SHA-1 counts by the administrator’s word alone, and the report says so', async () => {
      const holder = issue('Người ký chuỗi cũ', { by: 'sha1' });
      expect(await ask(holder)).toMatchObject({
        trust: 'indeterminate',
        reasons: expect.arrayContaining([
          expect.stringMatching(/SHA-1 thử nghiệm" được cấp bằng SHA-1, không còn đủ an toàn/),
        ]),
      });
      expect(await ask(holder, {}, { allowsSha1Issuers: true })).toMatchObject({
        trust: 'trusted',
        revocation: 'good',
        reasons: [expect.stringMatching(/Lưu ý: chứng thư "CA cấp dưới SHA-1.*được cấp bằng SHA-1/)],
      });
    });

    test.each([
      ['signer-wrong-usage', /key usage/],
      ['time-stamping', /key usage/],
      ['responder', /key usage/],
      ['authority', /key usage/],
      ['signer-unknown-critical', /1\.2\.3\.4\.5/],
    ] as const)('refuses a certificate of profile %s for signing documents', async (profile, reason) => {
      const answer = await ask(issue('Không để ký', { profile }));
      expect(answer).toMatchObject({ trust: 'untrusted', reasons: [expect.stringMatching(reason)] });
    });

    test('refuses whoever certifies without being an authority, and names nobody understands', async () => {
      const rogue = issue('Người ký tự cấp', { kind: 'rsa-2048' });
      const forged = signedBy(rogue, 'Bị cấp lậu');
      expect(await ask(forged, { pool: [...intermediates(), readCertificate(rogue.certificateDer)] })).toMatchObject({
        trust: 'untrusted',
        reasons: [expect.stringContaining('"Người ký tự cấp" không phải của nơi cấp chứng thư')],
      });
      const limited = issue('CA hạn chế tên', { kind: 'rsa-2048', profile: 'authority-of-names' });
      const below = signedBy(limited, 'Dưới CA hạn chế');
      expect(await ask(below, { pool: [...intermediates(), readCertificate(limited.certificateDer)] })).toMatchObject({
        trust: 'untrusted',
        reasons: expect.arrayContaining([expect.stringContaining('2.5.29.30')]),
      });
    });

    test('a copy of the root with other dates is not the root', async () => {
      const years = 20 * 365 * DAY_MS;
      const copy = issue('Gốc giả', {
        by: 'other',
        profile: 'authority',
        keyOf: authorities.pki.authority('root'),
        subject: '/C=VN/O=Ban Thử nghiệm/CN=Gốc chuyên dùng thử nghiệm',
        notAfterMs: Date.now() + years,
      });
      const answer = await ask(signer, { pool: [readCertificate(copy.certificateDer), ...intermediates()] });
      expect(answer.chain.at(-1)?.der.equals(of('root').der)).toBe(true);
      const later = Date.now() + 16 * 365 * DAY_MS;
      const pool = [readCertificate(copy.certificateDer), ...intermediates()];
      const outlived = await ask(signer, { pool, nowMs: later, provenAtMs: later }, {}, null);
      expect(outlived.trust).not.toBe('trusted');
      expect(outlived.chain.every((link) => link.notAfter < Date.now() + years - DAY_MS)).toBe(true);
    });

    test('a cross certificate gives a second way when the first is closed', async () => {
      const cross = issue('CA chéo', {
        by: 'root',
        profile: 'authority',
        keyOf: authorities.pki.authority('sha256'),
        subject: '/C=VN/O=Ban Thử nghiệm/CN=CA cấp dưới SHA-256 thử nghiệm',
      });
      authorities.pki.revoke(authorities.pki.authority('sha256'), 'root', Date.now() - DAY_MS, 'superseded');
      const closed = await ask(signer);
      const answer = await ask(signer, { pool: [...intermediates(), readCertificate(cross.certificateDer)] });
      authorities.pki.reinstate(authorities.pki.authority('sha256'), 'root');
      expect(closed).toMatchObject({ trust: 'untrusted', revocation: 'revoked' });
      expect(answer).toMatchObject({ trust: 'trusted', revocation: 'good' });
      expect(answer.chain[1]?.der.equals(cross.certificateDer)).toBe(true);
    });

    test('a circle of certificates ends', async () => {
      const first = issue('Vòng 1', { kind: 'rsa-2048', profile: 'authority', by: 'other', subject: '/CN=A' });
      const second = issue('Vòng 2', { kind: 'rsa-2048', profile: 'authority', by: 'other', subject: '/CN=B' });
      const pool = [signedBy(first, 'B', second), signedBy(second, 'A', first)].map((each) =>
        readCertificate(each.certificateDer),
      );
      const leaf = signedBy(first, 'Người ký trong vòng');
      expect((await ask(leaf, { pool })).trust).toBe('untrusted');
    });
  });

  describe('times', () => {
    test('a certificate that has expired needs a proof from before', async () => {
      const past = Date.now() - 100 * DAY_MS;
      const expired = issue('Hết hạn', { notBeforeMs: Date.now() - 400 * DAY_MS, notAfterMs: past });
      expect(await ask(expired, { claimedAtMs: past - DAY_MS })).toMatchObject({
        trust: 'indeterminate',
        reasons: expect.arrayContaining([expect.stringContaining('không có dấu thời gian chứng minh')]),
      });
      expect(await ask(expired, { claimedAtMs: past + DAY_MS })).toMatchObject({ trust: 'untrusted' });
      const proven = await ask(expired, { provenAtMs: past - DAY_MS, claimedAtMs: past - DAY_MS });
      expect(proven.trust).toBe('trusted');
      expect(proven.revocation).toBe('unknown');
      expect(proven.reasons.join()).toContain('nơi cấp không bảo đảm còn lưu');
      expect((await ask(expired, { provenAtMs: past + DAY_MS })).trust).toBe('untrusted');
    });

    test('a certificate of tomorrow is refused, one of the next minutes makes us doubt the clock', async () => {
      const young = issue('Mới cấp', { notBeforeMs: Date.now() + 15 * MINUTE_MS });
      expect(await ask(young)).toMatchObject({
        trust: 'indeterminate',
        reasons: expect.arrayContaining([expect.stringMatching(/sau đồng hồ máy này 15 phút: kiểm tra lại ngày giờ/)]),
      });
      const future = issue('Chưa hiệu lực', { notBeforeMs: Date.now() + 3 * DAY_MS });
      expect(await ask(future)).toMatchObject({
        trust: 'untrusted',
        reasons: [expect.stringContaining('chưa có hiệu lực')],
      });
    });

    test('what the signer states is doubted when it lies ahead, and local time written as UTC is named', async () => {
      const now = Date.now();
      expect(await ask(signer, { claimedAtMs: now + 20 * MINUTE_MS })).toMatchObject({
        trust: 'indeterminate',
        reasons: [expect.stringMatching(/muộn hơn đồng hồ máy này 20 phút/)],
      });
      const local = { nowMs: now, provenAtMs: now - MINUTE_MS, claimedAtMs: now - MINUTE_MS + 7 * 60 * MINUTE_MS };
      expect(await ask(signer, local)).toMatchObject({
        trust: 'trusted',
        reasons: [expect.stringContaining('ghi giờ Việt Nam như giờ UTC')],
      });
      expect((await ask(signer, { claimedAtMs: now - 900 * DAY_MS })).trust).toBe('untrusted');
    });
  });

  describe('revocation', () => {
    test('a revoked signer is untrusted, with time and reason, unless a proof is older', async () => {
      const lost = issue('Mất khóa');
      const at = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
      authorities.pki.revoke(lost, 'sha256', at, 'keyCompromise');
      expect(await ask(lost, { claimedAtMs: at - MINUTE_MS })).toMatchObject({
        trust: 'untrusted',
        revocation: 'revoked',
        revokedAtMs: at,
        reasons: [expect.stringMatching(/"Mất khóa" \(số [0-9A-F]+\) đã bị thu hồi \(lộ khóa\) lúc /)],
      });
      expect(await ask(lost, { provenAtMs: at - MINUTE_MS })).toMatchObject({
        trust: 'trusted',
        revocation: 'good',
        reasons: [expect.stringContaining('sau thời điểm được chứng minh')],
      });
      authorities.fail('ocsp', { httpStatus: 500 });
      expect(await ask(lost)).toMatchObject({ trust: 'untrusted', revocation: 'revoked', revokedAtMs: at });
    });

    test.each([
      [{ isHanging: true }, 'không trả lời'],
      [{ httpStatus: 500 }, 'HTTP 500'],
      [{ body: 'html' }, 'một trang web'],
      [{ body: 'truncated' }, 'không đọc được'],
      [{ body: 'empty' }, 'nội dung rỗng'],
      [{ body: 'endless' }, 'không trả lời'],
      [{ isRedirectLoop: true }, 'không trả lời'],
      [{ refuses: true }, 'tryLater'],
      [{ status: 'unknown' }, 'không biết chứng thư này'],
      [{ nonce: 'wrong' }, 'nonce'],
      [{ signer: 'stranger' }, 'không được nơi cấp ủy quyền'],
      [{ signer: 'no-usage' }, 'không được nơi cấp ủy quyền'],
      [{ clockShiftMs: -30 * DAY_MS }, 'không phủ thời điểm'],
    ] as const)(
      'falls back to the list when the responder answers with %o, and says what was tried when that fails too',
      async (faults, word) => {
        const impatient: ValidationFetch = (request) =>
          fetchForTests({ ...request, timeoutMs: 'isHanging' in faults ? 500 : request.timeoutMs });
        authorities.fail('ocsp', faults);
        expect(await ask(signer, {}, {}, impatient)).toMatchObject({ trust: 'trusted', revocation: 'good' });
        authorities.fail('crl', { httpStatus: 503 });
        const silent = await ask(signer, {}, {}, impatient);
        expect(silent).toMatchObject({ trust: 'trusted', revocation: 'unknown', revokedAtMs: null });
        expect(silent.reasons[0]).toContain('Chưa biết chứng thư "Nguyễn Thị Lan"');
        expect(silent.reasons.join()).toContain(word);
        expect(silent.reasons.join()).toMatch(/CRL http.*HTTP 503/);
      },
    );

    test.each([
      [{ list: 'list-delta' }, 'delta'],
      [{ list: 'list-indirect' }, 'gián tiếp'],
      [{ list: 'list-unknown-critical' }, 'phần mở rộng bắt buộc'],
      [{ list: 'other' }, 'nơi cấp khác'],
      [{ clockShiftMs: -30 * DAY_MS }, 'không phủ thời điểm'],
      [{ body: 'truncated' }, 'không đọc được'],
    ] as const)('concludes nothing from a list with %o', async (faults, word) => {
      authorities.fail('ocsp', { httpStatus: 500 });
      authorities.fail('crl', faults);
      const answer = await ask(signer);
      expect(answer.revocation).toBe('unknown');
      expect(answer.reasons.join()).toContain(word);
    });

    test.each(['get-only', 'no-nonce'] as const)('finds the way to ask an old responder: %s', async (asks) => {
      authorities.fail('ocsp', { asks });
      authorities.fail('crl', { httpStatus: 500 });
      expect(await ask(signer)).toMatchObject({ revocation: 'good', reasons: [] });
    });

    test('a clock that is a quarter of an hour off makes nobody untrusted: the difference is named', async () => {
      authorities.fail('ocsp', { clockShiftMs: 15 * MINUTE_MS });
      authorities.fail('crl', { httpStatus: 500 });
      const slow = await ask(signer);
      expect(slow).toMatchObject({ trust: 'indeterminate', revocation: 'unknown' });
      expect(slow.reasons.join()).toMatch(/muộn hơn đồng hồ máy này 15 phút/);
      authorities.heal();
      authorities.fail('ocsp', { clockShiftMs: -15 * MINUTE_MS });
      const fast = await ask(signer);
      expect(fast).toMatchObject({ trust: 'trusted', revocation: 'good' });
      expect(fast.reasons.join()).toMatch(/sớm hơn đồng hồ máy này 15 phút/);
    });

    test('offline it asks nobody and says so; a certificate without addresses cannot be asked about', async () => {
      const { fetch, asked } = countingFetch();
      const offline = await ask(signer, {}, { isOffline: true }, fetch);
      expect(offline).toMatchObject({ trust: 'trusted', revocation: 'not-checked' });
      expect(offline.reasons.join()).toContain('ngoại tuyến');
      expect(asked).toEqual([]);
      expect((await ask(signer, {}, {}, null)).revocation).toBe('not-checked');
      const silent = await ask(issue('Không địa chỉ', { profile: 'signer-no-addresses' }));
      expect(silent.revocation).toBe('not-checked');
      expect(silent.reasons.join()).toContain('không ghi địa chỉ OCSP hoặc CRL');
    });

    test('what it hands back proves the same again without any network', async () => {
      const online = await ask(signer);
      const proven = Date.now() - MINUTE_MS;
      const pool: Certificate[] = [];
      const later = await ask(signer, { pool, provenAtMs: proven, embedded: online.evidence }, {}, null);
      expect(later).toMatchObject({ trust: 'trusted', revocation: 'good', reasons: [] });
      const years = Date.now() + 5 * 365 * DAY_MS;
      const old = await ask(signer, { pool, provenAtMs: proven, nowMs: years, embedded: online.evidence }, {}, null);
      expect(old).toMatchObject({ trust: 'trusted', revocation: 'good' });
      authorities.fail('ocsp', { httpStatus: 500 });
      const lists = await ask(signer);
      expect(lists.evidence.revocationLists).toHaveLength(2);
      expect(await ask(signer, { pool, provenAtMs: proven, embedded: lists.evidence }, {}, null)).toMatchObject({
        revocation: 'good',
      });
    });

    test('an answer in the file from before the proven time does not silence the responder', async () => {
      const careless = issue('Thu hồi sau');
      const early = await ask(careless);
      expect(early.revocation).toBe('good');
      const at = Math.floor(Date.now() / 1000) * 1000 - MINUTE_MS;
      authorities.pki.revoke(careless, 'sha256', at);
      const nowMs = Date.now() + 20 * MINUTE_MS;
      const embedded = early.evidence;
      expect(await ask(careless, { embedded, nowMs, provenAtMs: nowMs })).toMatchObject({
        trust: 'untrusted',
        revocation: 'revoked',
      });
      expect(await ask(careless, { embedded, nowMs, provenAtMs: nowMs }, {}, null)).toMatchObject({
        revocation: 'good',
      });
    });

    test('an authority revoked is worth no more than its signers', async () => {
      const at = Math.floor(Date.now() / 1000) * 1000 - DAY_MS;
      const second = authorities.pki.authority('second');
      const holder = issue('Dưới CA bị thu hồi', { by: 'second' });
      authorities.pki.revoke(second, 'sha256', at, 'CACompromise');
      const answer = await ask(holder);
      authorities.pki.reinstate(second, 'sha256');
      expect(answer).toMatchObject({ trust: 'untrusted', revocation: 'revoked', revokedAtMs: at });
      expect(answer.reasons.join()).toContain('"CA cấp hai thử nghiệm"');
    });

    test('no combination of failures makes a revoked certificate good, or a good one revoked', async () => {
      const lost = issue('Thu hồi chắc chắn');
      authorities.pki.revoke(lost, 'sha256', Date.now() - 3_600_000, 'keyCompromise');
      const fault = fc.constantFrom<Partial<AuthorityFaults>>(
        {},
        { httpStatus: 500 },
        { body: 'html' },
        { body: 'truncated' },
        { body: 'garbage' },
        { body: 'empty' },
        { clockShiftMs: 15 * MINUTE_MS },
        { clockShiftMs: -30 * DAY_MS },
        { clockShiftMs: 3 * DAY_MS },
        { nonce: 'wrong' },
        { nonce: 'left-out' },
        { signer: 'no-usage' },
        { signer: 'stranger' },
        { refuses: true },
        { hasNextUpdate: false },
        { leavesCertificatesOut: true },
        { isByKey: true },
        { list: 'list-delta' },
        { list: 'other' },
        { list: 'list-authorities-only' },
      );
      await fc.assert(
        fc.asyncProperty(fault, fault, fc.boolean(), fc.boolean(), async (ocsp, crl, isRevoked, allowsSha1Issuers) => {
          authorities.fail('ocsp', ocsp);
          authorities.fail('crl', crl);
          const answer = await ask(isRevoked ? lost : signer, {}, { allowsSha1Issuers });
          expect(answer.revocation).not.toBe(isRevoked ? 'good' : 'revoked');
          expect(answer.trust === 'untrusted').toBe(answer.revocation === 'revoked');
          if (answer.revocation !== 'good') expect(answer.reasons.length).toBeGreaterThan(0);
        }),
        { numRuns: 30 },
      );
    });

    test('bytes of strangers among the evidence do no harm', async () => {
      const junk = [Buffer.alloc(0), Buffer.from('3003020100', 'hex'), Buffer.alloc(500, 0x30), Buffer.from('<html>')];
      const embedded = { certificates: junk, ocspResponses: junk, revocationLists: junk };
      expect(await ask(signer, { embedded })).toMatchObject({ trust: 'trusted', revocation: 'good', reasons: [] });
    });
  });

  describe('time-stamp authorities', () => {
    test('are trusted by roots of their own, too, and only for stamping', async () => {
      const stamp = authorities.timeStampSigner;
      const elsewhere = authorities.pki.issue('TSA ngoài', { by: 'other', profile: 'time-stamping' });
      const other = authorities.pki.authority('other').certificatePem;
      expect(await ask(stamp, { purpose: 'time-stamping' })).toMatchObject({ trust: 'trusted', revocation: 'good' });
      expect((await ask(elsewhere, { purpose: 'time-stamping' })).trust).toBe('untrusted');
      expect((await ask(elsewhere, { purpose: 'time-stamping' }, { timeStampRoots: [other] })).trust).toBe('trusted');
      expect((await ask(issue('Người ký lạ', { by: 'other' }), {}, { timeStampRoots: [other] })).trust).toBe(
        'untrusted',
      );
      expect((await ask(signer, { purpose: 'time-stamping' })).reasons.join()).toContain('id-kp-timeStamping');
    });
  });

  describe('requests', () => {
    test('one for each certificate, however many signatures ask at once', async () => {
      const { fetch, asked } = countingFetch();
      const validator = createCertificateValidator(policy(), fetch, null);
      const answers = await Promise.all(Array.from({ length: 25 }, () => validator.validate(about(signer))));
      answers.push(await validator.validate(about(signer)));
      expect(answers.every(({ revocation }) => revocation === 'good')).toBe(true);
      expect(asked.sort()).toEqual([`${authorities.url}/ocsp/root`, `${authorities.url}/ocsp/sha256`]);
    });

    test('a server that does not answer is asked once, not once for every signature', async () => {
      authorities.fail('ocsp', { isHanging: true });
      authorities.fail('crl', { isHanging: true });
      let requests = 0;
      const impatient: ValidationFetch = (request) => {
        requests++;
        return fetchForTests({ ...request, timeoutMs: 300 });
      };
      const validator = createCertificateValidator(policy(), impatient, null);
      for (let round = 0; round < 5; round++)
        expect((await validator.validate(about(signer))).revocation).toBe('unknown');
      expect(requests).toBe(4); // two certificates, a responder and a list each, at the same moment
    });

    test.each([{ body: 'html' }, { httpStatus: 500 }, { signer: 'stranger' }] as const)(
      'a server that answers with %o is not asked again for every signature',
      async (faults) => {
        authorities.fail('ocsp', faults);
        authorities.fail('crl', { body: 'html' });
        const { fetch, asked } = countingFetch();
        const validator = createCertificateValidator(policy(), fetch, null);
        const nowMs = Date.now();
        for (let round = 0; round < 5; round++)
          expect((await validator.validate(about(signer, { nowMs }))).revocation).toBe('unknown');
        const requests = asked.length;
        expect(requests).toBeLessThanOrEqual(6); // a second one by GET, where POST was answered with an error
        await validator.validate(about(signer, { nowMs: nowMs + 61_000 }));
        expect(asked.length).toBeGreaterThan(requests);
      },
    );

    test('addresses of a closed network are rewritten, whole parts only', async () => {
      const rules = { urlRewrites: [{ from: 'http://ocsp.ca.ptc', to: 'http://ocsp.ca.gov.vn' }] };
      expect(rewritten('http://ocsp.ca.ptc', rules)).toBe('http://ocsp.ca.gov.vn');
      expect(rewritten('http://ocsp.ca.ptc/x', rules)).toBe('http://ocsp.ca.gov.vn/x');
      expect(rewritten('http://ocsp.ca.ptc.example/x', rules)).toBe('http://ocsp.ca.ptc.example/x');
      const urlRewrites = [{ from: `${authorities.url}/ocsp/`, to: 'http://127.0.0.1:9/' }];
      const { fetch, asked } = countingFetch();
      expect((await ask(signer, {}, { urlRewrites }, fetch)).revocation).toBe('good');
      expect(asked.some((url) => url.startsWith('http://127.0.0.1:9/'))).toBe(true);
    });

    test('what is no failure of the network is not hidden', async () => {
      const broken: ValidationFetch = () => Promise.reject(new TypeError('a bug'));
      await expect(ask(signer, {}, {}, broken)).rejects.toThrow('a bug');
      expect(() =>
        createCertificateValidator(
          policy({ trustedRoots: ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'] }),
          null,
          null,
        ),
      ).toThrow(/bad-request/);
    });
  });

  describe('the cache', () => {
    test('serves the next start without a request, and is never believed blindly', async () => {
      const place = join(folder, 'cache');
      const first = countingFetch();
      const validate = (
        fetch: ValidationFetch | null,
        changed: Partial<CertificateQuestion> = {},
      ): Promise<CertificateAnswer> =>
        createCertificateValidator(policy(), fetch, openValidationCache(place)).validate(about(signer, changed));
      expect((await validate(first.fetch)).revocation).toBe('good');
      expect(first.asked).toHaveLength(2);
      expect((await validate(null)).revocation).toBe('good');

      const outdated = Date.now() + 2 * 3_600_000;
      expect((await validate(null, { nowMs: outdated, provenAtMs: outdated })).revocation).toBe('not-checked');

      for (const name of readdirSync(place)) {
        const bytes = readFileSync(join(place, name));
        bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
        writeFileSync(join(place, name), bytes);
      }
      expect((await validate(null)).revocation).toBe('not-checked');
      expect(readdirSync(place)).toEqual([]);
      expect((await validate(fetchForTests)).revocation).toBe('good');
      expect(readdirSync(place)).toHaveLength(2);
    });

    test('an answer put there by somebody else for another certificate proves nothing', async () => {
      const lost = issue('Bị tráo');
      authorities.pki.revoke(lost, 'sha256', Date.now() - DAY_MS);
      const entries = new Map<string, Buffer>();
      const cache = {
        read: (key: string) => Promise.resolve(entries.get(key) ?? null),
        write: (key: string, bytes: Buffer) => Promise.resolve(void entries.set(key, bytes)),
      };
      const good = await createCertificateValidator(policy(), fetchForTests, cache).validate(about(signer));
      const swapped = { read: () => Promise.resolve(good.evidence.ocspResponses[0] ?? null), write: cache.write };
      const answer = await createCertificateValidator(policy(), null, swapped).validate(about(lost));
      expect(answer.revocation).toBe('not-checked');
    });

    test('writes at the same moment do not disturb each other', async () => {
      const cache = openValidationCache(join(folder, 'busy'));
      const keys = Array.from({ length: 40 }, (_, index) => `key ${index % 20}`);
      await Promise.all(keys.map((key) => cache.write(key, Buffer.from(key))));
      expect(readdirSync(join(folder, 'busy')).filter((name) => name.endsWith('.evidence'))).toHaveLength(20);
      expect((await Promise.all(keys.map((key) => cache.read(key)))).map(String)).toEqual(keys);
    });

    test('keeps within its limit, oldest first, and survives a folder that cannot be written', async () => {
      const place = join(folder, 'small');
      const cache = openValidationCache(place, { maxBytes: 10_000, maxEntries: 100 });
      for (let index = 0; index < 12; index++) await cache.write(`key ${index}`, Buffer.alloc(1_500, index));
      expect(readdirSync(place).length).toBeLessThanOrEqual(6);
      expect(await cache.read('key 11')).toEqual(Buffer.alloc(1_500, 11));
      expect(await cache.read('key 0')).toBeNull();
      await cache.write('huge', Buffer.alloc(20_000));
      expect(await cache.read('huge')).toBeNull();
      writeFileSync(join(folder, 'no-folder'), '');
      const impossible = openValidationCache(join(folder, 'no-folder'));
      await impossible.write('key', Buffer.from('x'));
      expect(await impossible.read('key')).toBeNull();
    });
  });

  /** What `openssl x509` signs with any key, whether its owner may or not. */
  function signedBy(issuer: Holder, name: string, keyOf?: Holder): Holder {
    return authorities.pki.signWith(issuer, name, keyOf);
  }
});
