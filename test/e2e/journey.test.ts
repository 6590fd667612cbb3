/** @file The officer's journey in the window, by keyboard alone, on the built bundles. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRACTICE_PIN } from '../../main/signing/practice-keys.ts';
import { launchApp, type RunningApp } from '../host/connect.ts';
import { look } from './screens.ts';
import { PRACTICE_CARD, signIn, tabTo, typeAsReader } from './steps.ts';

const PAGES_READ_MS = 150_000;

let app: RunningApp;
let page: Page;
let printed: string;

beforeAll(async () => {
  printed = mkdtempSync(join(tmpdir(), 'printed-'));
  app = await launchApp({ env: { HOST_PRINT_FOLDER: printed } });
  page = await app.page('sign-in');
  await page.setViewportSize({ width: 1366, height: 768 });
});
afterAll(async () => {
  await app?.stop();
  rmSync(printed, { recursive: true, force: true });
});

const focused = (): Promise<string | null> =>
  page.evaluate(() => document.activeElement?.closest('[data-testid]')?.getAttribute('data-testid') ?? null);

describe('one dossier from paper to the province, by keyboard', () => {
  it('the officer signs in', async () => {
    await page.locator('[data-testid^="officer-"]').first().waitFor();
    await look(page, 'sign-in');
    await signIn(page);
    await look(page, 'desk-empty');
  });

  it('opens a dossier and reads the applicant from the QR code of the card', async () => {
    await page.keyboard.press('F3');
    await page.getByTestId('applicant-fullName').waitFor();
    await typeAsReader(page, PRACTICE_CARD);
    await expect.poll(() => page.locator('h2, h1').allInnerTexts(), { timeout: 10_000 }).toContain('Cao Viết Nghĩa');
    await look(page, 'desk-applicant');
  });

  it('finds the procedure by a few letters without diacritics', async () => {
    await expect.poll(focused, { timeout: 10_000 }).toBe('procedure-search');
    await page.keyboard.type('dang ky thuong tru');
    await page.getByTestId('procedure-1.004222').waitFor();
    await look(page, 'desk-procedure');
    await page.keyboard.press('Enter');
    await page.getByTestId('procedure-chosen').waitFor();
  });

  it(
    'scans the stack once; every page finds its component, the blank back is hidden',
    async () => {
      await page.keyboard.press('F2');
      await page.getByTestId('page-3').waitFor({ timeout: 60_000 });
      const dossier = await waitForRecognition();
      expect(dossier.pages.map((each) => each.componentId)).toEqual(['1.004222#0', '1.004222#1', '1.004222#4', null]);
      expect(dossier.pages.map((each) => each.isHidden)).toEqual([false, false, false, true]);
      expect(dossier.fields.find((field) => field.name === 'idNumber')?.value).toBe('038087015329');
      await look(page, 'desk-papers');
    },
    PAGES_READ_MS,
  );

  it('a read field shows the paper it came from', async () => {
    await tabTo(page, '[data-testid="field-idNumber"] input');
    await page.getByTestId('paper-region').waitFor();
    await look(page, 'desk-fields');
  });

  it('signs the digitised copies with one PIN; a wrong PIN keeps the window and says so', async () => {
    await page.keyboard.press('F4');
    const confirm = await app.page('confirm');
    await confirm.getByTestId('confirm-pin').waitFor();
    await look(confirm, 'confirm');
    await confirm.keyboard.type('87654321');
    await confirm.keyboard.press('Enter');
    await confirm.getByTestId('confirm-failure').waitFor();
    await look(confirm, 'confirm-wrong-pin');
    await tabTo(confirm, '[data-testid="confirm-pin"]');
    await confirm.keyboard.type(PRACTICE_PIN);
    await Promise.all([confirm.waitForEvent('close', { timeout: 60_000 }), confirm.keyboard.press('Enter')]);
    await expect.poll(async () => (await currentDossier()).missing, { timeout: 60_000 }).toEqual([]);
    const { documents } = await currentDossier();
    expect(documents).toHaveLength(3);
    expect(documents.every((document) => document.signatures.length === 1)).toBe(true);
  });

  it('saves and makes the receipt; the upload goes by itself until the province has received it', async () => {
    await page.keyboard.press('F6');
    await expect
      .poll(async () => (await currentDossier()).receipt?.documentId ?? null, { timeout: 60_000 })
      .not.toBeNull();
    await expect
      .poll(async () => (await currentDossier()).upload.state, { timeout: 60_000 })
      .toMatch(/received|settled/);
    await expect
      .poll(() => page.getByTestId('upload-state').first().innerText(), { timeout: 10_000 })
      .toContain('tiếp nhận');
    await page.locator('[data-testid="pdf-pages"] canvas').first().waitFor();
    await look(page, 'desk-receipt');
    await expect.poll(() => readdirSync(printed).length, { timeout: 30_000 }).toBe(1);
    const facts = execFileSync('pdfinfo', [join(printed, readdirSync(printed)[0] ?? '')], { encoding: 'utf8' });
    expect(facts).toMatch(/Pages:\s+1\n/);
    expect(facts).toMatch(/Page size:\s+4(19|20)[.\d]* x 59[45]/); // A5 in points
  });

  it('checks the devices', async () => {
    await page.keyboard.press('F9');
    await page.locator('[data-testid^="check-"]').first().waitFor({ timeout: 30_000 });
    await look(page, 'devices');
    await page.keyboard.press('Escape');
  });
});

describe('the signing officer', () => {
  it('sees the results that wait, and signs them all with one PIN', async () => {
    await receiveWithoutScanning(); // a second dossier, so that there is more than one result
    await page.keyboard.press('Control+K');
    await page.locator('[data-testid="command-box"]:focus, [data-testid="command-box"] :focus').waitFor();
    await page.keyboard.type('doi nguoi');
    await page.getByText('Đổi người', { exact: true }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/sign-in\.html$/);
    await signIn(page, 1);
    await tabTo(page, '[data-testid="desk-signing"]');
    await page.keyboard.press('Enter');
    await page.locator('[data-testid^="result-"]').nth(1).waitFor({ timeout: 60_000 });
    await page.locator('[data-testid="pdf-pages"] canvas').first().waitFor();
    await look(page, 'signing-desk');
    await page.keyboard.press('F7');
    await expect.poll(focused, { timeout: 10_000 }).toBe('signature-frame');
    await page.keyboard.press('ArrowLeft');
    await page.getByText('Bạn đã dời chỗ ký.', { exact: true }).waitFor();
    await look(page, 'signing-place');
    await tabTo(page, '[data-testid="results-all"]');
    await page.keyboard.press('Space');
    await page.keyboard.press('F4');
    const confirm = await app.page('confirm');
    await confirm.getByTestId('confirm-pin').waitFor();
    await confirm.keyboard.type(PRACTICE_PIN);
    await look(confirm, 'confirm-results');
    await Promise.all([confirm.waitForEvent('close', { timeout: 60_000 }), confirm.keyboard.press('Enter')]);
    await page.getByTestId('outcomes-summary').waitFor({ timeout: 60_000 });
    await look(page, 'signing-outcomes');
    const completed = await page.evaluate(() =>
      window.counter['dossiers.list']({ text: '', states: ['completed'], limit: 10, offset: 0 }),
    );
    expect(completed).toMatchObject({ ok: true, value: { total: 2 } });
  });

  it('sees the signed result get its time-stamp and reach the province by itself', async () => {
    const { id } = await scannedDossier();
    await tabTo(page, '[data-testid="desk-counter"]');
    await page.keyboard.press('Enter');
    await openFromList(id);
    await expect
      .poll(() => page.locator('[data-testid^="stamping-"]').first().innerText(), { timeout: 60_000 })
      .toContain('Đã có dấu thời gian');
    await expect
      .poll(async () => (await scannedDossier()).upload.state, { timeout: 60_000 })
      .toMatch(/received|settled/);
    const result = (await scannedDossier()).documents.find((document) => document.kind === 'result');
    await tabTo(page, `[data-testid="document-result-${result?.id ?? ''}"]`);
    await page.keyboard.press('Enter');
    await page.locator('[data-testid="pdf-pages"] canvas').first().waitFor();
    // The province has this dossier's result: another is not offered where it would be refused.
    expect(await page.getByTestId('attach-result').count()).toBe(0);
    await look(page, 'result-stamped');
  });

  it('checks the signature of the result where it stands', async () => {
    const result = (await scannedDossier()).documents.find((document) => document.kind === 'result');
    await tabTo(page, `[data-testid="verify-${result?.id ?? ''}"]`);
    await page.keyboard.press('Enter');
    await page.getByTestId('verify-report').waitFor({ timeout: 30_000 });
    expect(await page.getByTestId('verify-verdict').innerText()).toBe('Chữ ký hợp lệ');
    expect(await page.getByTestId('verify-report').innerText()).not.toMatch(/B-(B|T|LTA?)\b/);
    await look(page, 'verification');
    await page.keyboard.press('Escape');
  });

  it('checks a file from elsewhere, found by a few letters', async () => {
    await page.keyboard.press('Control+K');
    await page.locator('[data-testid="command-box"]:focus, [data-testid="command-box"] :focus').waitFor();
    await page.keyboard.type('kiem tra chu ky');
    await page.getByText('Kiểm tra chữ ký số của một tệp', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByTestId('verify-choose').waitFor();
    app.answerDialog('showOpenDialog', { canceled: false, filePaths: [printedReceipt()] });
    await tabTo(page, '[data-testid="verify-choose"]');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.getByTestId('verify-verdict').innerText(), { timeout: 30_000 })
      .toBe('Tệp không có chữ ký số');
    await look(page, 'verification-unsigned');
    await page.keyboard.press('Escape');
  });
});

/** One Tab stop leads into the list, arrows lead on. */
async function openFromList(id: string): Promise<void> {
  await tabTo(page, '[data-dossier]');
  await page.keyboard.press('Home');
  for (let rows = 0; rows < 3 && (await focused()) !== `dossier-${id}`; rows++) {
    await page.keyboard.press('ArrowDown');
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  expect(await focused()).toBe(`dossier-${id}`);
  await page.keyboard.press('Enter');
}

/** The receipt the first dossier printed: a PDF nobody signed, of that dossier alone. */
function printedReceipt(): string {
  return join(printed, readdirSync(printed)[0] ?? '');
}

/** Certified copies at a commune need no scan: quick to receive through the bridge. */
async function receiveWithoutScanning(): Promise<void> {
  const sealed = await page.evaluate(async (card) => {
    const { counter } = window;
    const created = await counter['dossiers.create']({});
    if (!created.ok) return created;
    const { id } = created.value;
    let revision = created.value.revision;
    const identified = await counter['dossiers.readIdentityText']({ id, revision, text: card });
    if (!identified.ok) return identified;
    revision = identified.value.revision;
    const chosen = await counter['dossiers.setProcedure']({ id, revision, code: '2.000815' });
    if (!chosen.ok) return chosen;
    revision = chosen.value.revision;
    for (const { component } of chosen.value.checklist) {
      const form = component.kind === 'presented' ? ('presented' as const) : ('original' as const);
      const ticked = await counter['dossiers.setChecklistItem']({
        id,
        revision,
        componentId: component.id,
        form,
        quantity: 1,
        note: null,
      });
      if (!ticked.ok) return ticked;
      revision = ticked.value.revision;
    }
    return counter['dossiers.seal']({ id, revision });
  }, PRACTICE_CARD);
  expect(sealed).toMatchObject({ ok: true, value: { state: 'received' } });
}

/** The dossier whose papers were scanned: the first of the two. */
const scannedDossier = () => currentDossier('thuong tru');

/** The newest dossier, of those the text finds. */
async function currentDossier(found = '') {
  const answer = await page.evaluate(async (text) => {
    const list = await window.counter['dossiers.list']({ text, states: [], limit: 1, offset: 0 });
    const [newest] = list.ok ? list.value.items : [];
    return window.counter['dossiers.get']({ id: newest?.id ?? '' });
  }, found);
  if (!answer.ok) throw new Error(`${answer.code}: ${answer.detail}`);
  return answer.value;
}

async function waitForRecognition() {
  const isRead = async (): Promise<boolean> => {
    const { pages } = await currentDossier();
    return pages.length === 4 && pages.every((each) => each.recognition === 'done' || each.recognition === 'failed');
  };
  await expect.poll(isRead, { timeout: PAGES_READ_MS, interval: 500 }).toBe(true);
  return currentDossier();
}
