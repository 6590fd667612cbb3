/**
 * @file What one decision costs in a thick dossier: every command of the page table on drafts of 10 and 300 recognised pages, in
 * the same encrypted store, one after the other: `npx node test/bench/stack.bench.ts`.
 */
import { openKit, append, edit, addPage, recognised, LAN, type Kit } from '../unit/store/store-kit.ts';
import type { Dossier } from '../../preload/types.ts';
import type { DraftCommand } from '../../main/store/protocol.ts';

const PROCEDURE = '1.001193';
const ROUNDS = 15;
const SIZES = [10, 300] as const;
const TITLES = ['TỜ KHAI ĐĂNG KÝ KHAI SINH', 'GIẤY CHỨNG SINH', null, null];
const TEXT = 'Kính gửi Ủy ban nhân dân xã Hoằng Sơn, họ và tên người yêu cầu, nơi cư trú, giấy tờ tùy thân số. '.repeat(
  30,
);

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

async function thickDraft(kit: Kit, pages: number): Promise<Dossier> {
  let dossier = (await kit.call('create', { officerId: LAN })) as Dossier;
  dossier = await edit(kit, dossier, { kind: 'set-procedure', code: PROCEDURE });
  for (let index = 0; index < pages; index++) {
    dossier = await addPage(kit, dossier.id);
    const fields = Array.from({ length: 8 }, (_, field) => ({
      name: `field${field}`,
      value: `giá trị ${index % 40} ${field}`,
      confidence: 90,
      source: 'ocr' as const,
      box: [100, 100, 400, 40] as [number, number, number, number],
    }));
    dossier = await append(kit, dossier.id, {
      kind: 'set-recognition',
      pageId: dossier.pages.at(-1)?.id ?? '',
      recognised: recognised(TITLES[index % TITLES.length] ?? null, {
        text: `${TITLES[index % 4] ?? ''}\n${TEXT}`,
        fields,
      }),
    });
  }
  return dossier;
}

const kit = await openKit();
const drafts = await Promise.all(SIZES.map((size) => thickDraft(kit, size)));
const commands: Readonly<Record<string, (dossier: Dossier, round: number) => DraftCommand>> = {
  'turn a page': ({ pages }, round) => ({
    kind: 'turn-pages',
    rotations: { [pages[0]?.id ?? '']: round % 2 === 0 ? 90 : 0 },
  }),
  'hide five': ({ pages }, round) => ({
    kind: 'hide-pages',
    pageIds: pages.slice(0, 5).map(({ id }) => id),
    isHidden: round % 2 === 0,
  }),
  'assign a page': ({ pages, checklist }, round) => ({
    kind: 'assign-pages',
    pageIds: [pages[round % 5]?.id ?? ''],
    componentId: checklist[0]?.component.id ?? null,
  }),
  'move a page': ({ pages }) => ({ kind: 'arrange-pages', pageIds: pages.map(({ id }) => id).toReversed() }),
  undo: () => ({ kind: 'undo' }),
  redo: () => ({ kind: 'redo' }),
};
console.log(
  `${'milliseconds, median'.padEnd(22)} ${SIZES.map((size) => `${size} pages`.padStart(11)).join('')}   ratio`,
);
const report = (name: string, values: readonly number[]): void =>
  console.log(
    `${name.padEnd(22)} ${values.map((value) => value.toFixed(2).padStart(11)).join('')}   ${((values[1] ?? 0) / (values[0] ?? 1)).toFixed(1)}`,
  );
for (const [name, command] of Object.entries(commands)) {
  const medians: number[] = [];
  for (const [index, draft] of drafts.entries()) {
    let dossier: Dossier = draft;
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const next = command(dossier, round);
      const begin = performance.now();
      dossier = await edit(kit, dossier, next);
      times.push(performance.now() - begin);
    }
    drafts[index] = dossier;
    medians.push(median(times));
  }
  report(name, medians);
}
const looks: number[] = [];
for (const { id } of drafts) {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    await kit.call('get', { id });
    times.push(performance.now() - begin);
  }
  looks.push(median(times));
}
report('get', looks);
const arrivals: number[] = [];
for (const { id } of drafts) {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    await addPage(kit, id);
    times.push(performance.now() - begin);
  }
  arrivals.push(median(times));
}
report('a page arrives', arrivals);
report(
  'answer, KB',
  drafts.map((dossier) => JSON.stringify(dossier).length / 1000),
);
await kit.end();
