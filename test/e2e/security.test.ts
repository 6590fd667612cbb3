/**
 * @file Electron's security checklist, number by number (docs/tutorial/security.md of Electron). H = proven on the built bundles in a
 * window of the Chromium host, S = proven on the sources. What only real Electron can prove stands in docs/testing.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHANNELS, EVENT_NAMES } from '../../preload/contract.ts';
import { launchApp, type RunningApp } from '../host/connect.ts';
import { signIn } from './steps.ts';

const root = join(import.meta.dirname, '../..');
const covered = new Set<number>();
function point(number: number, title: string, check: () => unknown): void {
  covered.add(number);
  it(`${number}. ${title}`, check as () => Promise<void>);
}

let app: RunningApp;
let page: Page;
beforeAll(async () => {
  app = await launchApp();
  page = await app.page('sign-in');
  await signIn(page);
});
afterAll(() => app?.stop());

describe('the security checklist', () => {
  point(1, 'the page has no network: fetch, socket, picture and beacon all fail (H)', async () => {
    const reached = await page.evaluate(async () => {
      const picture = new Promise<string>((resolve) => {
        const image = new Image();
        image.onload = () => resolve('loaded');
        image.onerror = () => resolve('refused');
        image.src = 'https://example.vn/x.png';
      });
      const get = (url: string): Promise<string> =>
        fetch(url).then(
          () => 'loaded',
          () => 'refused',
        );
      const socket = await new Promise<string>((resolve) => {
        try {
          const opened = new WebSocket('wss://example.vn');
          opened.onopen = () => resolve('loaded');
          opened.onerror = () => resolve('refused');
        } catch {
          resolve('refused');
        }
      });
      return [
        await get('https://example.vn/'),
        await get('http://127.0.0.1:1/'),
        await get('file:///etc/passwd'),
        await picture,
        socket,
      ];
    });
    expect(reached).toEqual(['refused', 'refused', 'refused', 'refused', 'refused']);
  });

  it('nor a peer connection that reaches anybody (H)', async () => {
    const candidates = await page.evaluate(async () => {
      const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:9' }] });
      const found: string[] = [];
      peer.onicecandidate = (event) => event.candidate && found.push(event.candidate.candidate);
      peer.createDataChannel('x');
      await peer.setLocalDescription(await peer.createOffer());
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 3_000);
        peer.onicegatheringstatechange = () => {
          if (peer.iceGatheringState !== 'complete') return;
          clearTimeout(timer);
          resolve();
        };
      });
      peer.close();
      return found.filter((candidate) => / udp /i.test(candidate));
    });
    expect(candidates).toEqual([]);
  });

  point(2, 'no Node in the page (H)', async () => {
    expect(
      await page.evaluate(() => [
        typeof (globalThis as never)['require'],
        typeof (globalThis as never)['process'],
        typeof (globalThis as never)['module'],
      ]),
    ).toEqual(['undefined', 'undefined', 'undefined']);
  });

  point(3, 'the bridge is frozen and its world apart (H)', async () => {
    const seen = await page.evaluate(async () => {
      const { stringify } = JSON;
      JSON.stringify = () => '{"polluted":true}';
      const answer = await window.counter['session.state']({});
      JSON.stringify = stringify;
      return { isFrozen: Object.isFrozen(window.counter), ok: answer.ok };
    });
    expect(seen).toEqual({ isFrozen: true, ok: true });
  });

  point(4, 'every window is sandboxed, and the preload needs only electron (S)', () => {
    const bundle = readFileSync(join(root, 'out/preload/bridge.cjs'), 'utf8');
    expect([...bundle.matchAll(/require\((.+?)\)/g)].map((match) => match[1])).toEqual(['"electron"']);
    expect(sources('main/index.ts', 'main/shell')).toContain('app.enableSandbox()');
    expect(sources('main/shell')).not.toMatch(/sandbox: false|nodeIntegration: true|contextIsolation: false/);
  });

  point(5, 'permissions are refused (H; the whole table in test/unit/shell)', async () => {
    const states = await page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi'] as PermissionName[];
      return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state));
    });
    expect(states).toEqual(['denied', 'denied', 'denied', 'denied', 'denied']);
  });

  for (const [number, word] of [
    [6, 'webSecurity'],
    [8, 'allowRunningInsecureContent'],
    [9, 'experimentalFeatures'],
    [10, 'enableBlinkFeatures'],
  ] as const) {
    point(number, `${word} is never touched (S)`, () => expect(sources('main')).not.toContain(word));
  }

  point(7, 'the policy stops inline script and eval, and says so (H)', async () => {
    const outcome = await page.evaluate(async () => {
      const violated = new Promise<string>((resolve) =>
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective), {
          once: true,
        }),
      );
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.body.append(script);
      // In a task of the page's own: code that the debugger evaluates may evaluate more.
      const evaluated = await new Promise((resolve) =>
        setTimeout(() => {
          try {
            resolve(new Function('return 1')());
          } catch {
            resolve('refused');
          }
        }),
      );
      return { injected: 'injected' in window, directive: await violated, evaluated };
    });
    expect(outcome).toEqual({ injected: false, directive: 'script-src-elem', evaluated: 'refused' });
  });

  point(11, 'webviews cannot exist (S)', () => expect(sources('main')).not.toContain('webviewTag'));
  point(12, 'attaching a webview is prevented (S)', () =>
    expect(sources('main/shell')).toMatch(/will-attach-webview'.*preventDefault/),
  );

  point(13, 'links, forms, scripts and redirects cannot leave the page (H)', async () => {
    const before = page.url();
    for (const leave of [
      () => void (location.href = 'https://example.vn/'),
      () =>
        void Object.assign(document.body.appendChild(document.createElement('a')), {
          href: 'https://example.vn/',
        }).click(),
      () => {
        const form = document.body.appendChild(document.createElement('form'));
        form.action = 'https://example.vn/';
        form.submit();
      },
      () => void (location.href = 'file:///etc/passwd'),
    ]) {
      await page.evaluate(leave).catch(() => undefined);
      await page.waitForFunction(() => document.readyState === 'complete');
      expect(page.url()).toBe(before);
    }
  });

  point(14, 'no new windows (H)', async () => {
    const pages = page.context().pages().length;
    await page.evaluate(() => void window.open('https://example.vn/'));
    await expect.poll(() => page.context().pages().length).toBe(pages);
    expect(
      page
        .context()
        .pages()
        .map((each) => each.url())
        .filter((url) => url.includes('example.vn')),
    ).toEqual([]);
  });

  point(15, 'nothing is handed to the system’s opener (S)', () =>
    expect(sources('main')).not.toMatch(/openExternal|openPath/),
  );

  point(16, 'Electron is pinned exactly, the same in the builder (S)', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    expect(devDependencies['electron']).toMatch(/^\d+\.\d+\.\d+$/);
    expect(readFileSync(join(root, 'electron-builder.yml'), 'utf8')).toContain(
      `electronVersion: ${devDependencies['electron']}`,
    );
  });

  point(17, 'a message is refused from the wrong page and without the role (H)', async () => {
    const answers = await page.evaluate(async () => [
      await window.counter['confirm.submit']({ requestId: 'x', pin: '1' }),
      await window.counter['session.signIn']({ officerId: 'x', pin: '1' }),
      await window.counter['results.sign']({ documentIds: ['x'], tokenId: 't', certificateId: 'c', places: {} }),
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ ok: false, code: 'not-allowed' });
    const disguised = await page.evaluate(async () => {
      const own = location.pathname;
      history.replaceState(null, '', '/confirm.html');
      const answer = await window.counter['confirm.submit']({ requestId: 'x', pin: '1' });
      history.replaceState(null, '', own);
      return answer;
    });
    expect(disguised).toMatchObject({ ok: false, code: 'not-allowed' });
  });

  point(18, 'there is no file: address, and no path leaves the bundle (H)', async () => {
    const statuses = await page.evaluate(async () => {
      const get = (url: string): Promise<number | string> =>
        fetch(url).then(
          (answer) => answer.status,
          () => 'refused',
        );
      return [
        await get('/..%2f..%2fpackage.json'),
        await get('/%2e%2e/%2e%2e/package.json'),
        await get('/blob/..%2fstore'),
        await get('/blob/unknown'),
      ];
    });
    for (const status of statuses) expect([403, 404, 'refused']).toContain(status);
  });

  point(19, 'fuses are set in the builder’s configuration (S; values in test/packaging)', () =>
    expect(readFileSync(join(root, 'electron-builder.yml'), 'utf8')).toMatch(/runAsNode: false/),
  );

  point(20, 'the page gets one method per channel and nothing else (H)', async () => {
    const keys = await page.evaluate(() => Object.keys(window.counter).sort());
    expect(keys).toEqual([...Object.keys(CHANNELS), 'on'].sort());
    expect(await page.evaluate(() => Object.keys(window.counter.on).sort())).toEqual([...EVENT_NAMES].sort());
  });

  it('has a check for each of its twenty numbers', () => {
    expect([...covered].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('blobs are served only while somebody is signed in (H)', async () => {
    await page.evaluate(() => void window.counter['session.signOut']({}));
    await page.waitForURL(/sign-in\.html$/);
    expect(await page.evaluate(() => fetch('/blob/unknown').then((answer) => answer.status))).toBe(403);
  });
});

describe('the command behind the same executable', () => {
  it('opens the data of the window without a window', async () => {
    const home = mkdtempSync(join(tmpdir(), 'command-'));
    const env = {
      ...process.env,
      HOST_USER_DATA: home,
      HOST_HEADLESS: '1',
      HOST_INSECURE_SECRETS: '1',
      ...(process.getuid?.() === 0 ? { HOST_NO_SANDBOX: '1' } : {}),
    };
    const args = [
      '--import',
      join(root, 'test/host/register.mjs'),
      'out/main/index.js',
      '--motcua',
      'dossier',
      'list',
      '--json',
    ];
    const ended = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' });
    rmSync(home, { recursive: true, force: true });
    expect(ended.status, ended.stderr).toBe(0);
    expect(JSON.parse(ended.stdout)).toEqual({ total: 0, items: [] });
  });
});

describe('a second start', () => {
  it('ends at once with a sentence, and the first goes on unharmed', async () => {
    await expect(launchApp({ env: { HOST_USER_DATA: join(app.folder, 'user-data') } })).rejects.toThrow(
      /Phần mềm đang mở ở một cửa sổ khác/,
    );
    expect(await page.evaluate(() => window.counter['session.state']({}))).toMatchObject({ ok: true });
  });
});

function sources(...places: readonly string[]): string {
  const read = (path: string): string =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .map((name) => read(join(path, name)))
          .join('\n')
      : path.endsWith('.ts')
        ? readFileSync(path, 'utf8')
        : '';
  return places.map((place) => read(join(root, place))).join('\n');
}
