import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { TokenInfo, TriesLeft } from '../../../preload/types.ts';
import { longStack, previewData, summaries, token, type PreviewData } from './fixtures.ts';
import type { View } from './open.ts';
import { screens } from './screens/index.ts';
import { callsOf, HAS_CHROMIUM, usePreview } from './use-preview.ts';

const DESK: View = { document: 'index.html', width: 1366, height: 768, scheme: 'light' };
/** A letter waits until it is known to be no reader's, and the machine may be busy. */
const SLOW = { timeout: 5_000 };
const CODE = '038324011586|123456789|Lê Thị Bình|19111984|Nữ|Thôn Phú Đa|10052023';

describe.skipIf(!HAS_CHROMIUM)('the desk in Chromium (needs /usr/bin/chromium or CHROMIUM)', () => {
  const preview = usePreview();

  async function desk(data: PreviewData = previewData(), dossierId: string | null = 'dossier-0'): Promise<Page> {
    const { page } = await preview.open(data);
    await page.getByTestId('new-dossier').waitFor();
    if (dossierId !== null) {
      await page.getByTestId(`dossier-${dossierId}`).click();
      await page.getByTestId('section-applicant').waitFor();
    }
    return page;
  }

  /** Types as a reader does: key events one right after the other. */
  async function burst(page: Page, text: string): Promise<void> {
    await page.evaluate(
      `(() => { const fire = (key) => { const target = document.activeElement ?? document.body;
          const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
          if (target.dispatchEvent(event) && key.length === 1 && target.matches('input')) {
            Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(target, target.value + key);
            target.dispatchEvent(new Event('input', { bubbles: true }));
          } };
        for (const key of ${JSON.stringify([...text])}) fire(key); fire('Enter'); })()`,
    );
  }

  describe('every screen', () => {
    // Every screen once in light; dark and large text where a screen lists them and differs most. `shots.ts` checks all sizes.
    const BOTH_THEMES = ['draft-fields', 'signing', 'confirm-final'];
    const views = screens.flatMap((screen) =>
      screen.sizes
        .filter(
          ([width, , scheme, text], index) =>
            index === 0 || (BOTH_THEMES.includes(screen.name) && width !== 1920 && (scheme === 'dark' || text === 150)),
        )
        .map((size) => ({ screen, size, name: `${screen.name} ${size.join(' ')}` })),
    );

    it.each(views)(
      '$name is accessible, and the content policy has nothing to refuse',
      async ({ screen, size: [width, height, scheme, text] }) => {
        const data = previewData();
        const { page, complaints } = await preview.open(screen.data?.(data, token) ?? data, {
          document: screen.document,
          width,
          height,
          scheme,
        });
        await screen.steps?.(page, text);
        await page.waitForTimeout(50); // one frame for what the last step started; axe itself waits for the rest
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(
          violations.map(
            (violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`,
          ),
        ).toEqual([]);
        expect(complaints).toEqual([]);
      },
    );
  });

  describe('the keyboard', () => {
    it('F3 opens a dossier with the focus where the conversation begins, and Enter goes on', async () => {
      const page = await desk(previewData(), null);
      await page.keyboard.press('F3');
      await expect.poll(() => page.evaluate('document.activeElement.dataset.testid')).toBe('applicant-fullName');
      await page.keyboard.type('Nguyen Van An');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate('document.activeElement.dataset.testid')).toBe('applicant-birthDate');
    });

    it('never takes letters, digits or signs from a field that is being typed in', async () => {
      const page = await desk();
      await page.getByTestId('list-filter').focus();
      await page.keyboard.type('rh12+-0');
      expect(await page.getByTestId('list-filter').inputValue()).toBe('rh12+-0');
      await page.waitForTimeout(150); // longer than a lone key waits before it acts
      expect(await callsOf(page, 'dossiers.turnPages')).toEqual([]);
      expect(await callsOf(page, 'dossiers.assignPages')).toEqual([]);
    });

    it('keeps out of a word that is being composed', async () => {
      const page = await desk();
      await page.evaluate(
        "document.activeElement.blur(); window.dispatchEvent(new KeyboardEvent('keydown', { key: 'F2', isComposing: true }))",
      );
      expect(await callsOf(page, 'capture.scan')).toEqual([]);
    });

    it('sorts the selected page with one key and selects the next one without a place', async () => {
      const page = await desk({ ...previewData(), dossiers: [longStack(3)] });
      await page.getByTestId('page-1').click();
      await page.keyboard.press('2');
      await expect.poll(() => callsOf(page, 'dossiers.assignPages')).toHaveLength(1);
      expect((await callsOf(page, 'dossiers.assignPages'))[0]?.[1]).toMatchObject({
        pageIds: ['long-0'],
        componentId: '1.004222#1',
      });
      await expect.poll(() => page.getByTestId('page-2').getAttribute('aria-pressed')).toBe('true');
    });

    it('takes another reading of a doubtful value by one key, and Enter says that a value is right', async () => {
      const page = await desk();
      await page.getByTestId('field-birthDate').getByRole('textbox').focus();
      await page.keyboard.press('Alt+2');
      await expect.poll(() => callsOf(page, 'dossiers.setField')).toHaveLength(1);
      expect((await callsOf(page, 'dossiers.setField'))[0]?.[1]).toMatchObject({ value: '2021-11-19' });
      await page.context().close();
      const other = await desk();
      await other.getByTestId('field-birthDate').getByRole('textbox').focus();
      await other.keyboard.press('Enter');
      await expect.poll(() => callsOf(other, 'dossiers.setField')).toHaveLength(1);
      expect((await callsOf(other, 'dossiers.setField'))[0]?.[1]).toMatchObject({ value: '2024-11-19' });
    });

    it('Esc closes what lies on top before it leaves the dossier', async () => {
      const page = await desk();
      await page.getByTestId('discard').click();
      await page.getByTestId('discard-yes').waitFor();
      await page.keyboard.press('Escape');
      await page.getByTestId('discard-yes').waitFor({ state: 'detached' });
      expect(await page.getByTestId('section-applicant').count()).toBe(1);
      expect(await callsOf(page, 'dossiers.discardDraft')).toEqual([]);
    });

    it('turns, hides and looks through pages', async () => {
      const page = await desk();
      await page.getByTestId('page-1').click();
      await page.keyboard.press('r');
      await expect.poll(() => callsOf(page, 'dossiers.turnPages'), SLOW).toHaveLength(1);
      await page.keyboard.press('PageDown');
      await expect.poll(() => page.getByTestId('page-2').getAttribute('aria-pressed')).toBe('true');
      await page.keyboard.press('Delete');
      await expect.poll(() => callsOf(page, 'dossiers.hidePages'), SLOW).toHaveLength(1);
      await page.getByRole('button', { name: 'Hoàn tác', exact: true }).click();
      await expect.poll(() => callsOf(page, 'dossiers.undo'), SLOW).toHaveLength(1);
    });

    it('reaches every field of the dossier in the order of the conversation by Tab alone', async () => {
      const page = await desk({
        ...previewData(),
        dossiers: [
          {
            ...longStack(2),
            applicant: null,
            applicantName: '',
            missing: [{ kind: 'applicant-name' }, { kind: 'procedure' }],
            procedure: null,
            feeVnd: null,
          },
        ],
      });
      await page.getByTestId('applicant-fullName').focus();
      const order: string[] = [];
      for (let step = 0; step < 40; step += 1) {
        order.push(String(await page.evaluate('document.activeElement.dataset.testid ?? ""')));
        await page.keyboard.press('Tab');
      }
      const wanted = ['applicant-fullName', 'applicant-idNumber', 'procedure-search', 'scan', 'fee', 'note', 'seal'];
      expect(wanted.map((name) => order.indexOf(name))).toEqual(
        wanted.map((name) => order.indexOf(name)).toSorted((a, b) => a - b),
      );
      expect(order).toEqual(expect.arrayContaining(wanted));
    });
  });

  describe('a card reader', () => {
    it('fills the applicant from anywhere and leaves the field it hit untouched', async () => {
      const page = await desk();
      await page.getByTestId('list-filter').fill('Vũ');
      await burst(page, CODE);
      await expect.poll(() => callsOf(page, 'dossiers.readIdentityText')).toHaveLength(1);
      expect((await callsOf(page, 'dossiers.readIdentityText'))[0]?.[1]).toMatchObject({ text: CODE });
      expect(await page.getByTestId('list-filter').inputValue()).toBe('Vũ');
      expect(await callsOf(page, 'dossiers.assignPages')).toEqual([]);
    });

    it('opens a dossier when none is open', async () => {
      const page = await desk(previewData(), null);
      await burst(page, CODE);
      await expect.poll(() => callsOf(page, 'dossiers.create')).toHaveLength(1);
      await page.getByRole('heading', { name: 'Lê Thị Bình', exact: true }).waitFor();
      await expect.poll(() => page.evaluate('document.activeElement.dataset.testid')).toBe('procedure-search');
    });
  });

  describe('saving', () => {
    it('saves a field when it is left, naming the revision', async () => {
      const page = await desk();
      await page.getByTestId('section-applicant').click();
      await page.getByTestId('applicant-phone').fill('0987654321');
      await page.keyboard.press('Tab');
      await expect.poll(() => callsOf(page, 'dossiers.setApplicant')).toHaveLength(1);
      expect((await callsOf(page, 'dossiers.setApplicant'))[0]?.[1]).toMatchObject({
        id: 'dossier-0',
        revision: 12,
        applicant: { phone: '0987654321', sources: { phone: 'typed', fullName: 'qr' } },
      });
    });

    it('fetches and repeats an edit when somebody else was quicker, keeping both changes', async () => {
      const page = await desk();
      await page.getByTestId('section-applicant').click();
      await page.evaluate(
        "const other = window.preview.find('dossier-0'); other.revision = 20; other.applicant.address = 'Thôn Mới'",
      );
      await page.getByTestId('applicant-phone').fill('0987654321');
      await page.keyboard.press('Tab');
      await expect.poll(() => callsOf(page, 'dossiers.setApplicant')).toHaveLength(2);
      expect((await callsOf(page, 'dossiers.setApplicant'))[1]?.[1]).toMatchObject({
        revision: 20,
        applicant: { phone: '0987654321', address: 'Thôn Mới' },
      });
      expect(await page.getByTestId('failure').count()).toBe(0);
    });

    it('says what is wrong with a value that cannot be saved, and keeps what was typed', async () => {
      const page = await desk();
      await page.getByTestId('section-applicant').click();
      await page.getByTestId('applicant-birthDate').fill('31/02/1990');
      await page.keyboard.press('Tab');
      await page.getByText('Ngày chưa đúng').waitFor();
      expect(await page.getByTestId('applicant-birthDate').inputValue()).toBe('31/02/1990');
      expect(await callsOf(page, 'dossiers.setApplicant')).toEqual([]);
    });

    it('F6 on an incomplete dossier saves nothing and says what is missing', async () => {
      const page = await desk();
      await page.keyboard.press('F6');
      await page.getByTestId('failure').waitFor();
      expect(await page.getByTestId('failure').getAttribute('data-code')).toBe('draft-incomplete');
      expect(await callsOf(page, 'dossiers.seal')).toEqual([]);
    });
  });

  describe('the command box', () => {
    it('does what the words typed last say, never what earlier letters found', async () => {
      const page = await desk();
      await page.keyboard.press('Control+K');
      await page.getByTestId('command-box').pressSequentially('kh');
      const procedures = page.getByText('Thủ tục đăng ký khai sinh', { exact: true }).last();
      await procedures.waitFor();
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText('kiem tra chu ky');
      await page.keyboard.press('Enter');
      await page.getByTestId('verify-choose').waitFor();
    });

    it('keeps a row marked when what was found goes away', async () => {
      const page = await desk();
      await page.keyboard.press('Control+K');
      await page.getByTestId('command-box').pressSequentially('khai sinh');
      await page.locator('[data-action][data-selected]').waitFor();
      await page.waitForTimeout(300);
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText('doi nguoi');
      await page.locator('[data-selected]', { hasText: 'Đổi người' }).waitFor();
    });
  });

  describe('large numbers', () => {
    it('draws only the rows on screen of five thousand dossiers', async () => {
      const page = await desk({ ...previewData(), summaries: summaries(5000) }, null);
      await page.getByText('trên 5002 hồ sơ').waitFor();
      expect(await page.locator('[data-dossier]').count()).toBeLessThan(40);
    });

    it('never scrolls sideways at the smallest screen with the largest text', async () => {
      const page = await desk();
      await page.getByTestId('officer-menu').click();
      await page.getByText('150 %', { exact: true }).click();
      await expect.poll(() => page.evaluate('document.documentElement.dataset.text')).toBe('150');
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    });
  });

  describe('a batch that the token left', () => {
    async function signAll(): Promise<Page> {
      const page = await desk(previewData(), null);
      await page.getByTestId('desk-signing').click();
      await page.getByTestId('results-all').check();
      await page.getByTestId('results-sign').click();
      await page.getByTestId('outcomes-summary').waitFor();
      await page.keyboard.press('Escape');
      return page;
    }

    it('shows what came of each file and waits for the token', async () => {
      const page = await signAll();
      const total = previewData().results.filter(({ nextSignature }) => nextSignature === 'personal').length;
      expect(await page.getByTestId('outcomes-summary').innerText()).toBe(`Đã ký 1, chưa ký ${total - 1}`);
      expect(await page.getByTestId('results-wait-token').innerText()).toContain(`${total - 1} tệp còn lại`);
    });

    it('goes on with the rest when the token is back', async () => {
      const page = await signAll();
      await page.evaluate('window.preview.plugIn()');
      await page.getByTestId('results-resume').click();
      await expect.poll(() => callsOf(page, 'results.sign')).toHaveLength(2);
      const [first, second] = await callsOf(page, 'results.sign');
      const ids = first?.[1]['documentIds'] as readonly string[];
      expect(second?.[1]['documentIds']).toEqual(ids.slice(1));
    });

    it('can be stopped while it runs, and the token cannot be changed meanwhile', async () => {
      const page = await desk(previewData(), null);
      const job = { jobId: 'job-1', kind: 'sign', dossierId: null, done: 3, total: 40, code: null, detail: null };
      await page.evaluate(`window.preview.emit('job.progress', ${JSON.stringify({ ...job, state: 'running' })})`);
      await page.getByTestId('job-sign').waitFor();
      expect(await page.getByTestId('job-sign').innerText()).toContain('3 trên 40');
      await page.getByTestId('status-token').click();
      const choice = page.getByRole('radio').first();
      await choice.waitFor();
      expect(await choice.isDisabled()).toBe(true);
      await page.keyboard.press('Escape');
      await page.getByTestId('stop-sign').click();
      expect((await callsOf(page, 'signing.cancel'))[0]?.[1]).toEqual({ jobId: 'job-1' });
    });
  });

  describe('the confirmation window', () => {
    async function confirm(tries: TriesLeft, more: Partial<TokenInfo> = {}): Promise<Page> {
      const data = previewData();
      const { page } = await preview.open(
        { ...data, confirm: { ...data.confirm, token: { ...token, tries, ...more } } },
        { ...DESK, document: 'confirm.html', width: 620 },
      );
      return page;
    }

    it('asks nothing of the token before the PIN is long enough', async () => {
      const page = await confirm('ok');
      await page.getByTestId('confirm-pin').fill('12345');
      expect(await page.getByTestId('confirm-submit').isDisabled()).toBe(true);
      await page.keyboard.press('Enter');
      expect(await callsOf(page, 'confirm.submit')).toEqual([]);
    });

    it('stays open after a wrong PIN, empties the box and asks for the tries again', async () => {
      const page = await confirm('ok');
      await page.getByTestId('confirm-pin').fill('654321');
      await page.keyboard.press('Enter');
      await page.getByTestId('confirm-failure').waitFor();
      expect(await page.getByTestId('confirm-pin').inputValue()).toBe('');
      expect(await callsOf(page, 'confirm.request')).not.toHaveLength(0);
      await expect.poll(() => page.evaluate('document.activeElement.dataset.testid')).toBe('confirm-pin');
    });

    it('wants the PIN twice when one try is left', async () => {
      const page = await confirm('final');
      await page.getByTestId('confirm-pin').fill('123456');
      expect(await page.getByTestId('confirm-submit').isDisabled()).toBe(true);
      await page.getByTestId('confirm-pin-again').fill('123456');
      expect(await page.getByTestId('confirm-submit').isEnabled()).toBe(true);
    });

    it('offers no PIN box for a locked token', async () => {
      const page = await confirm('locked');
      await page.getByTestId('confirm-tries').waitFor();
      expect(await page.locator('input').count()).toBe(0);
      expect(await page.getByTestId('confirm-submit').count()).toBe(0);
    });

    it.each<[TriesLeft, string]>([
      ['ok', 'chưa ghi nhận lần nhập sai'],
      ['low', 'còn ít lần thử'],
      ['final', 'còn 1 lần thử'],
      ['locked', 'đã bị khóa'],
      ['unknown', 'không cho biết còn mấy lần thử'],
    ])('says before the PIN box what the token says of its tries (%s)', async (tries, sentence) => {
      const page = await confirm(tries);
      expect(await page.getByTestId('confirm-tries').innerText()).toContain(sentence);
    });

    it('names the office that unlocks a locked token: the issuer, or for government certificates the way there', async () => {
      const page = await confirm('locked');
      const issuer = token.certificates[0]?.issuer ?? '';
      expect(await page.getByTestId('confirm-unlock').innerText()).toContain(issuer);
      const [certificate] = token.certificates;
      if (!certificate) throw new Error('the sample token has a certificate');
      await page.context().close();
      const government = 'C=VN, O=Ban Cơ yếu Chính phủ, CN=Cơ quan chứng thực số Chính phủ';
      const other = await confirm('locked', { certificates: [{ ...certificate, issuer: government }] });
      expect(await other.getByTestId('confirm-unlock').innerText()).toContain('Ban Cơ yếu Chính phủ');
    });

    it('warns of capital letters and of a Vietnamese typing method, and takes what is pasted', async () => {
      const page = await confirm('ok');
      const box = page.getByTestId('confirm-pin');
      const warning = page.getByTestId('confirm-pin-typing');
      await box.waitFor();
      await box.evaluate((input) => {
        input.dispatchEvent(new KeyboardEvent('keydown', { key: 'A', modifierCapsLock: true, bubbles: true }));
      });
      await expect.poll(() => warning.innerText()).toContain('Caps Lock');
      await box.evaluate((input) => {
        input.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true }));
      });
      await expect.poll(() => warning.innerText()).toBe('');
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.evaluate("navigator.clipboard.writeText('mâtkhâu1')");
      await box.focus();
      await page.keyboard.press('Control+V');
      expect(await box.inputValue()).toBe('mâtkhâu1');
      await expect.poll(() => warning.innerText()).toContain('tắt bộ gõ');
    });

    it('shows the PIN and hides it again by keyboard alone', async () => {
      const page = await confirm('ok');
      const box = page.getByTestId('confirm-pin');
      await box.waitFor();
      expect(await box.getAttribute('type')).toBe('password');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await box.getAttribute('type')).toBe('text');
      await page.keyboard.press('Enter');
      expect(await box.getAttribute('type')).toBe('password');
    });

    it('says how often the token will ask, here or on the device, and of a PIN that wants changing', async () => {
      const page = await confirm('ok', { asksPinPerSignature: true, mustChangePin: true });
      const count = previewData().confirm.documents.length;
      expect(await page.getByTestId('confirm-each').innerText()).toContain(`${count} lần`);
      await page.getByTestId('confirm-change-pin').waitFor();
      await page.context().close();
      const device = await confirm('ok', { asksPinPerSignature: true, hasProtectedPath: true });
      expect(await device.getByTestId('confirm-each').innerText()).toContain(`Thiết bị sẽ hỏi PIN ${count} lần`);
      expect(await device.locator('input').count()).toBe(0);
    });

    it.each<[TriesLeft, Partial<TokenInfo>]>([
      ['unknown', { asksPinPerSignature: true }],
      ['ok', { mustChangePin: true }],
      ['ok', { hasProtectedPath: true, asksPinPerSignature: true }],
    ])('has no fault of accessibility with %s and %o', async (tries, more) => {
      const page = await confirm(tries, more);
      await page.getByTestId('confirm-tries').waitFor();
      if (more.hasProtectedPath !== true) await page.getByTestId('confirm-pin').fill('mật');
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    });

    it('cancels with Esc', async () => {
      const page = await confirm('ok');
      await page.getByTestId('confirm-pin').waitFor();
      await page.keyboard.press('Escape');
      await expect.poll(() => callsOf(page, 'confirm.cancel')).toHaveLength(1);
    });
  });
});
