/** @file The backlog's part of the store's handlers. */
import type { Handlers } from '../rooms/define.ts';
import { beginImport, endImport, recordsToCompose, recordsToSign, setRecordPdf, signRecord } from './backlog-files.ts';
import { backlogOverview } from './backlog-overview.ts';
import type { backlogMethods } from './backlog-protocol.ts';
import { confirmRecord, correctRecord, listRecords } from './backlog-records.ts';
import { saveSeries } from './backlog-series.ts';
import { createStack, readStack, setSplit, stackParts } from './backlog-stacks.ts';
import type { StoreContext } from './context.ts';

export interface HandlerKinds {
  /** One after the other. */
  readonly change: <P, R>(work: (params: P) => R | Promise<R>) => (params: P) => Promise<R>;
  readonly look: <P, R>(work: (params: P) => R) => (params: P) => R;
}

export function backlogHandlers(
  context: StoreContext,
  { change, look }: HandlerKinds,
): Handlers<typeof backlogMethods> {
  return {
    backlogOverview: look(() => backlogOverview(context)),
    saveBacklogSeries: change(({ choice, officerId }) => {
      saveSeries(context, choice, officerId);
      return backlogOverview(context);
    }),
    createBacklogStack: change((params) => createStack(context, params)),
    backlogStackParts: look((params) => stackParts(context, params)),
    backlogStack: look(({ id }) => readStack(context, id)),
    setBacklogSplit: change((params) => setSplit(context, params)),
    confirmBacklogRecord: change((params) => {
      const confirmed = confirmRecord(context, params);
      context.onDossierChanged(params.id);
      return confirmed;
    }),
    backlogToCompose: look(({ limit, after }) => recordsToCompose(context, limit, after)),
    setBacklogPdf: change(async (params) => await setRecordPdf(context, params)),
    backlogRecords: look((params) => listRecords(context, params)),
    correctBacklogRecord: change((params) => correctRecord(context, params)),
    backlogToSign: look(({ recordIds }) => recordsToSign(context, recordIds)),
    signBacklogRecord: change(async (params) => await signRecord(context, params)),
    beginBacklogImport: change((params) => beginImport(context, params)),
    endBacklogImport: change((params) => endImport(context, params)),
  };
}
