import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depositBlob, type BlobAccess } from '../../../main/blobs/blob-file.ts';
import { imagingRoom, type ImagingRoom, type RecognisedPage } from '../../../main/imaging/protocol.ts';
import { unwrap } from '../../../main/rooms/failure.ts';
import { forkLauncher } from '../../../main/rooms/fork-launcher.ts';
import { Supervisor } from '../../../main/rooms/supervisor.ts';
import expectedFields from '../../fixtures/expected-fields.json' with { type: 'json' };
import { missingNumbers, scoreText } from '../../fixtures/score-text.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGES = join(ROOT, 'test/fixtures/pages');
const KINDS = Object.keys(expectedFields) as (keyof typeof expectedFields)[];

/** Three of the office pages are part of the practice stacks; they are not kept twice. */
const IN_SAMPLES: Readonly<Record<string, string>> = {
  '01-to-khai-khai-sinh': 'stack-khai-sinh/01-to-khai-khai-sinh.jpg',
  '04-ct01-cu-tru': 'stack-thuong-tru/01-to-khai-ct01.jpg',
  '06-qsdd': 'stack-thuong-tru/02-quyen-su-dung-dat.jpg',
};

let incomingFolder: string;
let room: Supervisor<ImagingRoom>;

beforeAll(async () => {
  incomingFolder = await mkdtemp(join(tmpdir(), 'recognition-'));
  room = startRoom(2);
});
afterAll(() => room.stop());

function startRoom(ocrWorkers: number): Supervisor<ImagingRoom> {
  return new Supervisor(imagingRoom, {
    launch: forkLauncher(() => join(ROOT, 'main/imaging/entry.ts')),
    init: () => ({ incomingFolder, resourcesFolder: join(ROOT, 'resources'), ocrWorkers }),
  });
}

async function store(bytes: Uint8Array): Promise<BlobAccess> {
  const { file, key, sizeBytes, mediaType } = await depositBlob(incomingFolder, bytes, 'image/jpeg');
  return { path: join(incomingFolder, file), key, sizeBytes, mediaType };
}

async function recognise(bytes: Uint8Array, dpi = 200): Promise<RecognisedPage> {
  return unwrap(await room.call('recognise', { image: await store(bytes), dpi, ocr: true }));
}
function officePage(kind: string): Promise<Buffer> {
  const sample = IN_SAMPLES[kind];
  return sample ? readFile(join(ROOT, 'resources/samples', sample)) : pageFile(`${kind}.200.office.jpg`);
}
const pageFile = (name: string): Promise<Buffer> => readFile(join(PAGES, name));
const fieldsOf = (page: RecognisedPage): Record<string, string> =>
  Object.fromEntries(page.fields.map((field) => [field.name, field.value]));

describe('recognition of the eight sample papers, office quality', () => {
  let pages: Map<string, RecognisedPage>;

  beforeAll(async () => {
    pages = new Map(
      await Promise.all(KINDS.map(async (kind) => [kind, await recognise(await officePage(kind))] as const)),
    );
  }, 180_000);

  it.each(KINDS)('knows what %s is', (kind) => {
    expect(pages.get(kind)?.documentType?.code).toBe(expectedFields[kind].documentType);
  });

  it('misreads at most 8 letters of a thousand and no number or date', async () => {
    let characters = 0;
    let errors = 0;
    for (const kind of KINDS) {
      const truth = await readFile(join(PAGES, `${kind}.txt`), 'utf8');
      const text = pages.get(kind)?.text ?? '';
      const score = scoreText(truth, text);
      characters += score.characters;
      errors += score.errors;
      expect(missingNumbers(truth, text), kind).toEqual([]);
    }
    expect(errors / characters).toBeLessThanOrEqual(0.008);
  });

  it('reads at least 97 % of the fields exactly, and invents none', () => {
    const wrong: string[] = [];
    let total = 0;
    for (const kind of KINDS) {
      const page = pages.get(kind);
      const read = page ? fieldsOf(page) : {};
      const expected: Readonly<Record<string, string>> = expectedFields[kind].fields;
      for (const [name, value] of Object.entries(expected)) {
        total += 1;
        if (read[name] !== value) wrong.push(`${kind} ${name}: ${read[name]} instead of ${value}`);
      }
      expect(
        Object.keys(read).filter((name) => !(name in expected)),
        kind,
      ).toEqual([]);
    }
    expect(wrong.length / total, wrong.join('\n')).toBeLessThanOrEqual(0.03);
  });

  it('puts the box of a value where it stands on the stored image', async () => {
    const page = pages.get('04-ct01-cu-tru');
    const number = page?.fields.find((field) => field.name === 'idNumber');
    const [left, top, width, height] = number?.box ?? [0, 0, 0, 0];
    const crop = await sharp(await officePage('04-ct01-cu-tru'))
      .extract({ left: left - 12, top: top - 12, width: width + 24, height: height + 24 })
      .extend({ top: 40, bottom: 40, left: 40, right: 40, background: 'white' })
      .jpeg()
      .toBuffer();
    expect((await recognise(crop)).text.replaceAll(' ', '')).toContain('038087015329');
  });
});

describe('recognition of difficult pages', () => {
  it('reads under seals: at most 20 wrong letters of a thousand, every number and date', async () => {
    const page = await recognise(await pageFile('08-giay-hen.200.stamp.jpg'));
    const truth = await readFile(join(PAGES, '08-giay-hen.txt'), 'utf8');
    const { errors, characters } = scoreText(truth, page.text);
    expect(errors / characters).toBeLessThanOrEqual(0.02);
    expect(missingNumbers(truth, page.text)).toEqual([]);
    expect(page.documentType?.code).toBe('giay-tiep-nhan-ho-so-va-hen-tra-ket-qua');
    expect(fieldsOf(page)).toMatchObject({ idNumber: '038078011235', dueAt: '2025-08-13T16:30' });
  });

  it('reads a tilted, pale photocopy and says how it is tilted', async () => {
    const page = await recognise(await pageFile('05-quyet-dinh.200.poor.jpg'));
    expect(page.skewDeg).toBeCloseTo(2.5, 0);
    expect(fieldsOf(page)).toMatchObject({
      number: '346/QĐ-UBND',
      issuedOn: '2025-08-18',
      signerName: 'Bùi Trung Kiên',
    });
  });

  it('finds the way up of a page fed on its side', async () => {
    const turned = await sharp(await pageFile('03-tinh-trang-hon-nhan.200.office.jpg'))
      .rotate(90)
      .jpeg({ quality: 90 })
      .toBuffer();
    const page = await recognise(turned);
    expect(page.rotation).toBe(270);
    expect([page.widthPx, page.heightPx]).toEqual([2339, 1653]);
    const number = page.fields.find((field) => field.name === 'idNumber');
    expect(number?.value).toBe('038090012674');
    // On its side the number runs from bottom to top: its box stands upright.
    expect(number?.box?.[3]).toBeGreaterThan(3 * (number?.box?.[2] ?? 0));
  });

  it('reads the card of a citizen by its code and says so', async () => {
    const page = await recognise(await readFile(join(ROOT, 'resources/samples/the-can-cuoc.jpg')), 300);
    const fields = page.fields.filter((field) => field.source === 'qr');
    expect(fields.map((field) => field.name)).toEqual(
      expect.arrayContaining(['idNumber', 'fullName', 'birthDate', 'address']),
    );
    expect(page.codes).toHaveLength(1);
  });

  it('marks the empty back of a sheet as blank without reading it', async () => {
    const page = await recognise(await readFile(join(ROOT, 'resources/samples/stack-thuong-tru/04-mat-sau-trang.jpg')));
    expect(page).toMatchObject({ isBlank: true, text: '', fields: [], documentType: null });
  });
});

describe('recognition when something goes wrong', () => {
  it.each([
    ['file-empty', async () => new Uint8Array(0)],
    ['file-not-supported', async () => Buffer.from('%PDF-1.7 not an image')],
    ['file-damaged', async () => (await pageFile('05-quyet-dinh.200.office.jpg')).subarray(0, 90_000)],
    [
      'image-too-large',
      () =>
        sharp({ create: { width: 20_001, height: 1, channels: 3, background: 'white' } })
          .png()
          .toBuffer(),
    ],
  ] as const)('refuses with %s and goes on', async (code, make) => {
    const answer = await room.call('recognise', { image: await store(await make()), dpi: 200, ocr: true });
    expect(answer).toMatchObject({ ok: false, code });
  });

  it('stops a page that is being read, and one that waits, without harming the others', async () => {
    const image = await store(await pageFile('05-quyet-dinh.200.office.jpg'));
    const single = startRoom(1);
    try {
      const cancelling = [new AbortController(), new AbortController()] as const;
      const first = single.call(
        'recognise',
        { image, dpi: 200, ocr: true },
        {
          signal: cancelling[0].signal,
          onProgress: ({ state }) => state === 'running' && cancelling[0].abort(),
        },
      );
      const others = [0, 1].map(() => single.call('recognise', { image, dpi: 200, ocr: true }));
      const waiting = single.call(
        'recognise',
        { image, dpi: 200, ocr: true },
        {
          signal: cancelling[1].signal,
          onProgress: ({ state }) => state === 'queued' && cancelling[1].abort(),
        },
      );
      expect(await first).toMatchObject({ ok: false, code: 'cancelled' });
      expect(await waiting).toMatchObject({ ok: false, code: 'cancelled' });
      for (const answer of await Promise.all(others)) expect(unwrap(answer).documentType?.code).toBe('quyet-dinh');
    } finally {
      await single.stop();
    }
  });

  it('answers room-stopped when the process dies in the middle of a page, and the next page is read', async () => {
    const image = await store(await pageFile('05-quyet-dinh.200.office.jpg'));
    const dying = await room.call(
      'recognise',
      { image, dpi: 200, ocr: true },
      {
        onProgress: ({ state }) => {
          if (state === 'running' && room.pid !== undefined) process.kill(room.pid, 'SIGKILL');
        },
      },
    );
    expect(dying).toMatchObject({ ok: false, code: 'room-stopped' });
    const next = unwrap(await room.call('recognise', { image, dpi: 200, ocr: true }));
    expect(next.documentType?.code).toBe('quyet-dinh');
  });
});
