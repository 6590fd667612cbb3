import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { separatorText } from '../../../main/dossiers/separator.ts';
import type { Dossier } from '../../../preload/types.ts';
import {
  addPage,
  append,
  depositIn,
  edit,
  LAN,
  MARITAL,
  MARITAL_FORM,
  openKit,
  readyDraft,
  recognised,
  type Kit,
} from './store-kit.ts';

const RESIDENCE = '1.004222';

let kit: Kit;
beforeEach(async () => {
  kit = await openKit();
});
afterEach(() => kit.end());

async function draftWithPages(count: number): Promise<Dossier> {
  let dossier = (await kit.call('create', { officerId: LAN })) as Dossier;
  dossier = await edit(kit, dossier, { kind: 'set-procedure', code: MARITAL });
  for (let page = 0; page < count; page += 1) dossier = await addPage(kit, dossier.id);
  return dossier;
}
const idsOf = (dossier: Dossier): string[] => dossier.pages.map(({ id }) => id);
const visible = (dossier: Dossier): string[] => dossier.pages.filter((page) => !page.isHidden).map(({ id }) => id);

describe('undo and redo', () => {
  test('lead back and forth through several pages as one step, also after a restart', async () => {
    const draft = await draftWithPages(3);
    const pageIds = idsOf(draft);
    const hidden = await edit(kit, draft, { kind: 'hide-pages', pageIds: pageIds.slice(0, 2), isHidden: true });
    expect(visible(hidden)).toEqual(pageIds.slice(2));
    expect(hidden).toMatchObject({ canUndo: true, canRedo: false });
    const undone = await edit(kit, hidden, { kind: 'undo' });
    expect(visible(undone)).toEqual(pageIds);
    expect(undone.canRedo).toBe(true);
    kit = await kit.reopen();
    const redone = await edit(kit, undone, { kind: 'redo' });
    expect(redone.pages).toEqual(hidden.pages);
    expect(redone.canRedo).toBe(false);
  });

  test('go on beside pages and readings that come in, which neither undoes; a new decision ends the way forth', async () => {
    let draft = await draftWithPages(2);
    const [first = '', second = ''] = idsOf(draft);
    draft = await edit(kit, draft, { kind: 'turn-pages', rotations: { [first]: 90, [second]: 180 } });
    draft = await edit(kit, draft, { kind: 'undo' });
    await append(kit, draft.id, { kind: 'set-recognition', pageId: first, recognised: recognised('GIẤY CHỨNG SINH') });
    await addPage(kit, draft.id);
    const redone = await edit(kit, draft, { kind: 'redo' });
    expect(redone.pages.map(({ rotation }) => rotation)).toEqual([90, 180, 0]);
    expect(redone.pages[0]?.recognition).toBe('done');
    const undone = await edit(kit, redone, { kind: 'undo' });
    const decided = await edit(kit, undone, { kind: 'set-paper-start', pageId: second, startsPaper: true });
    expect(decided).toMatchObject({ canRedo: false, canUndo: true });
    expect(decided.pages.map(({ startsPaper }) => startsPaper)).toEqual([true, true, false]);
  });

  test('of a replacement that a scan brought: the old page again, the new one hidden, and back', async () => {
    const draft = await draftWithPages(2);
    const [first = '', second = ''] = idsOf(draft);
    const image = await depositIn(kit, 'the same page, straight this time');
    const pageId = '0197c000-0000-7000-8000-000000000001';
    const place = { kind: 'replace', pageId: first } as const;
    const replaced = await append(kit, draft.id, {
      kind: 'add-page',
      pageId,
      place,
      image,
      thumbnail: null,
      widthPx: 1,
      heightPx: 1,
      dpi: 200,
    });
    expect(visible(replaced)).toEqual([pageId, second]);
    expect(replaced.pages.find(({ id }) => id === first)).toMatchObject({ replacedById: pageId, isHidden: true });
    const undone = await edit(kit, replaced, { kind: 'undo' });
    expect(visible(undone)).toEqual([first, second]);
    expect(idsOf(undone)).toContain(pageId);
    const redone = await edit(kit, undone, { kind: 'redo' });
    expect(redone.pages).toEqual(replaced.pages);
    const backAgain = await edit(kit, redone, { kind: 'hide-pages', pageIds: [first], isHidden: false });
    expect(visible(backAgain)).toEqual([first, second]);
  });

  test('are over when the dossier is received', async () => {
    let draft = await readyDraft(kit);
    draft = await edit(kit, draft, { kind: 'set-details', returnMethod: 'post', feeVnd: 0, note: null });
    draft = await edit(kit, draft, { kind: 'undo' });
    const sealed = (await kit.call('seal', { id: draft.id, revision: draft.revision, officerId: LAN })) as Dossier;
    expect(sealed).toMatchObject({ state: 'received', canUndo: false, canRedo: false });
    for (const table of ['undo_step', 'redo_step'])
      expect(kit.service.context.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()).toEqual({ n: 0 });
  });
});

describe('a decision', () => {
  test('may be older than the pages and readings that came since, not than another decision', async () => {
    const seen = await draftWithPages(1);
    await addPage(kit, seen.id);
    await append(kit, seen.id, {
      kind: 'set-recognition',
      pageId: idsOf(seen)[0] ?? '',
      recognised: recognised('GIẤY CHỨNG SINH'),
    });
    const command = { kind: 'assign-pages', pageIds: idsOf(seen), componentId: MARITAL_FORM } as const;
    const decided = await edit(kit, seen, { ...command, pageIds: [...command.pageIds] });
    expect(decided.pages[0]).toMatchObject({ isAssignedByOfficer: true });
    await expect(edit(kit, seen, { ...command, pageIds: [...command.pageIds] })).rejects.toMatchObject({
      code: 'stale-revision',
    });
    const ahead = { ...decided, revision: decided.revision + 1 };
    await expect(edit(kit, ahead, { kind: 'undo' })).rejects.toMatchObject({ code: 'stale-revision' });
  });

  test('to seal or to discard must know all of it', async () => {
    const seen = await readyDraft(kit);
    await addPage(kit, seen.id);
    const call = { id: seen.id, revision: seen.revision, officerId: LAN };
    await expect(kit.call('seal', call)).rejects.toMatchObject({ code: 'stale-revision' });
    await expect(kit.call('discard', call)).rejects.toMatchObject({ code: 'stale-revision' });
  });
});

test('a separator sheet that names a type of document sends pages to the component that asks for that type', async () => {
  let draft = (await kit.call('create', { officerId: LAN })) as Dossier;
  draft = await edit(kit, draft, { kind: 'set-procedure', code: RESIDENCE });
  draft = await addPage(kit, draft.id);
  draft = await addPage(kit, draft.id);
  const text = separatorText('giay-chung-nhan-quyen-su-dung-dat');
  const sheet = recognised(null, { codes: [{ format: 'QRCode', text, box: [0, 0, 300, 300] }] });
  draft = await append(kit, draft.id, { kind: 'set-recognition', pageId: idsOf(draft)[0] ?? '', recognised: sheet });
  expect(draft.pages[0]).toMatchObject({ isSeparator: true, isHidden: true });
  expect(draft.pages[1]?.componentId).toBe(`${RESIDENCE}#1`);
});

test('a sheet that was printed for a draft can be shown as long as the draft lives, and is no part of it', async () => {
  const draft = await draftWithPages(1);
  const pdf = await depositIn(kit, '%PDF-1.7 a sheet', 'application/pdf');
  const { blobId } = await kit.call('keepPrintout', { id: draft.id, officerId: LAN, pdf });
  expect(await kit.call('blobAccess', { blobId })).toMatchObject({ mediaType: 'application/pdf' });
  const after = (await kit.call('get', { id: draft.id })) as Dossier;
  expect(after).toEqual(draft);
  await kit.call('discard', { id: draft.id, revision: after.revision, officerId: LAN });
  await expect(kit.call('blobAccess', { blobId })).rejects.toMatchObject({ code: 'not-found' });
});
