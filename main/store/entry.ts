/** @file The store room's process: opens the store and serves it. */
import { serveRoom } from '../rooms/serve.ts';
import { Failure } from '../rooms/failure.ts';
import { verifyReceiptOf } from '../sync/receipt.ts';
import { storeRoom } from './protocol.ts';
import { openStoreService, type StoreService } from './service.ts';
import { countOutbox } from './outbox.ts';

/** After a failed write the file's true state is unknown: the process ends and the next one reads it afresh. */
const EXIT_AFTER_DISK_ERROR = 71;
/** Tests end the process at this named place, as a power cut would. */
const crashAt = process.env['MOTCUA_CRASH_AT'];

serveRoom(storeRoom, async (init, host) => {
  const { receiptKeys, unlock, ...options } = init;
  let service: StoreService | undefined;
  service = await openStoreService(
    { ...options, unlock: Buffer.from(unlock, 'base64') },
    {
      clock: Date.now,
      crashPoint: (name) => {
        if (name === crashAt) process.kill(process.pid, 'SIGKILL');
      },
      verifyReceipt: (receipt, manifest, manifestSha256) =>
        verifyReceiptOf(receipt, receiptKeys, manifest, manifestSha256),
      onDossierChanged: (id, revision) => host.emit('dossierChanged', { id, revision }),
      onOutboxChanged: () => service && host.emit('outboxChanged', countOutbox(service.context)),
    },
  );
  const { rescued, missing, collected } = service.reconciliation;
  if (rescued + missing.length + collected > 0) {
    host.log('warn', `blobs: ${rescued} renames finished, ${missing.length} missing, ${collected} leftovers collected`);
  }
  return { handlers: endAfterDiskErrors(service.handlers), close: service.close };
});

type AnyHandler = (params: never, context: never) => unknown;

function endAfterDiskErrors<H extends Readonly<Record<string, AnyHandler>>>(handlers: H): H {
  const guarded = Object.entries(handlers).map(([name, handler]) => [
    name,
    async (params: never, context: never) => {
      try {
        return await handler(params, context);
      } catch (thrown) {
        if (thrown instanceof Failure && thrown.code === 'disk-error')
          setImmediate(() => process.exit(EXIT_AFTER_DISK_ERROR));
        throw thrown;
      }
    },
  ]);
  return Object.fromEntries(guarded) as H;
}
