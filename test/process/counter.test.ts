/**
 * @file The counter without a window: every room a process of its own, a real store, the practice province over loopback.
 * What is tested here needs several of them together; each alone has tests of its own.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readBlob } from '../../main/blobs/blob-file.ts';
import { applicantFromCard, edit, reload, signWithFirstToken, tickScannedPapers } from '../../main/cli/journey.ts';
import type { CommandOfficer } from '../../main/cli/with-counter.ts';
import { openCounter, type Counter } from '../../main/counter/open-counter.ts';
import { registerSignatureImage } from '../../main/counter/signature-images.ts';
import type { SigningChoice } from '../../main/counter/signing.ts';
import type { Authoriser, Machine } from '../../main/ports/ports.ts';
import type { FromRoom } from '../../main/rooms/define.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import { forkLauncher } from '../../main/rooms/fork-launcher.ts';
import { keyFileSecretBox } from '../../main/settings/key-file-secret-box.ts';
import { PRACTICE_PIN } from '../../main/signing/practice-keys.ts';
import { verifyReceipt } from '../../main/sync/receipt.ts';
import type { ErrorCode } from '../../preload/error-codes.ts';
import type { Dossier, Officer } from '../../preload/types.ts';
import { filesOfProvince, poll } from '../fixtures/sync-stage.ts';
import { drawPage, isBlue } from '../stand-ins/drawn-pages.ts';
import { JUDGES_MISSING } from '../stand-ins/signature-judges.ts';
import { makePdf } from '../stand-ins/tiny-pdf.ts';

const root = join(import.meta.dirname, '../..');
const resources = join(root, 'resources');
const sampleStack = join(resources, 'samples/stack-thuong-tru');
const CERTIFIED_COPY = '2.000815';
const RESIDENCE = '1.004222';

/** A person who types one PIN each time she is asked, and counts. */
interface Person {
  pin: string;
  asked: number;
  attempts: number;
}

interface Desk {
  readonly folder: string;
  readonly counter: Counter;
  readonly officer: CommandOfficer;
  readonly person: Person;
  readonly close: () => Promise<void>;
}

type Overheard = (room: string, message: FromRoom) => void;

/** @param overhear sees every message of every room before the program does. */
async function openDesk(overhear: Overheard = () => {}): Promise<Desk> {
  const folder = mkdtempSync(join(tmpdir(), 'counter-'));
  const person: Person = { pin: PRACTICE_PIN, asked: 0, attempts: 0 };
  const authoriser: Authoriser = {
    authorise: async (_request, attempt) => {
      person.asked++;
      const { outcome } = await attempt(new TextEncoder().encode(person.pin));
      person.attempts++;
      return outcome.ok ? { ok: true, value: null } : outcome;
    },
  };
  const launch = forkLauncher((name) => join(root, name === 'province' ? 'province' : `main/${name}`, 'entry.ts'));
  const clockAhead = writeClockAhead(folder);
  const now = Date.now;
  const machine: Machine = {
    launch: (name) => {
      process.env['NODE_OPTIONS'] = name === 'store' ? `--import ${clockAhead}` : '';
      const room = launch(name);
      delete process.env['NODE_OPTIONS'];
      room.onMessage((message) => overhear(name, message));
      return room;
    },
    paths: { data: folder, resources },
    secretBox: keyFileSecretBox(join(folder, 'test.key')),
    fetch: globalThis.fetch,
    clock: { now: () => now() },
    log: () => {},
  };
  const counter = openCounter(machine, authoriser, {
    host: 'test',
    version: '0.0.0',
    isSyncAutomatic: false,
    hasPracticeOffice: true,
  });
  unwrap(await counter.rooms.store.start());
  const officer = unwrap(await counter.rooms.store.call('listOfficers', {})).find(({ roles }) =>
    roles.includes('counter'),
  );
  if (!officer) throw new Error('practice mode has no officer of the counter');
  return {
    folder,
    counter,
    officer,
    person,
    close: async () => {
      await counter.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A module that puts the clock of a process ahead by what the file `ahead-ms` says, for waits nobody should sit out. */
function writeClockAhead(folder: string): string {
  const module = join(folder, 'clock-ahead.mjs');
  const file = JSON.stringify(join(folder, 'ahead-ms'));
  writeFileSync(join(folder, 'ahead-ms'), '0');
  writeFileSync(
    module,
    `import { readFileSync } from 'node:fs'; const now = Date.now; Date.now = () => now() + Number(readFileSync(${file}, 'utf8'));`,
  );
  return pathToFileURL(module).href;
}

async function newDraft({ counter, officer }: Desk, procedure: string): Promise<Dossier> {
  const created = unwrap(await counter.rooms.store.call('create', { officerId: officer.id }));
  const command = await applicantFromCard(counter, join(resources, 'samples/the-can-cuoc.jpg'));
  const withApplicant = await edit(counter, officer, created, command);
  return edit(counter, officer, withApplicant, { kind: 'set-procedure', code: procedure });
}

/** A certified copy: the original is shown and taken home again, nothing is scanned. */
async function sealCertifiedCopy(desk: Desk): Promise<Dossier> {
  const { counter, officer } = desk;
  let dossier = await newDraft(desk, CERTIFIED_COPY);
  for (const { component } of dossier.checklist)
    dossier = await edit(counter, officer, dossier, {
      kind: 'set-checklist-item',
      componentId: component.id,
      form: 'presented',
      quantity: 1,
      note: null,
    });
  return unwrap(await counter.reception.seal(dossier.id, dossier.revision, officer.id));
}

async function choiceOf({ counter }: Desk, label: string): Promise<SigningChoice> {
  const token = unwrap(await counter.rooms.token.call('list', {})).find((candidate) => candidate.label.includes(label));
  const certificate = token?.certificates.find(({ canSign }) => canSign);
  if (!token || !certificate) throw new Error(`no practice key of ${label}`);
  return { tokenId: token.id, certificateId: certificate.id, officerName: label };
}

function practiceRoot({ folder }: Desk): string {
  return readFileSync(join(folder, 'practice-keys/practice-ca.pem'), 'utf8');
}

async function verdictOf(desk: Desk, documentId: string): Promise<string> {
  const { rooms } = desk.counter;
  const { access } = unwrap(await rooms.store.call('documentAccess', { documentId }));
  const at = new Date().toISOString();
  return unwrap(
    await rooms.signatures.call('verifyPdf', { pdf: access, policy: { trustedRoots: [practiceRoot(desk)] }, at }),
  ).verdict;
}

describe('bad input leaves the dossier and the store as they were', () => {
  let desk: Desk;
  let draft: Dossier;
  let files: string;
  beforeAll(async () => {
    desk = await openDesk();
    draft = await newDraft(desk, RESIDENCE);
    files = join(desk.folder, 'from-outside');
    mkdirSync(files);
    // One good page first: a bad file must not harm what is there.
    await desk.counter.capture.importFiles(draft.id, desk.officer.id, [photo]).done;
    await desk.counter.capture.settled();
    draft = await reload(desk.counter, draft);
    expect(draft.pages).toHaveLength(1);
  });
  afterAll(() => desk.close());

  const photo = join(sampleStack, '04-mat-sau-trang.jpg');
  const pdf = makePdf([{ width: 300, height: 200 }]);
  const put = (name: string, bytes: Uint8Array | string): string => {
    const path = join(files, name);
    writeFileSync(path, bytes);
    return path;
  };
  const table: readonly [what: string, code: ErrorCode, make: () => string][] = [
    ['a file of no bytes', 'file-empty', () => put('empty.pdf', '')],
    ['text named PDF', 'file-not-supported', () => put('text.pdf', 'Kính gửi Ủy ban nhân dân xã')],
    ['a JPEG cut in half', 'file-damaged', () => put('half.jpg', firstHalf(readFileSync(photo)))],
    ['a PNG that claims 20,000 × 20,000 pixels', 'image-too-large', () => put('bomb.png', hugePng())],
    ['a PDF that needs a password', 'pdf-password', () => encrypted(put('open.pdf', pdf), join(files, 'locked.pdf'))],
    ['a PDF cut in half', 'file-damaged', () => put('half.pdf', firstHalf(pdf))],
    ['a good file behind a bad one', 'file-empty', () => put('empty.jpg', '')],
  ];

  it.each(table)('%s: %s', async (_what, code, make) => {
    const { counter, officer } = desk;
    const before = unwrap(await counter.rooms.store.call('check', {}));
    const ended = await counter.capture.importFiles(draft.id, officer.id, [make(), photo]).done;
    await counter.capture.settled();
    expect(ended).toMatchObject({ state: 'failed', code, done: 0 });
    expect(await reload(counter, draft)).toEqual(draft);
    const after = unwrap(await counter.rooms.store.call('check', {}));
    expect(after).toMatchObject({ integrity: 'ok', synchronous: 2, dossiers: before.dossiers, blobs: before.blobs });
  });

  it('and good input is still welcome', async () => {
    const { counter, officer } = desk;
    const ended = await counter.capture.importFiles(draft.id, officer.id, [put('whole.pdf', pdf)]).done;
    expect(ended).toMatchObject({ state: 'done', done: 1 });
    await counter.capture.settled();
    expect((await reload(counter, draft)).pages).toHaveLength(2);
  });

  it('a token that is not there is said so before any PIN is asked', async () => {
    const { counter, officer, person } = desk;
    const { id } = await newDraft(desk, RESIDENCE);
    await counter.capture.importFiles(id, officer.id, [put('paper.pdf', pdf)]).done;
    await counter.capture.settled();
    let signing: Dossier = unwrap(await counter.rooms.store.call('get', { id }));
    const componentId = signing.checklist[0]?.component.id ?? '';
    const pageIds = signing.pages.map((page) => page.id);
    signing = await edit(counter, officer, signing, { kind: 'assign-pages', pageIds, componentId });
    const choice = { tokenId: 'no-such-token', certificateId: 'none', officerName: officer.name };
    const refused = await counter.reception.sign(id, signing.revision, officer.id, choice);
    expect(refused).toMatchObject({ ok: false, code: 'token-missing' });
    expect(person).toMatchObject({ asked: 0, attempts: 0 });
    const { documents } = await reload(counter, signing);
    expect(documents.map(({ kind, signatures }) => [kind, signatures])).toEqual([['component', []]]);
  });
});

describe('results: several signed with one login', () => {
  let desk: Desk;
  let dossiers: readonly Dossier[];
  let documentIds: readonly string[];
  let signer: Officer;
  const again = () => Promise.all(dossiers.map((dossier) => reload(desk.counter, dossier)));

  beforeAll(async () => {
    desk = await openDesk();
    const { rooms, results } = desk.counter;
    const officers = unwrap(await rooms.store.call('listOfficers', {}));
    const found = officers.find(({ roles }) => roles.includes('signer'));
    if (!found) throw new Error('practice mode has no signing officer');
    signer = found;
    dossiers = [await sealCertifiedCopy(desk), await sealCertifiedCopy(desk)];
    expect(unwrap(await rooms.sync.call('run', { once: true }))).toMatchObject({ received: 2 });
    await poll(
      'the practice office has answered both',
      async () => {
        unwrap(await rooms.sync.call('run', { once: true }));
        return unwrap(await results.waiting()).length === 2;
      },
      60_000,
    );
    documentIds = unwrap(await results.waiting()).map(({ documentId }) => documentId);
    expect((await again()).map(({ state }) => state)).toEqual(['processing', 'processing']);
  }, 120_000);
  afterAll(() => desk.close());

  it('a wrong PIN signs nothing and is not tried a second time', async () => {
    const { counter, person } = desk;
    Object.assign(person, { pin: '87654321', asked: 0, attempts: 0 });
    const refused = await counter.results.sign(documentIds, signer, await choiceOf(desk, 'Trần Văn Minh'));
    expect(refused).toMatchObject({ ok: false, code: 'pin-wrong' });
    expect(person).toMatchObject({ asked: 1, attempts: 1 });
    expect(unwrap(await counter.results.waiting())).toHaveLength(2);
    const after = await again();
    expect(after.map(({ state }) => state)).toEqual(['processing', 'processing']);
    expect(after.flatMap(({ documents }) => documents.flatMap(({ signatures }) => signatures))).toEqual([]);
  });

  it('each result proposes where its signature goes; a page it does not have is refused before any PIN', async () => {
    const { counter, person, folder } = desk;
    const place = unwrap(await counter.results.place(documentIds[0] ?? '', signer));
    expect(place).toMatchObject({ page: 1, shows: 'text', image: null });
    expect(place.foundBy).not.toBe('none');
    const ink =
      '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="150"><rect width="300" height="150" fill="#1133cc"/></svg>';
    const picture = join(folder, 'signature.png');
    writeFileSync(picture, await sharp(Buffer.from(ink)).png().toBuffer());
    unwrap(await registerSignatureImage(counter.rooms, picture, 'personal', null, signer.id));
    expect(unwrap(await counter.results.place(documentIds[0] ?? '', signer))).toMatchObject({
      shows: 'picture',
      rect: place.rect,
      image: { widthPx: 300, registeredBy: signer.name },
    });
    Object.assign(person, { asked: 0 });
    const nowhere = { [documentIds[1] ?? '']: { page: 2, rect: place.rect } };
    const choice = await choiceOf(desk, 'Trần Văn Minh');
    const refused = await counter.results.sign(documentIds, signer, choice, nowhere);
    expect(refused).toMatchObject({ ok: false, code: 'signature-place-outside' });
    expect(person.asked).toBe(0);
  });

  it('the right one, asked once, signs both and completes both dossiers', async () => {
    const { counter, person } = desk;
    Object.assign(person, { pin: PRACTICE_PIN, asked: 0, attempts: 0 });
    const choice = await choiceOf(desk, 'Trần Văn Minh');
    const moved = { [documentIds[0] ?? '']: { page: 1, rect: [60, 40, 120, 60] as const } };
    const outcomes = unwrap(await counter.results.sign(documentIds, signer, choice, moved));
    expect(person).toMatchObject({ asked: 1, attempts: 1 });
    expect(outcomes.map(({ documentId, state, code }) => ({ documentId, state, code }))).toEqual(
      documentIds.map((documentId) => ({ documentId, state: 'signed', code: null })),
    );
    expect(unwrap(await counter.results.waiting())).toEqual([]);
    for (const { state, documents } of await again()) {
      expect(state).toBe('completed');
      const results = documents.filter(({ kind }) => kind === 'result');
      expect(results).toMatchObject([{ signatures: [{ signerName: 'Trần Văn Minh', level: 'B-B' }] }]);
      for (const result of results) expect(await verdictOf(desk, result.id)).toBe('valid');
    }
  });

  it.skipIf(JUDGES_MISSING)(
    'the picture stands where the officer put it, or where the document left room',
    async () => {
      const { counter, folder } = desk;
      const extents = await Promise.all(
        documentIds.map(async (documentId) => {
          const { access } = unwrap(await counter.rooms.store.call('documentAccess', { documentId }));
          const page = drawPage(mkdtempSync(join(folder, 'drawn-')), await readBlob(access));
          const [left, top, right, bottom] = page.extent(isBlue) ?? [0, 0, 0, 0];
          return [left, page.height - bottom, right - left, bottom - top];
        }),
      );
      for (const [index, value] of [60, 40, 120, 60].entries())
        expect(extents[0]?.[index]).toSatisfy((found: number) => Math.abs(found - value) <= 1);
      const [left = 0, bottom = 0, width = 0] = extents[1] ?? [];
      expect(left).toBeGreaterThan(297);
      expect(bottom).toBeGreaterThan(60);
      expect(width).toBeGreaterThan(50);
    },
  );

  it('and the province gets both as new revisions of dossiers it knows', async () => {
    const { rooms } = desk.counter;
    expect(unwrap(await rooms.sync.call('run', { once: true }))).toMatchObject({ received: 2, waiting: 0, held: 0 });
    const stats = unwrap((await rooms.practiceProvince?.room.call('stats', {})) ?? { ok: false, code: 'internal' });
    expect(stats).toMatchObject({ dossiers: 2, receipts: 4, files: 2 });
  });
});

describe('killing sync over and over', () => {
  /** What was last seen on its way from sync to main, and what waits for it. */
  let watch: { readonly label: string; left: number; readonly victim: 'sync' | 'store' } | null = null;
  let kills: string[] = [];
  let aheadMs = 0;
  let desk: Desk;
  let dossier: Dossier;

  function overhear(room: string, message: FromRoom): void {
    if (room !== 'sync' || !watch || labelOf(message) !== watch.label || --watch.left > 0) return;
    const pid = desk.counter.rooms[watch.victim].pid;
    if (pid === undefined) throw new Error(`${watch.victim} does not run`);
    process.kill(pid, 'SIGKILL');
    kills.push(`${watch.victim} at ${watch.label}`);
    watch = null;
  }

  /** For the budget of restarts, and for the lease that sync had on its job. */
  function letAMinutePass(): void {
    aheadMs += 61_000;
    writeFileSync(join(desk.folder, 'ahead-ms'), String(aheadMs));
  }

  beforeAll(async () => {
    const now = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => now() + aheadMs);
    desk = await openDesk(overhear);
    const { counter, officer } = desk;
    unwrap(await counter.rooms.sync.call('run', { once: true }));
    dossier = await newDraft(desk, RESIDENCE);
    const [scanner] = unwrap(await counter.capture.devices());
    const settings = { source: 'adf', fallsToGlass: false, dpi: 200, colour: true, area: 'a4' } as const;
    const source = { deviceId: scanner?.id ?? '', ...settings };
    expect(await unwrap(await counter.capture.scan(dossier.id, officer.id, source)).done).toMatchObject({ done: 4 });
    await counter.capture.settled();
    dossier = await tickScannedPapers(counter, officer, await reload(counter, dossier));
    dossier = await signWithFirstToken(counter, officer, dossier);
    dossier = unwrap(await counter.reception.seal(dossier.id, dossier.revision, officer.id));
  }, 120_000);
  afterEach(() => void (watch = null));
  afterAll(async () => {
    vi.restoreAllMocks();
    await desk.close();
  });

  it('the dossier arrives exactly once, with every byte', { timeout: 180_000 }, async () => {
    const { rooms } = desk.counter;
    const components = dossier.documents.filter(({ kind }) => kind === 'component');
    expect(components.map(({ signatures }) => signatures.length)).toEqual([1, 1, 1]);

    // Every attempt goes a little further than the one before: nothing that was confirmed is lost or sent again.
    const plan: readonly [victim: 'sync' | 'store', label: string, nth: number][] = [
      ['sync', 'asks for a job', 1],
      ['sync', 'reports announced', 1],
      ['sync', 'told announced', 1],
      ['store', 'reports announced', 1],
      ['sync', 'reports progress', 1],
      ['sync', 'told uploading', 1],
      ['sync', 'reports progress', 2],
      ['store', 'reports progress', 2],
      ['sync', 'told uploading', 1],
      ['sync', 'told uploading', 1],
      ['sync', 'reports committing', 1],
      ['sync', 'reports received', 1],
    ];
    for (const [victim, label, nth] of plan) {
      letAMinutePass();
      watch = { victim, label, left: nth };
      await poll(
        `${victim} killed at "${label}"`,
        async () => {
          const run = await rooms.sync.call('run', { once: false });
          return watch === null || (run.ok && run.value.received > 0);
        },
        60_000,
      );
    }
    expect(kills).toEqual(plan.map(([victim, label]) => `${victim} at ${label}`));

    await poll('the dossier is received', async () => {
      unwrap(await rooms.sync.call('run', { once: false }));
      return /received|settled/.test((await reload(desk.counter, dossier)).upload.state);
    });
    const province = rooms.practiceProvince;
    if (!province) throw new Error('practice mode has no province');
    expect(unwrap(await province.room.call('stats', {}))).toMatchObject({
      dossiers: 1,
      receipts: 1,
      files: 3,
      bytes: components.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    });
    const sealed = await Promise.all(
      components.map(({ id }) => rooms.store.call('documentAccess', { documentId: id })),
    );
    expect(filesOfProvince(join(desk.folder, 'practice-province')).toSorted()).toEqual(
      sealed.map((document) => unwrap(document).sha256).toSorted(),
    );
    const jws = unwrap(await rooms.store.call('provinceReceipt', { id: dossier.id })) ?? '';
    const payload = await verifyReceipt(jws, (await province.settings()).receiptKeys);
    expect(payload).toMatchObject({ dossierId: dossier.id, rev: 1, seq: 1 });
    expect(unwrap(await province.room.call('receipt', { dossierId: dossier.id }))).toBe(jws);

    expect(unwrap(await rooms.store.call('check', {}))).toMatchObject({ integrity: 'ok', synchronous: 2 });
    expect(unwrap(await rooms.store.call('verifyAudit', {}))).toMatchObject({ firstBadSeq: null });
    expect(unwrap(await rooms.store.call('list', { text: '', states: [], limit: 10, offset: 0 })).total).toBe(1);
    for (const { id } of components) expect(await verdictOf(desk, id)).toBe('valid');
  });
});

function labelOf(message: FromRoom): string | null {
  if (message.kind === 'progress') {
    const { step } = message.value as { step: string };
    return `told ${step.split(' ')[0] ?? ''}`;
  }
  if (message.kind !== 'ask') return null;
  if (message.method === 'nextJob') return 'asks for a job';
  if (message.method !== 'reportStep') return null;
  return `reports ${(message.params as { step: { kind: string } }).step.kind}`;
}

function firstHalf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

/** Signature and header only, 20,000 × 20,000 pixels of 8-bit RGB (PNG, 11.2.2); the checksum is right. */
function hugePng(): Buffer {
  const header = Buffer.from('IHDR\0\0\x4e\x20\0\0\x4e\x20\x08\x02\0\0\0', 'latin1');
  const whole = Buffer.alloc(header.length + 8);
  whole.writeUInt32BE(header.length - 4, 0);
  header.copy(whole, 4);
  whole.writeUInt32BE(crc32(header), header.length + 4);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), whole, Buffer.from('\0\0\0\0IDAT', 'latin1')]);
}

function encrypted(open: string, locked: string): string {
  execFileSync('qpdf', ['--encrypt', 'mo-khoa', 'chu-so-huu', '256', '--', open, locked]);
  return locked;
}
