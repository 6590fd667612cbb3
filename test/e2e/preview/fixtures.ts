/** @file A counter in the middle of a morning, as answers of the contract: what previews and layout checks are drawn from. */
import { doubt, report } from './verification-fixtures.ts';
import { CHANNELS, EVENT_NAMES } from '../../../preload/contract.ts';
import type { ErrorCode } from '../../../preload/error-codes.ts';
import type * as t from '../../../preload/types.ts';

const AT = (time: string): string => `2026-11-21T${time}:00+07:00`;
const STACK = ['01-to-khai-ct01', '02-quyen-su-dung-dat', '03-giay-khai-sinh', '04-mat-sau-trang'];

export const officers: readonly t.Officer[] = [
  { id: 'officer-lan', name: 'Nguyễn Thị Ngọc Lan', title: 'Cán bộ tiếp nhận', roles: ['counter', 'signer'] },
  { id: 'officer-hung', name: 'Trần Quốc Hùng', title: 'Phó Chủ tịch Ủy ban nhân dân', roles: ['signer'] },
  { id: 'officer-tech', name: 'Phạm Đức Thuận', title: 'Quản trị hệ thống', roles: ['admin'] },
];

const session: t.SessionState = {
  officer: officers[0] ?? null,
  isPractice: true,
  host: 'chromium',
  version: '0.1.0',
  agencyName: 'Trung tâm Phục vụ hành chính công phường Hạc Thành',
  counterName: 'Quầy số 3',
};

function upload(state: t.UploadState, more: Partial<t.Upload> = {}): t.Upload {
  return {
    state,
    reason: null,
    detail: null,
    attempts: 0,
    sentBytes: 0,
    totalBytes: 0,
    nextAttemptAt: null,
    receivedAt: null,
    ...more,
  };
}

const component = (index: number, name: string, more: Partial<t.ProcedureComponent> = {}): t.ProcedureComponent => ({
  id: `1.004222#${index}`,
  name,
  kind: 'submitted',
  originals: 1,
  copies: 0,
  isRequired: true,
  condition: null,
  mustDigitise: true,
  ...more,
});

const components = [
  component(0, 'Tờ khai thay đổi thông tin cư trú (mẫu CT01)'),
  component(1, 'Giấy tờ chứng minh chỗ ở hợp pháp', {
    condition:
      'không khai thác được từ cơ sở dữ liệu đất đai; nếu là chỗ ở thuê, mượn, ở nhờ thì nộp hợp đồng và văn bản đồng ý',
  }),
  component(2, 'Giấy tờ chứng minh quan hệ nhân thân', {
    condition: 'về ở với vợ, chồng, cha, mẹ, con',
    isRequired: false,
  }),
  component(3, 'Thẻ căn cước của người khai', { kind: 'presented', mustDigitise: false }),
];

const procedure: t.Procedure = {
  code: '1.004222',
  name: 'Đăng ký thường trú',
  field: 'Đăng ký, quản lý cư trú',
  level: 'xa',
  components,
  results: [{ code: 'KQ.G01.000064', name: 'Thông báo về kết quả giải quyết đăng ký cư trú' }],
  time: { value: 7, unit: 'working-day', cutoff: null, text: '07 ngày làm việc kể từ ngày nhận đủ hồ sơ' },
  fee: { directVnd: 20_000, onlineVnd: 10_000, unit: 'lần', note: 'Miễn cho trẻ em, hộ nghèo, người có công' },
  digitisesInput: true,
  digitisesResult: true,
};

const applicant: t.Applicant = {
  kind: 'person',
  fullName: 'Phạm Ngọc Thảo Vy',
  idNumber: '038324011586',
  oldIdNumber: null,
  birthDate: '1984-11-19',
  sex: 'female',
  address: 'Thôn Phú Đa, xã Quảng Lưu, tỉnh Thanh Hóa',
  phone: '0912345678',
  email: null,
  idIssuedOn: '2023-05-10',
  sources: {
    fullName: 'qr',
    idNumber: 'qr',
    birthDate: 'qr',
    sex: 'qr',
    address: 'qr',
    idIssuedOn: 'qr',
    phone: 'typed',
  },
};

const page = (index: number, more: Partial<t.Page> = {}): t.Page => ({
  id: `page-${index}`,
  imageBlobId: STACK[index % STACK.length] ?? '',
  thumbnailBlobId: `thumb-${STACK[index % STACK.length] ?? ''}`,
  widthPx: 1654,
  heightPx: 2339,
  dpi: 200,
  rotation: 0,
  isHidden: false,
  isBlank: false,
  isSeparator: false,
  replacedById: null,
  startsPaper: true,
  crop: null,
  recognition: 'done',
  documentType: null,
  componentId: null,
  suggestion: null,
  isAssignedByOfficer: false,
  ...more,
});

const pages = [
  page(0, {
    componentId: '1.004222#0',
    documentType: { code: 'ct01', title: 'Tờ khai thay đổi thông tin cư trú', confidence: 97 },
  }),
  page(1, {
    componentId: '1.004222#1',
    documentType: { code: 'qsdd', title: 'Giấy chứng nhận quyền sử dụng đất', confidence: 92 },
    isAssignedByOfficer: true,
  }),
  page(2, { documentType: { code: 'ks', title: 'Giấy khai sinh', confidence: 88 } }),
  page(3, { isHidden: true, isBlank: true }),
];

const field = (
  name: string,
  value: string,
  confidence: number,
  box: t.Box,
  more: Partial<t.FieldValue> = {},
): t.FieldValue => ({
  id: `field-${name}`,
  name,
  value,
  confidence,
  source: 'ocr',
  pageId: 'page-2',
  box,
  isConfirmed: false,
  ...more,
});

const fields = [
  field('fullName', 'PHẠM NGỌC THẢO VY', 96, [461, 434, 400, 45]),
  field('birthDate', '2024-11-19', 71, [522, 490, 170, 45], { candidates: ['2024-11-10', '2021-11-19'] }),
  field('number', '57/2025', 90, [1350, 386, 190, 45], { isConfirmed: true }),
];

const draft: t.Dossier = {
  id: 'dossier-0',
  code: null,
  isCodeProvisional: false,
  state: 'draft',
  applicantName: applicant.fullName,
  applicantIdNumber: applicant.idNumber,
  procedureName: procedure.name,
  createdAt: AT('09:02'),
  receivedAt: null,
  dueAt: null,
  upload: upload('none'),
  revision: 12,
  channel: 'counter',
  applicant,
  procedure,
  checklist: components.map((one) => {
    const pageIds = pages.filter((candidate) => candidate.componentId === one.id).map((candidate) => candidate.id);
    return {
      component: one,
      form: pageIds.length > 0 ? 'original' : one.kind === 'presented' ? 'presented' : null,
      quantity: pageIds.length > 0 || one.kind === 'presented' ? 1 : 0,
      note: null,
      pageIds,
    };
  }),
  pages,
  fields,
  documents: [],
  feeVnd: null,
  returnMethod: 'counter',
  note: null,
  officerName: 'Nguyễn Thị Ngọc Lan',
  missing: [
    { kind: 'signature', componentId: '1.004222#0' },
    { kind: 'signature', componentId: '1.004222#1' },
    { kind: 'page-unassigned', pageId: 'page-2' },
  ],
  canUndo: true,
  canRedo: false,
  identityDoubts: [],
  receipt: null,
};

const signature: t.SignatureInfo = {
  signerName: 'Nguyễn Thị Ngọc Lan',
  certificateSerial: '54 01 0a',
  signedAt: AT('09:09'),
  level: 'B-T',
};
const document = (id: string, kind: t.DossierDocument['kind'], title: string, signed: boolean): t.DossierDocument => ({
  id,
  kind,
  componentId: null,
  title,
  blobId: 'pdf',
  sizeBytes: 58_400,
  pageCount: 1,
  signatures: signed ? [signature] : [],
  stamping:
    signed && kind === 'result' ? { level: 'B-T', state: 'reached', code: null, detail: null, attempts: 1 } : null,
});

const sealed: t.Dossier = {
  ...draft,
  id: 'dossier-1',
  code: 'H56.116-261121-0012',
  state: 'received',
  applicantName: 'Lê Hoàng Bảo Châu Nguyễn Phúc Vĩnh Thụy Công Tằng Tôn Nữ Minh Anh',
  receivedAt: AT('09:10'),
  dueAt: '2026-12-02T17:00:00+07:00',
  upload: upload('uploading', { sentBytes: 71_000, totalBytes: 175_200 }),
  missing: [],
  canUndo: false,
  canRedo: false,
  identityDoubts: [],
  feeVnd: 20_000,
  documents: [
    document('doc-receipt', 'receipt', 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả', false),
    document('doc-1', 'component', components[0]?.name ?? '', true),
    document('doc-2', 'component', components[1]?.name ?? '', true),
  ],
  receipt: {
    number: 812,
    book: 1,
    documentId: 'doc-receipt',
    receivedAt: AT('09:10'),
    dueAt: '2026-12-02T17:00:00+07:00',
  },
};

const emptyDossier: t.Dossier = {
  ...draft,
  id: 'dossier-new',
  applicantName: '',
  applicantIdNumber: null,
  procedureName: null,
  applicant: null,
  procedure: null,
  checklist: [],
  pages: [],
  fields: [],
  revision: 1,
  canUndo: false,
  canRedo: false,
  identityDoubts: [],
  missing: [{ kind: 'applicant-name' }, { kind: 'applicant-id' }, { kind: 'procedure' }],
};

const NAMES = [
  'Phạm Đức Thuận',
  'Vũ Thị Quỳnh',
  'Hoàng Văn Bảy',
  'Trịnh Thị Mai Hương',
  'Đỗ Xuân Trường',
  'Lò Văn Pành',
  'Bùi Thị Hạnh',
];
const STATES: readonly t.DossierState[] = [
  'received',
  'processing',
  'supplement-requested',
  'completed',
  'returned',
  'payment-requested',
  'withdrawn',
];
const UPLOADS: readonly t.Upload[] = [
  upload('received', { receivedAt: AT('09:12') }),
  upload('waiting', { reason: 'network', attempts: 3, nextAttemptAt: AT('10:30') }),
  upload('held', { reason: 'validation', detail: 'components[2].title' }),
  upload('settled', { receivedAt: AT('08:40') }),
  upload('queued'),
];

function summary(dossier: t.Dossier): t.DossierSummary {
  const {
    id,
    code,
    isCodeProvisional,
    state,
    applicantName,
    applicantIdNumber,
    procedureName,
    createdAt,
    receivedAt,
    dueAt,
  } = dossier;
  return {
    id,
    code,
    isCodeProvisional,
    state,
    applicantName,
    applicantIdNumber,
    procedureName,
    createdAt,
    receivedAt,
    dueAt,
    upload: dossier.upload,
  };
}

/** @param count how many dossiers the list holds beside the two that can be opened. */
export function summaries(count: number): readonly t.DossierSummary[] {
  return [
    summary(draft),
    summary(sealed),
    ...Array.from({ length: count }, (_, index) => ({
      ...summary(sealed),
      id: `listed-${index}`,
      code: `H56.116-261120-${String(index + 1).padStart(4, '0')}`,
      applicantName: `${NAMES[index % NAMES.length]}`,
      procedureName:
        ['Thủ tục đăng ký khai sinh', 'Chứng thực bản sao từ bản chính', 'Cấp giấy xác nhận tình trạng hôn nhân'][
          index % 3
        ] ?? null,
      state: STATES[index % STATES.length] ?? 'received',
      upload: UPLOADS[index % UPLOADS.length] ?? upload('none'),
    })),
  ];
}

export const token: t.TokenInfo = {
  id: 'token-1',
  label: 'Token luyện tập',
  serialNumber: '0001',
  model: 'SoftHSM v2',
  isPractice: true,
  tries: 'ok',
  minPinLength: 6,
  maxPinLength: 16,
  hasProtectedPath: false,
  asksPinPerSignature: false,
  mustChangePin: false,
  certificates: [
    {
      id: 'certificate-1',
      subject: 'Nguyễn Thị Ngọc Lan',
      issuer: 'CA luyện tập Quầy Một Cửa',
      serialNumber: '54 01 0A 7C 33 91',
      notBefore: AT('00:00'),
      notAfter: '2028-11-21T00:00:00+07:00',
      canSign: true,
    },
  ],
};

const results: readonly t.WaitingResult[] = Array.from({ length: 24 }, (_, index) => ({
  documentId: `result-${index}`,
  dossierId: `listed-${index}`,
  dossierCode: `H56.116-261118-${String(index + 1).padStart(4, '0')}`,
  applicantName: NAMES[index % NAMES.length] ?? '',
  procedureName: 'Cấp giấy xác nhận tình trạng hôn nhân',
  title: 'Giấy xác nhận tình trạng hôn nhân',
  blobId: ['decision', 'turned', 'pages', 'smaller'][index] ?? 'pdf',
  pageCount: index === 2 || index === 3 ? 2 : 1,
  sizeBytes: 48_000,
  dueAt: index < 2 ? '2026-11-20T17:00:00+07:00' : '2099-11-23T17:00:00+07:00',
  signedBy: index === 2 ? ['Trần Văn Minh'] : [],
  nextSignature: index === 2 ? 'agency' : 'personal',
}));

export const SIGNATURE: t.SignatureImage = {
  blobId: 'signature',
  widthPx: 600,
  heightPx: 240,
  widthMm: null,
  registeredAt: AT('08:00'),
  registeredBy: 'Nguyễn Thị Ngọc Lan',
};
export const SEAL: t.SignatureImage = { ...SIGNATURE, blobId: 'seal', widthPx: 425, heightPx: 425, widthMm: 36 };

/** Where the room between title and name stands on the decision. */
const proposed: t.ProposedPlace = {
  page: 1,
  rect: [339, 209, 170, 80],
  foundBy: 'name-and-title',
  shows: 'picture',
  image: SIGNATURE,
};

const confirm: t.SigningRequest = {
  requestId: 'request-1',
  purpose: 'digitised-copies',
  documents: components.slice(0, 3).map((one, index) => ({
    documentId: `doc-${index}`,
    title: one.name,
    dossierCode: null,
    pageCount: index + 1,
    fingerprint: `9f86d081884c7d6${index}`,
  })),
  token,
  certificateId: 'certificate-1',
  officerName: 'Nguyễn Thị Ngọc Lan',
};

export type PreviewData = ReturnType<typeof previewData>;

export function previewData() {
  return {
    channels: Object.keys(CHANNELS),
    events: EVENT_NAMES,
    session,
    officers,
    applicant,
    procedures: [
      procedure,
      { ...procedure, code: '1.001193', name: 'Thủ tục đăng ký khai sinh', field: 'Hộ tịch' },
      {
        ...procedure,
        code: '2.000908',
        name: 'Đăng ký lại khai sinh cho người đã có hồ sơ, giấy tờ cá nhân',
        field: 'Hộ tịch',
      },
    ],
    dossiers: [draft, sealed],
    emptyDossier,
    summaries: summaries(40),
    scanners: [
      {
        id: 'scanner-1',
        name: 'Máy quét mẫu',
        driver: 'sample',
        sources: ['adf', 'adf-duplex', 'flatbed'],
        dpis: [200, 300],
      },
    ] satisfies readonly t.ScannerDevice[],
    tokens: [token],
    results,
    doubt,
    verification: { password: null as string | null, failure: null as ErrorCode | null, report },
    proposed,
    signatureImages: { personal: SIGNATURE, seal: null } as t.SignatureImages,
    confirm,
    sync: {
      connection: 'online',
      queued: 2,
      uploading: 1,
      waiting: 0,
      held: 0,
      receivedToday: 17,
      lastContactAt: AT('10:21'),
      clockOffsetMs: 120,
    } satisfies t.SyncStatus,
    checks: [
      { part: 'scanner', state: 'ok', message: 'scanner-ok', values: { count: 1, name: 'Máy quét mẫu' } },
      { part: 'token', state: 'warning', message: 'token-low', values: { label: 'Token luyện tập' } },
      { part: 'province', state: 'ok', message: 'province-online', values: {} },
      { part: 'store', state: 'ok', message: 'store-ok', values: { dossiers: 812, blobs: 4310 } },
      { part: 'disk', state: 'failed', message: 'disk-full', values: { free: '0.3 GB' } },
    ] satisfies readonly t.DeviceCheck[],
  };
}

/** A stack of `count` pages, every one a paper of its own unless `pagesPerPaper` says otherwise. */
export function longStack(count: number, pagesPerPaper = 1): t.Dossier {
  const many = Array.from({ length: count }, (_, index) =>
    page(index, { id: `long-${index}`, startsPaper: index % pagesPerPaper === 0 }),
  );
  return {
    ...draft,
    pages: many,
    fields: [],
    checklist: draft.checklist.map((item) => ({ ...item, pageIds: [] })),
    missing: many.map((one) => ({ kind: 'page-unassigned', pageId: one.id })),
  };
}

const TITLES = [
  'Tờ khai thay đổi thông tin cư trú',
  'Giấy chứng nhận quyền sử dụng đất',
  'Giấy khai sinh',
  null,
] as const;

/** A stack in the middle of the work: papers of one to five pages, every state a page can be in. */
export function mixedStack(): t.Dossier {
  const sizes = [1, 3, 2, 5, 1, 4, 2];
  const stack = sizes.flatMap((size, paper) =>
    Array.from({ length: size }, (_, at) => {
      const index = sizes.slice(0, paper).reduce((sum, one) => sum + one, 0) + at;
      const title = TITLES[paper % TITLES.length] ?? null;
      return page(index, {
        id: `mixed-${index}`,
        startsPaper: at === 0,
        documentType: at === 0 && title !== null ? { code: `type-${paper}`, title, confidence: 90 } : null,
        componentId: paper < 3 ? `1.004222#${paper}` : null,
        isAssignedByOfficer: paper === 1,
      });
    }),
  );
  const change = (index: number, more: Partial<t.Page>): void => {
    const before = stack[index];
    if (before !== undefined) stack[index] = { ...before, ...more };
  };
  change(2, { rotation: 90 });
  change(4, { crop: [300, 400, 1000, 1200] });
  change(7, { recognition: 'failed' });
  change(9, { isHidden: true, isBlank: true });
  change(16, { recognition: 'running' });
  change(17, { recognition: 'pending' });
  return {
    ...draft,
    pages: stack,
    fields: [
      field('fullName', 'PHẠM NGỌC THẢO VY', 62, [461, 434, 400, 45], { id: 'mixed-name', pageId: 'mixed-4' }),
      field('idNumber', '038324011586', 100, [461, 434, 400, 45], { id: 'mixed-id', pageId: 'mixed-0', source: 'qr' }),
    ],
    checklist: draft.checklist.map((item) => {
      const pageIds = stack.filter((one) => one.componentId === item.component.id).map((one) => one.id);
      return { ...item, pageIds };
    }),
    missing: [{ kind: 'page-unassigned', pageId: 'mixed-6' }],
    canRedo: true,
    identityDoubts: [],
  };
}
