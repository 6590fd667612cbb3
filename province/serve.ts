/** @file Opens a province on a data folder and a loopback port: behind the room, and behind `motcua province`. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from './database.ts';
import { createFaultBox } from './faults.ts';
import { openDiskFiles } from './files.ts';
import { openGateway } from './gateway.ts';
import type { Faults, ProvinceOptions } from './protocol.ts';
import { openReceiptSigner } from './receipts.ts';
import { createServer } from './server.ts';

export interface RunningProvince {
  readonly url: string;
  readonly receiptKeys: Record<string, unknown>[];
  readonly setFaults: (faults: Faults) => void;
  readonly stats: () => {
    dossiers: number;
    receipts: number;
    files: number;
    bytes: number;
    fired: Record<string, number>;
  };
  readonly receipt: (dossierId: string) => string | null;
  readonly setStatus: (dossierId: string, status: number, note: string | null) => void;
  /** One-time code with which a counter of the agency enrols itself (POST /v1/auth/device). */
  readonly enrolmentCode: (counterId: string) => string;
  readonly close: () => Promise<void>;
}

export interface ProvinceHooks {
  readonly log?: (text: string) => void;
}

const PROCESSING_DELAY_MS = 1_500;
const JANITOR_MS = 6 * 3_600_000;
const SCRIPT_MS = 250;

/** @throws when the folder is open in another process or the port is taken. */
export async function startProvince(
  options: ProvinceOptions,
  { log = () => {} }: ProvinceHooks = {},
): Promise<RunningProvince> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const rows = openDatabase(join(options.folder, 'province.db'));
  const gateway = openGateway({
    rows,
    files: await openDiskFiles(options.folder),
    signer: await openReceiptSigner(options.folder),
    nowMs: Date.now,
    name: `reference-province/${options.agencyCode}`,
    processingDelayMs: options.processingDelayMs === undefined ? PROCESSING_DELAY_MS : options.processingDelayMs,
  });
  if (options.device)
    gateway.devices.add(
      { id: options.device.id, unit: options.agencyCode, counter: options.device.id },
      options.device.secret,
    );
  const recovered = await gateway.recover();
  if (recovered > 0) log(`${recovered} uploads were whole on the disk and are complete now`);
  await gateway.collectGarbage();

  const faults = createFaultBox(Math.random);
  faults.set(options.faults ?? {});
  const server = createServer(gateway, faults, log);
  await server.listen({ host: '127.0.0.1', port: options.port });
  const address = server.server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;

  const script = setInterval(() => void gateway.runScript(), SCRIPT_MS);
  const janitor = setInterval(
    () => void gateway.collectGarbage().catch((cause: unknown) => log(`janitor: ${String(cause)}`)),
    JANITOR_MS,
  );

  return {
    url: `http://127.0.0.1:${port}`,
    receiptKeys: gateway.signer.publicKeys.map((key) => ({ ...key })),
    setFaults: faults.set,
    stats: () => ({ ...gateway.stats(), fired: { ...faults.fired() } }),
    receipt: gateway.receiptOf,
    setStatus: gateway.setStatus,
    enrolmentCode: (counterId) => gateway.devices.newEnrolmentCode(options.agencyCode, counterId),
    async close() {
      clearInterval(script);
      clearInterval(janitor);
      gateway.feed.close();
      server.server.closeAllConnections();
      await server.close();
      rows.close();
    },
  };
}
