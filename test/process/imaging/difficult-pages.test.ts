/** One small paper in the states in which papers come: fed the wrong way round, faxed, faded, on coloured paper, photographed. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depositBlob } from '../../../main/blobs/blob-file.ts';
import { imagingRoom, type ImagingRoom, type RecognisedPage } from '../../../main/imaging/protocol.ts';
import { unwrap } from '../../../main/rooms/failure.ts';
import { forkLauncher } from '../../../main/rooms/fork-launcher.ts';
import { Supervisor } from '../../../main/rooms/supervisor.ts';
import { drawPaper, TYPEWRITER } from '../../stand-ins/draw-paper.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CODE = 'bien-lai';
const WIDTH_PX = 1_654;
const HEIGHT_PX = 1_000;

let incomingFolder: string;
let room: Supervisor<ImagingRoom>;
let paper: Buffer;
let typed: Buffer;
let fields: Readonly<Record<string, string>>;

beforeAll(async () => {
  incomingFolder = await mkdtemp(join(tmpdir(), 'difficult-'));
  room = new Supervisor(imagingRoom, {
    launch: forkLauncher(() => join(ROOT, 'main/imaging/entry.ts')),
    init: () => ({ incomingFolder, resourcesFolder: join(ROOT, 'resources'), ocrWorkers: 2 }),
  });
  const fixture = JSON.parse(await readFile(join(ROOT, `test/fixtures/papers/${CODE}.json`), 'utf8')) as {
    lines: string[];
    fields: Record<string, string>;
  };
  fields = fixture.fields;
  paper = await cutHead(await drawPaper(fixture.lines));
  typed = await cutHead(await drawPaper(fixture.lines, TYPEWRITER));
});
afterAll(() => room.stop());

function cutHead(page: Buffer): Promise<Buffer> {
  return sharp(page).extract({ left: 0, top: 0, width: WIDTH_PX, height: HEIGHT_PX }).png().toBuffer();
}

async function recognise(bytes: Buffer): Promise<RecognisedPage> {
  const { file, key, sizeBytes, mediaType } = await depositBlob(incomingFolder, bytes, 'image/png');
  const image = { path: join(incomingFolder, file), key, sizeBytes, mediaType };
  return unwrap(await room.call('recognise', { image, dpi: 200, ocr: true }));
}

const fieldsOf = (page: RecognisedPage): Record<string, string> =>
  Object.fromEntries(page.fields.map(({ name, value }) => [name, value]));

/** The pixels one by one: what has no name in an image library. */
async function repaint(
  bytes: Buffer,
  paint: (value: number, x: number, y: number, plane: number) => number,
): Promise<Buffer> {
  const { data, info } = await sharp(bytes)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  for (let at = 0; at < data.length; at++) {
    const pixel = Math.floor(at / 3);
    const value = paint(data[at] as number, pixel % info.width, Math.floor(pixel / info.width), at % 3);
    data[at] = Math.max(0, Math.min(255, value));
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    .png()
    .toBuffer();
}

/** The same grain on every run. */
function grain(x: number, y: number, strength: number): number {
  const mixed = Math.imul(x * 374_761_393 + y * 668_265_263, 1_274_126_177) >>> 0;
  return ((mixed >>> 8) / 2 ** 24 - 0.5) * 2 * strength;
}

describe('a paper fed the wrong way round', () => {
  it.each([90, 180, 270] as const)('turned by %i° it is read as if it stood upright', async (turned) => {
    const page = await recognise(await sharp(paper).rotate(turned).png().toBuffer());
    expect(page.rotation).toBe(360 - turned);
    expect(page.documentType?.code).toBe(CODE);
    expect(fieldsOf(page)).toEqual(fields);
  });

  it('in one stack with others, each page has its own way up', async () => {
    const turns = [0, 180, 0, 90] as const;
    const pages = await Promise.all(
      turns.map(async (turned) => recognise(await sharp(paper).rotate(turned).png().toBuffer())),
    );
    expect(pages.map((page) => page.rotation)).toEqual([0, 180, 0, 270]);
  });
});

describe('a paper in a bad state', () => {
  const states: readonly (readonly [name: string, make: () => Promise<Buffer>])[] = [
    [
      'black and white with specks, as a fax',
      async () =>
        sharp(
          await repaint(paper, (value, x, y) =>
            Math.abs(grain(x, y, 1)) > 0.9985 ? 255 - value : value < 140 ? 0 : 255,
          ),
        )
          .toColourspace('b-w')
          .png({ colours: 2, palette: true })
          .toBuffer(),
    ],
    [
      'faded to a third of its contrast',
      () => repaint(paper, (value, x, y) => 225 - (255 - value) * 0.33 + grain(x, y, 6)),
    ],
    [
      'on pink paper',
      () => repaint(paper, (value, _x, _y, plane) => (value * ([250, 190, 205][plane] as number)) / 255),
    ],
    [
      'on green paper',
      () => repaint(paper, (value, _x, _y, plane) => (value * ([180, 225, 190][plane] as number)) / 255),
    ],
    [
      'in the black frame of a copier',
      () => sharp(paper).extend({ top: 70, bottom: 90, left: 80, right: 60, background: '#111' }).png().toBuffer(),
    ],
    [
      'photographed, with the light from one side and a shadow over a corner',
      async () => {
        const tilted = await sharp(paper).rotate(1.7, { background: '#fff' }).blur(0.7).png().toBuffer();
        return repaint(tilted, (value, x, y) => {
          const light = 1 - 0.45 * (x / WIDTH_PX);
          const shadow = x + y > 1_900 ? 0.7 : 1;
          return value * light * shadow + grain(x, y, 7);
        });
      },
    ],
  ];

  it.each(states)('%s is known and read exactly', async (_, make) => {
    const page = await recognise(await make());
    expect(page.documentType?.code).toBe(CODE);
    expect(fieldsOf(page)).toEqual(fields);
  });
});

describe('a paper in the face of a typewriter, whose zeros have dots', () => {
  it.each<[string, () => Promise<Buffer>]>([
    ['clean', () => Promise.resolve(typed)],
    [
      'tilted, blurred and pale, as an old copy',
      async () => {
        const tilted = await sharp(typed).rotate(1.2, { background: '#fff' }).blur(0.8).png().toBuffer();
        return repaint(tilted, (value, x, y) => 235 - (255 - value) * 0.6 + grain(x, y, 8));
      },
    ],
  ])('%s, is read with its zeros: in the fields and in the text', async (_, make) => {
    const page = await recognise(await make());
    expect(fieldsOf(page)).toEqual(fields);
    for (const number of ['0001234', '2800123456', '150.000', '2025']) expect(page.text).toContain(number);
  });
});
