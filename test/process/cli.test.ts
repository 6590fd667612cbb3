/** @file The `motcua` command from outside: exit codes, JSON on stdout alone, and files that independent programs accept. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePracticeKeys, PRACTICE_PIN } from '../../main/signing/practice-keys.ts';
import { startEsclScanner } from '../stand-ins/escl-scanner/server.ts';
import { judge } from '../stand-ins/signature-judges.ts';
import { createSoftHsm, SOFTHSM_MISSING, SOFTHSM_MODULE, USER_PIN } from '../stand-ins/softhsm-tokens.ts';
import { createTestPki } from '../stand-ins/test-pki.ts';

const root = join(import.meta.dirname, '../..');
const stack = join(root, 'resources/samples/stack-thuong-tru');
const pages = readdirSync(stack)
  .filter((name) => name.endsWith('.jpg'))
  .toSorted()
  .map((name) => join(stack, name));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function motcua(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, 'main/cli.ts'), ...args], {
    env: { ...process.env, MOTCUA_HOME: join(folder, 'home'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

describe('motcua demo', () => {
  it('takes a stack from the virtual scanner to a verified receipt of the province', async () => {
    const scanner = await startEsclScanner({ pages });
    const out = join(folder, 'demo');
    const ended = await motcua(['demo', '--out', out, '--scanner', scanner.url, '--json']);
    await scanner.stop();
    expect(ended.err).toContain('Biên nhận của tỉnh hợp lệ');
    expect(ended.code).toBe(0);
    const report = JSON.parse(ended.out) as {
      timeline: { step: string }[];
      files: string[];
      receipt: { dossierId: string };
    };
    expect(report.timeline.length).toBeGreaterThan(7);
    expect(report.files.toSorted()).toEqual([
      'giay-tiep-nhan.pdf',
      'thanh-phan-1.pdf',
      'thanh-phan-2.pdf',
      'thanh-phan-3.pdf',
    ]);
    for (const name of ['fields.json', 'province-receipt.jws', 'timeline.json'])
      expect(existsSync(join(out, name)), name).toBe(true);

    const text = execFileSync('pdftotext', [join(out, 'thanh-phan-1.pdf'), '-'], { encoding: 'utf8' });
    expect(text).toContain('TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ');
    expect(text).toContain('038087015329');
    const practiceRoot = join(out, 'data/practice-keys/practice-ca.pem');
    for (const name of ['thanh-phan-1.pdf', 'thanh-phan-2.pdf', 'thanh-phan-3.pdf']) {
      const verdict = judge(folder, readFileSync(join(out, name)), practiceRoot);
      expect(verdict.pdfsig, name).toEqual([{ isValid: true, coversAll: true }]);
      expect(verdict.cades, name).toEqual([true]);
      expect(reasonOf(join(out, name)), name).toContain(`Số hóa thành phần hồ sơ ${report.receipt.dossierId}`);
      expect(verdict.qpdf, name).toContain('No syntax or stream encoding errors found');
    }
    const receipt = execFileSync('pdfinfo', [join(out, 'giay-tiep-nhan.pdf')], { encoding: 'utf8' });
    expect(receipt).toMatch(/Page size:\s+419\.\d+ x 595/);
  });

  it('leaves a data folder the other commands can open, and one that keeps no plaintext', async () => {
    const env = { MOTCUA_HOME: join(folder, 'demo', 'data') };
    const list = JSON.parse((await motcua(['dossier', 'search', 'cao viet nghia', '--json'], env)).out) as {
      items: { id: string; upload: { state: string } }[];
    };
    expect(list.items).toHaveLength(1);
    expect(list.items[0]?.upload.state).toMatch(/received|settled/);
    const shown = JSON.parse((await motcua(['dossier', 'show', list.items[0]?.id ?? '', '--json'], env)).out) as {
      applicant: { phone: string };
    };
    expect(shown.applicant.phone).toBe('0912345067');
    expect((await motcua(['sync', 'status', '--json'], env)).code).toBe(0);
    const audit = await motcua(['audit', 'verify', '--json'], env);
    expect(JSON.parse(audit.out)).toMatchObject({ firstBadSeq: null });
    const plain = spawnSync('grep', ['-rlaE', 'Cao Viết Nghĩa|038087015329', join(folder, 'demo/data/store')], {
      encoding: 'utf8',
    });
    expect(plain).toMatchObject({ status: 1, stdout: '' }); // 1 = nothing found
  });
});

describe('motcua receive', () => {
  it('refuses a dossier that lacks a paper, keeps its draft, and takes it when complete', async () => {
    const applicant = join(folder, 'applicant.json');
    writeFileSync(applicant, JSON.stringify({ fullName: 'Cao Viết Nghĩa', idNumber: '038087015329' }));
    const base = ['receive', '--procedure', '1.004222', '--applicant', applicant, '--pin-env', 'PIN', '--json'];
    const env = { PIN: PRACTICE_PIN };
    const refused = await motcua([...base, '--attach', `1=${pages[0]}`], env);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('draft-incomplete');
    const taken = await motcua([...base, '--attach', `1=${pages[0]}`, `2=${pages[1]}`], env);
    expect(taken.err).toBe('');
    expect(JSON.parse(taken.out)).toMatchObject({ state: 'received', receipt: { number: 1 } });
    const drafts = JSON.parse((await motcua(['dossier', 'list', '--json'])).out) as { total: number };
    expect(drafts.total).toBe(2);
    const sent = await motcua(['sync', 'run', '--once', '--json']);
    expect(JSON.parse(sent.out)).toMatchObject({ received: 1, waiting: 0, held: 0 });
  });

  it('a wrong PIN is tried once and signs nothing', async () => {
    const applicant = join(folder, 'applicant.json');
    const args = [
      'receive',
      '--procedure',
      '1.004222',
      '--applicant',
      applicant,
      '--attach',
      `1=${pages[0]}`,
      '--pin-env',
      'PIN',
    ];
    const refused = await motcua(args, { PIN: '00000000', MOTCUA_HOME: join(folder, 'wrong-pin') });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('pin-wrong');
  });
});

describe('files without a dossier', () => {
  it('recognise, digitise, sign and verify', async () => {
    const report = join(folder, 'report.json');
    const pdf = join(folder, 'paper.pdf');
    expect((await motcua(['digitise', pages[0] ?? '', pages[3] ?? '', '--out', pdf, '--report', report])).code).toBe(0);
    const read = JSON.parse(readFileSync(report, 'utf8')) as {
      pages: { text: string; blank: boolean }[];
      fields: Record<string, { value: string }>;
    };
    expect(read.pages.map((page) => page.blank)).toEqual([false, true]);
    expect(read.fields['idNumber']?.value).toBe('038087015329');
    expect(execFileSync('pdfinfo', [pdf], { encoding: 'utf8' })).toMatch(/Pages:\s+1\n/); // the blank back is left out
    const keys = ensurePracticeKeys(join(folder, 'keys'));
    const signed = join(folder, 'signed');
    const p12 = keys.officers[0]?.p12Path ?? '';
    const signing = await motcua(
      ['sign', pdf, '--out-dir', signed, '--p12', p12, '--password-env', 'PW', '--appearance', 'officer'],
      { PW: PRACTICE_PIN },
    );
    expect(signing.code).toBe(0);
    const verdict = join(folder, 'verdict.json');
    expect(
      (await motcua(['verify', join(signed, 'paper.pdf'), '--trust', keys.caPemPath, '--report', verdict])).code,
    ).toBe(0);
    expect(JSON.parse(readFileSync(verdict, 'utf8'))).toMatchObject([
      { verdict: 'valid', signatures: [{ coverage: 'whole' }] },
    ]);
    const altered = join(folder, 'altered.pdf');
    writeFileSync(altered, Buffer.concat([readFileSync(join(signed, 'paper.pdf')), Buffer.from('\n% more')]));
    expect((await motcua(['verify', altered, '--trust', keys.caPemPath, '--report', verdict])).code).toBe(1);
    expect(JSON.parse(readFileSync(verdict, 'utf8'))).toMatchObject([{ verdict: 'altered' }]);
  });

  it.skipIf(SOFTHSM_MISSING)('a digitised paper signed by a PKCS#11 token is accepted by every judge', async () => {
    const pki = createTestPki(join(folder, 'pki'));
    const hsm = createSoftHsm(folder);
    hsm.addToken('quay', pki.issue('minh', 'rsa-2048'), pki.issuerDer);
    const out = join(folder, 'token-signed');
    const args = [
      'sign',
      join(folder, 'paper.pdf'),
      '--out-dir',
      out,
      '--module',
      SOFTHSM_MODULE ?? '',
      '--token',
      'quay',
    ];
    const ended = await motcua([...args, '--pin-env', 'PIN'], { PIN: USER_PIN, SOFTHSM2_CONF: hsm.configPath });
    expect(ended.err).toContain('✔');
    const signed = readFileSync(join(out, 'paper.pdf'));
    const verdict = judge(folder, signed, pki.rootPath);
    expect(verdict.pdfsig).toEqual([{ isValid: true, coversAll: true }]);
    expect(verdict.cades).toEqual([true]);
    expect(execFileSync('pdftotext', [join(out, 'paper.pdf'), '-'], { encoding: 'utf8' })).toContain('038087015329');
  });

  it('says of each file it cannot read what it is, and goes on with the others', async () => {
    const bad = join(folder, 'empty.pdf');
    writeFileSync(bad, '');
    const ended = await motcua(['recognise', bad, pages[3] ?? '', '--report', join(folder, 'r.json')]);
    expect(ended.code).toBe(2);
    expect(ended.err).toContain('Tệp đã chọn không có nội dung.');
  });

  it('scans to files', async () => {
    const scanner = await startEsclScanner({ pages: pages.slice(0, 2) });
    const out = join(folder, 'scans');
    const listed = await motcua(['scan', '--list', '--address', scanner.url, '--no-discovery', '--json']);
    const [device] = (JSON.parse(listed.out) as { id: string; driver: string }[]).filter(
      (each) => each.driver === 'escl',
    );
    const ended = await motcua([
      'scan',
      '--device',
      device?.id ?? '',
      '--address',
      scanner.url,
      '--no-discovery',
      '--out',
      out,
      '--json',
    ]);
    await scanner.stop();
    expect(JSON.parse(ended.out)).toMatchObject({ end: 'complete', code: null });
    expect(readdirSync(out)).toEqual(['page-0001.jpg', 'page-0002.jpg']);
    expect(readFileSync(join(out, 'page-0001.jpg')).equals(readFileSync(pages[0] ?? ''))).toBe(true);
  });
});

describe('the rest', () => {
  it('doctor checks every part; in practice nothing is broken', async () => {
    const ended = await motcua(['doctor', '--json']);
    const { checks } = JSON.parse(ended.out) as { checks: { part: string; state: string }[] };
    // One line for each token that is there: practice has one for each officer.
    expect([...new Set(checks.map((check) => check.part))].toSorted()).toEqual([
      'clock',
      'disk',
      'province',
      'recognition',
      'scanner',
      'store',
      'token',
    ]);
    expect(checks.filter((check) => check.state === 'failed')).toEqual([]);
  });

  it('deadline answers with the date of the law', async () => {
    const ended = await motcua([
      'deadline',
      '--procedure',
      '1.004222',
      '--received',
      '2026-08-24T09:00:00+07:00',
      '--json',
    ]);
    expect(JSON.parse(ended.out)).toMatchObject({ date: '2026-09-07' });
  });

  it('wrong usage is 64, help is 0', async () => {
    expect((await motcua(['sign'])).code).toBe(64);
    expect((await motcua(['no-such-command'])).code).toBe(64);
    expect((await motcua(['--help'])).code).toBe(0);
  });
});

/** The reason as MuPDF reads it from the signature field. */
function reasonOf(file: string): string {
  const shown = execFileSync('mutool', ['show', '-g', file, 'grep'], {
    encoding: 'latin1',
    maxBuffer: 64 * 1024 * 1024,
  });
  const hex = /\/Reason\s*<([0-9A-Fa-f]+)>/.exec(shown)?.[1];
  if (hex !== undefined) return decodeText(Buffer.from(hex, 'hex'));
  const literal = /\/Reason\s*\(((?:\\.|[^)\\])*)\)/s.exec(shown)?.[1] ?? '';
  return decodeText(Buffer.from(literal.replaceAll(/\\([()\\])/g, '$1'), 'latin1'));
}

function decodeText(bytes: Buffer): string {
  return bytes[0] === 0xfe && bytes[1] === 0xff
    ? bytes.subarray(2).swap16().toString('utf16le')
    : bytes.toString('latin1');
}
