/**
 * @file What the program adds to a signature, over the token itself: `npx node test/bench/signing.bench.ts`. SoftHSM, a fake token
 * of 70 ms, and the memory of a 100 MB file. Needs softhsm2, opensc and gcc; run it on a quiet machine.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signDocuments, type DocumentToSign } from '../../main/counter/signing.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import { digestInfo } from '../../main/token/digest-signatures.ts';
import { CKA, Pkcs11Module } from '../../main/token/pkcs11-module.ts';
import { buildFakePkcs11 } from '../stand-ins/fake-pkcs11/build.ts';
import { plainPdf } from '../stand-ins/sample-pdfs.ts';
import { openSigningRooms, personTyping, type SigningRooms } from '../stand-ins/signing-rooms.ts';
import { createSoftHsm, SOFTHSM_MODULE, USER_PIN } from '../stand-ins/softhsm-tokens.ts';
import { createTestPki, type KeyKind } from '../stand-ins/test-pki.ts';

const FILES = 100;
const FILE_BYTES = 137_000;
const SLOW_FILES = 60;
const SLOW_MS = 70;
const LARGE_BYTES = 100 * 1024 * 1024;
const KINDS: Readonly<Record<string, KeyKind>> = { 'RSA-2048': 'rsa-2048', 'RSA-3072': 'rsa-3072', 'P-256': 'p-256' };
const CKM = { RSA_PKCS: 0x1, ECDSA: 0x1041 };

const folder = mkdtempSync(join(tmpdir(), 'signing-bench-'));
const pki = createTestPki(join(folder, 'pki'));
const hsm = createSoftHsm(join(folder, 'hsm'));
for (const [label, kind] of Object.entries(KINDS))
  hsm.addToken(label, pki.issue(`Người ký ${label}`, kind), pki.issuerDer);
const softhsm = SOFTHSM_MODULE ?? '';

/** A file of about so many bytes, most of them an image nobody can compress. */
function pdfOf(bytes: number): Buffer {
  const data = randomBytes(bytes - 1_000).toString('latin1');
  return plainPdf({ objects: [`<</Length ${data.length}>>\nstream\n${data}\nendstream`] });
}

/** Milliseconds of `count` raw signatures in one session, one after another. */
async function rawSignatures(label: string, count: number, path = softhsm): Promise<number> {
  const module = new Pkcs11Module(path);
  await module.initialise();
  const slots = await module.listSlots();
  const labels = await Promise.all(slots.map(async (slot) => (await module.tokenFacts(slot)).label));
  const session = await module.openSession(slots[labels.indexOf(label)] ?? 0);
  await module.login(session, 1, Buffer.from(USER_PIN));
  const [key = 0] = await module.findObjects(session, [[CKA.CLASS, module.encodeUlong(3)]]);
  const isRsa = label.startsWith('RSA');
  const data = isRsa ? digestInfo(randomBytes(32)) : randomBytes(32);
  const start = performance.now();
  for (let index = 0; index < count; index++)
    await module.sign(session, key, isRsa ? CKM.RSA_PKCS : CKM.ECDSA, data, async () => {});
  const ms = performance.now() - start;
  await module.logout(session);
  await module.closeSession(session);
  return ms;
}

/** Milliseconds from the PIN to the last signed file. */
async function batch(desk: SigningRooms, label: string, documents: readonly DocumentToSign[]): Promise<number> {
  const token = unwrap(await desk.rooms.token.call('list', {})).find((candidate) => candidate.label === label);
  const certificateId = token?.certificates[0]?.id ?? '';
  const choice = { tokenId: token?.id ?? '', certificateId, officerName: '' };
  const kept = documents.map((document) => ({ ...document, keep: async () => ({ ok: true, value: null }) as const }));
  const start = performance.now();
  const outcomes = unwrap(
    await signDocuments(desk.rooms, { now: Date.now }, personTyping(), 'results', choice, kept, () => {}),
  );
  const ms = performance.now() - start;
  const unsigned = outcomes.filter(({ state }) => state !== 'signed');
  if (unsigned.length > 0) console.log(`  ! ${unsigned.length} not signed: ${unsigned[0]?.code}`);
  return ms;
}

/** Processor time of a room so far, ms: what a busy machine does not change. */
function processorMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function peakMegabytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

const desk = openSigningRooms(join(folder, 'soft'), [softhsm]);
const beforeStart = performance.now();
const found = unwrap(await desk.rooms.token.call('list', {}));
const listMs = performance.now() - beforeStart;
const beforeBare = performance.now();
spawnSync(process.execPath, ['-e', '']);
const bareMs = performance.now() - beforeBare;
console.log(
  `token room started from its sources, ${found.length} tokens with certificates listed: ${listMs.toFixed(0)} ms, ` +
    `${(listMs / bareMs).toFixed(1)} × a process of Node that does nothing (budget 300 ms)`,
);
const documents = await desk.documents(FILES, pdfOf(FILE_BYTES));
await batch(desk, 'RSA-2048', documents.slice(0, 10)); // both rooms warm
for (const label of Object.keys(KINDS)) {
  const rawBefore = await rawSignatures(label, FILES);
  const { signatures, token } = desk.rooms;
  const before = processorMs(signatures.pid) + processorMs(token.pid);
  const whole = await batch(desk, label, documents);
  const worked = processorMs(signatures.pid) + processorMs(token.pid) - before;
  const raw = (rawBefore + (await rawSignatures(label, FILES))) / 2;
  console.log(
    `${label}: raw C_Sign ${(raw / FILES).toFixed(2)} ms, batch ${(whole / FILES).toFixed(2)} ms a file of ${FILE_BYTES / 1000} KB ` +
      `(${((FILES * 1_000) / whole).toFixed(0)} files/s): overhead ${((whole - raw) / FILES).toFixed(2)} ms (budget 15), ` +
      `processor ${(worked / FILES).toFixed(1)} ms`,
  );
}

const fake = buildFakePkcs11(folder);
const slow = openSigningRooms(join(folder, 'slow'), [fake.modulePath]);
fake.setFaults(`slow-sign=${SLOW_MS}`);
const slowDocuments = await slow.documents(SLOW_FILES, pdfOf(FILE_BYTES));
/** The batch, and of it the time inside C_Sign as the token itself measured it. */
async function timed(files: readonly DocumentToSign[]): Promise<{ wholeMs: number; tokenMs: number }> {
  fake.clearCalls();
  const wholeMs = await batch(slow, 'RSA-2048', files);
  const inside = fake.calls().flatMap((line) => (line.startsWith('= C_Sign ') ? [Number(line.split(' ')[2])] : []));
  return { wholeMs, tokenMs: inside.reduce((sum, microseconds) => sum + microseconds, 0) / 1_000 };
}
const { wholeMs, tokenMs } = await timed(slowDocuments);
const onTopMs = (wholeMs - tokenMs) / SLOW_FILES;
console.log(
  `token of ${SLOW_MS} ms × ${SLOW_FILES}: ${(wholeMs / tokenMs).toFixed(3)} × token time, ${onTopMs.toFixed(1)} ms a file on top; ` +
    `of a token of 700 ms that is ${(1 + onTopMs / 700).toFixed(3)} (budget 1.05)`,
);
await slow.stop();

await desk.rooms.signatures.stop(2_000);
const [large] = await desk.documents(1, pdfOf(LARGE_BYTES));
const idle = openSigningRooms(join(folder, 'large'), [softhsm]);
await idle.rooms.signatures.start();
const idleMegabytes = peakMegabytes(idle.rooms.signatures.pid);
const largeMs = await batch(idle, 'RSA-2048', large ? [large] : []);
console.log(
  `a file of ${LARGE_BYTES / 1024 / 1024} MB: ${(largeMs / 1_000).toFixed(1)} s, the signatures room at most ` +
    `${peakMegabytes(idle.rooms.signatures.pid).toFixed(0)} MB resident (${idleMegabytes.toFixed(0)} MB before; budget 300)`,
);
await Promise.all([desk.stop(), idle.stop()]);
rmSync(folder, { recursive: true, force: true });
process.exit(0);
