/**
 * @file Small behaviours of Electron that the program relies on, checked through a fixture program that imports `electron`.
 * A difference found between host and Electron is mended in the host and kept here as a case.
 */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkVersion, expectedMajor, sandboxFlags } from './chromium.ts';
import { launchApp, type RunningApp } from './connect.ts';

const FIXTURE = fileURLToPath(new URL('./fixture/main.mjs', import.meta.url));
const POLL_LIMIT_MS = 10_000;

let run: RunningApp;
let page: Page;

/** Asks the fixture's main process. */
function control<T = unknown>(name: string, ...values: unknown[]): Promise<T> {
  return page.evaluate(`control(${[name, ...values].map((value) => JSON.stringify(value)).join(', ')})`) as Promise<T>;
}

/** Polls from outside: the content policy forbids the page to evaluate text by itself. Navigations in between are expected. */
async function waitUntil(condition: string): Promise<void> {
  await expect.poll(() => page.evaluate(condition).catch(() => false), { timeout: POLL_LIMIT_MS }).toBe(true);
}

/** Has the main process load a page: the document that asks goes away, so nobody can wait for its answer. */
async function load(name: string): Promise<void> {
  await waitUntil('window.control !== undefined');
  await page.evaluate(`(window.isOld = true, void control('load', '${name}'))`);
  await waitUntil(`location.pathname === '/${name}' && window.control !== undefined && window.isOld === undefined`);
}

/** Reads the fixture's log until a line appears; returns everything read. */
async function logUntil(line: string | RegExp): Promise<string[]> {
  const lines: string[] = [];
  const until = Date.now() + POLL_LIMIT_MS;
  while (Date.now() < until) {
    lines.push(...(await control<string[]>('log')));
    if (lines.some((entry) => (typeof line === 'string' ? entry === line : line.test(entry)))) return lines;
  }
  throw new Error(`no ${String(line)} in ${JSON.stringify(lines)}`);
}

/** What the page's script settles with, as text. */
function outcome(script: string): Promise<string> {
  return page.evaluate(
    `Promise.resolve().then(() => ${script}).then(String, (error) => 'threw ' + error.message)`,
  ) as Promise<string>;
}

describe('one window', () => {
  beforeAll(async () => {
    run = await launchApp({ entry: FIXTURE });
    page = await run.page('index');
  });
  afterAll(() => run.stop());
  beforeEach(async () => {
    if (new URL(page.url()).pathname !== '/index.html') await load('index.html');
    await waitUntil(`window.control !== undefined`);
    await control('log');
  });

  describe('the bridge', () => {
    it('is there, frozen, before the first script of the page', async () => {
      expect(await page.evaluate('({ ...seen, early: undefined })')).toEqual({
        bridge: 'object',
        frozen: true,
        top: true,
        early: undefined,
      });
    });

    it('cannot be replaced, removed or extended by the page', async () => {
      expect(
        await outcome(
          `(fixture.nested.list[1].deep = false, fixture.extra = 1, window.fixture = 1, delete window.fixture, JSON.stringify(fixture.nested) + typeof fixture.extra)`,
        ),
      ).toBe('{"list":[1,{"deep":true}]}undefined');
    });

    it('shows the page nothing of the preload world or of Node', async () => {
      expect(
        await page.evaluate(
          `[typeof preloadSecret, typeof require, typeof process, typeof module, typeof hostSend, typeof hostReceive].join()`,
        ),
      ).toBe('undefined,undefined,undefined,undefined,undefined,undefined');
    });

    it('survives a page that poisons its own built-ins', async () => {
      const poisoned = `(CustomEvent.prototype.constructor = null, EventTarget.prototype.dispatchEvent = () => { throw 1 }, Promise.prototype.constructor = null, fixture.addNow(2, 3))`;
      expect(await outcome(poisoned)).toBe('5');
      await page.reload();
    });

    it('returns values, throws errors and takes bytes synchronously', async () => {
      expect(await outcome('fixture.addNow(2, 3)')).toBe('5');
      expect(await outcome('fixture.failNow()')).toBe('threw failed in the preload world');
      expect(await outcome('fixture.sizeOf(new Uint8Array(1000))')).toBe('Uint8Array 1000');
      expect(await outcome('fixture.sizeOf(new WeakMap())')).toBe('threw An object could not be cloned.');
    });

    it('delivers pushed messages to listeners until they unsubscribe', async () => {
      await page.evaluate(`(window.got = [], window.end = fixture.on('pushed', (...values) => got.push(values)))`);
      await control('push', { id: 'ă', list: [1, null] });
      expect(await page.evaluate('got')).toEqual([[{ id: 'ă', list: [1, null] }, undefined]]);
      await page.evaluate('end()');
      await control('push', 2);
      expect(await page.evaluate('got.length')).toBe(1);
    });
  });

  describe('ipc', () => {
    it('keeps JSON values and undefined as they are', async () => {
      expect(
        await page.evaluate(`fixture.invoke('echo', { a: undefined, b: [null, 'ệ', 1.5, true], c: {} }, undefined)`),
      ).toEqual([{ a: undefined, b: [null, 'ệ', 1.5, true], c: {} }, undefined]);
    });

    it("rejects with Electron's text when a handler throws or is missing", async () => {
      expect(await outcome(`fixture.invoke('fail')`)).toBe(
        `threw Error invoking remote method 'fail': TypeError: this went wrong`,
      );
      expect(await outcome(`fixture.invoke('nobody')`)).toBe(
        `threw Error invoking remote method 'nobody': Error: No handler registered for 'nobody'`,
      );
    });

    it('refuses what it would carry wrongly, in both directions', async () => {
      expect(await outcome(`fixture.invoke('echo', new Date(0))`)).toMatch(
        /not supported by the Chromium host: a Date in an IPC message/,
      );
      expect(await outcome(`fixture.invoke('date')`)).toMatch(
        /not supported by the Chromium host: a Date in an IPC message/,
      );
      expect(await outcome(`fixture.invoke('echo', () => 1)`)).toMatch(/An object could not be cloned/);
    });

    it('refuses a second handler for a channel', async () => {
      expect(await control('secondHandle')).toBe(`threw Attempted to register a second handler for 'echo'`);
    });

    it('tells the sender by its app:// address, even in the first message of a document', async () => {
      const expected = {
        isContents: true,
        isMainFrame: true,
        url: 'app://counter/index.html',
        origin: 'app://counter',
        parent: null,
        detached: false,
      };
      expect(await page.evaluate('seen.early')).toEqual(expected);
      await page.evaluate(`history.pushState(null, '', '?q=1#part')`);
      expect(await page.evaluate(`fixture.invoke('sender')`)).toEqual({
        ...expected,
        url: 'app://counter/index.html?q=1#part',
      });
      await page.evaluate(`history.pushState(null, '', 'index.html')`);
    });

    it('takes one-way messages', async () => {
      await page.evaluate(`fixture.send('note', 5)`);
      await logUntil('note 5 app://counter/index.html');
    });

    it('carries a message of a megabyte', async () => {
      expect(await outcome(`fixture.invoke('echo', 'x'.repeat(1 << 20)).then(([text]) => text.length)`)).toBe(
        String(1 << 20),
      );
    });
  });

  describe('protocol.handle', () => {
    it.each([
      ['a missing file', `fetch('nowhere.txt').then((r) => r.status)`, '404'],
      ['no content', `fetch('nothing').then(async (r) => r.status + (await r.text()))`, '204'],
      [
        'a part of a file',
        `fetch('part', { headers: { range: 'bytes=0-99' } }).then(async (r) => r.status + ' ' + r.headers.get('content-range').split('/')[0] + ' ' + (await r.arrayBuffer()).byteLength)`,
        '206 bytes 0-99 100',
      ],
      ['a streamed body', `fetch('stream').then((r) => r.text())`, 'one two three'],
      ['Response.error()', `fetch('broken')`, 'threw Failed to fetch'],
      ['a handler that throws', `fetch('throws')`, 'threw Failed to fetch'],
      ['a redirect', `fetch('moved').then((r) => new URL(r.url).pathname + r.redirected)`, '/second.htmltrue'],
      ['ten megabytes', `fetch('blob').then((r) => r.arrayBuffer()).then((b) => b.byteLength)`, '10485760'],
      ['file://', `fetch('file:///etc/passwd')`, 'threw Failed to fetch'],
      ['the network', `fetch('https://example.com/')`, 'threw Failed to fetch'],
      [
        'a web socket',
        `new Promise((resolve) => { const s = new WebSocket('wss://example.com/'); s.onerror = () => resolve('failed'); })`,
        'failed',
      ],
    ])('answers %s', async (_what, script, expected) => {
      expect(await outcome(script)).toBe(expected);
    });

    it('shows the handler app:// addresses and the body', async () => {
      expect(
        await page.evaluate(
          `fetch('echo', { method: 'POST', body: 'ghi chú', headers: { range: 'bytes=1-' } }).then((r) => r.json())`,
        ),
      ).toEqual({
        method: 'POST',
        body: 'ghi chú',
        origin: 'app://counter',
        referer: 'app://counter/index.html',
        range: 'bytes=1-',
      });
    });

    it('refuses a second handler and late schemes', async () => {
      expect(await control('protocolTwice')).toBe('threw Failed to register protocol: app');
      expect(await control('lateScheme')).toMatch(/before app is ready/);
    });

    it('applies the content policy of the answer', async () => {
      const inline = `{ const script = document.createElement('script'); script.textContent = 'window.inlineRan = 1'; document.body.append(script); }`;
      await page.evaluate(inline);
      expect(await page.evaluate('typeof inlineRan')).toBe('undefined');
    });

    it('serves workers, their imports, their fetches and module workers', async () => {
      expect(
        await outcome(`new Promise((resolve) => { new Worker('worker.js').onmessage = (e) => resolve(e.data); })`),
      ).toBe('part data');
      expect(
        await outcome(
          `new Promise((resolve) => { new Worker('module-worker.mjs', { type: 'module' }).onmessage = (e) => resolve(e.data); })`,
        ),
      ).toBe('module part');
    });

    it('asks webRequest.onBeforeRequest first, with app:// address and kind', async () => {
      expect(await outcome(`fetch('blocked.txt')`)).toBe('threw Failed to fetch');
      const lines = await control<string[]>('log');
      expect(lines).toContain('filter xhr app://counter/blocked.txt');
      expect(lines.join()).not.toContain('request GET app://counter/blocked.txt');
    });
  });

  describe('navigation', () => {
    it.each([
      ['a link', `document.getElementById('link').click()`],
      ['location', `location = 'second.html'`],
      ['a form', `document.getElementById('form').requestSubmit()`],
    ])('by %s asks will-frame-navigate, then will-navigate, and keeps the bridge', async (_way, script) => {
      await page.evaluate(script);
      await page.waitForURL(/second\.html/);
      await waitUntil(`window.control !== undefined`);
      const asked = (await control<string[]>('log')).filter((line) => /^will-(frame-)?navigate/.test(line)).slice(0, 2);
      expect(asked.map((line) => line.replace('?', ''))).toEqual([
        'will-frame-navigate app://counter/second.html true',
        'will-navigate app://counter/second.html',
      ]);
      expect(await control('url')).toMatch(/^app:\/\/counter\/second\.html/);
    });

    it.each([
      ['a forbidden page', `document.getElementById('forbidden').click()`, 'app://counter/forbidden.html'],
      ['a foreign page', `document.getElementById('foreign').click()`, 'https://example.com/'],
      ['a mail program', `location = 'mailto:someone@example.com'`, 'mailto:someone@example.com'],
    ])('to %s is prevented and leaves the page as it was', async (_where, script, url) => {
      await page.evaluate('window.marker = 7');
      await page.evaluate(script);
      await logUntil(`will-navigate ${url}`);
      expect(await page.evaluate('marker')).toBe(7);
    });

    it('by loadURL asks nobody', async () => {
      await load('second.html');
      expect((await control<string[]>('log')).filter((line) => line.startsWith('will-navigate'))).toEqual([]);
    });

    it('follows a redirect after will-redirect', async () => {
      await page.evaluate(`location = 'moved'`);
      await page.waitForURL(/second\.html/);
      await waitUntil(`window.control !== undefined`);
      await logUntil('will-redirect app://counter/second.html');
    });

    it('of a frame tells that it is not the main frame, and a frame has no bridge', async () => {
      await load('second.html');
      await logUntil('will-frame-navigate app://counter/frame.html false');
      expect(await page.evaluate(`document.querySelector('iframe').contentWindow.seen.bridge`)).toBe('undefined');
    });

    it('rejects loadURL for a document that does not come', async () => {
      expect(await control('load', 'nothing')).toBe(`threw ERR_ABORTED (-3) loading 'app://counter/nothing'`);
      expect(await page.evaluate('typeof fixture')).toBe('object');
    });
  });

  it.each([
    ['window.open', `void window.open('second.html')`],
    ['a link to a new window', `document.getElementById('blank').click()`],
    [
      'a click with Ctrl',
      `document.getElementById('link').dispatchEvent(new MouseEvent('click', { ctrlKey: true, bubbles: true, cancelable: true }))`,
    ],
  ])('new windows by %s are denied, and their page is never asked for', async (_way, script) => {
    await page.evaluate(script);
    const lines = await logUntil('open app://counter/second.html');
    await expect.poll(() => page.context().pages().length).toBe(1);
    expect([...lines, ...(await control<string[]>('log'))].filter((line) => line.startsWith('request'))).toEqual([]);
  });

  it('permissions follow the handlers of the program', async () => {
    const ask = (name: string): Promise<string> =>
      outcome(`navigator.permissions.query({ name: '${name}' }).then((p) => p.state)`);
    expect(await ask('clipboard-write')).toBe('granted');
    for (const name of [
      'geolocation',
      'notifications',
      'camera',
      'microphone',
      'clipboard-read',
      'midi',
      'persistent-storage',
    ])
      expect([name, await ask(name)]).toEqual([name, 'denied']);
  });

  it('the title says which host this is, whatever the page writes', async () => {
    expect(await page.title()).toBe('Trang đầu — máy phát triển (Chromium)');
    await control('setTitle', 'Khác');
    await expect.poll(() => page.title()).toBe('Khác — máy phát triển (Chromium)');
    await page.reload();
  });

  it('a modal window takes the input of its parent, and gives it back', async () => {
    await load('second.html');
    expect(await control('openModal')).toEqual({ windows: 2, same: true });
    const modal = page
      .context()
      .pages()
      .find((other) => other !== page);
    await modal?.locator('#button').click();
    expect(await modal?.evaluate('clicks')).toBe(1);
    await page
      .locator('#button')
      .click({ timeout: 1_000 })
      .catch(() => undefined);
    expect(await page.evaluate('clicks')).toBe(0);
    await control('closeModal');
    await logUntil('closed second.html');
    await page.locator('#button').click();
    await expect.poll(() => page.evaluate('clicks')).toBeGreaterThan(0);
  });

  describe('utility processes', () => {
    it('find process.parentPort, keep bytes, dates and maps, and have a pid once spawned', async () => {
      expect(await control('fork', 'word')).toBe('number');
      expect(await control('ask', 'bytes')).toEqual({
        echo: ['Uint8Array', 20 * 1024 * 1024, 7],
        ports: 0,
        type: 'utility',
        words: ['word'],
      });
      expect(await control('ask', 'dates')).toMatchObject({ echo: [true, true] });
      await logUntil('room says room started');
    });

    it('report their exit code, and a kill', async () => {
      expect(await control('tellRoom', 'exit 7')).toBe(7);
      await control('fork');
      expect(await control('killRoom')).toEqual([true, 15, true]);
    });
  });

  it('dialogs take the scripted answers in order and refuse the wrong kind', async () => {
    expect(await control('openDialog')).toMatch(/HOST_DIALOGS has no answer number 1/);
    run.answerDialog('showOpenDialog', { canceled: false, filePaths: ['/tmp/a.pdf'] });
    run.answerDialog('showMessageBox', { response: 1 });
    expect(await control('openDialog')).toEqual({ canceled: false, filePaths: ['/tmp/a.pdf'] });
    expect(await control('openDialog')).toMatch(/answer number 2 is for dialog.showMessageBox/);
  });

  it('secrets are sealed under a name that Electron never gives', async () => {
    expect(await control('secrets')).toEqual(['host-test', false, 'mật khẩu']);
  });

  it('paths, names and addresses are those of the program', async () => {
    expect(await control('paths')).toMatchObject({
      name: 'Host fixture',
      version: '1.2.3',
      packaged: false,
      userData: join(run.folder, 'user-data'),
    });
    await control('openExternal', 'https://dichvucong.gov.vn/');
    await run.waitForOutput('[host] open https://dichvucong.gov.vn/');
  });

  it.each([
    ['app.relaunch', 'app.relaunch'],
    ['app.on', `app.on('gpu-info-update')`],
    ['window.setBounds', 'BrowserWindow.setBounds'],
    ['window.assign', 'BrowserWindow.fullScreen = …'],
    ['contents.executeJavaScript', 'webContents.executeJavaScript'],
    ['contents.on', `webContents.on('context-menu')`],
    ['nodeIntegration', 'webPreferences.nodeIntegration = true'],
    ['contextIsolation', 'webPreferences.contextIsolation = false'],
    ['frame', 'BrowserWindow: option frame'],
    ['external', `loadURL('https://example.com/'): only registered schemes`],
  ])('what the host lacks throws by name: %s', async (what, name) => {
    expect(await control('unsupported', what)).toBe(`threw not supported by the Chromium host: ${name}`);
  });

  it('printing without a folder for it is not supported', async () => {
    expect(await control('print')).toBe(
      'threw not supported by the Chromium host: webContents.print without HOST_PRINT_FOLDER',
    );
  });
});

describe('the life of the program', () => {
  afterEach(() => run.stop()); // also after a test that failed
  async function start(env: Record<string, string | undefined> = {}): Promise<RunningApp> {
    run = await launchApp({ entry: FIXTURE, env });
    page = await run.page('index');
    return run;
  }

  it("quits in Electron's order, with code 0, and leaves no process and no profile behind", async () => {
    const { exited, output, folder } = await start();
    const below = descendants(run.process.pid ?? 0);
    expect(below.length).toBeGreaterThan(2);
    await control('hold', true);
    await control('quit');
    await run.waitForOutput('event before-quit');
    await control('hold', false);
    void control('quit').catch(() => undefined); // the answer may not arrive any more
    expect(await exited).toBe(0);
    expect(output().match(/event \S+/g)).toEqual([
      'event before-quit',
      'event before-quit',
      'event will-quit',
      'event quit',
    ]);
    await expect.poll(() => below.filter(isAlive)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('chromium-host-'))).toEqual([]);
  });

  it('reports a crashed page, which comes back by reload', async () => {
    const { address } = await start();
    const crash = await page.context().newCDPSession(page);
    void crash.send('Page.crash').catch(() => undefined); // there is nobody left to answer
    await run.waitForOutput('page gone: crashed');
    const again = await chromium.connectOverCDP(address); // Playwright gives a crashed page up for good
    page = again.contexts()[0]?.pages()[0] ?? page;
    await waitUntil(`window.control !== undefined`);
    await logUntil('render-process-gone crashed');
  });

  it('ends with the code given to app.exit', async () => {
    const { exited } = await start();
    void control('exit', 5).catch(() => undefined);
    expect(await exited).toBe(5);
  });

  it('takes Chromium with it when it is killed', async () => {
    const { process: program, exited } = await start();
    const below = descendants(program.pid ?? 0);
    program.kill('SIGKILL');
    await exited;
    await expect.poll(() => below.filter(isAlive), { timeout: POLL_LIMIT_MS }).toEqual([]);
  });

  it('ends with the process that launched it, however that ends', async () => {
    const { process: program, exited } = await start();
    const below = descendants(program.pid ?? 0);
    program.stdin?.destroy(); // what the system does to a killed launcher's pipes
    expect(await exited).toBe(1);
    await expect.poll(() => below.filter(isAlive), { timeout: POLL_LIMIT_MS }).toEqual([]);
  });

  it('has one instance per user-data folder; the first hears of the second', async () => {
    const first = await start();
    const env = { HOST_USER_DATA: join(first.folder, 'user-data') };
    const second = spawnSync(
      join('node_modules', '.bin', 'node'),
      ['--import', './test/host/register.mjs', FIXTURE, 'file.pdf'],
      {
        encoding: 'utf8',
        env: {
          ...process.env,
          HOST_HEADLESS: '1',
          ...(process.getuid?.() === 0 ? { HOST_NO_SANDBOX: '1' } : {}),
          ...env,
        },
      },
    );
    expect([second.status, second.stdout]).toEqual([3, 'second instance\n']);
    await first.waitForOutput('told about file.pdf {"note":"file.pdf"}');
  });

  it('prints into a folder, and has no secrets unless asked for insecure ones', async () => {
    const prints = join(process.env['TMPDIR'] ?? '/tmp', `host-prints-${process.pid}`);
    mkdirSync(prints, { recursive: true });
    await start({ HOST_PRINT_FOLDER: prints, HOST_INSECURE_SECRETS: undefined });
    expect(await control('print')).toBe(true);
    const file = join(prints, readdirSync(prints)[0] ?? '');
    expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-');
    if (existsSync('/usr/bin/pdfinfo'))
      expect(execFileSync('pdfinfo', [file], { encoding: 'utf8' })).toMatch(/Page size:\s+(419\.\d+|420) x 59[45]/);
    expect(await control('secrets')).toMatch(/Encryption is not available/);
  });
});

const noScreen = existsSync('/usr/bin/Xvfb') ? '' : ' (skipped: Xvfb is not installed)';

describe.skipIf(noScreen !== '')(`a visible window${noScreen}`, () => {
  let screen: ChildProcess;
  beforeAll(async () => {
    screen = spawn('/usr/bin/Xvfb', ['-displayfd', '1', '-screen', '0', '1400x900x24'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const display = await new Promise<string>((resolve) =>
      screen.stdout?.once('data', (number: Buffer) => resolve(`:${String(number).trim()}`)),
    );
    run = await launchApp({
      entry: FIXTURE,
      env: { HOST_HEADLESS: undefined, HOST_DIALOGS: undefined, DISPLAY: display },
    });
    page = await run.page('index');
  });
  afterAll(async () => {
    await run.stop();
    screen.kill();
  });

  it('has no address bar, the size asked for, and everything that a headless one has', async () => {
    expect(await page.evaluate('[outerWidth, outerHeight, innerHeight > 600]')).toEqual([900, 700, true]);
    expect(await page.evaluate('seen.early')).toMatchObject({ isMainFrame: true, url: 'app://counter/index.html' });
    expect(await control('openModal')).toEqual({ windows: 2, same: true });
    await control('closeModal');
    await logUntil('closed second.html');
  });

  it('asks a person for files in a window of its own', async () => {
    await page.evaluate(`void control('openDialog').then((answer) => (window.answer = answer))`);
    const dialogPage = async (): Promise<Page | undefined> => {
      for (const other of page.context().pages())
        if (other !== page && (await other.title()) === 'Chọn tệp') return other;
      return undefined;
    };
    await expect.poll(dialogPage, { timeout: POLL_LIMIT_MS }).toBeDefined();
    const dialog = await dialogPage();
    const file = join(run.folder, 'giấy tờ.pdf');
    writeFileSync(file, 'x');
    // Not by Playwright's own method: it sends a remote browser the bytes of a file instead of its path.
    const devtools = dialog && (await page.context().newCDPSession(dialog));
    const { result } =
      (await devtools?.send('Runtime.evaluate', { expression: `document.querySelector('input')` })) ?? {};
    await devtools?.send('DOM.setFileInputFiles', { files: [file], objectId: result?.objectId ?? '' });
    await dialog?.getByRole('button', { name: 'Đồng ý' }).click();
    await waitUntil('window.answer !== undefined');
    expect(await page.evaluate('answer')).toEqual({ canceled: false, filePaths: [file] });
    expect(await control('url')).toBe('app://counter/index.html');
  });
});

describe('what may be started', () => {
  it("is a Chromium within two major versions of Electron's own", () => {
    const major = expectedMajor();
    expect(major).toBe(156);
    expect(checkVersion(`Chromium ${major + 2}.0.1.2 built on Debian`)).toBe(`${major + 2}.0.1.2`);
    expect(() => checkVersion(`Chromium ${major + 3}.0.1.2`)).toThrow(/too far from Electron/);
    expect(() => checkVersion(`Chromium ${major - 3}.0.1.2`)).toThrow(`allowed are ${major - 2} to ${major + 2}`);
    expect(() => checkVersion('Mozilla Firefox 120.0')).toThrow(/does not look like Chromium/);
  });

  it('is no browser without its sandbox, unless a test says so', () => {
    expect(() => sandboxFlags(0, {})).toThrow(/refuses to run as root/);
    expect(sandboxFlags(0, { HOST_NO_SANDBOX: '1' })).toContain('--no-sandbox');
    expect(sandboxFlags(1000, {})).toEqual([]);
  });
});

function descendants(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(statusOf(pid))?.[1] ?? -1);
}

function isAlive(pid: number): boolean {
  const status = statusOf(pid);
  return status !== '' && !/^State:\s+Z/m.test(status);
}
