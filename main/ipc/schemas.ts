/** @file One strict schema per channel. The compiler proves that every channel has one and that it fits the contract. */
import { z } from 'zod';
import type { Channel, Request } from '../../preload/contract.ts';
import { RecordFields } from '../backlog/schemas.ts';
import { SeriesChoice, SplitRule } from '../backlog/series.ts';
import { PreferencesChange, ScanSettings, deviceId } from '../scan-presets/schemas.ts';
import {
  ApplicantSchema,
  ChecklistForm,
  DossierState,
  Rotation,
  ScanPlace,
  SignatureImageKind,
} from '../dossiers/schemas.ts';

const Nothing = z.strictObject({});
const id = z.string().min(1).max(100);
const onDossier = { id, revision: z.int().nonnegative() };
const MAX_PAGES = 2_000;
const shortText = z.string().max(500);
/** No page of paper is longer than 200 inches (ISO 32000-1, annex C); whether it lies inside, the page's own size decides. */
const points = z.number().min(0).max(14_400);
const PagePlace = z.strictObject({
  page: z.int().min(1).max(100_000),
  rect: z.tuple([points, points, points, points]).readonly(),
});

export const SCHEMAS = {
  'session.state': Nothing,
  'session.officers': Nothing,
  'session.signIn': z.strictObject({ officerId: id, pin: z.string().min(1).max(64) }),
  'session.signOut': Nothing,
  'procedures.search': z.strictObject({ text: shortText, limit: z.int().min(1).max(100) }),
  'procedures.get': z.strictObject({ code: id }),
  'dossiers.list': z.strictObject({
    text: shortText,
    states: z.array(DossierState).max(20),
    limit: z.int().min(1).max(500),
    offset: z.int().min(0),
  }),
  'dossiers.get': z.strictObject({ id }),
  'dossiers.create': Nothing,
  'dossiers.setApplicant': z.strictObject({ ...onDossier, applicant: ApplicantSchema }),
  'dossiers.readIdentityText': z.strictObject({ ...onDossier, text: z.string().max(2_000) }),
  'dossiers.readIdentityImage': z.strictObject(onDossier),
  'dossiers.setProcedure': z.strictObject({ ...onDossier, code: id }),
  'dossiers.setChecklistItem': z.strictObject({
    ...onDossier,
    componentId: id,
    form: ChecklistForm.nullable(),
    quantity: z.int().min(0).max(99),
    note: shortText.nullable(),
  }),
  'dossiers.assignPages': z.strictObject({
    ...onDossier,
    pageIds: z.array(id).max(MAX_PAGES),
    componentId: id.nullable(),
  }),
  'dossiers.arrangePages': z.strictObject({ ...onDossier, pageIds: z.array(id).max(MAX_PAGES) }),
  'dossiers.turnPages': z.strictObject({
    ...onDossier,
    rotations: z.record(id, Rotation).refine((rotations) => Object.keys(rotations).length <= MAX_PAGES),
  }),
  'dossiers.hidePages': z.strictObject({ ...onDossier, pageIds: z.array(id).max(MAX_PAGES), isHidden: z.boolean() }),
  'dossiers.setPaperStart': z.strictObject({ ...onDossier, pageId: id, startsPaper: z.boolean() }),
  'dossiers.setField': z.strictObject({ ...onDossier, fieldId: id, value: z.string().max(2_000) }),
  'dossiers.setDetails': z.strictObject({
    ...onDossier,
    returnMethod: z.enum(['counter', 'post', 'online']),
    feeVnd: z.int().nonnegative().max(10_000_000_000).nullable(),
    note: z.string().max(1_000).nullable(),
  }),
  'dossiers.undo': z.strictObject(onDossier),
  'dossiers.redo': z.strictObject(onDossier),
  'dossiers.discardDraft': z.strictObject(onDossier),
  'dossiers.sign': z.strictObject({ ...onDossier, tokenId: id, certificateId: id }),
  'dossiers.seal': z.strictObject(onDossier),
  'dossiers.printReceipt': z.strictObject({ id }),
  'capture.devices': Nothing,
  'capture.proposal': z.strictObject({ dossierId: id.nullable(), componentId: id.nullable(), deviceId }),
  'capture.scan': z.strictObject({
    ...onDossier,
    deviceId,
    ...ScanSettings.shape,
    place: ScanPlace,
  }),
  'capture.importFiles': z.strictObject({ ...onDossier, place: ScanPlace }),
  'capture.lookAt': z.strictObject({ pageIds: z.array(id).max(MAX_PAGES) }),
  'capture.printSeparators': z.strictObject({ ...onDossier, componentIds: z.array(id).min(1).max(100).nullable() }),
  'capture.cancel': z.strictObject({ jobId: id }),
  'preferences.get': Nothing,
  'preferences.set': PreferencesChange,
  'tokens.list': Nothing,
  'results.waiting': Nothing,
  'results.attach': z.strictObject({ dossierId: id }),
  'results.confirmAttachment': z.strictObject({ attachmentId: id, reason: z.string().trim().min(10).max(500) }),
  'results.dropAttachment': z.strictObject({ attachmentId: id }),
  'results.sign': z.strictObject({
    documentIds: z.array(id).min(1).max(500),
    tokenId: id,
    certificateId: id,
    places: z.record(id, PagePlace).refine((places) => Object.keys(places).length <= 500),
  }),
  'results.place': z.strictObject({ documentId: id }),
  'signatureImages.get': Nothing,
  'signatureImages.register': z.strictObject({
    kind: SignatureImageKind,
    widthMm: z.number().min(10).max(100).nullable(),
  }),
  'signatureImages.remove': z.strictObject({ kind: SignatureImageKind }),
  'backlog.overview': Nothing,
  'backlog.saveSeries': SeriesChoice,
  'backlog.createStack': z.strictObject({ seriesCode: id, name: z.string().trim().min(1).max(200) }),
  'backlog.stack': z.strictObject({ id }),
  'backlog.setSplit': z.strictObject({ ...onDossier, split: SplitRule }),
  'backlog.setField': z.strictObject({ ...onDossier, key: id, name: id, value: z.string().max(2_000) }),
  'backlog.confirm': z.strictObject({
    ...onDossier,
    key: id,
    duplicateReason: z.string().trim().min(1).max(500).nullable(),
  }),
  'backlog.records': z.strictObject({
    seriesCode: id,
    text: shortText,
    limit: z.int().min(1).max(500),
    offset: z.int().min(0),
  }),
  'backlog.correct': z.strictObject({
    recordId: id,
    revision: z.int(),
    fields: RecordFields,
    reason: z.string().trim().min(1).max(500),
  }),
  'backlog.sign': z.strictObject({ recordIds: z.array(id).max(500), tokenId: id, certificateId: id }),
  'backlog.feedSample': z.strictObject({ id }),
  'signatures.verifyFile': z.strictObject({ password: z.string().min(1).max(200).nullable() }),
  'signatures.verifyDocument': z.strictObject({ documentId: id }),
  'signatures.saveReport': z.strictObject({ reportId: id }),
  'signing.cancel': z.strictObject({ jobId: id }),
  'confirm.request': Nothing,
  'confirm.submit': z.strictObject({ requestId: id, pin: z.string().max(64) }),
  'confirm.cancel': z.strictObject({ requestId: id }),
  'question.current': Nothing,
  'question.answer': z.strictObject({
    questionId: id,
    decision: z.enum(['refuse', 'once', 'remember']),
    key: z.strictObject({ tokenId: id, certificateId: id }).nullable(),
    comment: z.string().max(1_000).nullable(),
  }),
  'bridge.status': Nothing,
  'bridge.listen': Nothing,
  'bridge.resend': z.strictObject({ id }),
  'bridge.discard': z.strictObject({ id }),
  'bridge.forget': z.strictObject({ origin: z.string().max(300) }),
  'sync.status': Nothing,
  'sync.runNow': Nothing,
  'devices.check': Nothing,
} satisfies { readonly [C in Channel]: z.ZodType<Request<C>> };
