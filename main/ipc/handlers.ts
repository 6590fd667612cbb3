/** @file Channel → use case. Handlers take parsed values and the officer; they never see Electron. */
import type { Answer, Channel, Request } from '../../preload/contract.ts';
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { Dossier, Officer } from '../../preload/types.ts';
import { checkDevices } from '../counter/devices.ts';
import { recordFieldId } from '../backlog/index-record.ts';
import type { Counter } from '../counter/open-counter.ts';
import { keepsSignatureImage, registerSignatureImage } from '../counter/signature-images.ts';
import { composeSeparators } from '../counter/separators.ts';
import { listTokens } from '../counter/signing.ts';
import { parseIdentityCode } from '../people/identity-code.ts';
import type { FileChooser, Machine, Printer } from '../ports/ports.ts';
import type { DraftCommand } from '../store/protocol.ts';
import type { Bridge } from '../counter/bridge/open-bridge.ts';
import type { Confirmation } from './confirmation.ts';
import type { Questions } from './questions.ts';

export type ChannelHandlers = {
  readonly [C in Channel]: (request: Request<C>, officer: Officer) => Promise<Result<Answer<C>>>;
};

export interface HandlerPorts {
  readonly machine: Machine;
  readonly files: FileChooser;
  readonly printer: Printer;
  readonly confirmation: Confirmation;
  readonly questions: Questions;
  /** The window goes back to the sign-in page (signing out) or on to the desk (signing in). */
  readonly showPage: (page: 'sign-in' | 'desk') => void;
}

type OnDossier = { readonly id: string; readonly revision: number };

export function createHandlers(counter: Counter, ports: HandlerPorts): ChannelHandlers {
  const { rooms, session, capture, reception, results, events } = counter;

  async function edit({ id, revision }: OnDossier, officer: Officer, command: DraftCommand): Promise<Result<Dossier>> {
    return rooms.store.call('edit', { id, revision, officerId: officer.id, command });
  }

  async function setIdentity(request: OnDossier, officer: Officer, text: string): Promise<Result<Dossier>> {
    const applicant = parseIdentityCode(text);
    const current = await rooms.store.call('get', { id: request.id });
    if (!current.ok) return current;
    const { phone = null, email = null, sources } = current.value.applicant ?? { sources: {} };
    const kept = Object.fromEntries(
      Object.entries(sources).filter(([field]) => field === 'phone' || field === 'email'),
    );
    const merged = { ...applicant, phone, email, sources: { ...kept, ...applicant.sources } };
    return edit(request, officer, { kind: 'set-applicant', applicant: merged });
  }

  /** By officer: the file whose password is asked for is not chosen again. */
  const chosenFiles = new Map<string, string>();

  async function withBridge<T>(work: (bridge: Bridge) => Promise<Result<T>>): Promise<Result<T>> {
    return counter.bridge ? work(counter.bridge) : refuse('bridge-not-supported');
  }

  return {
    'session.state': async () => ok(session.state()),
    'session.officers': () => session.officers(),
    'session.signIn': async ({ officerId, pin }) => {
      const signedIn = await session.signIn(officerId, pin);
      if (signedIn.ok) ports.showPage('desk');
      return signedIn;
    },
    'session.signOut': async () => {
      const state = session.signOut();
      ports.showPage('sign-in');
      return ok(state);
    },

    'procedures.search': async ({ text, limit }) => ok(counter.catalogue.search(text, limit)),
    'procedures.get': async ({ code }) => {
      const procedure = counter.catalogue.get(code);
      return procedure ? ok(procedure) : refuse('procedure-unknown', code);
    },

    'dossiers.list': ({ text, states, limit, offset }) =>
      rooms.store.call('list', { text, states: [...states], limit, offset }),
    'dossiers.get': ({ id }, officer) => counter.openDossier(id, officer.id),
    'dossiers.create': async (_request, officer) => {
      const created = await rooms.store.call('create', { officerId: officer.id });
      if (created.ok) events.emit('dossier.changed', { id: created.value.id });
      return created;
    },
    'dossiers.setApplicant': (request, officer) =>
      edit(request, officer, {
        kind: 'set-applicant',
        applicant: { ...request.applicant, sources: { ...request.applicant.sources } },
      }),
    'dossiers.readIdentityText': (request, officer) => setIdentity(request, officer, request.text),
    'dossiers.readIdentityImage': async (request, officer) => {
      const [path] = await ports.files.chooseFiles('identity-image');
      if (path === undefined) return refuse('cancelled');
      const codes = await rooms.imaging.call('readCodes', { image: { path } });
      if (!codes.ok) return codes;
      const code = codes.value.find((candidate) => candidate.text.includes('|'));
      return code ? setIdentity(request, officer, code.text) : refuse('no-identity-code');
    },
    'dossiers.setProcedure': (request, officer) =>
      edit(request, officer, { kind: 'set-procedure', code: request.code }),
    'dossiers.setChecklistItem': (request, officer) => {
      const { componentId, form, quantity, note } = request;
      return edit(request, officer, { kind: 'set-checklist-item', componentId, form, quantity, note });
    },
    'dossiers.assignPages': (request, officer) =>
      edit(request, officer, { kind: 'assign-pages', pageIds: [...request.pageIds], componentId: request.componentId }),
    'dossiers.arrangePages': (request, officer) =>
      edit(request, officer, { kind: 'arrange-pages', pageIds: [...request.pageIds] }),
    'dossiers.turnPages': (request, officer) =>
      edit(request, officer, { kind: 'turn-pages', rotations: { ...request.rotations } }),
    'dossiers.hidePages': (request, officer) =>
      edit(request, officer, { kind: 'hide-pages', pageIds: [...request.pageIds], isHidden: request.isHidden }),
    'dossiers.setPaperStart': (request, officer) =>
      edit(request, officer, { kind: 'set-paper-start', pageId: request.pageId, startsPaper: request.startsPaper }),
    'dossiers.setField': (request, officer) =>
      edit(request, officer, { kind: 'set-field', fieldId: request.fieldId, value: request.value }),
    'dossiers.setDetails': (request, officer) => {
      const { returnMethod, feeVnd, note } = request;
      return edit(request, officer, { kind: 'set-details', returnMethod, feeVnd, note });
    },
    'dossiers.undo': (request, officer) => edit(request, officer, { kind: 'undo' }),
    'dossiers.redo': (request, officer) => edit(request, officer, { kind: 'redo' }),
    'dossiers.discardDraft': async ({ id, revision }, officer) => {
      const discarded = await rooms.store.call('discard', { id, revision, officerId: officer.id });
      if (discarded.ok) {
        capture.forget(id);
        events.emit('dossier.changed', { id });
      }
      return discarded;
    },
    'dossiers.sign': ({ id, revision, tokenId, certificateId }, officer) =>
      reception.sign(id, revision, officer.id, { tokenId, certificateId, officerName: officer.name }),
    'dossiers.seal': async ({ id, revision }, officer) => {
      const sealed = await reception.seal(id, revision, officer.id);
      if (sealed.ok) capture.forget(id);
      return sealed;
    },
    'dossiers.printReceipt': async ({ id }) => {
      const found = await rooms.store.call('get', { id });
      const dossier = found.ok ? await reception.ensureReceipt(found.value) : found;
      if (!dossier.ok) return dossier;
      const receipt = dossier.value.documents.find((document) => document.kind === 'receipt');
      return receipt ? ports.printer.print(receipt.blobId, receipt.title) : refuse('not-found', 'receipt');
    },

    'capture.devices': () => capture.devices(),
    'capture.proposal': (request) => counter.proposals.propose(request),
    'capture.scan': async ({ id, revision: _decidedOn, ...choice }, officer) => {
      const started = await capture.scan(id, officer.id, choice);
      return started.ok ? ok({ jobId: started.value.jobId }) : started;
    },
    'capture.importFiles': async ({ id, place }, officer) => {
      const paths = await ports.files.chooseFiles('scan-import');
      if (paths.length === 0) return refuse('cancelled');
      return ok({ jobId: capture.importFiles(id, officer.id, paths, place).jobId });
    },
    'capture.lookAt': async ({ pageIds }) => {
      capture.lookAt(pageIds);
      return ok(null);
    },
    'capture.printSeparators': async ({ id, revision, componentIds }, officer) => {
      const printed = await composeSeparators(rooms, ports.machine.clock, {
        id,
        revision,
        componentIds,
        officerId: officer.id,
      });
      return printed.ok ? ports.printer.print(printed.value.blobId, printed.value.title) : printed;
    },
    'capture.cancel': async ({ jobId }) =>
      counter.jobs.cancel(jobId, ['scan', 'import']) ? ok(null) : refuse('not-found', jobId),

    'preferences.get': (_request, officer) => rooms.store.call('preferences', { officerId: officer.id }),
    'preferences.set': (change, officer) => rooms.store.call('setPreferences', { officerId: officer.id, change }),

    'tokens.list': () => listTokens(rooms),
    'results.waiting': () => results.waiting(),
    'results.attach': async ({ dossierId }, officer) => {
      const [path] = await ports.files.chooseFiles('result-pdf');
      if (path === undefined) return refuse('cancelled');
      return results.attachment.attach(dossierId, officer.id, path);
    },
    'results.confirmAttachment': ({ attachmentId, reason }, officer) =>
      results.attachment.confirm(attachmentId, officer.id, reason),
    'results.dropAttachment': ({ attachmentId }, officer) => results.attachment.drop(attachmentId, officer.id),
    'results.sign': ({ documentIds, tokenId, certificateId, places }, officer) =>
      results.sign(documentIds, officer, { tokenId, certificateId, officerName: officer.name }, places),
    'results.place': ({ documentId }, officer) => results.place(documentId, officer),

    'signatureImages.get': (_request, officer) => rooms.store.call('signatureImages', { officerId: officer.id }),
    'signatureImages.register': async ({ kind, widthMm }, officer) => {
      if (!keepsSignatureImage(officer, kind)) return refuse('not-allowed', kind);
      const [path] = await ports.files.chooseFiles('signature-image');
      return path === undefined ? refuse('cancelled') : registerSignatureImage(rooms, path, kind, widthMm, officer.id);
    },
    'signatureImages.remove': ({ kind }, officer) =>
      rooms.store.call('removeSignatureImage', { officerId: officer.id, kind }),

    'backlog.overview': () => counter.backlog.overview(),
    'backlog.saveSeries': (choice, officer) => rooms.store.call('saveBacklogSeries', { choice, officerId: officer.id }),
    'backlog.createStack': ({ seriesCode, name }, officer) =>
      rooms.store.call('createBacklogStack', { seriesCode, name, officerId: officer.id, reuse: false }),
    'backlog.stack': ({ id }, officer) => counter.backlog.openStack(id, officer.id),
    'backlog.setSplit': ({ id, revision, split }, officer) =>
      rooms.store.call('setBacklogSplit', { id, revision, split, officerId: officer.id }),
    'backlog.setField': async ({ id, revision, key, name, value }, officer) => {
      const fieldId = recordFieldId(key, name);
      const edited = await edit({ id, revision }, officer, { kind: 'set-field', fieldId, value });
      return edited.ok ? rooms.store.call('backlogStack', { id }) : edited;
    },
    'backlog.confirm': ({ id, revision, key, duplicateReason }, officer) =>
      counter.backlog.confirm({ id, revision, key, duplicateReason, officerId: officer.id }),
    'backlog.records': (question) => rooms.store.call('backlogRecords', question),
    'backlog.correct': ({ recordId, revision, fields, reason }, officer) =>
      counter.backlog.correct({ recordId, revision, fields: [...fields], reason, officerId: officer.id }),
    'backlog.sign': ({ recordIds, tokenId, certificateId }, officer) =>
      counter.backlog.sign(recordIds, officer, { tokenId, certificateId, officerName: officer.name }),
    'backlog.feedSample': async ({ id }, officer) => {
      const fed = counter.backlog.feedSample(id, officer.id);
      return fed.ok ? ok({ jobId: fed.value.jobId }) : fed;
    },

    'signatures.verifyFile': async ({ password }, officer) => {
      const known = password === null ? undefined : chosenFiles.get(officer.id);
      const path = known ?? (await ports.files.chooseFiles('signed-file'))[0];
      if (path === undefined) return refuse('cancelled');
      chosenFiles.set(officer.id, path);
      return counter.verification.verifyFile(path, password);
    },
    'signatures.verifyDocument': ({ documentId }) => counter.verification.verifyDocument(documentId),
    'signatures.saveReport': async ({ reportId }) => {
      const fileName = counter.verification.fileNameOf(reportId);
      if (fileName === null) return refuse('not-found', reportId);
      const path = await ports.files.chooseTarget(fileName);
      return path === null ? refuse('cancelled') : counter.verification.saveReport(reportId, path);
    },

    'signing.cancel': async ({ jobId }) =>
      counter.jobs.cancel(jobId, ['sign']) ? ok(null) : refuse('not-found', jobId),

    'confirm.request': async () => ports.confirmation.current(),
    'confirm.submit': ({ requestId, pin }) => ports.confirmation.submit(requestId, pin),
    'confirm.cancel': async ({ requestId }) => ports.confirmation.cancel(requestId),

    'question.current': async () => ports.questions.current(),
    'question.answer': async ({ questionId, decision, key, comment }) =>
      ports.questions.answer(questionId, { decision, key, comment }),
    'bridge.status': async () => withBridge(async (bridge) => ok(await bridge.status())),
    'bridge.listen': async () => withBridge(async (bridge) => ok(await bridge.status())),
    'bridge.resend': ({ id }) => withBridge((bridge) => bridge.resend(id)),
    'bridge.discard': ({ id }) => withBridge((bridge) => bridge.discard(id)),
    'bridge.forget': ({ origin }) => withBridge((bridge) => bridge.forget(origin)),

    'sync.status': async () => ok(await counter.syncStatus()),
    'sync.runNow': async () => {
      const woken = await rooms.sync.call('wake', {});
      return woken.ok ? ok(null) : woken;
    },
    'devices.check': async () => ok(await checkDevices(ports.machine, counter)),
  };
}
