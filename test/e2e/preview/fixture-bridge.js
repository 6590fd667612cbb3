/* The page's `window.counter` for previews: answers from `window.previewData`, small enough to read. Runs in the browser. */
(() => {
  const data = window.previewData;
  const listeners = {};
  const ok = (value) => ({ ok: true, value });
  const calls = [];
  let pulledOut = [];
  let scanSettings = null;
  let preferences = { theme: 'system', textPercent: 100, scannerId: null };
  let dossiers = structuredClone(data.dossiers);
  const find = (id) => dossiers.find((one) => one.id === id);
  const edit = (request, change) => {
    const dossier = find(request.id);
    if (!dossier) return { ok: false, code: 'not-found' };
    if (request.revision !== dossier.revision) return { ok: false, code: 'stale-revision' };
    change(dossier);
    dossier.revision += 1;
    dossier.canUndo = true;
    return ok(structuredClone(dossier));
  };
  const answers = {
    'session.state': () => ok(data.session),
    'session.officers': () => ok(data.officers),
    'session.signIn': ({ pin }) => (pin === '123456' ? ok(data.session) : { ok: false, code: 'wrong-officer-pin' }),
    'session.signOut': () => ok({ ...data.session, officer: null }),
    'procedures.search': ({ text, limit }) =>
      ok(data.procedures.filter((one) => one.name.toLowerCase().includes(text.toLowerCase())).slice(0, limit)),
    'procedures.get': ({ code }) => ok(data.procedures.find((one) => one.code === code)),
    'dossiers.list': ({ text, states, limit, offset }) => {
      const found = data.summaries.filter(
        (one) =>
          (states.length === 0 || states.includes(one.state)) &&
          one.applicantName.toLowerCase().includes(text.toLowerCase()),
      );
      return ok({ total: found.length, items: found.slice(offset, offset + limit) });
    },
    'dossiers.get': ({ id }) => (find(id) ? ok(structuredClone(find(id))) : { ok: false, code: 'not-found' }),
    'dossiers.create': () => {
      dossiers = [...dossiers, structuredClone(data.emptyDossier)];
      return ok(structuredClone(data.emptyDossier));
    },
    'dossiers.setApplicant': (request) =>
      edit(request, (dossier) =>
        Object.assign(dossier, { applicant: request.applicant, applicantName: request.applicant.fullName }),
      ),
    'dossiers.readIdentityText': (request) =>
      edit(request, (dossier) => {
        const [idNumber, oldIdNumber, fullName] = request.text.split('|');
        const applicant = { ...data.applicant, idNumber, oldIdNumber, fullName };
        Object.assign(dossier, {
          applicant,
          applicantName: fullName,
          missing: dossier.missing.filter((one) => !one.kind.startsWith('applicant')),
        });
      }),
    'dossiers.setProcedure': (request) =>
      edit(request, (dossier) =>
        Object.assign(dossier, {
          procedure: data.procedures.find((one) => one.code === request.code),
          missing: dossier.missing.filter((one) => one.kind !== 'procedure'),
        }),
      ),
    'dossiers.assignPages': (request) =>
      edit(request, (dossier) => {
        for (const page of dossier.pages)
          if (request.pageIds.includes(page.id))
            Object.assign(page, { componentId: request.componentId, isAssignedByOfficer: true });
        for (const item of dossier.checklist)
          item.pageIds = dossier.pages.filter((page) => page.componentId === item.component.id).map((page) => page.id);
      }),
    'dossiers.turnPages': (request) =>
      edit(request, (dossier) => {
        for (const page of dossier.pages) page.rotation = request.rotations[page.id] ?? page.rotation;
      }),
    'dossiers.hidePages': (request) =>
      edit(request, (dossier) => {
        for (const page of dossier.pages) if (request.pageIds.includes(page.id)) page.isHidden = request.isHidden;
      }),
    'dossiers.arrangePages': (request) =>
      edit(request, (dossier) => {
        dossier.pages = request.pageIds.map((id) => dossier.pages.find((page) => page.id === id));
      }),
    'dossiers.setPaperStart': (request) =>
      edit(request, (dossier) => {
        dossier.pages.find((page) => page.id === request.pageId).startsPaper = request.startsPaper;
      }),
    'dossiers.setField': (request) =>
      edit(request, (dossier) =>
        Object.assign(
          dossier.fields.find((field) => field.id === request.fieldId),
          { value: request.value, isConfirmed: true },
        ),
      ),
    'dossiers.undo': (request) => edit(request, (dossier) => (dossier.canRedo = true)),
    'dossiers.redo': (request) => edit(request, (dossier) => (dossier.canRedo = false)),
    'capture.lookAt': () => ok(null),
    'capture.printSeparators': () => ok(null),
    'capture.cancel': () => ok(null),
    'dossiers.setDetails': (request) =>
      edit(request, (dossier) =>
        Object.assign(dossier, { feeVnd: request.feeVnd, note: request.note, returnMethod: request.returnMethod }),
      ),
    'capture.devices': () => ok(data.scanners),
    'capture.proposal': ({ deviceId }) => {
      const own = scanSettings;
      const { sources } = data.scanners.find((one) => one.id === deviceId);
      const settings = { source: sources[0], fallsToGlass: sources.length > 1, dpi: 200, colour: true, area: 'a4' };
      return ok({
        deviceId,
        settings: own ?? settings,
        kind: 'form',
        paper: 'form',
        origin: own === null ? 'rule' : 'officer',
      });
    },
    'preferences.get': () => ok(preferences),
    'preferences.set': ({ scan, ...change }) => {
      if (scan !== undefined) scanSettings = scan.settings;
      preferences = { ...preferences, ...change };
      return ok(preferences);
    },
    'tokens.list': () => ok(data.tokens),
    'results.attach': () => ok(data.doubt),
    'results.confirmAttachment': () => ok(data.results[0]),
    'results.dropAttachment': () => ok(null),
    'signatures.verifyFile': ({ password }) =>
      data.verification.failure !== null
        ? { ok: false, code: data.verification.failure }
        : data.verification.password === password
          ? ok(data.verification.report)
          : { ok: false, code: 'pdf-password' },
    'signatures.verifyDocument': () => ok(data.verification.report),
    'signatures.saveReport': () => ok({ fileName: 'Phiếu kiểm tra.pdf' }),
    'results.waiting': () => ok(data.results),
    'results.place': ({ documentId }) =>
      ok(
        documentId === 'result-1'
          ? { ...data.proposed, rect: [380, 30, 170, 70], foundBy: 'none' }
          : data.results.find((one) => one.documentId === documentId)?.blobId === 'decision'
            ? data.proposed
            : { ...data.proposed, rect: [217, 100, 170, 70], foundBy: 'none' },
      ),
    'signatureImages.get': () => ok(data.signatureImages),
    'signatureImages.register': ({ kind, widthMm }) => {
      data.signatureImages = { ...data.signatureImages, [kind]: { ...data.proposed.image, widthMm } };
      return ok(data.signatureImages);
    },
    'signatureImages.remove': ({ kind }) => {
      data.signatureImages = { ...data.signatureImages, [kind]: null };
      return ok(data.signatureImages);
    },
    // The token is pulled out after the first file; plugged in again by `preview.plugIn`.
    'results.sign': ({ documentIds }) => {
      const outcomes = documentIds.map((documentId, index) => ({
        documentId,
        title: data.results.find((one) => one.documentId === documentId)?.title ?? documentId,
        state: ['signed', 'failed'][index] ?? 'not-tried',
        code: index === 0 ? null : 'token-removed',
      }));
      data.results = data.results.filter((one) => one.documentId !== documentIds[0]);
      pulledOut = data.tokens;
      data.tokens = [];
      return ok(outcomes);
    },
    'signing.cancel': () => ok(null),
    'confirm.request': () => ok(data.confirm),
    'confirm.submit': () => ({ ok: false, code: 'pin-wrong' }),
    'confirm.cancel': () => ok(null),
    'backlog.overview': () => ok(data.backlog.overview),
    'backlog.saveSeries': ({ code, ...choice }) => {
      const known = data.backlog.overview.series.find((one) => one.series.code === code);
      const [{ series, progress }] = data.backlog.overview.series;
      const saved = { series: { ...(known?.series ?? series), code, ...choice }, progress, stacks: [] };
      const others = data.backlog.overview.series.filter((one) => one !== known);
      data.backlog.overview = { ...data.backlog.overview, series: [...others, saved] };
      return ok(data.backlog.overview);
    },
    'backlog.createStack': () => ok(data.backlog.stack),
    'backlog.stack': () => ok(structuredClone(data.backlog.stack)),
    'backlog.setSplit': ({ split }) => ok((data.backlog.stack = { ...data.backlog.stack, split })),
    'backlog.setField': ({ key, name, value }) => {
      const record = data.backlog.stack.records.find((one) => one.key === key);
      const typed = { value, source: 'typed', confidence: 100, isConfirmed: true };
      Object.assign(
        record.fields.find((one) => one.name === name),
        typed,
      );
      record.missing = record.missing.filter((one) => one !== name || value === '');
      return ok(structuredClone(data.backlog.stack));
    },
    'backlog.confirm': ({ key, duplicateReason }) => {
      const { stack } = data.backlog;
      const record = stack.records.find((one) => one.key === key);
      if (record.missing.length > 0) return { ok: false, code: 'record-incomplete', detail: record.missing[0] };
      if (record.duplicateOf !== null && duplicateReason === null)
        return { ok: false, code: 'record-duplicate', detail: record.duplicateOf };
      const kept = (list, id) => list.filter((one) => one[id] !== key);
      data.backlog.stack = {
        ...stack,
        records: kept(stack.records, 'key'),
        pages: kept(stack.pages, 'id'),
        filedRecords: stack.filedRecords + 1,
      };
      return ok({ stack: structuredClone(data.backlog.stack), record: data.backlog.records[0] });
    },
    'backlog.records': ({ text }) => {
      const items = data.backlog.records.filter((one) => one.name.toLowerCase().includes(text.toLowerCase()));
      return ok({ total: items.length, items });
    },
    'backlog.correct': ({ recordId }) => ok(data.backlog.records.find((one) => one.id === recordId)),
    'backlog.sign': ({ recordIds }) =>
      ok(recordIds.map((documentId) => ({ documentId, title: documentId, state: 'signed', code: null }))),
    'backlog.feedSample': () => ok({ jobId: 'job-sample' }),
    'sync.status': () => ok(data.sync),
    'devices.check': () => ok(data.checks),
  };
  const counter = { on: {} };
  for (const channel of data.channels) {
    counter[channel] = async (request) => {
      calls.push([channel, request]);
      return (
        answers[channel]?.(request) ?? {
          ok: false,
          code: 'internal',
          detail: `${channel} has no answer in the preview`,
        }
      );
    };
  }
  for (const name of data.events) {
    listeners[name] = new Set();
    counter.on[name] = (listener) => {
      listeners[name].add(listener);
      return () => listeners[name].delete(listener);
    };
  }
  window.counter = counter;
  const emit = (name, value) => listeners[name].forEach((listener) => listener(value));
  const plugIn = () => {
    data.tokens = pulledOut;
    emit('tokens.changed', { count: pulledOut.length });
  };
  window.preview = { calls, find, emit, plugIn };
})();
