/**
 * @file A web page of the province in a browser of its own, and the built program: the page’s script calls as the vendor’s
 * shim does, the officer answers in the program’s windows.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRACTICE_PIN } from '../../main/signing/practice-keys.ts';
import { launchApp, type RunningApp } from '../host/connect.ts';
import { KIT_ANSWER, openPortal, type Portal } from '../stand-ins/portal.ts';
import { plainPdf } from '../stand-ins/sample-pdfs.ts';
import { look } from './screens.ts';
import { signIn } from './steps.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const PAGE = 'https://motcua.example.vn';

let folder: string;
let portal: Portal;
let app: RunningApp;
let desk: Page;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-e2e-'));
  portal = await openPortal();
  portal.serve('/quyet-dinh.pdf', plainPdf({ pages: 2 }));
  port = await freePort();
  writeFileSync(
    join(folder, 'settings.json'),
    JSON.stringify({ bridge: { isEnabled: true, port, allowedHosts: [portal.host] } }),
  );
  app = await launchApp({ env: { MOTCUA_HOME: folder } });
  desk = await app.page('sign-in');
  await desk.setViewportSize({ width: 1366, height: 768 });
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  // What IT does by putting the certificate into the trust store.
  context = await browser.newContext({ ignoreHTTPSErrors: true });
  await context.route(`${PAGE}/**`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Một cửa điện tử</title>' }),
  );
  page = await context.newPage();
  await page.goto(`${PAGE}/ky-so`);
});

/** What a person does at the browser's own question, or IT by policy (docs/bridge.md). */
async function allowLoopback(): Promise<void> {
  const session = await context.newCDPSession(page);
  const { targetInfo } = await session.send('Target.getTargetInfo');
  const root = await browser.newBrowserCDPSession();
  // Newer than the types.
  const permissions = ['loopbackNetwork'] as unknown as 'geolocation'[];
  const { browserContextId } = targetInfo;
  await root.send('Browser.grantPermissions', {
    permissions,
    origin: PAGE,
    ...(browserContextId === undefined ? {} : { browserContextId }),
  });
}
afterAll(async () => {
  await browser?.close();
  await app?.stop();
  await portal?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The vendor’s shim: open, send, hand the raw answer to the callback. */
function call(operation: string, request: Record<string, unknown>): Promise<Record<string, unknown>> {
  return page.evaluate(
    ([address, frame]) =>
      new Promise<Record<string, unknown>>((resolve, reject) => {
        const socket = new WebSocket(address);
        socket.onopen = () => socket.send(frame);
        socket.onmessage = ({ data }) => {
          resolve(JSON.parse(data as string) as Record<string, unknown>);
          socket.close();
        };
        socket.onerror = () => reject(new Error('the socket failed'));
      }),
    [`wss://127.0.0.1:${port}/${operation}`, JSON.stringify(request)] as const,
  );
}

const request = (): Record<string, unknown> => ({
  FileUploadHandler: portal.url('/FileUploadHandler.aspx?id=7'),
  SessionId: '',
  FileName: portal.url('/quyet-dinh.pdf'),
  MetaData: [],
});

async function answer(name: 'question-once' | 'question-remember' | 'question-refuse', kind: string): Promise<void> {
  const window = await app.page('question');
  await window.getByTestId(`question-${kind}`).waitFor();
  await expect.poll(() => window.getByTestId(name).isEnabled()).toBe(true);
  // The window may be gone before the click has ended.
  await Promise.all([
    window.waitForEvent('close'),
    window
      .getByTestId(name)
      .click()
      .catch(() => undefined),
  ]);
}

async function typePin(): Promise<void> {
  const window = await app.page('confirm');
  await window.getByTestId('confirm-pin').waitFor();
  expect(await window.getByTestId('confirm-origin').innerText()).toBe(PAGE);
  await window.getByTestId('confirm-pin').fill(PRACTICE_PIN);
  await Promise.all([
    window.waitForEvent('close'),
    window
      .getByTestId('confirm-submit')
      .click()
      .catch(() => undefined),
  ]);
}

describe.skipIf(!existsSync(CHROMIUM))('a page in Chromium and the program', () => {
  it('the officer is at the desk', () => signIn(desk, 1));

  it('the browser lets no page reach this PC before it was allowed to', async () => {
    await expect(call('GetVersion', {})).rejects.toThrow('the socket failed');
    await allowLoopback();
    expect(await call('GetVersion', {})).toMatchObject({ Status: 0 });
  });

  it('the page is asked about, its file shown, the PIN typed, and the page gets the handler’s answer', async () => {
    const answered = call('SignApproved', request());
    const consent = await app.page('question');
    await consent.getByTestId('question-consent').waitFor();
    expect(await consent.getByTestId('question-origin').innerText()).toBe(PAGE);
    await look(consent, 'web-page-consent');
    await answer('question-remember', 'consent');
    const review = await app.page('question');
    await review.getByTestId('question-documents').waitFor();
    const drawn = review.locator('[data-testid="pdf-pages"] canvas').first();
    await expect.poll(() => drawn.evaluate((canvas: HTMLCanvasElement) => canvas.width)).toBeGreaterThan(400);
    expect(await review.getByTestId('question-file').innerText()).toContain('quyet-dinh.pdf');
    await look(review, 'web-page-documents');
    await answer('question-once', 'documents');
    await typePin();
    expect(await answered).toMatchObject({ Status: 0, FileServer: '/Uploads/da-ky.pdf' });
    expect(portal.uploads.at(-1)).toMatchObject({ query: '?id=7', fileName: 'quyet-dinh.signed.pdf' });
  });

  it('remembered, the page is not asked about again; refused, it is told so', async () => {
    const answered = call('SignApproved', request());
    await answer('question-refuse', 'documents');
    expect(await answered).toMatchObject({ Status: 1, Code: 'pin-cancelled' });
  });

  it('what the page did not take is sent again from the desk', async () => {
    portal.answerUploads({ status: 500 });
    const answered = call('SignApproved', request());
    await answer('question-once', 'documents');
    await typePin();
    expect(await answered).toMatchObject({ Status: 7 });
    portal.answerUploads(KIT_ANSWER);
    await desk.keyboard.press('F9');
    await desk.getByTestId('bridge-unsent-file').waitFor();
    await look(desk, 'web-page-unsent');
    const before = portal.uploads.length;
    await desk.getByTestId('bridge-resend').click();
    await expect.poll(() => portal.uploads.length).toBe(before + 1);
    await desk.getByTestId('bridge-unsent-file').waitFor({ state: 'detached' });
  });

  it('what is kept of the page on this PC names no session and no key', () => {
    const kept = readFileSync(join(folder, 'bridge', 'consents.json'), 'utf8');
    expect(JSON.parse(kept)).toMatchObject([{ origin: PAGE }]);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address() as { port: number };
      server.close(() => resolve(free));
    });
  });
}
