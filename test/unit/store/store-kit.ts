/** @file A real store in a temporary folder, and the short way through a dossier. */
import type { ResultReading } from '../../../main/dossiers/result-check.ts';
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { depositBlob, type Deposit } from '../../../main/blobs/blob-file.ts';
import type { RecognisedPage } from '../../../main/imaging/protocol.ts';
import type { StorePorts } from '../../../main/store/context.ts';
import type { SignatureLevel } from '../../../main/signing/validation/policy.ts';
import type { DraftCommand } from '../../../main/store/protocol.ts';
import { openStoreService, type StoreService } from '../../../main/store/service.ts';
import type { FeedItem, Manifest } from '../../../main/sync/protocol.ts';
import { verifyReceiptOf } from '../../../main/sync/receipt.ts';
import type { Applicant, Dossier, ResultSignature, WaitingResult } from '../../../preload/types.ts';
import { officerSignature, pdfAbout, signedPdfAbout } from '../../stand-ins/officer-signature.ts';

export const RESOURCES = new URL('../../../resources', import.meta.url).pathname;
export const UNLOCK = Buffer.alloc(32, 7);
export const AGENCY = 'H56.17.42';
export const LAN = 'practice-lan';
export const MINH = 'practice-minh';
/** Friday 20 November 2026, 09:10 in Hà Nội. */
export const FRIDAY_MORNING = Date.parse('2026-11-20T09:10:00+07:00');

const province = generateKeyPairSync('ed25519');
export const RECEIPT_KEY = { ...province.publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'EdDSA' };

/** Rules need no durable disk; that is proved with the real room in `test/process/store`. */
const MEMORY_DISK = '/dev/shm';

const noContext = { signal: new AbortController().signal, progress: () => {} };
type Methods = StoreService['handlers'];
type Params<K extends keyof Methods> = Parameters<Methods[K]>[0];

export interface Kit {
  readonly folder: string;
  readonly service: StoreService;
  readonly clock: { nowMs: number };
  readonly changed: string[];
  readonly call: <K extends keyof Methods>(method: K, params: Params<K>) => Promise<Awaited<ReturnType<Methods[K]>>>;
  /** Closes and opens again, as after a restart. */
  readonly reopen: (ports?: Partial<StorePorts>) => Promise<Kit>;
  readonly end: () => Promise<void>;
}

export async function openKit(
  options: {
    folder?: string;
    nowMs?: number;
    ports?: Partial<StorePorts>;
    unlock?: Uint8Array;
    isPractice?: boolean;
    resultLevel?: SignatureLevel;
    resultSignatures?: readonly ResultSignature[];
  } = {},
): Promise<Kit> {
  const folder = options.folder ?? mkdtempSync(join(existsSync(MEMORY_DISK) ? MEMORY_DISK : tmpdir(), 'motcua-store-'));
  const clock = { nowMs: options.nowMs ?? FRIDAY_MORNING };
  const changed: string[] = [];
  const ports: StorePorts = {
    clock: () => clock.nowMs,
    crashPoint: () => {},
    verifyReceipt: (receipt, manifest, sha256) => verifyReceiptOf(receipt, [RECEIPT_KEY], manifest, sha256),
    onDossierChanged: (id) => void changed.push(id),
    onOutboxChanged: () => {},
    ...options.ports,
  };
  const service = await openStoreService(
    {
      folder,
      resourcesFolder: RESOURCES,
      unlock: options.unlock ?? UNLOCK,
      agencyCode: AGENCY,
      counterId: 'Q1',
      agencyNames: ['UBND xã Hoằng Sơn', 'UBND tỉnh Thanh Hóa'],
      isPractice: options.isPractice ?? true,
      resultLevel: options.resultLevel ?? 'B-B',
      resultSignatures: options.resultSignatures ?? ['personal'],
      utcOffsetMinutes: 420,
    },
    ports,
  );
  const kit: Kit = {
    folder,
    service,
    clock,
    changed,
    call: async (method, params) => (await service.handlers[method](params as never, noContext as never)) as never,
    reopen: async (newPorts) => {
      await service.close();
      return openKit({ ...options, folder, nowMs: clock.nowMs, ports: { ...options.ports, ...newPorts } });
    },
    end: async () => {
      await service.close().catch(() => {});
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return kit;
}

export function depositIn(
  kit: { folder: string },
  content: Uint8Array | string,
  mediaType = 'image/jpeg',
): Promise<Deposit> {
  return depositBlob(join(kit.folder, 'incoming'), Buffer.from(content), mediaType);
}

export const APPLICANT: Applicant = {
  kind: 'person',
  fullName: 'Nguyễn Văn Ẩn',
  idNumber: '038090001234',
  oldIdNumber: null,
  birthDate: '1990-08-15',
  sex: 'male',
  address: 'Thôn 1, xã Hoằng Sơn, tỉnh Thanh Hóa',
  phone: '0912 345 678',
  email: null,
  idIssuedOn: null,
  sources: { fullName: 'typed', idNumber: 'qr' },
};
/** A result that names this applicant; nothing else on it can be read. */
export function readingOf(over: Partial<ResultReading> = {}): ResultReading {
  return {
    source: 'text',
    number: null,
    issuedOn: null,
    authority: null,
    text: `Xác nhận ông ${APPLICANT.fullName}, số định danh ${APPLICANT.idNumber}`,
    ...over,
  };
}
export const SIGNATURE = officerSignature();

export function recognised(title: string | null, over: Partial<RecognisedPage> = {}): RecognisedPage {
  return {
    text: title ?? '',
    lines: [],
    skewDeg: 0,
    rotation: 0,
    isBlank: false,
    widthPx: 1654,
    heightPx: 2339,
    dpi: 200,
    crop: null,
    shape: 'a4',
    codes: [],
    documentType: title === null ? null : { code: 'unknown', title, confidence: 90 },
    fields: [],
    ...over,
  };
}

/** Hands a result in as the counter does; `over` for what a test is about. */
export async function attachResult(
  kit: Kit,
  dossier: Pick<Dossier, 'id'>,
  pdf: Uint8Array | string,
  over: { readonly title?: string; readonly reading?: Partial<ResultReading>; readonly reason?: string | null } = {},
): Promise<WaitingResult> {
  return kit.call('attachResult', {
    dossierId: dossier.id,
    officerId: LAN,
    title: over.title ?? 'Giấy xác nhận',
    pageCount: 1,
    pdf: await depositIn(kit, pdf, 'application/pdf'),
    reading: readingOf(over.reading),
    reason: over.reason ?? null,
  });
}

/** The officer's command on the current revision. */
export async function edit(kit: Kit, dossier: Dossier, command: DraftCommand): Promise<Dossier> {
  return (await kit.call('edit', { id: dossier.id, revision: dossier.revision, officerId: LAN, command })) as Dossier;
}

export async function append(kit: Kit, id: string, command: DraftCommand): Promise<Dossier> {
  return (await kit.call('append', { id, officerId: LAN, command })) as Dossier;
}

export async function addPage(kit: Kit, id: string, content = randomBytes(64).toString('hex')): Promise<Dossier> {
  const image = await depositIn(kit, content);
  return append(kit, id, { kind: 'add-page', image, thumbnail: null, widthPx: 1654, heightPx: 2339, dpi: 200 });
}

/** Xác nhận tình trạng hôn nhân: one form to scan, one identity paper to show. */
export const MARITAL = '1.004873';
export const MARITAL_FORM = `${MARITAL}#0`;

/** A draft that only lacks sealing, or with `isSigned: false` its signature too. */
export async function readyDraft(
  kit: Kit,
  options: { isSigned?: boolean; applicant?: Applicant } = {},
): Promise<Dossier> {
  let dossier = (await kit.call('create', { officerId: LAN })) as Dossier;
  dossier = await edit(kit, dossier, {
    kind: 'set-applicant',
    applicant: structuredClone(options.applicant ?? APPLICANT) as never,
  });
  dossier = await edit(kit, dossier, { kind: 'set-procedure', code: MARITAL });
  dossier = await addPage(kit, dossier.id);
  dossier = await append(kit, dossier.id, {
    kind: 'set-recognition',
    pageId: dossier.pages[0]?.id ?? '',
    recognised: recognised('TỜ KHAI CẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN'),
  });
  const pdf = await depositIn(kit, pdfAbout(dossier.id), 'application/pdf');
  dossier = await edit(kit, dossier, {
    kind: 'set-component-pdf',
    componentId: MARITAL_FORM,
    pdf,
    pageCount: 1,
    signature: null,
  });
  if (options.isSigned === false) return dossier;
  const signed = await depositIn(kit, signedPdfAbout(dossier.id), 'application/pdf');
  return edit(kit, dossier, {
    kind: 'set-component-pdf',
    componentId: MARITAL_FORM,
    pdf: signed,
    pageCount: 1,
    signature: SIGNATURE,
  });
}

export async function sealedDossier(kit: Kit, applicant?: Applicant): Promise<Dossier> {
  const draft = await readyDraft(kit, applicant ? { applicant } : {});
  return (await kit.call('seal', { id: draft.id, revision: draft.revision, officerId: LAN })) as Dossier;
}

/** What the province would sign. `over` makes it a receipt of something else. */
export function receiptFor(
  manifest: Manifest,
  manifestSha256: string,
  over: Record<string, unknown> = {},
  key = province.privateKey,
): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = {
    dossierId: manifest.dossierId,
    rev: manifest.revision,
    manifestSha256,
    number: manifest.code,
    seq: 1,
    prevReceiptHash: '0'.repeat(64),
    receivedAt: '2026-11-20T09:20:00+07:00',
    gateway: 'test',
    auditHead: manifest.auditHead,
    ...over,
  };
  const input = `${encode({ alg: 'EdDSA', kid: 'test', typ: 'dossier-receipt+jws' })}.${encode(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

/** One status change as the province's feed brings it. */
export function feedItem(dossierId: string, seq: number, status: number, code: string | null = null): FeedItem {
  return { seq, dossierId, status, code, at: '2026-11-20T10:00:00+07:00', note: null };
}
