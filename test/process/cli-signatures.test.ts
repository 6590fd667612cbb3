/** @file `motcua sign` and `motcua verify` from outside: every key, every format, every trouble a batch meets. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignOutcome } from '../../main/cli/sign.ts';
import { ensurePracticeKeys, PRACTICE_PIN } from '../../main/signing/practice-keys.ts';
import type { VerificationResult } from '../../main/signing/verification/report.ts';
import { buildFakePkcs11, FAKE_PKCS11_MISSING, type FakePkcs11 } from '../stand-ins/fake-pkcs11/build.ts';
import {
  endOf,
  motcua,
  motcuaOnTerminal,
  startMotcua,
  TERMINAL_MISSING,
  type Ended,
} from '../stand-ins/motcua-command.ts';
import { plainPdf, QPDF_MISSING, throughQpdf } from '../stand-ins/sample-pdfs.ts';
import { judge, JUDGES_MISSING } from '../stand-ins/signature-judges.ts';
import { createSoftHsm, SOFTHSM_MISSING, SOFTHSM_MODULE, USER_PIN } from '../stand-ins/softhsm-tokens.ts';
import { createTestPki, type TestPki } from '../stand-ins/test-pki.ts';
import { startValidationAuthorities, type ValidationAuthorities } from '../stand-ins/validation-authorities.ts';

const folder = mkdtempSync(join(tmpdir(), 'cli-signatures-'));
const home = join(folder, 'home');
const at = (...parts: string[]): string => join(folder, ...parts);
let p12: string;
let practiceRoot: string;
let count = 0;

beforeAll(() => {
  const keys = ensurePracticeKeys(at('keys'));
  p12 = keys.officers[0]?.p12Path ?? '';
  practiceRoot = keys.caPemPath;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  motcua(args, home, { PW: PRACTICE_PIN, ...env });
const newFolder = (): string => {
  const path = at(`out-${++count}`);
  mkdirSync(path);
  return path;
};
function file(name: string, content: Uint8Array | string = plainPdf()): string {
  const path = join(newFolder(), name);
  writeFileSync(path, content);
  return path;
}
const key = (): string[] => ['--p12', p12, '--password-env', 'PW'];

interface SignReport {
  readonly files: readonly SignOutcome[];
  readonly stoppedBy: { readonly code: string } | null;
}
const signReport = (ended: Ended): SignReport => JSON.parse(ended.out) as SignReport;
async function verdictsOf(
  files: readonly string[],
  roots: readonly string[],
  ...more: string[]
): Promise<VerificationResult[]> {
  const ended = await run([
    'verify',
    ...files,
    ...roots.flatMap((root) => ['--trust', root]),
    '--offline',
    '--json',
    ...more,
  ]);
  return JSON.parse(ended.out) as VerificationResult[];
}

describe('motcua sign with a key file', () => {
  it('signs several files with one password and says of each where it is', async () => {
    const files = [file('a.pdf'), file('b.pdf'), file('Quyết định số 1.PDF')];
    const out = newFolder();
    const ended = await run(['sign', ...files, '--out-dir', out, ...key(), '--json']);
    expect(ended.code).toBe(0);
    expect(signReport(ended)).toMatchObject({ stoppedBy: null });
    expect(signReport(ended).files.map(({ state, level, out: path }) => [state, level, basename(path ?? '')])).toEqual([
      ['signed', 'B-B', 'a.pdf'],
      ['signed', 'B-B', 'b.pdf'],
      ['signed', 'B-B', 'Quyết định số 1.PDF'],
    ]);
    expect(readdirSync(out)).toHaveLength(3); // and nothing temporary
    const verdicts = await verdictsOf(
      readdirSync(out).map((name) => join(out, name)),
      [practiceRoot],
    );
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['valid', 'valid', 'valid']);
  });

  it.skipIf(JUDGES_MISSING)('draws every appearance, and every judge accepts the file', async () => {
    const image = at('seal.png');
    writeFileSync(image, redPng());
    const wishes: readonly (readonly string[])[] = [
      ['--appearance', 'none'],
      ['--appearance', 'personal', '--image', image, '--rect', '300,200,120,60'],
      ['--appearance', 'agency', '--image', image, '--rect', '250,200,100,100'],
      ['--appearance', 'agency', '--image', image, '--image-width', '36'],
      ['--appearance', 'agency', '--image', image],
      ['--appearance', 'annex', '--document-number', '12/QĐ-UBND'],
      ['--appearance', 'personal', '--line', 'Người ký: Nguyễn Thị Lan'],
      ['--appearance', 'copy', '--page', '2'],
      ['--appearance', 'officer', '--reason', 'Số hóa'],
    ];
    for (const wish of wishes) {
      const out = newFolder();
      const ended = await run(['sign', file('a.pdf', plainPdf({ pages: 2 })), '--out-dir', out, ...key(), ...wish]);
      expect(ended, wish.join(' ')).toMatchObject({ code: 0 });
      const verdict = judge(folder, readFileSync(join(out, 'a.pdf')), practiceRoot);
      expect(verdict.pdfsig, wish.join(' ')).toEqual([{ isValid: true, coversAll: true }]);
      expect(verdict.cades, wish.join(' ')).toEqual([true]);
      expect(verdict.qpdf).toContain('No syntax or stream encoding errors');
    }
  });

  it('fills a named field, and says when there is none of that name', async () => {
    const field = '<</FT /Sig /T (LanhDao) /Type /Annot /Subtype /Widget /Rect [100 100 200 150] /P 11 0 R>>';
    const form = plainPdf({
      catalog: '/AcroForm <</Fields [10 0 R] /SigFlags 1>>',
      objects: [field],
      page: '/Annots [10 0 R]',
    });
    const out = newFolder();
    expect(await run(['sign', file('f.pdf', form), '--out-dir', out, ...key(), '--field', 'LanhDao'])).toMatchObject({
      code: 0,
    });
    const [verdict] = await verdictsOf([join(out, 'f.pdf')], [practiceRoot]);
    expect(verdict?.signatures).toMatchObject([{ field: 'LanhDao', verdict: 'valid' }]);
    const absent = ['--field', 'KhongCo', '--json'];
    const other = await run(['sign', file('f.pdf', form), '--out-dir', newFolder(), ...key(), ...absent]);
    expect(other.code).toBe(1);
    expect(signReport(other).files).toMatchObject([{ code: 'signature-field-missing', detail: 'KhongCo' }]);
  });

  it.skipIf(QPDF_MISSING)('signs an encrypted file with its password, and says when it needs one', async () => {
    const encrypted = throughQpdf(folder, plainPdf(), ['--encrypt', 'mo', 'chu', '256', '--']);
    const out = newFolder();
    const without = await run(['sign', file('e.pdf', encrypted), '--out-dir', out, ...key(), '--json']);
    expect(without.code).toBe(1);
    expect(signReport(without).files).toMatchObject([{ state: 'failed', code: 'pdf-password' }]);
    const args = ['sign', file('e.pdf', encrypted), '--out-dir', out, ...key(), '--pdf-password-env', 'OPEN'];
    expect(await run(args, { OPEN: 'mo' })).toMatchObject({ code: 0 });
    const path = join(out, 'e.pdf');
    const verify = ['verify', path, '--trust', practiceRoot, '--offline'];
    expect(await run([...verify, '--password-env', 'OPEN'], { OPEN: 'mo' })).toMatchObject({ code: 0 });
    const closed = await run([...verify, '--json']);
    expect(closed.code).toBe(1);
    expect(JSON.parse(closed.out)).toMatchObject([{ verdict: 'unreadable', code: 'pdf-password' }]);
  });

  it('a wrong password is one try, however many files wait', async () => {
    const own = at('own.p12');
    copyFileSync(p12, own);
    const files = [file('a.pdf'), file('b.pdf'), file('c.pdf')];
    const out = newFolder();
    const report = at('wrong.json');
    const args = ['sign', ...files, '--out-dir', out, '--p12', own, '--password-env', 'BAD', '--report', report];
    const ended = await run(args, { BAD: 'sai' });
    expect(ended.code).toBe(1);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      stoppedBy: { code: 'pin-wrong' },
      files: [{ state: 'not-tried' }, { state: 'not-tried' }, { state: 'not-tried' }],
    });
    expect(ended.err).toContain('3 tệp chưa thử ký');
    expect(JSON.parse(readFileSync(`${own}.tries`, 'utf8'))).toEqual({ wrong: 1 });
    expect(readdirSync(out)).toEqual([]);
    // The last try is a person's: a script does not spend it.
    for (let wrong = 2; wrong <= 4; wrong++) await run(args, { BAD: 'sai' });
    const last = await run(args, { BAD: PRACTICE_PIN });
    expect(last.code).toBe(1);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ stoppedBy: { code: 'pin-last-try' } });
    writeFileSync(`${own}.tries`, JSON.stringify({ wrong: 5 }));
    expect((await run(args, { BAD: PRACTICE_PIN })).code).toBe(1);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ stoppedBy: { code: 'pin-locked' } });
  });

  it.skipIf(TERMINAL_MISSING)(
    'asks for the password on a terminal, shows nothing of it, and takes back a letter',
    async () => {
      const out = newFolder();
      const args = ['sign', file('a.pdf'), '--out-dir', out, '--p12', p12];
      const typed = `${PRACTICE_PIN.slice(0, 3)}é\u007f${PRACTICE_PIN.slice(3)}\r`;
      const ended = await motcuaOnTerminal(args, home, [{ to: 'Mật khẩu của', typed }]);
      expect(ended.code).toBe(0);
      expect(ended.out).not.toContain(PRACTICE_PIN.slice(3));
      expect(existsSync(join(out, 'a.pdf'))).toBe(true);
      const cancelled = await motcuaOnTerminal(['sign', file('b.pdf'), '--out-dir', out, '--p12', p12], home, [
        { to: 'Mật khẩu của', typed: '123\u0003' },
      ]);
      expect(cancelled.code).toBe(1);
      expect(cancelled.out).toContain('Bạn đã thôi không ký.');
    },
  );
});

describe('what is written where', () => {
  it('nothing that exists is overwritten, and the others are signed', async () => {
    const out = newFolder();
    writeFileSync(join(out, 'a.pdf'), 'của người khác');
    const ended = await run(['sign', file('a.pdf'), file('b.pdf'), '--out-dir', out, ...key(), '--json']);
    expect(ended.code).toBe(2);
    expect(signReport(ended).files).toMatchObject([{ state: 'failed', code: 'file-exists' }, { state: 'signed' }]);
    expect(readFileSync(join(out, 'a.pdf'), 'utf8')).toBe('của người khác');
    const source = file('c.pdf');
    const same = await run(['sign', source, '--out-dir', join(source, '..'), ...key(), '--json']);
    expect(signReport(same).files).toMatchObject([{ code: 'file-exists' }]);
    expect(readFileSync(source).equals(plainPdf())).toBe(true);
  });

  it('two files that would become one are refused before anything is signed; one named twice is signed once', async () => {
    const out = newFolder();
    const first = file('a.pdf');
    expect(await run(['sign', first, file('A.pdf'), '--out-dir', out, ...key()])).toMatchObject({ code: 64 });
    expect(readdirSync(out)).toEqual([]);
    const twice = await run(['sign', first, join(first, '..', '.', 'a.pdf'), '--out-dir', out, ...key(), '--json']);
    expect(twice.code).toBe(0);
    expect(signReport(twice).files).toHaveLength(1);
  });

  it('what cannot be read is said file by file, and a PIN is not asked for nothing', async () => {
    const bad = [file('empty.pdf', ''), join(newFolder(), 'nowhere.pdf'), newFolder(), file('note.txt', 'chữ')];
    const out = newFolder();
    const ended = await run([
      'sign',
      ...bad,
      file('broken.pdf', '%PDF-1.7\nhỏng'),
      file('good.pdf'),
      '--out-dir',
      out,
      ...key(),
      '--json',
    ]);
    expect(ended.code).toBe(2);
    expect(signReport(ended).files.map(({ code }) => code)).toEqual([
      'file-empty',
      'file-not-found',
      'file-not-found',
      'file-not-supported',
      'pdf-damaged',
      null,
    ]);
    const none = await run(['sign', ...bad, '--out-dir', out, '--p12', at('none.p12'), '--password-env', 'PW']);
    expect(none.code).toBe(1);
    expect(none.err).not.toContain('none.p12');
  });

  it('says what is missing or does not go together, and exits 64', async () => {
    const pdf = file('a.pdf');
    const out = ['--out-dir', newFolder()];
    const wrong: readonly (readonly string[])[] = [
      [...out],
      [...out, ...key(), '--module', '/x.so'],
      [...out, '--p12', p12, '--password-env', 'NOT_SET'],
      [...out, '--p12', p12], // nobody to ask
      [...out, ...key(), '--level', 'B-T'],
      [...out, ...key(), '--level', 'B-X'],
      [...out, ...key(), '--level', 'B-T', '--tsa', 'http://127.0.0.1:9', '--offline'],
      [...out, ...key(), '--tsa', 'ftp://x'],
      [...out, ...key(), '--page', '1'],
      [...out, ...key(), '--appearance', 'officer', '--page', '0'],
      [...out, ...key(), '--appearance', 'officer', '--rect', '1,2,3'],
      [...out, ...key(), '--appearance', 'officer', '--rect', '1,2,x,4'],
      [...out, ...key(), '--appearance', 'officer', '--image', pdf],
      [...out, ...key(), '--format', 'xades', '--level', 'B-LT', '--tsa', 'http://x'],
      [...out, ...key(), '--format', 'cades', '--appearance', 'officer'],
      [...key()],
    ];
    for (const options of wrong)
      expect(await run(['sign', pdf, ...options]), options.join(' ')).toMatchObject({ code: 64, out: '' });
  });
});

describe.skipIf(SOFTHSM_MISSING)('motcua sign with a token', () => {
  let pki: TestPki;
  let env: NodeJS.ProcessEnv;
  beforeAll(() => {
    pki = createTestPki(at('pki'));
    const hsm = createSoftHsm(at());
    hsm.addToken('quay một', pki.issue('minh', 'rsa-2048'), pki.issuerDer);
    hsm.addToken('quay hai', pki.issue('lan', 'p-256'), pki.issuerDer);
    env = { SOFTHSM2_CONF: hsm.configPath, PIN: USER_PIN };
  });
  const token = (label: string): string[] => ['--module', SOFTHSM_MODULE ?? '', '--token', label, '--pin-env', 'PIN'];

  it.each(['quay một', 'quay hai'])('"%s" signs PDF, CAdES and XAdES, and all are valid', async (label) => {
    const out = newFolder();
    const xml = file('x.xml', '<kq so="1">Ẩn</kq>');
    const inputs: readonly (readonly [string, readonly string[]])[] = [
      [file('a.pdf'), []],
      [xml, ['--format', 'xades']],
      [file('c.docx', 'bất kỳ'), ['--format', 'cades']],
    ];
    for (const [path, more] of inputs)
      expect(await run(['sign', path, '--out-dir', out, ...token(label), ...more], env)).toMatchObject({ code: 0 });
    copyFileSync(inputs[2]?.[0] ?? '', join(out, 'c.docx'));
    const signed = ['a.pdf', 'x.xml', 'c.docx.p7s'].map((name) => join(out, name));
    const verdicts = await verdictsOf(signed, [pki.rootPath]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['valid', 'valid', 'valid']);
  });

  it('two tokens are not guessed between, and a missing one is named', async () => {
    const out = newFolder();
    const module = ['--module', SOFTHSM_MODULE ?? '', '--pin-env', 'PIN'];
    const several = await run(['sign', file('a.pdf'), '--out-dir', out, ...module], env);
    expect(several.code).toBe(64);
    expect(several.err).toContain('quay hai');
    const missing = await run(['sign', file('a.pdf'), '--out-dir', out, ...token('không có'), '--json'], env);
    expect(missing.code).toBe(1);
    expect(signReport(missing).stoppedBy).toMatchObject({ code: 'token-missing' });
    const certificate = [...token('quay một'), '--certificate', 'ai đó'];
    const other = await run(['sign', file('a.pdf'), '--out-dir', out, ...certificate, '--json'], env);
    expect(signReport(other).stoppedBy).toMatchObject({ code: 'certificate-missing' });
  });

  it('a module that is not there, is for another processor, or is none is refused without being loaded', async () => {
    const elf32 = Buffer.alloc(64);
    elf32.write('7f454c46010101', 'hex');
    elf32.writeUInt16LE(3, 16);
    elf32.writeUInt16LE(3, 18); // EM_386
    const modules = [at('nowhere.so'), file('i386.so', elf32), file('text.so', 'không phải thư viện')];
    const codes: (string | undefined)[] = [];
    for (const module of modules) {
      const args = ['sign', file('a.pdf'), '--out-dir', newFolder(), '--module', module, '--pin-env', 'PIN', '--json'];
      const ended = await run(args, env);
      expect(ended.code).toBe(1);
      codes.push(signReport(ended).stoppedBy?.code);
    }
    expect(codes).toEqual(['token-module-missing', 'token-module-refused', 'token-module-refused']);
  });

  describe.skipIf(FAKE_PKCS11_MISSING)('that misbehaves', () => {
    let fake: FakePkcs11;
    beforeAll(() => {
      fake = buildFakePkcs11(at());
    });
    const fakeToken = (): string[] => ['--module', fake.modulePath, '--token', 'quay một', '--pin-env', 'PIN'];

    it('pulled out in the middle: what is signed stays, the rest is named as not tried, and a second call goes on', async () => {
      const names = ['a.pdf', 'b.pdf', 'c.pdf', 'd.pdf', 'e.pdf', 'f.pdf'];
      const files = names.map((name) => file(name));
      const out = newFolder();
      fake.setFaults('slow-sign=700');
      const child = startMotcua(['sign', ...files, '--out-dir', out, ...fakeToken(), '--json'], home, env);
      const ended = endOf(child);
      while (!existsSync(join(out, 'b.pdf'))) await new Promise((resolve) => setTimeout(resolve, 20));
      fake.setFaults('removed-at-sign');
      const first = await ended;
      fake.setFaults();
      expect(first.code).toBe(2);
      const report = signReport(first);
      expect(report.stoppedBy).toMatchObject({ code: 'token-removed' });
      expect(report.files.slice(0, 2)).toMatchObject([{ state: 'signed' }, { state: 'signed' }]);
      expect(report.files.map(({ state }) => state).join()).toMatch(/^(signed,)+failed(,not-tried)+$/);
      const second = await run(['sign', ...files, '--out-dir', out, ...fakeToken(), '--json'], env);
      expect(second.code).toBe(2); // those of the first call are there already
      expect(readdirSync(out).toSorted()).toEqual(names);
      const verdicts = await verdictsOf(
        readdirSync(out).map((name) => join(out, name)),
        [pki.rootPath],
      );
      expect(verdicts.every(({ verdict }) => verdict === 'valid')).toBe(true);
    });

    it('a wrong PIN reaches the token once', async () => {
      fake.clearCalls();
      const files = [file('a.pdf'), file('b.pdf')];
      const ended = await run(['sign', ...files, '--out-dir', newFolder(), ...fakeToken()], { ...env, PIN: '999999' });
      expect(ended.code).toBe(1);
      expect(fake.calls().filter((call) => call.startsWith('> C_Login'))).toHaveLength(1);
    });
  });
});

describe('motcua verify', () => {
  let signed: string;
  beforeAll(async () => {
    const out = newFolder();
    await run(['sign', file('a.pdf'), '--out-dir', out, ...key()]);
    signed = join(out, 'a.pdf');
  });

  it('exits 0, 1 and 2 by the worst verdict, and gives one report for every file in order', async () => {
    const altered = file('altered.pdf', Buffer.concat([readFileSync(signed), Buffer.from('\n% thêm')]));
    const [unsigned, text, empty] = [file('u.pdf'), file('t.txt', 'chữ'), file('e.pdf', '')];
    const missing = join(newFolder(), 'nowhere.pdf');
    const files = [signed, altered, unsigned, text, empty, missing, newFolder()];
    const ended = await run(['verify', ...files, '--trust', practiceRoot, '--offline', '--json']);
    expect(ended.code).toBe(1);
    const reports = JSON.parse(ended.out) as { file: string; verdict: string }[];
    expect(reports.map(({ file: name }) => name)).toEqual(files);
    expect(reports.map(({ verdict }) => verdict)).toEqual([
      'valid',
      'altered',
      'unsigned',
      'unreadable',
      'unreadable',
      'unreadable',
      'unreadable',
    ]);
    expect(await run(['verify', signed, '--trust', practiceRoot, '--offline'])).toMatchObject({ code: 0, out: '' });
    const expired = new Date(Date.now() + 20 * 365 * 86_400_000).toISOString();
    expect(await run(['verify', signed, '--trust', practiceRoot, '--offline', '--at', expired])).toMatchObject({
      code: 2,
    });
  });

  it('takes roots as PEM, as DER and as a folder with other files in it, but not nothing', async () => {
    const roots = newFolder();
    const der = join(roots, 'root.cer');
    execFileSync('openssl', ['x509', '-in', practiceRoot, '-outform', 'DER', '-out', der]);
    writeFileSync(join(roots, 'private.pem'), '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    for (const trust of [practiceRoot, der, roots])
      expect(await run(['verify', signed, '--trust', trust, '--offline']), trust).toMatchObject({ code: 0 });
    for (const trust of [newFolder(), at('nowhere.pem'), signed])
      expect(await run(['verify', signed, '--trust', trust]), trust).toMatchObject({ code: 64 });
    expect(await run(['verify', signed])).toMatchObject({ code: 64 });
    expect(await run(['verify', signed, '--trust', practiceRoot, '--at', 'hôm qua'])).toMatchObject({ code: 64 });
  });

  it('a detached signature finds its file beside it, or where it is told', async () => {
    const path = file('phụ lục.bin', Buffer.alloc(300_000, 7));
    expect(await run(['sign', path, '--format', 'cades', ...key()])).toMatchObject({ code: 0 });
    expect(existsSync(`${path}.p7s`)).toBe(true);
    expect((await verdictsOf([`${path}.p7s`], [practiceRoot]))[0]).toMatchObject({
      verdict: 'valid',
      sizeBytes: 300_000,
    });
    const other = file('khác.bin', Buffer.alloc(300_000, 8));
    expect((await verdictsOf([`${path}.p7s`], [practiceRoot], '--content', other))[0]).toMatchObject({
      verdict: 'broken',
    });
    const alone = file('alone.p7s', readFileSync(`${path}.p7s`));
    expect((await verdictsOf([alone], [practiceRoot]))[0]).toMatchObject({
      verdict: 'unreadable',
      code: 'file-not-found',
    });
  });

  it('writes the report as JSON and on paper', async () => {
    const [json, pdf] = [at('report.json'), at('report.pdf')];
    const args = [
      'verify',
      signed,
      file('t.txt', 'chữ'),
      '--trust',
      practiceRoot,
      '--offline',
      '--report',
      json,
      '--pdf-report',
      pdf,
    ];
    expect(await run(args)).toMatchObject({ code: 1 });
    const [report] = JSON.parse(readFileSync(json, 'utf8')) as VerificationResult[];
    const printed = execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' });
    expect(printed).toContain('PHIẾU KIỂM TRA CHỮ KÝ SỐ');
    expect(printed).toContain(report?.sha256);
    expect(printed).toContain('KẾT QUẢ: HỢP LỆ');
  });

  it('a room that dies costs the file it was at, not the batch', async () => {
    // So many that the first verdict is heard long before the last is given, on a busy machine, too.
    const many = Array.from({ length: 1_000 }, () => signed);
    const child = startMotcua(['verify', ...many, '--trust', practiceRoot, '--offline', '--json'], home);
    const ended = endOf(child);
    let room: string | undefined;
    while (room === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      room = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
        .trim()
        .split(' ')
        .find((pid) => pid !== '');
    }
    child.stderr?.once('data', () => process.kill(Number(room), 'SIGKILL'));
    const reports = JSON.parse((await ended).out) as { verdict: string; code?: string }[];
    expect(reports).toHaveLength(many.length);
    const lost = reports.filter(({ verdict }) => verdict !== 'valid');
    expect(lost).toMatchObject([{ verdict: 'unreadable', code: 'room-stopped' }]);
  });
});

describe('levels', () => {
  let authorities: ValidationAuthorities;
  let tokenKey: string[];
  beforeAll(async () => {
    authorities = await startValidationAuthorities(folder);
    const signer = authorities.pki.issue('Trần Văn Minh');
    const own = at('level.p12');
    const chain = at('level-chain.pem');
    writeFileSync(chain, authorities.pki.authority('sha256').certificatePem);
    const args = ['pkcs12', '-export', '-inkey', signer.keyPath, '-in', signer.certificatePath, '-certfile', chain];
    execFileSync('openssl', [...args, '-out', own, '-passout', `pass:${PRACTICE_PIN}`]);
    writeFileSync(at('level-root.pem'), authorities.pki.rootPem);
    tokenKey = ['--p12', own, '--password-env', 'PW', '--tsa', authorities.tsaUrl];
  });
  afterAll(() => authorities?.stop());
  const trust = (): string[] => ['--trust', at('level-root.pem')];

  it.each(['B-T', 'B-LT', 'B-LTA'])('%s is what is asked for and what is found', async (level) => {
    const out = newFolder();
    const ended = await run([
      'sign',
      file('a.pdf'),
      '--out-dir',
      out,
      ...tokenKey,
      ...trust(),
      '--level',
      level,
      '--json',
    ]);
    expect(signReport(ended).files).toMatchObject([{ state: 'signed', level, code: null }]);
    expect(ended.code).toBe(0);
    const verified = await run(['verify', join(out, 'a.pdf'), ...trust(), '--json']);
    expect(JSON.parse(verified.out)).toMatchObject(
      [{ verdict: 'valid', signatures: [{ level }] }].map(({ verdict }) => ({ verdict })),
    );
    const [report] = JSON.parse(verified.out) as VerificationResult[];
    expect(report?.signatures[0]).toMatchObject({ level, timestamp: 'valid' });
    expect(verified.code).toBe(0);
  });

  it('B-T needs no root of the authority that was named; whoever verifies needs it', async () => {
    const out = newFolder();
    const ended = await run(['sign', file('a.pdf'), '--out-dir', out, ...tokenKey, '--level', 'B-T', '--json']);
    expect(signReport(ended).files).toMatchObject([{ state: 'signed', level: 'B-T' }]);
    expect(ended.err).toContain('--tsa-trust');
    const verified = await run(['verify', join(out, 'a.pdf'), ...trust(), '--json']);
    expect(JSON.parse(verified.out)).toMatchObject([{ verdict: 'valid', signatures: [{ level: 'B-T' }] }]);
  });

  it('CAdES and XAdES get their time-stamp too', async () => {
    const path = file('a.xml', '<a>Ẩn</a>');
    const out = newFolder();
    for (const format of ['cades', 'xades'])
      expect(
        await run(['sign', path, '--out-dir', out, ...tokenKey, '--level', 'B-T', '--format', format]),
      ).toMatchObject({ code: 0 });
    const verified = await run(['verify', join(out, 'a.xml'), ...trust(), '--json']);
    expect(JSON.parse(verified.out)).toMatchObject([{ verdict: 'valid', signatures: [{ level: 'B-T' }] }]);
    const detached = await run(['verify', join(out, 'a.xml.p7s'), '--content', path, ...trust(), '--json']);
    expect(JSON.parse(detached.out)).toMatchObject([{ verdict: 'valid', signatures: [{ level: 'B-T' }] }]);
  });

  it('an authority that takes every request and answers none is given up after a few files', async () => {
    authorities.fail('tsa', { isHanging: true });
    authorities.clearLog();
    const files = Array.from({ length: 12 }, (_, index) => file(`${index}.pdf`));
    const out = newFolder();
    const options = ['--level', 'B-T', '--tsa-timeout', '3', '--json'];
    const ended = await run(['sign', ...files, '--out-dir', out, ...tokenKey, ...trust(), ...options]);
    authorities.heal();
    expect(ended.code).toBe(2);
    expect(signReport(ended).files.every(({ ok, code }) => ok && code === 'authority-unreachable')).toBe(true);
    expect(authorities.log.length).toBeLessThan(files.length);
    expect(readdirSync(out)).toHaveLength(files.length);
  });

  it('a dead time-stamp authority costs the level, not the signature: exit 2, said of each file', async () => {
    const out = newFolder();
    const dead = tokenKey.map((part) => (part === authorities.tsaUrl ? 'http://127.0.0.1:9/tsa' : part));
    const ended = await run([
      'sign',
      file('a.pdf'),
      file('b.pdf'),
      '--out-dir',
      out,
      ...dead,
      ...trust(),
      '--level',
      'B-T',
      '--json',
    ]);
    expect(ended.code).toBe(2);
    expect(signReport(ended).files).toMatchObject([
      { state: 'signed-lower-level', ok: true, level: 'B-B', code: 'authority-unreachable' },
      { state: 'signed-lower-level', ok: true, level: 'B-B', code: 'authority-unreachable' },
    ]);
    expect(ended.err).toContain('mới đạt B-B');
    const verified = await run(['verify', join(out, 'a.pdf'), join(out, 'b.pdf'), ...trust()]);
    expect(verified.code).toBe(0);
    // A second address helps where the first is dead.
    const both = [...dead, '--tsa', authorities.tsaUrl];
    expect(await run(['sign', file('c.pdf'), '--out-dir', out, ...both, ...trust(), '--level', 'B-T'])).toMatchObject({
      code: 0,
    });
  });
});

/** 64 by 64 points, red. */
function redPng(): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const header = Buffer.from('00000040000000400802000000', 'hex');
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(64 * 3, Buffer.from([0xc8, 0x10, 0x10]))]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: 64 }, () => row)));
  const magic = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([magic, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}
