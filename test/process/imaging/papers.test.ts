/** Some of the papers of the unit tests, drawn and read again: what the rules find must survive real recognition. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { depositBlob } from '../../../main/blobs/blob-file.ts';
import { imagingRoom, type ImagingRoom } from '../../../main/imaging/protocol.ts';
import { unwrap } from '../../../main/rooms/failure.ts';
import { forkLauncher } from '../../../main/rooms/fork-launcher.ts';
import { Supervisor } from '../../../main/rooms/supervisor.ts';
import { drawPaper } from '../../stand-ins/draw-paper.ts';

interface Paper {
  readonly lines: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
let incomingFolder: string;
let room: Supervisor<ImagingRoom>;

beforeAll(async () => {
  incomingFolder = await mkdtemp(join(tmpdir(), 'papers-'));
  room = new Supervisor(imagingRoom, {
    launch: forkLauncher(() => join(ROOT, 'main/imaging/entry.ts')),
    init: () => ({ incomingFolder, resourcesFolder: join(ROOT, 'resources'), ocrWorkers: 2 }),
  });
});
afterAll(() => room.stop());

it.each(['to-khai-dang-ky-ket-hon', 'trich-luc-khai-tu', 'bien-lai', 'don-dang-ky-bien-dong-dat-dai'])(
  '%s is known and read exactly from its picture',
  async (code) => {
    const paper = JSON.parse(await readFile(join(ROOT, `test/fixtures/papers/${code}.json`), 'utf8')) as Paper;
    const deposited = await depositBlob(incomingFolder, await drawPaper(paper.lines), 'image/jpeg');
    const { file, key, sizeBytes, mediaType } = deposited;
    const image = { path: join(incomingFolder, file), key, sizeBytes, mediaType };
    const page = unwrap(await room.call('recognise', { image, dpi: 200, ocr: true }));
    expect(page.documentType?.code).toBe(code);
    expect(Object.fromEntries(page.fields.map(({ name, value }) => [name, value]))).toEqual(paper.fields);
  },
);
