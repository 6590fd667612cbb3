/** @file The dossier as data: zod schemas that the compiler proves equal to the contract's types. */
import { z } from 'zod';
import type * as t from '../../preload/types.ts';
import { proves, type Mutable, type Same } from './same-type.ts';

const Iso = z.string();
const Box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export const Rotation = z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]);
export const FieldSource = z.enum(['qr', 'mrz', 'ocr', 'typed', 'population', 'reuse']);
export const ChecklistForm = z.enum([
  'original',
  'certified-copy',
  'plain-copy',
  'electronic',
  'presented',
  'replaced-by-data',
]);
export const DossierState = z.enum([
  'draft',
  'received',
  'denied',
  'processing',
  'supplement-requested',
  'payment-requested',
  'withdrawn',
  'stopped',
  'completed',
  'returned',
]);

/** National status codes of the synchronisation with Cổng DVCQG (regulations 3.2); a draft has none. */
export const NATIONAL_STATUS: Readonly<Record<Exclude<t.DossierState, 'draft'>, number>> = {
  received: 2,
  denied: 3,
  processing: 4,
  'supplement-requested': 5,
  'payment-requested': 6,
  withdrawn: 7,
  stopped: 8,
  completed: 9,
  returned: 10,
};

export const OfficerSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  roles: z.array(z.enum(['counter', 'signer', 'admin'])),
});

const ApplicantFieldName = z.enum([
  'fullName',
  'idNumber',
  'oldIdNumber',
  'birthDate',
  'sex',
  'address',
  'phone',
  'email',
  'idIssuedOn',
]);
export const ApplicantSchema = z.strictObject({
  kind: z.enum(['person', 'organisation']),
  fullName: z.string().max(200),
  idNumber: z.string().max(20).nullable(),
  oldIdNumber: z.string().max(20).nullable(),
  birthDate: z.string().max(10).nullable(),
  sex: z.enum(['male', 'female']).nullable(),
  address: z.string().max(500).nullable(),
  phone: z.string().max(20).nullable(),
  email: z.string().max(200).nullable(),
  idIssuedOn: z.string().max(10).nullable(),
  sources: z.partialRecord(ApplicantFieldName, FieldSource),
});

export const ProcedureComponentSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['submitted', 'presented', 'electronic-form']),
  originals: z.int(),
  copies: z.int(),
  isRequired: z.boolean(),
  condition: z.string().nullable(),
  mustDigitise: z.boolean(),
});

export const ProcedureSchema = z.strictObject({
  code: z.string(),
  name: z.string(),
  field: z.string(),
  level: z.string(),
  components: z.array(ProcedureComponentSchema),
  results: z.array(z.strictObject({ code: z.string().nullable(), name: z.string() })),
  time: z
    .strictObject({
      value: z.number(),
      unit: z.enum(['same-day', 'working-day', 'calendar-day', 'working-hour']),
      cutoff: z.string().nullable(),
      text: z.string(),
    })
    .nullable(),
  fee: z.strictObject({
    directVnd: z.int().nullable(),
    onlineVnd: z.int().nullable(),
    unit: z.string().nullable(),
    note: z.string().nullable(),
  }),
  digitisesInput: z.boolean(),
  digitisesResult: z.boolean(),
});

export const UploadSchema = z.strictObject({
  state: z.enum(['none', 'queued', 'announced', 'uploading', 'committing', 'received', 'settled', 'waiting', 'held']),
  reason: z
    .enum(['network', 'authentication', 'rate', 'clock', 'disk', 'validation', 'hash', 'key', 'security', 'unknown'])
    .nullable(),
  detail: z.string().nullable(),
  attempts: z.int(),
  sentBytes: z.number(),
  totalBytes: z.number(),
  nextAttemptAt: Iso.nullable(),
  receivedAt: Iso.nullable(),
});

/** Where pages go that come in. */
export const ScanPlace = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('end') }),
  z.strictObject({ kind: z.enum(['after', 'replace']), pageId: z.string().min(1).max(100) }),
]);

export const PageSchema = z.strictObject({
  id: z.string(),
  imageBlobId: z.string(),
  thumbnailBlobId: z.string().nullable(),
  widthPx: z.int(),
  heightPx: z.int(),
  dpi: z.int(),
  rotation: Rotation,
  isHidden: z.boolean(),
  isBlank: z.boolean(),
  isSeparator: z.boolean(),
  replacedById: z.string().nullable(),
  startsPaper: z.boolean(),
  crop: Box.nullable(),
  recognition: z.enum(['pending', 'running', 'done', 'failed']),
  documentType: z.strictObject({ code: z.string(), title: z.string(), confidence: z.number() }).nullable(),
  componentId: z.string().nullable(),
  suggestion: z.strictObject({ componentId: z.string(), confidence: z.number() }).nullable(),
  isAssignedByOfficer: z.boolean(),
});

export const FieldValueSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  value: z.string(),
  confidence: z.number(),
  source: FieldSource,
  pageId: z.string().nullable(),
  box: Box.nullable(),
  candidates: z.array(z.string()).optional(),
  isConfirmed: z.boolean(),
});

const IdentityReadingSchema = z.strictObject({
  fieldId: z.string().nullable(),
  value: z.string(),
  source: FieldSource,
  confidence: z.number(),
  pageId: z.string().nullable(),
  box: Box.nullable(),
});
export const IdentityDoubtSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('value'),
    field: z.enum([...ApplicantFieldName.options, 'expiresOn']),
    readings: z.array(IdentityReadingSchema),
    isAgainstNumber: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('people'),
    people: z.array(
      z.strictObject({
        name: z.string(),
        idNumber: z.string(),
        applicant: ApplicantSchema.nullable(),
        pageId: z.string().nullable(),
      }),
    ),
  }),
]);

export const SignatureInfoSchema = z.strictObject({
  signerName: z.string(),
  certificateSerial: z.string(),
  signedAt: Iso,
  level: z.enum(['B-B', 'B-T', 'B-LT', 'B-LTA']),
});

export const StampingSchema = z.strictObject({
  level: SignatureInfoSchema.shape.level,
  state: z.enum(['waiting', 'working', 'reached', 'failed']),
  code: z.string().nullable(),
  detail: z.string().nullable(),
  attempts: z.int(),
});

export const DossierDocumentSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['component', 'receipt', 'result']),
  componentId: z.string().nullable(),
  title: z.string(),
  blobId: z.string(),
  sizeBytes: z.int(),
  pageCount: z.int(),
  signatures: z.array(SignatureInfoSchema),
  stamping: StampingSchema.nullable(),
});

export const ChecklistItemSchema = z.strictObject({
  component: ProcedureComponentSchema,
  form: ChecklistForm.nullable(),
  quantity: z.int(),
  note: z.string().nullable(),
  pageIds: z.array(z.string()),
});

export const DossierSummarySchema = z.strictObject({
  id: z.string(),
  code: z.string().nullable(),
  isCodeProvisional: z.boolean(),
  state: DossierState,
  applicantName: z.string(),
  applicantIdNumber: z.string().nullable(),
  procedureName: z.string().nullable(),
  createdAt: Iso,
  receivedAt: Iso.nullable(),
  dueAt: Iso.nullable(),
  upload: UploadSchema,
});

export const MissingItemSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['applicant-name', 'applicant-id', 'procedure']) }),
  z.strictObject({ kind: z.enum(['component', 'component-scan', 'signature']), componentId: z.string() }),
  z.strictObject({ kind: z.literal('page-unassigned'), pageId: z.string() }),
]);

export const DossierSchema = DossierSummarySchema.extend({
  revision: z.int(),
  channel: z.enum(['counter', 'online', 'post']),
  applicant: ApplicantSchema.nullable(),
  procedure: ProcedureSchema.nullable(),
  checklist: z.array(ChecklistItemSchema),
  pages: z.array(PageSchema),
  fields: z.array(FieldValueSchema),
  identityDoubts: z.array(IdentityDoubtSchema),
  documents: z.array(DossierDocumentSchema),
  feeVnd: z.int().nullable(),
  returnMethod: z.enum(['counter', 'post', 'online']),
  note: z.string().nullable(),
  officerName: z.string(),
  missing: z.array(MissingItemSchema),
  canUndo: z.boolean(),
  canRedo: z.boolean(),
  receipt: z
    .strictObject({ number: z.int(), book: z.int(), documentId: z.string().nullable(), receivedAt: Iso, dueAt: Iso })
    .nullable(),
});

/** What one signature of a result stands for, and shows. */
export const ResultSignature = z.enum(['personal', 'agency', 'none']);

export const WaitingResultSchema = z.strictObject({
  documentId: z.string(),
  dossierId: z.string(),
  dossierCode: z.string().nullable(),
  applicantName: z.string(),
  procedureName: z.string(),
  title: z.string(),
  blobId: z.string(),
  pageCount: z.int(),
  sizeBytes: z.int(),
  dueAt: Iso.nullable(),
  signedBy: z.array(z.string()),
  nextSignature: ResultSignature,
});

export const SignatureImageKind = z.enum(['personal', 'seal']);
const SignatureImageSchema = z.strictObject({
  blobId: z.string(),
  widthPx: z.int(),
  heightPx: z.int(),
  widthMm: z.number().nullable(),
  registeredAt: Iso,
  registeredBy: z.string(),
});
export const SignatureImagesSchema = z.strictObject({
  personal: SignatureImageSchema.nullable(),
  seal: SignatureImageSchema.nullable(),
});
export const FoundBy = z.enum(['name-and-title', 'name', 'title', 'none']);

proves<Same<z.infer<typeof OfficerSchema>, Mutable<t.Officer>>>();
proves<Same<z.infer<typeof ProcedureSchema>, Mutable<t.Procedure>>>();
proves<Same<z.infer<typeof UploadSchema>, Mutable<t.Upload>>>();
proves<Same<z.infer<typeof ScanPlace>, Mutable<t.ScanPlace>>>();
proves<Same<z.infer<typeof PageSchema>, Mutable<t.Page>>>();
proves<Same<z.infer<typeof DossierSummarySchema>, Mutable<t.DossierSummary>>>();
proves<Same<z.infer<typeof DossierSchema>['documents'], Mutable<t.Dossier['documents']>>>();
proves<Same<z.infer<typeof DossierSchema>['receipt'], Mutable<t.Dossier['receipt']>>>();
proves<Same<z.infer<typeof DossierSchema>['fields'], Mutable<t.Dossier['fields']>>>();
proves<Same<z.infer<typeof DossierSchema>['identityDoubts'], Mutable<t.Dossier['identityDoubts']>>>();
proves<Same<z.infer<typeof DossierSchema>['checklist'], Mutable<t.Dossier['checklist']>>>();
proves<Same<z.infer<typeof WaitingResultSchema>, Mutable<t.WaitingResult>>>();
proves<Same<z.infer<typeof SignatureImagesSchema>, Mutable<t.SignatureImages>>>();
