import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Dossier } from '../../../preload/types.ts';
import { fingerprintPages } from '../../../main/dossiers/project-draft.ts';
import { DossierSchema } from '../../../main/dossiers/schemas.ts';
import {
  addPage,
  append,
  attachResult,
  depositIn,
  edit,
  feedItem,
  LAN,
  MARITAL,
  MARITAL_FORM,
  MINH,
  openKit,
  readyDraft,
  recognised,
  sealedDossier,
  SIGNATURE,
  type Kit,
} from './store-kit.ts';
import { pdfAbout, signedPdfAbout } from '../../stand-ins/officer-signature.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await openKit();
});
afterEach(() => kit.end());

describe('a draft', () => {
  test('becomes a received dossier with register number, appointment, provisional code and a queued upload', async () => {
    const dossier = await sealedDossier(kit);
    expect(DossierSchema.parse(dossier)).toBeTruthy();
    expect(dossier).toMatchObject({
      state: 'received',
      code: 'T-Q1-1',
      isCodeProvisional: true,
      receivedAt: '2026-11-20T09:10:00+07:00',
      dueAt: '2026-11-26T17:30:00+07:00',
      receipt: { number: 1, book: 1 },
      missing: [],
      upload: { state: 'queued' },
    });
  });

  test('answers the sealed dossier when the call that sealed it is repeated, and seals once', async () => {
    const draft = await readyDraft(kit);
    const call = { id: draft.id, revision: draft.revision, officerId: LAN };
    const first = await kit.call('seal', call);
    expect(await kit.call('seal', call)).toEqual(first);
    await expect(kit.call('seal', { ...call, revision: draft.revision + 1 })).rejects.toMatchObject({
      code: 'dossier-sealed',
    });
  });

  test('says everything that is missing, then nothing', async () => {
    const empty = (await kit.call('create', { officerId: LAN })) as Dossier;
    expect(empty.missing.map(({ kind }) => kind)).toEqual(['applicant-name', 'applicant-id', 'procedure']);
    await expect(kit.call('seal', { id: empty.id, revision: empty.revision, officerId: LAN })).rejects.toMatchObject({
      code: 'draft-incomplete',
    });
    const unsigned = await readyDraft(kit, { isSigned: false });
    expect(unsigned.missing).toEqual([{ kind: 'signature', componentId: MARITAL_FORM }]);
    expect((await readyDraft(kit)).missing).toEqual([]);
  });

  test('drops a component PDF when its pages change, and has it back when the change is undone', async () => {
    const draft = await readyDraft(kit);
    const pageId = draft.pages[0]?.id ?? '';
    const turned = await edit(kit, draft, { kind: 'turn-pages', rotations: { [pageId]: 180 } });
    expect(turned.documents).toEqual([]);
    expect(turned.missing).toEqual([{ kind: 'signature', componentId: MARITAL_FORM }]);
    const undone = await edit(kit, turned, { kind: 'undo' });
    expect(undone.documents).toEqual(draft.documents);
  });

  test('never counts a PDF for a page that arrived while it was composed or signed', async () => {
    let draft = await readyDraft(kit, { isSigned: false });
    const composedFrom = fingerprintPages(draft.pages, MARITAL_FORM);
    draft = await addPage(kit, draft.id);
    draft = await edit(kit, draft, {
      kind: 'assign-pages',
      pageIds: [draft.pages[1]?.id ?? ''],
      componentId: MARITAL_FORM,
    });
    const command = { kind: 'set-component-pdf' as const, componentId: MARITAL_FORM, pageCount: 1 };
    const late = await depositIn(kit, pdfAbout('one page'), 'application/pdf');
    await expect(append(kit, draft.id, { ...command, pdf: late, signature: null })).rejects.toMatchObject({
      code: 'stale-revision',
    });
    const after = await append(kit, draft.id, { ...command, pdf: late, signature: null, madeFrom: composedFrom });
    expect(after.documents).toEqual([]);
    const signed = await depositIn(kit, signedPdfAbout('one page'), 'application/pdf');
    const still = await append(kit, draft.id, { ...command, pdf: signed, signature: SIGNATURE });
    expect(still.missing).toContainEqual({ kind: 'signature', componentId: MARITAL_FORM });
  });

  test('takes as signed only what continues the PDF in place, and the same one twice as once', async () => {
    const draft = await readyDraft(kit, { isSigned: false });
    const command = {
      kind: 'set-component-pdf' as const,
      componentId: MARITAL_FORM,
      pageCount: 1,
      signature: SIGNATURE,
    };
    const stranger = await depositIn(kit, signedPdfAbout('something else'), 'application/pdf');
    await expect(append(kit, draft.id, { ...command, pdf: stranger })).rejects.toMatchObject({
      code: 'stale-revision',
    });
    const pdf = await depositIn(kit, signedPdfAbout(draft.id), 'application/pdf');
    const signed = await append(kit, draft.id, { ...command, pdf });
    expect(signed.missing).toEqual([]);
    expect((await append(kit, draft.id, { ...command, pdf })).revision).toBe(signed.revision);
  });

  test('takes no signature where no PDF is in place to be signed', async () => {
    let draft = (await kit.call('create', { officerId: LAN })) as Dossier;
    draft = await edit(kit, draft, { kind: 'set-procedure', code: MARITAL });
    const pdf = await depositIn(kit, signedPdfAbout('who knows what'), 'application/pdf');
    const command = { kind: 'set-component-pdf' as const, componentId: MARITAL_FORM, pageCount: 1, pdf };
    await expect(edit(kit, draft, { ...command, signature: SIGNATURE })).rejects.toMatchObject({
      code: 'stale-revision',
    });
    expect((await kit.call('get', { id: draft.id })).documents).toEqual([]);
  });

  test('refuses a command that was decided on an earlier revision', async () => {
    const draft = (await kit.call('create', { officerId: LAN })) as Dossier;
    await edit(kit, draft, { kind: 'set-procedure', code: MARITAL });
    await expect(edit(kit, draft, { kind: 'set-procedure', code: MARITAL })).rejects.toMatchObject({
      code: 'stale-revision',
    });
  });

  test('keeps a page that arrives while the officer undoes', async () => {
    let draft = await readyDraft(kit);
    draft = await edit(kit, draft, { kind: 'hide-pages', pageIds: [draft.pages[0]?.id ?? ''], isHidden: true });
    draft = await addPage(kit, draft.id);
    draft = await edit(kit, draft, { kind: 'undo' });
    expect(draft.pages.map(({ isHidden }) => isHidden)).toEqual([false, false]);
  });

  test('takes a page once when the same deposit is handed in again', async () => {
    const draft = (await kit.call('create', { officerId: LAN })) as Dossier;
    const image = await depositIn(kit, 'a page');
    const command = { kind: 'add-page' as const, image, thumbnail: null, widthPx: 10, heightPx: 10, dpi: 200 };
    await append(kit, draft.id, command);
    expect((await append(kit, draft.id, command)).pages).toHaveLength(1);
  });

  test('fills the applicant from the one card in the stack, and asks when there are two', async () => {
    const draft = (await kit.call('create', { officerId: LAN })) as Dossier;
    const card = (text: string) => recognised(null, { codes: [{ format: 'QRCode', text, box: [0, 0, 1, 1] }] });
    let dossier = await addPage(kit, draft.id);
    dossier = await append(kit, draft.id, {
      kind: 'set-recognition',
      pageId: dossier.pages[0]?.id ?? '',
      recognised: card('038190001234||Lê Thị Hồng Nhung|15081990|Nữ|Xã Hoằng Sơn, Thanh Hóa|25042021'),
    });
    expect(dossier.applicant).toMatchObject({ fullName: 'Lê Thị Hồng Nhung', sources: { idNumber: 'qr' } });
    dossier = await addPage(kit, draft.id);
    dossier = await append(kit, draft.id, {
      kind: 'set-recognition',
      pageId: dossier.pages[1]?.id ?? '',
      recognised: card('038090009999||Nguyễn Văn Ẩn|01011990|Nam|Xã Hoằng Sơn, Thanh Hóa|25042021'),
    });
    expect(dossier.applicant).toBeNull();
  });

  test('is changed only by officers of the counter, and not at all once received', async () => {
    await expect(kit.call('create', { officerId: 'nobody' })).rejects.toMatchObject({ code: 'not-allowed' });
    const dossier = await sealedDossier(kit);
    await expect(edit(kit, dossier, { kind: 'undo' })).rejects.toMatchObject({ code: 'dossier-sealed' });
    await expect(
      kit.call('discard', { id: dossier.id, revision: dossier.revision, officerId: LAN }),
    ).rejects.toMatchObject({ code: 'dossier-sealed' });
  });

  test('leaves nothing readable behind when it is discarded', async () => {
    const draft = await readyDraft(kit);
    await kit.call('discard', { id: draft.id, revision: draft.revision, officerId: LAN });
    await expect(kit.call('get', { id: draft.id })).rejects.toMatchObject({ code: 'not-found' });
    expect(await kit.call('check', {})).toMatchObject({ dossiers: 0, blobs: 0, integrity: 'ok' });
  });
});

describe('a result', () => {
  const attach = async (dossier: Dossier, text: string) => attachResult(kit, dossier, pdfAbout(text));
  const complete = async (documentId: string, text: string) =>
    (await kit.call('completeResult', {
      documentId,
      officerId: MINH,
      pageCount: 1,
      signature: SIGNATURE,
      pdf: await depositIn(kit, signedPdfAbout(text), 'application/pdf'),
    })) as Dossier;

  test('waits, is signed, and completes its dossier with a second revision to upload', async () => {
    const dossier = await sealedDossier(kit);
    const waiting = await attach(dossier, 'result');
    expect(await kit.call('waitingResults', {})).toEqual([waiting]);
    const done = await complete(waiting.documentId, 'result');
    expect(done.state).toBe('completed');
    expect(done.documents.find(({ kind }) => kind === 'result')?.signatures).toEqual([SIGNATURE]);
    expect(await kit.call('waitingResults', {})).toEqual([]);
    expect(await kit.call('outbox', {})).toMatchObject({ queued: 2 });
  });

  test('can never become the result of another dossier', async () => {
    const first = await sealedDossier(kit);
    await attach(first, 'the same');
    const second = await sealedDossier(kit);
    await expect(attach(second, 'the same')).rejects.toMatchObject({ code: 'result-of-another-dossier' });
  });

  test('is refused when it is a paper that was handed in', async () => {
    const dossier = await sealedDossier(kit);
    await expect(attach(dossier, dossier.id)).rejects.toMatchObject({
      code: 'result-mismatch',
    });
  });

  test('is refused when what was signed is another file than what waited', async () => {
    const waiting = await attach(await sealedDossier(kit), 'result');
    await expect(complete(waiting.documentId, 'other result')).rejects.toMatchObject({
      code: 'result-mismatch',
    });
    expect(await kit.call('waitingResults', {})).toHaveLength(1);
  });

  test('is handed out for signing only when it waits and its dossier can be completed, each once', async () => {
    const dossier = await sealedDossier(kit);
    const [first, second] = [await attach(dossier, 'one'), await attach(dossier, 'two')];
    const ask = (...documentIds: string[]) => kit.call('resultsToSign', { documentIds });
    expect(await ask(second.documentId, first.documentId)).toMatchObject([
      { documentId: second.documentId, title: 'Giấy xác nhận', dossierId: dossier.id, pageCount: 1 },
      { documentId: first.documentId, dossierCode: dossier.code },
    ]);
    const component = (await kit.call('get', { id: dossier.id })).documents.find(({ kind }) => kind === 'component');
    await expect(ask(first.documentId, component?.id ?? '')).rejects.toMatchObject({ code: 'not-found' });
    await expect(ask('nothing')).rejects.toMatchObject({ code: 'not-found' });
    await expect(ask(first.documentId, first.documentId)).rejects.toMatchObject({ code: 'transition-not-allowed' });
    await complete(first.documentId, 'one');
    await expect(ask(first.documentId)).rejects.toMatchObject({ code: 'transition-not-allowed' });
    await kit.call('applyFeed', { items: [feedItem(dossier.id, 1, 4), feedItem(dossier.id, 2, 5)], cursor: 'e:2' });
    await expect(ask(second.documentId)).rejects.toMatchObject({ code: 'transition-not-allowed' });
    expect(await kit.call('waitingResults', {})).toEqual([]);
    await kit.call('applyFeed', { items: [feedItem(dossier.id, 3, 4)], cursor: 'e:3' });
    expect(await ask(second.documentId)).toHaveLength(1);
    expect(await kit.call('waitingResults', {})).toEqual([second]);
  });

  test('needs a signing officer, and a dossier that was received', async () => {
    const draft = await readyDraft(kit);
    await expect(attach(draft, 'early')).rejects.toMatchObject({ code: 'transition-not-allowed' });
    const waiting = await attach(await sealedDossier(kit), 'result');
    const pdf = await depositIn(kit, signedPdfAbout('result'));
    await expect(
      kit.call('completeResult', {
        documentId: waiting.documentId,
        officerId: LAN,
        pageCount: 1,
        signature: SIGNATURE,
        pdf,
      }),
    ).rejects.toMatchObject({ code: 'not-allowed' });
  });
});
