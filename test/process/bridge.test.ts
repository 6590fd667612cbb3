/**
 * @file The bridge as web pages meet it: real rooms, real sockets over TLS, a portal over HTTP. Every habit of the clients
 * in the field is replayed, and every thing a hostile page might try.
 */
import { constants, createHash, createVerify, publicDecrypt, X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerSignatureImage } from '../../main/counter/signature-images.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import { opened, openBridgeDesk, refusalOf, type BridgeDesk } from '../stand-ins/bridge-desk.ts';
import { KIT_ANSWER, openPortal, type Portal } from '../stand-ins/portal.ts';
import { plainPdf } from '../stand-ins/sample-pdfs.ts';

const PAGE = 'https://motcua.example.vn';
const LONG_NAME = `${'Quyết định về việc công nhận kết quả giải quyết thủ tục hành chính của Ủy ban nhân dân xã '.repeat(2).slice(0, 166)}.pdf`;

let portal: Portal;
let desk: BridgeDesk;

beforeAll(async () => {
  portal = await openPortal();
  portal.serve('/van-ban.pdf', plainPdf({ pages: 2 }));
  desk = await openBridgeDesk({
    allowedOrigins: [PAGE],
    allowedHosts: [portal.host],
    maxFileBytes: 200_000,
  });
});
afterAll(async () => {
  await desk?.close();
  await portal?.close();
});
afterEach(() => {
  desk.officer.answer = () => ({});
  portal.answerUploads(KIT_ANSWER);
});

const request = (extra: Record<string, unknown> = {}): Record<string, unknown> => ({
  FileUploadHandler: portal.url('/FileUploadHandler.aspx?id=7&loai=qd'),
  SessionId: '',
  JWTToken: '',
  FileName: portal.url('/van-ban.pdf'),
  DocNumber: '',
  IssuedDate: '',
  MetaData: [],
  ...extra,
});
const unsent = async (): Promise<readonly { id: string; title: string; code: string | null }[]> =>
  (await desk.counter.bridge!.status()).unsent;

describe('before anybody is signed in', () => {
  it('answers a probe with JSON, whatever the probe says', async () => {
    for (const frame of ['GetVersion', '{"message":"get version"}', '{"event":"message","data":1}'])
      expect(await desk.call('GetVersion', frame, PAGE)).toMatchObject({ Status: 0, Version: '1.2.3' });
  });

  it('tolerates a socket that is opened and closed without a word', async () => {
    const socket = desk.dial('SignXML', PAGE);
    await opened(socket);
    socket.close();
    expect(await desk.call('GetVersion', '', PAGE)).toMatchObject({ Status: 0 });
  });

  it('signs nothing', async () => {
    const answer = await desk.call('SignApproved', request(), PAGE);
    expect(answer).toMatchObject({ Code: 'not-allowed' });
    expect(answer['Status']).not.toBe(0);
    expect(desk.officer.questions).toEqual([]);
  });
});

describe('a page that signs', () => {
  beforeAll(() => desk.signIn());

  it('gets the file signed, sent to its handler with query, cookie, bearer and meta data, and is told where it lies', async () => {
    portal.serve('/luu/vb 1.pdf', plainPdf());
    const answer = await desk.call(
      'SignApproved',
      request({
        SessionId: 'abc123',
        JWTToken: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln',
        DocNumber: '79/QĐ-UBND',
        IssuedDate: '2026-11-21T02:10:05.000Z',
        MetaData: [{ Key: 'MaHoSo', Value: 'H56.116-261121-0001' }],
      }),
      PAGE,
    );
    expect(answer).toEqual({
      Status: 0,
      Message: '',
      FileName: 'da-ky.pdf',
      FileServer: '/Uploads/da-ky.pdf',
      DocumentNumber: '79/QĐ-UBND',
      DocumentDate: '2026-11-21T02:10:05.000Z',
    });
    const upload = portal.uploads.at(-1);
    expect(upload).toMatchObject({
      path: '/FileUploadHandler.aspx',
      query: '?id=7&loai=qd',
      part: 'uploadfile',
      fileName: 'van-ban.signed.pdf',
      cookie: 'ASP.NET_SessionId=abc123',
      authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln',
      fields: { MaHoSo: 'H56.116-261121-0001' },
    });
    expect(portal.downloads.at(-1)).toMatchObject({ cookie: 'ASP.NET_SessionId=abc123' });
    const original = plainPdf({ pages: 2 });
    expect(upload?.file.subarray(0, original.length).equals(original)).toBe(true);
    expect(upload?.file.includes('/ETSI.CAdES.detached')).toBe(true);
    expect(await unsent()).toEqual([]);
    expect(desk.logs.join('\n')).not.toMatch(/abc123|eyJhbGci/);
  });

  it('is named to the officer before the PIN, with its file, the digest of the file and what will be stamped', async () => {
    await desk.call('SignAppendix', request({ DocNumber: '12/BC-UBND' }), PAGE);
    const question = desk.officer.questions.at(-1);
    expect(question).toMatchObject({ kind: 'documents', origin: PAGE, operation: 'SignAppendix' });
    expect(question?.documents).toMatchObject([{ title: 'van-ban.pdf', pageCount: 2 }]);
    expect(question?.documents[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(question?.marks[0]).toContain('12/BC-UBND');
    expect(desk.officer.pinWindows.at(-1)).toMatchObject({
      purpose: 'web-page',
      webPage: { origin: PAGE, operation: 'SignAppendix' },
    });
  });

  it.each([
    ['SignPDF', {}],
    ['SignPDFWP', {}],
    ['SignFile', {}],
    ['SignCopy', { DocNumber: '5/SY' }],
    ['SignIncome', { DocNumber: 123, IssuedDate: '2026-11-21' }],
    ['Comment', { MetaData: null }],
    ['SignApproved', { IssuedDate: {}, JWTToken: undefined, SessionId: null, MetaData: undefined, Ky: { la: 1 } }],
  ])('%s takes what its clients send', async (operation, extra) => {
    desk.officer.answer = ({ asksComment }) => ({ comment: asksComment ? 'Giao phòng Kinh tế xử lý' : null });
    expect(await desk.call(operation, request(extra), PAGE)).toMatchObject({
      Status: 0,
      FileServer: '/Uploads/da-ky.pdf',
    });
  });

  it('no seal, no issue: refused before anybody is asked for a PIN', async () => {
    const windows = desk.officer.pinWindows.length;
    expect(await desk.call('SignIssued', request({ DocNumber: '79' }), PAGE)).toMatchObject({
      Code: 'signature-image-missing',
    });
    expect(desk.officer.pinWindows.length).toBe(windows);
  });

  it('with the agency’s registered seal it is issued, number and date in the signature', async () => {
    const administrator = { name: 'Quản trị', title: 'Quản trị', roles: ['admin' as const], pin: '654321' };
    const { id: officerId } = unwrap(await desk.counter.rooms.store.call('addOfficer', administrator));
    const red = { width: 100, height: 100, channels: 4 as const, background: { r: 220, g: 0, b: 0, alpha: 0.8 } };
    const picture = join(desk.folder, 'con-dau.png');
    await sharp({ create: red }).png().toFile(picture);
    unwrap(await registerSignatureImage(desk.counter.rooms, picture, 'seal', 36, officerId));
    const issued = request({ DocNumber: '79/QĐ-UBND', IssuedDate: '2026-11-21' });
    expect(await desk.call('SignIssued', issued, PAGE)).toMatchObject({ Status: 0, DocumentNumber: '79/QĐ-UBND' });
    expect(portal.uploads.at(-1)?.file.includes('/Subtype /Image')).toBe(true);
  });

  it('says in Vietnamese that an object was sent instead of its text', async () => {
    const answer = await desk.call('SignApproved', '[object Object]', PAGE);
    expect(answer['Status']).toBe(3);
    expect(answer['Message']).toContain('JSON.stringify');
  });

  it.each([
    ['Config', 'config'],
    ['GetLicenseRequest', 'request'],
    ['SignXML', '{}'],
    ['SignOffice', '{}'],
    ['Something', 'x'],
  ])('%s is declined politely', async (operation, frame) => {
    expect(await desk.call(operation, frame, PAGE)).toMatchObject({ Code: 'bridge-not-supported', Status: 4 });
  });

  it('learns the certificate, with the name first and without a comma', async () => {
    const { Status: status, CertInfo: found } = await desk.call('GetCertInfo', 'get_cert_info', PAGE);
    expect(status).toBe(0);
    const { Subject: subject, Base64Data: data } = found as { Subject: string; Base64Data: string };
    expect(subject.slice(subject.indexOf('CN=') + 3, subject.indexOf(','))).toBe('Trần Văn Minh');
    expect(Buffer.from(data, 'base64')[0]).toBe(0x30);
  });

  it('a document number of the caller comes back as it was, JSON of the handler too', async () => {
    const nested = JSON.stringify({ fileEntryId: 991, url: 'https://x/y?a=1&b="2"' });
    portal.answerUploads({
      contentType: 'text/html; charset=utf-8',
      body: `\uFEFF${JSON.stringify({ Status: true, FileServer: nested })}`,
    });
    const answer = await desk.call('SignIncome', request({ DocNumber: 'số 7 / tự do' }), PAGE);
    expect(answer).toMatchObject({ Status: 0, FileServer: nested, DocumentNumber: 'số 7 / tự do' });
    expect((JSON.parse(answer['FileServer'] as string) as { fileEntryId: number }).fileEntryId).toBe(991);
  });
});

describe('several files', () => {
  it('are signed with one PIN; one that cannot be fetched does not stop the others', async () => {
    const before = desk.officer.pinWindows.length;
    const answer = await desk.call(
      'SignFiles',
      {
        FileUploadHandler: portal.url('/up?x=1'),
        Files: [
          { FileID: 11, FileName: LONG_NAME, URL: portal.url('/van-ban.pdf') },
          { FileID: 'b-12', FileName: 'mất.pdf', URL: portal.url('/mat.pdf') },
          { FileID: 13, FileName: portal.url('/van-ban.pdf') },
        ],
      },
      PAGE,
    );
    expect(answer['Status']).toBe(0);
    const files = answer['Files'] as Record<string, unknown>[];
    expect(files).toMatchObject([
      { FileID: 11, FileName: LONG_NAME, Status: 0, FileSignedURL: '/Uploads/da-ky.pdf' },
      { FileID: 'b-12', FileName: 'mất.pdf', FileSignedURL: '' },
      { FileID: 13, Status: 0 },
    ]);
    expect(files[1]?.['Status']).toBe(6);
    expect(desk.officer.pinWindows.length).toBe(before + 1);
    expect(portal.uploads.map(({ fileName }) => fileName)).toContain(LONG_NAME.replace(/\.pdf$/, '.signed.pdf'));
  });

  it('none is signed when the PIN is wrong', async () => {
    const before = portal.uploads.length;
    desk.officer.pin = '00000000';
    const answer = await desk.call('SignApproved', request(), PAGE);
    desk.officer.pin = '12345678';
    expect(answer).toMatchObject({ Code: 'pin-wrong' });
    expect(portal.uploads.length).toBe(before);
  });
});

describe('a handler that fails', () => {
  it.each([
    ['401', { status: 401, body: '' }, '401'],
    ['413', { status: 413, body: '<html>too large</html>', contentType: 'text/html' }, '413'],
    ['500 with a message', { status: 500, body: '{"Message":"Hết chỗ lưu"}' }, 'Hết chỗ lưu'],
    ['a sign-in page', { status: 302, body: '' }, '302'],
    ['Status false', { body: '{"Status":false,"Message":"Sai phiên làm việc"}' }, 'Sai phiên làm việc'],
    ['no JSON', { body: 'OK' }, 'JSON'],
    ['a broken line', { isCut: true }, ''],
  ])('%s: the page is told, the signed file is kept and sent again without signing', async (_, uploadAnswer, said) => {
    portal.answerUploads(uploadAnswer);
    const windows = desk.officer.pinWindows.length + 1;
    const answer = await desk.call('SignApproved', request(), PAGE);
    expect(answer).toMatchObject({ Status: 7, Code: 'bridge-upload-failed' });
    expect(answer['Message']).toContain(said);
    const [kept] = await unsent();
    expect(kept).toMatchObject({ title: 'van-ban.pdf', code: 'bridge-upload-failed' });
    portal.answerUploads(KIT_ANSWER);
    const signed = portal.uploads.at(-1)?.file;
    expect(await desk.counter.bridge!.resend(kept!.id)).toEqual({ ok: true, value: null });
    expect(portal.uploads.at(-1)?.file.equals(signed!)).toBe(true);
    expect(await unsent()).toEqual([]);
    expect(readdirSync(join(desk.folder, 'bridge', 'unsent'))).toEqual([]);
    expect(desk.officer.pinWindows.length).toBe(windows);
  });

  it('is sent to once, however often the officer presses; what is on its way cannot be discarded', async () => {
    portal.answerUploads({ status: 500 });
    await desk.call('SignApproved', request(), PAGE);
    const [kept] = await unsent();
    portal.answerUploads({ ...KIT_ANSWER, delayMs: 300 });
    const before = portal.uploads.length;
    const bridge = desk.counter.bridge!;
    const [first, second, thrown] = await Promise.all([
      bridge.resend(kept!.id),
      bridge.resend(kept!.id),
      bridge.discard(kept!.id),
    ]);
    expect(first.ok).toBe(true);
    expect([second, thrown]).toMatchObject([{ code: 'bridge-busy' }, { code: 'bridge-busy' }]);
    expect(portal.uploads.length).toBe(before + 1);
  });

  it('a slow one is waited for', async () => {
    portal.answerUploads({ ...KIT_ANSWER, delayMs: 1_500 });
    expect(await desk.call('SignApproved', request(), PAGE)).toMatchObject({ Status: 0 });
  });

  it('what is kept survives the end of the program, unreadable to others, and can be discarded by the officer', async () => {
    const settings = { allowedOrigins: [PAGE], allowedHosts: [portal.host] };
    const first = await openBridgeDesk(settings);
    await first.signIn();
    portal.answerUploads({ status: 503 });
    for (const number of ['1', '2'])
      await first.call('SignApproved', request({ SessionId: 'bi-mat-phien', DocNumber: number }), PAGE);
    await first.stop();
    const folder = join(first.folder, 'bridge', 'unsent');
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name));
      expect(bytes.includes('bi-mat-phien') || bytes.includes('%PDF')).toBe(false);
    }
    portal.answerUploads(KIT_ANSWER);
    const second = await openBridgeDesk({ ...settings, isEnabled: false }, first.folder);
    try {
      const { state, unsent: kept } = await second.counter.bridge!.status();
      expect(state).toBe('off');
      expect(kept).toHaveLength(2);
      expect(await second.counter.bridge!.resend(kept[0]!.id)).toEqual({ ok: true, value: null });
      expect(portal.uploads.at(-1)).toMatchObject({ cookie: 'ASP.NET_SessionId=bi-mat-phien' });
      expect(await second.counter.bridge!.discard(kept[1]!.id)).toEqual({ ok: true, value: null });
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      await second.close();
    }
  });
});

describe('a page that leaves', () => {
  it('before the officer answered: the question goes, nothing is signed', async () => {
    const windows = desk.officer.pinWindows.length;
    desk.officer.answer = () => new Promise(() => {});
    const asked = desk.officer.questions.length;
    const socket = desk.dial('SignApproved', PAGE);
    await opened(socket);
    socket.send(JSON.stringify(request()));
    await vi.waitFor(() => expect(desk.officer.questions.length).toBe(asked + 1), 20_000);
    socket.terminate();
    desk.officer.answer = () => ({});
    // The next call is only served once the first one is over.
    expect(await desk.call('GetCertInfo', 'get_cert_info', PAGE)).toMatchObject({ Status: 0 });
    expect(desk.officer.pinWindows.length).toBe(windows);
  });

  it('after signing: its file reaches the handler all the same', async () => {
    portal.answerUploads({ ...KIT_ANSWER, delayMs: 500 });
    const before = portal.uploads.length;
    const socket = desk.dial('SignApproved', PAGE);
    await opened(socket);
    socket.send(JSON.stringify(request()));
    await vi.waitFor(() => expect(portal.uploads.length).toBe(before + 1), 20_000);
    socket.terminate();
    const folder = join(desk.folder, 'bridge', 'unsent');
    await vi.waitFor(() => expect(readdirSync(folder)).toEqual([]), 10_000);
  });
});

describe('many calls', () => {
  it('ten sockets at once are asked about one after the other and all answered', async () => {
    let open = 0;
    let most = 0;
    desk.officer.answer = async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 20));
      open--;
      return {};
    };
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => desk.call('SignApproved', request({ DocNumber: index }), PAGE)),
    );
    expect(answers.map(({ Status: status }) => status)).toEqual(Array(10).fill(0));
    expect(answers.map(({ DocumentNumber: number }) => number).sort()).toEqual([...'0123456789']);
    expect(most).toBe(1);
  });

  it('a page that floods the queue is told so, and the calls in it are still served', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    desk.officer.answer = async () => {
      await held;
      return { decision: 'refuse' };
    };
    const answers = Array.from({ length: 24 }, () => desk.call('SignApproved', request(), PAGE));
    const refused = await Promise.race(answers);
    expect(refused).toMatchObject({ Code: 'bridge-busy', Status: 5 });
    release();
    const codes = (await Promise.all(answers)).map(({ Code: code }) => code);
    expect(codes.filter((code) => code === 'bridge-busy')).toHaveLength(4);
    expect(codes.filter((code) => code === 'pin-cancelled')).toHaveLength(20);
  });
});

describe('a hostile page', () => {
  it.each([
    ['another page', 'https://evil.example', {}, 403],
    ['a sandboxed frame', 'null', {}, 403],
    ['the right page as a prefix', `${PAGE}.evil.example`, {}, 403],
    ['a name that resolves here', PAGE, { host: 'evil.example:8987' }, 421],
  ])('%s gets no socket', async (_, origin, headers, status) => {
    expect(await refusalOf(desk.dial('SignApproved', origin, headers))).toBe(status);
  });

  it('without an origin gets no socket', async () => {
    expect(await refusalOf(desk.dial('SignApproved', undefined as unknown as string))).toBe(403);
  });

  it('a frame of 2 MiB ends its socket and nothing else', async () => {
    const socket = desk.dial('SignApproved', PAGE);
    await opened(socket);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.send('x'.repeat(2 * 1024 * 1024));
    expect(await closed).not.toBe(1000);
    expect(await desk.call('GetVersion', '', PAGE)).toMatchObject({ Status: 0 });
  });

  it.each([
    ['another host', { FileName: 'https://khac.example/a.pdf' }, 'bridge-address-refused'],
    ['a file of this PC', { FileName: 'file:///etc/passwd' }, 'bridge-address-refused'],
    ['its own host without TLS', { FileName: 'http://motcua.example.vn/a.pdf' }, 'bridge-address-refused'],
    ['another handler', { FileUploadHandler: 'https://khac.example/up' }, 'bridge-address-refused'],
  ])('%s is not spoken to', async (_, extra, code) => {
    const windows = desk.officer.pinWindows.length;
    expect(await desk.call('SignApproved', request(extra), PAGE)).toMatchObject({ Code: code });
    expect(desk.officer.pinWindows.length).toBe(windows);
  });

  it('a redirect off the list is not followed, one within it is', async () => {
    const away = portal.url(`/redirect?to=${encodeURIComponent('http://127.0.0.1:1/a.pdf')}`);
    expect(await desk.call('SignApproved', request({ FileName: away }), PAGE)).toMatchObject({
      Code: 'bridge-address-refused',
    });
    const within = portal.url('/redirect?to=/van-ban.pdf');
    expect(await desk.call('SignApproved', request({ FileName: within }), PAGE)).toMatchObject({ Status: 0 });
    const round = portal.url('/redirect?to=%2Fredirect%3Fto%3D%252Fredirect');
    expect(await desk.call('SignApproved', request({ FileName: round }), PAGE)).toMatchObject({
      Code: 'bridge-download-failed',
    });
  });

  it('a file that is no PDF or too large is refused', async () => {
    portal.serve('/trang.pdf', Buffer.from('<html>Đăng nhập</html>'));
    portal.serve('/to.pdf', Buffer.concat([plainPdf(), Buffer.alloc(300_000)]));
    expect(await desk.call('SignPDF', request({ FileName: portal.url('/trang.pdf') }), PAGE)).toMatchObject({
      Code: 'file-not-supported',
    });
    expect(await desk.call('SignPDF', request({ FileName: portal.url('/to.pdf') }), PAGE)).toMatchObject({
      Code: 'file-too-large',
    });
  });

  it('cannot have a bare hash signed', async () => {
    const frame = { HashAlg: 'SHA256', HashValue: Buffer.alloc(32, 7).toString('base64'), Encode: 'RSA' };
    const windows = desk.officer.pinWindows.length;
    expect(await desk.call('SignMsg', frame, PAGE)).toMatchObject({ Code: 'bridge-hash-refused', Status: 2 });
    expect(desk.officer.pinWindows.length).toBe(windows);
  });
});

describe('what is checked and proved for a page', () => {
  it('the verdict on a signed file, in words and as data', async () => {
    await desk.call('SignApproved', request(), PAGE);
    portal.serve('/da-ky.pdf', portal.uploads.at(-1)!.file);
    const answer = await desk.call('VerifyPDF', { SessionId: '', FileName: portal.url('/da-ky.pdf') }, PAGE);
    expect(answer).toMatchObject({ Status: 0, Verdict: 'valid' });
    expect(answer['Message']).toContain('Tệp hợp lệ');
    expect(answer['Signatures']).toMatchObject([{ verdict: 'valid', signer: 'Trần Văn Minh' }]);
    expect((answer['Signatures'] as { statements: string[] }[])[0]?.statements.length).toBeGreaterThan(1);
  });

  it('who signs in, with the challenge in the window', async () => {
    const answer = await desk.call('Auth', 'dang-nhap-2026-7f3a', PAGE);
    expect(answer['Status']).toBe(0);
    expect(desk.officer.questions.at(-1)).toMatchObject({ kind: 'challenge', text: 'dang-nhap-2026-7f3a' });
    const certificate = new X509Certificate(Buffer.from(answer['CertBase64'] as string, 'base64'));
    const verifier = createVerify('sha256').update('dang-nhap-2026-7f3a');
    expect(verifier.verify(certificate.publicKey, answer['Signature'] as string, 'base64')).toBe(true);
  });

  it('nothing binary passes for a challenge', async () => {
    expect(await desk.call('Auth', '1\u00060\u0006\u0005', PAGE)).toMatchObject({ Code: 'bridge-request-unreadable' });
  });
});

describe('without a list of the administrator', () => {
  let open: BridgeDesk;
  beforeAll(async () => {
    open = await openBridgeDesk({ hashSigningOrigins: [PAGE] });
    await open.signIn();
  });
  afterAll(() => open?.close());

  it('the officer is asked at the first use, and not again while it is remembered', async () => {
    open.officer.answer = () => ({ decision: 'remember' });
    expect(await open.call('GetCertInfo', 'get_cert_info', PAGE)).toMatchObject({ Status: 0 });
    expect(await open.call('GetCertInfo', 'get_cert_info', PAGE)).toMatchObject({ Status: 0 });
    const consents = open.officer.questions.filter(({ kind }) => kind === 'consent');
    expect(consents).toMatchObject([{ kind: 'consent', origin: PAGE }]);
    expect((await open.counter.bridge!.status()).origins).toMatchObject([{ origin: PAGE }]);
  });

  it('a page that was refused is not asked about again at once', async () => {
    const before = open.officer.questions.length;
    open.officer.answer = () => ({ decision: 'refuse' });
    for (let time = 0; time < 3; time++)
      expect(await open.call('GetCertInfo', 'x', 'https://quay-roi.example')).toMatchObject({
        Code: 'bridge-origin-refused',
        Status: 2,
      });
    expect(open.officer.questions.length).toBe(before + 1);
    open.officer.answer = () => ({});
  });

  it('a page without TLS gets no socket', async () => {
    expect(await refusalOf(open.dial('SignApproved', 'http://motcua.example.vn'))).toBe(403);
  });

  it('the page’s own name may not lead into the office’s network', async () => {
    const rebound = 'https://localhost:1';
    const frame = { FileName: `${rebound}/a.pdf`, FileUploadHandler: `${rebound}/up` };
    const answer = await open.call('SignPDF', frame, rebound);
    expect(answer).toMatchObject({ Code: 'bridge-address-refused' });
    expect(answer['Message']).toContain('nội bộ');
  });

  it('a challenge is not signed: another page could sign in with it', async () => {
    expect(await open.call('Auth', 'abc', PAGE)).toMatchObject({ Code: 'bridge-hash-refused' });
  });

  it('without Encode the answer is a detached CMS that OpenSSL verifies over the content', async () => {
    const content = Buffer.from('văn bản ở máy chủ của trang');
    const HashValue = createHash('sha256').update(content).digest('base64');
    const answer = await open.call('SignMsg', { HashAlg: 'SHA256', HashValue }, PAGE);
    expect(answer['Status']).toBe(0);
    const [signature, original] = [join(open.folder, 'hash.p7s'), join(open.folder, 'content.bin')];
    writeFileSync(signature, Buffer.from(answer['Signature'] as string, 'base64'));
    writeFileSync(original, content);
    const verify = ['cms', '-verify', '-binary', '-inform', 'DER', '-noverify', '-in', signature, '-content', original];
    expect(execFileSync('openssl', verify, { stdio: ['ignore', 'pipe', 'pipe'] })).toEqual(content);
  });

  it('a page named for it may have a hash signed, with a warning, a PIN and an entry in the audit', async () => {
    const entries = async (): Promise<number> => unwrap(await open.counter.rooms.store.call('verifyAudit', {})).entries;
    const before = await entries();
    const digest = createHash('sha256').update('nội dung không ai thấy').digest();
    const answer = await open.call(
      'SignMsg',
      { HashAlg: 'SHA256', HashValue: digest.toString('base64'), Encode: 'RSA' },
      PAGE,
    );
    expect(answer['Status']).toBe(0);
    expect(open.officer.questions.at(-1)).toMatchObject({ kind: 'hash', text: digest.toString('hex') });
    const certificate = new X509Certificate(Buffer.from(answer['CertBase64'] as string, 'base64'));
    const opened256 = publicDecrypt(
      { key: certificate.publicKey, padding: constants.RSA_PKCS1_PADDING },
      Buffer.from(answer['Signature'] as string, 'base64'),
    );
    expect(opened256.subarray(-32).equals(digest)).toBe(true);
    expect(await entries()).toBeGreaterThan(before);
  });
});

describe('the port', () => {
  it('answers on this PC’s own two addresses alone', async () => {
    const { port } = await desk.counter.bridge!.status();
    const isOpen = (host: string): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = connect(port ?? 0, host, () => resolve(true));
        socket.once('error', () => resolve(false));
        socket.once('close', () => resolve(false));
        socket.once('connect', () => socket.destroy());
      });
    expect(await isOpen('127.0.0.1')).toBe(true);
    // A server on every address of the machine would answer here: to Linux all of 127.0.0.0/8 is this machine.
    const others = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    const outside = others.filter(({ internal }) => !internal).map(({ address }) => address);
    for (const host of ['127.0.0.2', ...outside]) expect([host, await isOpen(host)]).toEqual([host, false]);
  });

  it('in use by another service is left alone, and said so', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const late = await openBridgeDesk({ port });
    try {
      expect(await late.counter.bridge!.status()).toMatchObject({ state: 'port-taken', port });
      await new Promise((resolve) => other.close(resolve));
      expect(await late.counter.bridge!.status()).toMatchObject({ state: 'listening', port });
    } finally {
      await late.close();
    }
  });

  it('is opened again when the room dies, and who waited on it waits no more', async () => {
    const before = desk.counter.rooms.bridge.pid;
    const asked = desk.officer.questions.length;
    desk.officer.answer = () => new Promise(() => {});
    const lost = desk.call('SignApproved', request(), PAGE).catch((error: unknown) => String(error));
    await vi.waitFor(() => expect(desk.officer.questions.length).toBe(asked + 1), 20_000);
    process.kill(before!, 'SIGKILL');
    expect(await lost).toContain('closed');
    await vi.waitFor(async () => {
      const status = await desk.counter.bridge!.status();
      expect(desk.counter.rooms.bridge.pid).not.toBe(before);
      expect(status.state).toBe('listening');
    }, 10_000);
    desk.officer.answer = () => ({});
    // The question of the page that lost its socket is gone; the next one is asked.
    expect(
      await desk.counter.bridge!.perform({
        callId: 'next',
        origin: PAGE,
        operation: 'GetCertInfo',
        request: { kind: 'certificate' },
      }),
    ).toMatchObject({ kind: 'certificate' });
  });
});
