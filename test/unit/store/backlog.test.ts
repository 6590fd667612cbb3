/** @file The backlog in a real store: stacks over the draft's own commands, records that are final, counts that add up. */
import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecognisedPage } from '../../../main/imaging/protocol.ts';
import type { FileContent } from '../../../main/backlog/schemas.ts';
import type { BacklogRecord, BacklogStack } from '../../../preload/backlog-types.ts';
import type { Dossier } from '../../../preload/types.ts';
import { addPage, append, depositIn, edit, LAN, MINH, openKit, recognised, type Kit } from './store-kit.ts';
import { officerSignature, pdfAbout, signedPdfAbout } from '../../stand-ins/officer-signature.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await openKit();
});
afterEach(() => kit.end());

const SERIES = {
  code: 'HTKS',
  name: 'Giấy khai sinh',
  templateId: 'khai-sinh',
  split: { kind: 'page-class' as const },
  total: 100,
  targetPercent: 30,
  targetDate: '2026-12-31',
};

async function openStack(name = 'Chồng 1'): Promise<BacklogStack> {
  await kit.call('saveBacklogSeries', { choice: SERIES, officerId: MINH });
  return kit.call('createBacklogStack', { seriesCode: 'HTKS', name, officerId: LAN, reuse: false });
}

const field = (name: string, value: string): RecognisedPage['fields'][number] => ({
  name,
  value,
  confidence: 90,
  source: 'ocr',
  box: [10, 10, 100, 20],
});

function birthPage(number: string, fullName: string): RecognisedPage {
  return recognised('GIẤY KHAI SINH', {
    documentType: { code: 'giay-khai-sinh', title: 'Giấy khai sinh', confidence: 95 },
    fields: [field('number', number), field('fullName', fullName)],
  });
}

/** A page with what recognition found on it. */
async function feed(id: string, page: RecognisedPage): Promise<string> {
  const { pages } = await addPage(kit, id);
  const pageId = pages.at(-1)?.id ?? '';
  await append(kit, id, { kind: 'set-recognition', pageId, recognised: page });
  return pageId;
}

/** A page that came out of a file. */
async function addPageOf(of: Kit, id: string, { sha256, occurrence }: FileContent): Promise<string> {
  const image = await depositIn(of, randomBytes(64).toString('hex'));
  const pageId = uuidv7();
  const size = { widthPx: 1654, heightPx: 2339, dpi: 200 };
  const file = { sha256, occurrence };
  await append(of, id, { kind: 'add-page', pageId, file, image, thumbnail: null, ...size });
  return pageId;
}

async function stackOf(id: string): Promise<BacklogStack> {
  return kit.call('backlogStack', { id });
}

async function confirm(stack: BacklogStack, index = 0, duplicateReason: string | null = null): Promise<BacklogRecord> {
  const { id, revision, records } = stack;
  const key = records[index]?.key ?? '';
  return (await kit.call('confirmBacklogRecord', { id, revision, key, officerId: LAN, duplicateReason })).record;
}

async function compose(record: BacklogRecord): Promise<BacklogRecord> {
  const pdf = await depositIn(kit, pdfAbout(record.code), 'application/pdf');
  const { id: recordId, revision, pageCount } = record;
  return kit.call('setBacklogPdf', { recordId, revision, pdf, pageCount });
}

async function progress() {
  const { series } = await kit.call('backlogOverview', {});
  return series.find(({ series: { code } }) => code === 'HTKS');
}

describe('a stack of old records', () => {
  it('is split by the papers that begin a record, each with what was read on it', async () => {
    const { id } = await openStack();
    await feed(id, birthPage('57/2004', 'PHẠM NGỌC THẢO VY'));
    await feed(id, recognised(null));
    await feed(id, birthPage('58/2004', 'LÊ VĂN AN'));
    const { records, pages } = await stackOf(id);
    expect(records.map(({ pageIds }) => pageIds.length)).toEqual([2, 1]);
    expect(pages.map(({ startsPaper }) => startsPaper)).toEqual([true, false, true]);
    const values = records[0]?.fields.map(({ name, value }) => [name, value]);
    expect(Object.fromEntries(values ?? [])).toMatchObject({
      number: '57/2004',
      year: '2004',
      fullName: 'PHẠM NGỌC THẢO VY',
    });
    expect(records[0]).toMatchObject({ missing: [], duplicateOf: null, isRead: true });
  });

  it('takes the very commands of a dossier’s pages, with their way back', async () => {
    const { id } = await openStack();
    const first = await feed(id, birthPage('1/2001', 'A'));
    const second = await feed(id, recognised(null));
    let draft = (await kit.call('get', { id })) as Dossier;
    draft = await edit(kit, draft, { kind: 'set-paper-start', pageId: second, startsPaper: true });
    expect((await stackOf(id)).records.map(({ key }) => key)).toEqual([first, second]);
    draft = await edit(kit, draft, { kind: 'turn-pages', rotations: { [first]: 90 } });
    draft = await edit(kit, draft, { kind: 'hide-pages', pageIds: [second], isHidden: true });
    expect((await stackOf(id)).records.map(({ key }) => key)).toEqual([first]);
    draft = await edit(kit, draft, { kind: 'undo' });
    draft = await edit(kit, draft, { kind: 'undo' });
    draft = await edit(kit, draft, { kind: 'undo' });
    expect(await stackOf(id)).toMatchObject({ canUndo: false, canRedo: true, records: [{ pageIds: [first, second] }] });
    await edit(kit, draft, { kind: 'redo' });
    expect((await stackOf(id)).records).toHaveLength(2);
  });

  it('keeps what the officer typed beside what was read, and gives it back with undo', async () => {
    const { id } = await openStack();
    const key = await feed(id, birthPage('57/2004', 'PHẠM NGOC'));
    const draft = (await kit.call('get', { id })) as Dossier;
    const fieldId = `record:${key}:fullName`;
    const typed = await edit(kit, draft, { kind: 'set-field', fieldId, value: 'Phạm Ngọc' });
    const shown = (await stackOf(id)).records[0]?.fields.find(({ name }) => name === 'fullName');
    expect(shown).toMatchObject({ value: 'Phạm Ngọc', source: 'typed', isConfirmed: true, pageId: key });
    await edit(kit, typed, { kind: 'undo' });
    expect((await stackOf(id)).records[0]?.fields.find(({ name }) => name === 'fullName')?.value).toBe('PHẠM NGOC');
  });

  it('is no dossier: no list, no count and no search shows it, and nothing of a dossier can be done to it', async () => {
    const { id } = await openStack();
    await feed(id, birthPage('57/2004', 'PHẠM NGỌC THẢO VY'));
    const listed = await kit.call('list', { text: '', states: [], limit: 10, offset: 0 });
    expect(listed).toEqual({ total: 0, items: [] });
    expect(await kit.call('list', { text: 'pham ngoc', states: ['draft'], limit: 10, offset: 0 })).toMatchObject({
      total: 0,
    });
    expect(await kit.call('check', {})).toMatchObject({ dossiers: 0 });
    const draft = (await kit.call('get', { id })) as Dossier;
    await expect(edit(kit, draft, { kind: 'set-procedure', code: '1.004873' })).rejects.toMatchObject({
      code: 'bad-request',
    });
    await expect(kit.call('seal', { id, revision: draft.revision, officerId: LAN })).rejects.toMatchObject({
      code: 'draft-incomplete',
    });
  });

  it('takes no more pages than it can work with', async () => {
    const { id } = await openStack();
    const page = { imageBlobId: 'x', thumbnailBlobId: null, widthPx: 1, heightPx: 1, dpi: 200, source: 'x' };
    const pages = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`page:${index}`, page]));
    kit.service.context
      .sql('UPDATE dossier SET draft = ?, revision = revision + 1 WHERE id = ?')
      .run(JSON.stringify(pages), id);
    await expect(addPage(kit, id)).rejects.toMatchObject({ code: 'stack-full' });
  });

  it('leaves the list when its last record is confirmed, and comes back with the next page', async () => {
    const { id } = await openStack();
    const listed = async () => (await progress())?.stacks.map((stack) => stack.id);
    await feed(id, birthPage('57/2004', 'A'));
    await feed(id, birthPage('58/2004', 'B'));
    await confirm(await stackOf(id));
    expect(await listed()).toEqual([id]);
    await confirm(await stackOf(id));
    expect(await listed()).toEqual([]);
    await feed(id, birthPage('59/2004', 'C'));
    expect(await listed()).toEqual([id]);
  });

  it('cannot be discarded once records were made of it', async () => {
    const { id } = await openStack();
    await feed(id, birthPage('57/2004', 'A'));
    await confirm(await stackOf(id));
    const { revision } = await stackOf(id);
    await expect(kit.call('discard', { id, revision, officerId: LAN })).rejects.toMatchObject({ code: 'stack-in-use' });
    const empty = await openStack('Chồng 2');
    await kit.call('discard', { id: empty.id, revision: empty.revision, officerId: LAN });
    await expect(stackOf(empty.id)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('confirming a record', () => {
  it('freezes it, takes its pages out of the stack and gives it the next number', async () => {
    const { id } = await openStack();
    const first = await feed(id, birthPage('57/2004', 'A'));
    await feed(id, birthPage('58/2004', 'B'));
    const record = await confirm(await stackOf(id));
    expect(record).toMatchObject({ code: 'HTKS.000001', number: '57/2004', year: 2004, name: 'A', state: 'composing' });
    const after = await stackOf(id);
    expect(after).toMatchObject({ filedRecords: 1, openRecords: 1 });
    expect(after.pages.map((page) => page.id)).not.toContain(first);
    expect(await confirm(after)).toMatchObject({ code: 'HTKS.000002', name: 'B' });
    expect(() => kit.service.context.database.prepare("UPDATE backlog_revision SET name = 'C'").run()).toThrow('final');
    expect(() => kit.service.context.database.prepare('DELETE FROM backlog_revision').run()).toThrow('kept');
  });

  it('refuses a record without a required value, with an impossible one, or with pages still unread', async () => {
    const { id } = await openStack();
    await feed(id, birthPage('57/2004', ''));
    await expect(confirm(await stackOf(id))).rejects.toMatchObject({ code: 'record-incomplete', detail: 'fullName' });
    const key = (await stackOf(id)).records[0]?.key ?? '';
    let draft = (await kit.call('get', { id })) as Dossier;
    draft = await edit(kit, draft, { kind: 'set-field', fieldId: `record:${key}:fullName`, value: 'An' });
    draft = await edit(kit, draft, { kind: 'set-field', fieldId: `record:${key}:year`, value: '2099' });
    await expect(confirm(await stackOf(id))).rejects.toMatchObject({ code: 'record-incomplete', detail: 'year' });
    await edit(kit, draft, { kind: 'set-field', fieldId: `record:${key}:year`, value: '2004' });
    await addPage(kit, id); // nobody has read it yet
    await expect(confirm(await stackOf(id))).rejects.toMatchObject({ code: 'record-incomplete' });
  });

  it('refuses the same number and year, however it is written, until somebody says why both stand', async () => {
    const { id } = await openStack();
    await feed(id, birthPage('57/2004', 'A'));
    await feed(id, birthPage('Số 057/2004', 'B'));
    await feed(id, birthPage('57/2005', 'C'));
    const first = await confirm(await stackOf(id));
    const stack = await stackOf(id);
    expect(stack.records.map(({ duplicateOf }) => duplicateOf)).toEqual([first.code, null]);
    await expect(confirm(stack)).rejects.toMatchObject({ code: 'record-duplicate', detail: first.code });
    expect(await confirm(stack, 0, 'Sổ ghi trùng số')).toMatchObject({
      duplicateOf: first.code,
      reason: 'Sổ ghi trùng số',
    });
    expect(await confirm(await stackOf(id))).toMatchObject({ name: 'C', duplicateOf: null });
  });

  it('decided on an older state is refused', async () => {
    const { id } = await openStack();
    await feed(id, birthPage('57/2004', 'A'));
    const seen = await stackOf(id);
    await feed(id, recognised(null));
    await expect(confirm(seen)).rejects.toMatchObject({ code: 'stale-revision' });
  });
});

describe('the file of a record', () => {
  it('is asked for behind one that stays without, in the order of confirming', async () => {
    const { id } = await openStack();
    const names = ['A', 'B', 'C'];
    for (const [index, name] of names.entries()) await feed(id, birthPage(`${index + 1}/2004`, name));
    const records: BacklogRecord[] = [];
    for (const _ of names) records.push(await confirm(await stackOf(id)));
    const [first] = await kit.call('backlogToCompose', { limit: 1, after: null });
    const after = { confirmedAt: first?.confirmedAt ?? '', recordId: first?.recordId ?? '' };
    const others = await kit.call('backlogToCompose', { limit: 10, after });
    expect([first, ...others].map((due) => due?.recordId)).toEqual(records.map((record) => record.id));
  });

  it('is asked for until it is there, and counted once', async () => {
    const { id } = await openStack();
    await feed(id, birthPage('57/2004', 'A'));
    const record = await confirm(await stackOf(id));
    const [job] = await kit.call('backlogToCompose', { limit: 10, after: null });
    expect(job).toMatchObject({ recordId: record.id, code: 'HTKS.000001', pages: [{ rotation: 0 }] });
    expect(job?.metadata).toMatchObject({ recordCode: 'HTKS.000001', number: '57/2004', year: '2004', fullName: 'A' });
    expect((await progress())?.progress).toMatchObject({ done: 0, composing: 1 });
    const finished = await compose(record);
    expect(finished).toMatchObject({ state: 'finished', signatures: [] });
    expect(await compose(record)).toEqual(finished);
    expect(await kit.call('backlogToCompose', { limit: 10, after: null })).toEqual([]);
    expect((await progress())?.progress).toMatchObject({
      total: 100,
      target: 30,
      done: 1,
      composing: 0,
      remaining: 29,
    });
  });

  it('is signed as the continuation of the one in place, and only once', async () => {
    const { id } = await openStack();
    await feed(id, birthPage('57/2004', 'A'));
    const record = await compose(await confirm(await stackOf(id)));
    const [toSign] = await kit.call('backlogToSign', { recordIds: [record.id] });
    expect(toSign).toMatchObject({ code: record.code, revision: 1, sha256: record.sha256 });
    const sign = async (content: Uint8Array, officerId = MINH) =>
      kit.call('signBacklogRecord', {
        recordId: record.id,
        revision: 1,
        officerId,
        pageCount: 1,
        pdf: await depositIn(kit, content, 'application/pdf'),
        signature: officerSignature(),
      });
    const signed = signedPdfAbout(record.code);
    await expect(sign(signedPdfAbout('another'))).rejects.toMatchObject({ code: 'stale-revision' });
    await expect(sign(signed, LAN)).rejects.toMatchObject({ code: 'not-allowed' });
    const kept = await sign(signed);
    expect(kept.signatures).toHaveLength(1);
    expect(await sign(signed)).toEqual(kept);
    await expect(kit.call('backlogToSign', { recordIds: [record.id] })).rejects.toMatchObject({
      code: 'transition-not-allowed',
    });
    expect((await progress())?.progress.signed).toBe(1);
  });

  it('a number that is corrected away is noticed for the next record that has it', async () => {
    const { id } = await openStack();
    await feed(id, birthPage('57/2004', 'A'));
    await feed(id, birthPage('57/2004', 'B'));
    await feed(id, birthPage('57/2004', 'C'));
    const first = await confirm(await stackOf(id));
    const second = await confirm(await stackOf(id), 0, 'Hai bản của một số');
    const correct = (revision: number, number: string) =>
      kit.call('correctBacklogRecord', {
        recordId: first.id,
        revision,
        reason: 'Đọc sai',
        officerId: LAN,
        fields: [
          { name: 'number', value: number },
          { name: 'year', value: '2004' },
          { name: 'fullName', value: 'A' },
        ],
      });
    expect(await correct(1, '57/2004')).toMatchObject({ duplicateOf: null });
    expect((await stackOf(id)).records[0]?.duplicateOf).toBe(first.code);
    expect(await correct(2, '75/2004')).toMatchObject({ duplicateOf: null });
    expect((await stackOf(id)).records[0]?.duplicateOf).toBe(second.code);
    expect(await correct(3, '57/2004')).toMatchObject({ duplicateOf: second.code });
  });

  it('a correction is a further revision with its reason: unsigned, composed anew, counted still once', async () => {
    const { id } = await openStack();
    await feed(id, birthPage('57/2004', 'A'));
    const record = await compose(await confirm(await stackOf(id)));
    const correct = (revision: number, name: string, number = '57/2004') =>
      kit.call('correctBacklogRecord', {
        recordId: record.id,
        revision,
        reason: 'Đọc sai họ tên',
        officerId: LAN,
        fields: [
          { name: 'number', value: number },
          { name: 'year', value: '2004' },
          { name: 'fullName', value: name },
        ],
      });
    const corrected = await correct(1, 'Nguyễn A');
    expect(corrected).toMatchObject({
      revision: 2,
      state: 'composing',
      name: 'Nguyễn A',
      reason: 'Đọc sai họ tên',
      duplicateOf: null,
    });
    expect((await progress())?.progress).toMatchObject({ done: 1 });
    await expect(correct(1, 'B')).rejects.toMatchObject({ code: 'stale-revision' });
    await expect(correct(2, '')).rejects.toMatchObject({ code: 'record-incomplete' });
    const pdf = await depositIn(kit, pdfAbout('late'), 'application/pdf');
    await expect(
      kit.call('setBacklogPdf', { recordId: record.id, revision: 1, pdf, pageCount: 1 }),
    ).rejects.toMatchObject({
      code: 'stale-revision',
    });
    expect(await compose(corrected)).toMatchObject({ state: 'finished', revision: 2 });
    // The number it no longer has is free again.
    await correct(2, 'Nguyễn A', '59/2004');
    await feed(id, birthPage('57/2004', 'D'));
    expect((await stackOf(id)).records[0]?.duplicateOf).toBeNull();
  });

  it('is found by number, year, name or code, diacritics or not', async () => {
    const { id } = await openStack();
    for (const [number, name] of [
      ['57/2004', 'Nguyễn Văn Ẩn'],
      ['58/2004', 'Trần Thị Bé'],
      ['57/1998', 'Lê An'],
    ] as const)
      await feed(id, birthPage(number, name));
    for (let rest = 3; rest > 0; rest--) await confirm(await stackOf(id));
    const find = async (text: string) =>
      (await kit.call('backlogRecords', { seriesCode: 'HTKS', text, limit: 10, offset: 0 })).items.map(
        ({ name }) => name,
      );
    expect(await find('')).toEqual(['Lê An', 'Trần Thị Bé', 'Nguyễn Văn Ẩn']);
    expect(await find('van an')).toEqual(['Nguyễn Văn Ẩn']);
    expect(await find('2004')).toEqual(['Trần Thị Bé', 'Nguyễn Văn Ẩn']);
    expect(await find('57 1998')).toEqual(['Lê An']);
    expect(await find('HTKS.000002')).toEqual(['Trần Thị Bé']);
    expect(await find('%_')).toEqual([]);
  });
});

describe('after a restart', () => {
  it('a stack stands where it was left: order, split, typed values, the way back, records without a file', async () => {
    const { id } = await openStack();
    const key = await feed(id, birthPage('57/2004', 'A'));
    const other = await feed(id, recognised(null));
    let draft = (await kit.call('get', { id })) as Dossier;
    draft = await edit(kit, draft, { kind: 'set-paper-start', pageId: other, startsPaper: true });
    await edit(kit, draft, { kind: 'set-field', fieldId: `record:${other}:fullName`, value: 'Trần B' });
    await confirm(await stackOf(id));
    const left = await stackOf(id);
    const overview = await kit.call('backlogOverview', {});
    kit = await kit.reopen();
    expect(await stackOf(id)).toEqual(left);
    expect(left.canUndo).toBe(true);
    expect(await kit.call('backlogOverview', {})).toEqual(overview);
    expect(await kit.call('backlogToCompose', { limit: 10, after: null })).toMatchObject([{ pages: [{ id: key }] }]);
    expect(await kit.call('verifyAudit', {})).toMatchObject({ firstBadSeq: null });
  });

  it('a file that was fed in is known by its content; one that was cut off goes on at its next page', async () => {
    const stack = await openStack();
    const file = (content: string, occurrence = 0) => ({ stackId: stack.id, sha256: content.repeat(64), occurrence });
    const begin = (content: string, occurrence?: number) =>
      kit.call('beginBacklogImport', { ...file(content, occurrence), fileName: 'so-01.pdf', fullStackIds: [] });
    expect(await begin('a')).toEqual({ isDone: false, skip: 0, lastPageId: null });
    await addPageOf(kit, stack.id, file('a'));
    const second = await addPageOf(kit, stack.id, file('a'));
    kit = await kit.reopen();
    expect(await begin('a')).toEqual({ isDone: false, skip: 2, lastPageId: second });
    await addPageOf(kit, stack.id, file('a'));
    await kit.call('endBacklogImport', file('a'));
    expect(await begin('a')).toMatchObject({ isDone: true });
    // Another sheet that gave the very same file, as separators do.
    expect(await begin('a', 1)).toEqual({ isDone: false, skip: 0, lastPageId: null });
    expect(await begin('b')).toEqual({ isDone: false, skip: 0, lastPageId: null });
  });

  it('a file that was cut off misses no page for those that other files and the scanner brought since', async () => {
    const stack = await openStack();
    const file = (content: string) => ({ stackId: stack.id, sha256: content.repeat(64), occurrence: 0 });
    const begin = (content: string) =>
      kit.call('beginBacklogImport', { ...file(content), fileName: 'so-01.pdf', fullStackIds: [] });
    await begin('a');
    const last = await addPageOf(kit, stack.id, file('a'));
    await begin('b');
    for (let page = 0; page < 3; page++) await addPageOf(kit, stack.id, file('b'));
    await kit.call('endBacklogImport', file('b'));
    await addPage(kit, stack.id);
    expect(await begin('a')).toEqual({ isDone: false, skip: 1, lastPageId: last });
  });
});

describe('a series', () => {
  it('keeps its kind of records while its target changes', async () => {
    await openStack();
    await kit.call('saveBacklogSeries', { choice: { ...SERIES, total: 200 }, officerId: MINH });
    expect((await progress())?.progress).toMatchObject({ total: 200, target: 60 });
    const other = { ...SERIES, templateId: 'ket-hon' };
    await expect(kit.call('saveBacklogSeries', { choice: other, officerId: MINH })).rejects.toMatchObject({
      code: 'bad-request',
    });
  });

  it('is there to try in practice mode, and only there', async () => {
    const { series, templates } = await kit.call('backlogOverview', {});
    expect(series.map(({ series: { code } }) => code)).toEqual(['KS']);
    expect(templates.map(({ id }) => id)).toContain('dat-dai');
    const real = await openKit({ isPractice: false });
    expect((await real.call('backlogOverview', {})).series).toEqual([]);
    await real.end();
  });
});
