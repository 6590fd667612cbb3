/**
 * @file `motcua demo`: the whole journey of one dossier in practice mode, from paper to the province's signed receipt, in a
 * data folder of its own. Leaves what an officer and the province would hold, and a timeline of what took how long.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Dossier } from '../../preload/types.ts';
import { readBlob } from '../blobs/blob-file.ts';
import type { Counter } from '../counter/open-counter.ts';
import { Failure, unwrap } from '../rooms/failure.ts';
import { PRACTICE_PIN } from '../signing/practice-keys.ts';
import { verifyReceipt } from '../sync/receipt.ts';
import { applicantFromCard, edit, reload, seal, signWithFirstToken, tickScannedPapers } from './journey.ts';
import { nodeMachine } from './node-machine.ts';
import { EXIT, printJson, say, type Where } from './output.ts';
import { pinFromEnvironment, withCounter, type CommandOfficer } from './with-counter.ts';

const PROCEDURE_TEXT = 'dang ky thuong tru';
const PIN_VARIABLE = 'MOTCUA_DEMO_PIN';

interface DemoOptions {
  readonly out: string;
  readonly scanner?: string;
  readonly json?: boolean;
}

export function demo(where: Where, version: string) {
  return async (options: DemoOptions): Promise<number> => {
    const out = resolve(options.out);
    mkdirSync(out, { recursive: true });
    process.env['MOTCUA_HOME'] = join(out, 'data');
    process.env[PIN_VARIABLE] = PRACTICE_PIN;
    rmSync(join(out, 'data'), { recursive: true, force: true });
    const { paths } = nodeMachine(where);
    return withCounter(where, version, (counter, officer) => walk(counter, officer, out, paths.resources, options), {
      authoriser: pinFromEnvironment(PIN_VARIABLE),
      adjustSettings: (settings) =>
        options.scanner === undefined
          ? settings
          : { ...settings, scanners: { ...settings.scanners, addresses: [options.scanner], sampleFolder: null } },
    });
  };
}

async function walk(
  counter: Counter,
  officer: CommandOfficer,
  out: string,
  resources: string,
  options: DemoOptions,
): Promise<number> {
  const timeline = startTimeline();
  unwrap(await counter.rooms.sync.call('run', { once: true }));
  timeline.mark('nối với tỉnh luyện tập, nhận dải số hồ sơ');

  let dossier: Dossier = unwrap(await counter.rooms.store.call('create', { officerId: officer.id }));
  timeline.mark('mở hồ sơ mới');

  dossier = await edit(
    counter,
    officer,
    dossier,
    await applicantFromCard(counter, join(resources, 'samples', 'the-can-cuoc.jpg')),
  );
  timeline.mark(`đọc QR thẻ căn cước: ${dossier.applicantName}`);

  const [procedure] = counter.catalogue.search(PROCEDURE_TEXT, 1);
  if (!procedure) throw new Failure('procedure-unknown', PROCEDURE_TEXT);
  dossier = await edit(counter, officer, dossier, { kind: 'set-procedure', code: procedure.code });
  timeline.mark(`tìm thủ tục "${PROCEDURE_TEXT}": ${procedure.name}`);

  const [scanner] = unwrap(await counter.capture.devices());
  if (!scanner) throw new Failure('scanner-offline', options.scanner);
  const scan = unwrap(
    await counter.capture.scan(dossier.id, officer.id, {
      deviceId: scanner.id,
      source: 'adf',
      fallsToGlass: false,
      dpi: 200,
      colour: true,
      area: 'a4',
    }),
  );
  const scanned = await scan.done;
  if (scanned.state !== 'done') throw new Failure('scanner-failed', `${scanned.code}: ${scanned.detail}`);
  timeline.mark(`quét ${scanned.done} trang bằng ${scanner.name}`);

  await counter.capture.settled();
  dossier = await reload(counter, dossier);
  timeline.mark(`nhận dạng ${dossier.pages.length} trang, ${dossier.fields.length} trường`);

  dossier = await tickScannedPapers(counter, officer, dossier);
  const feeVnd = dossier.procedure?.fee.directVnd ?? null;
  dossier = await edit(counter, officer, dossier, { kind: 'set-details', returnMethod: 'counter', feeVnd, note: null });
  dossier = await signWithFirstToken(counter, officer, dossier);
  timeline.mark(`tạo và ký số ${dossier.documents.length} bản số hóa`);

  dossier = await seal(counter, officer, dossier);
  timeline.mark(`lưu hồ sơ ${dossier.code ?? ''}, lập giấy tiếp nhận`);

  const sent = unwrap(await counter.rooms.sync.call('run', { once: true }));
  if (sent.received !== 1) throw new Failure('province-unreachable', JSON.stringify(sent));
  const jws = unwrap(await counter.rooms.store.call('provinceReceipt', { id: dossier.id }));
  if (jws === null) throw new Failure('receipt-invalid', 'no receipt');
  const keys = (await counter.rooms.practiceProvince?.settings())?.receiptKeys ?? [];
  const receipt = await verifyReceipt(jws, keys);
  timeline.mark('tỉnh tiếp nhận, biên nhận đã kiểm chữ ký');

  dossier = await reload(counter, dossier);
  const files = await writeDocuments(counter, dossier, out);
  await verifyDocuments(counter, dossier, readFileSync(join(out, 'data', 'practice-keys', 'practice-ca.pem'), 'utf8'));
  timeline.mark(`kiểm tra chữ ký ${files.length} tệp`);

  writeFileSync(
    join(out, 'fields.json'),
    JSON.stringify({ applicant: dossier.applicant, fields: dossier.fields }, null, 2),
  );
  writeFileSync(join(out, 'province-receipt.jws'), jws);
  writeFileSync(join(out, 'province-receipt.json'), JSON.stringify(receipt, null, 2));
  writeFileSync(join(out, 'dossier.json'), JSON.stringify(dossier, null, 2));
  writeFileSync(join(out, 'timeline.json'), JSON.stringify(timeline.steps, null, 2));
  say(
    `\nBiên nhận của tỉnh hợp lệ: hồ sơ ${dossier.code ?? receipt.number ?? dossier.id}, ${receipt.receivedAt}. Kết quả nằm trong ${out}`,
  );
  if (options.json) printJson({ dossierId: dossier.id, code: dossier.code, files, timeline: timeline.steps, receipt });
  return EXIT.done;
}

async function writeDocuments(counter: Counter, dossier: Dossier, out: string): Promise<string[]> {
  const files: string[] = [];
  for (const [index, document] of dossier.documents.entries()) {
    const { access } = unwrap(await counter.rooms.store.call('documentAccess', { documentId: document.id }));
    const name = document.kind === 'receipt' ? 'giay-tiep-nhan.pdf' : `thanh-phan-${index + 1}.pdf`;
    writeFileSync(join(out, name), await readBlob(access));
    files.push(name);
  }
  return files;
}

/** Our own verifier over our own files; the tests ask pdfsig, openssl and qpdf the same question. */
async function verifyDocuments(counter: Counter, dossier: Dossier, practiceRoot: string): Promise<void> {
  for (const document of dossier.documents.filter((candidate) => candidate.signatures.length > 0)) {
    const { access } = unwrap(await counter.rooms.store.call('documentAccess', { documentId: document.id }));
    const { verdict } = unwrap(
      await counter.rooms.signatures.call('verifyPdf', {
        pdf: access,
        policy: { trustedRoots: [practiceRoot] },
        at: new Date().toISOString(),
      }),
    );
    if (verdict !== 'valid') throw new Failure('signature-does-not-verify', `${document.title}: ${verdict}`);
  }
}

interface Step {
  readonly step: string;
  readonly seconds: number;
  readonly atSeconds: number;
}

function startTimeline(): { readonly mark: (step: string) => void; readonly steps: readonly Step[] } {
  const steps: Step[] = [];
  const startMs = performance.now();
  let lastMs = startMs;
  return {
    steps,
    mark: (step) => {
      const nowMs = performance.now();
      const seconds = Number(((nowMs - lastMs) / 1000).toFixed(2));
      const atSeconds = Number(((nowMs - startMs) / 1000).toFixed(2));
      lastMs = nowMs;
      steps.push({ step, seconds, atSeconds });
      say(`${atSeconds.toFixed(2).padStart(7)} s  (+${seconds.toFixed(2)})  ${step}`);
    },
  };
}
