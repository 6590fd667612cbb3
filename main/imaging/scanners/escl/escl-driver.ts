/** @file Driver for scanners in the network and, through `ipp-usb`, on the USB port: the same code on every system. */
import { Failure } from '../../../rooms/failure.ts';
import type { Scanner } from '../../protocol.ts';
import type { ScanSource, ScannerDriver } from '../scanner.ts';
import type { EsclCapabilities } from './capabilities.ts';
import { EsclConnection } from './connection.ts';
import { fromScannerId, parseManualAddress, toScannerId, type DeviceAddress } from './device-address.ts';
import { discoverDevices } from './discovery.ts';
import { readCapabilities, runScanJob, USUAL_TIMING, type ScanJobTiming } from './scan-job.ts';

export interface EsclDriverOptions {
  /** Addresses that IT entered; each is asked directly, which also works across subnets. */
  readonly addresses: readonly string[];
  /** Ids of devices that were there before: asked directly, while announcements come in. */
  readonly remembered?: readonly string[];
  readonly useDiscovery: boolean;
  readonly allowPublicAddresses: boolean;
  readonly timing?: ScanJobTiming;
}

interface AnsweringDevice {
  readonly capabilities: EsclCapabilities;
  readonly address: DeviceAddress;
}

const PROBE_SILENCE_MS = 4_000;
const PROBE_LIMIT_MS = 8_000;
const SOURCES: readonly ScanSource[] = ['adf-duplex', 'adf', 'flatbed'];

export function createEsclDriver(options: EsclDriverOptions): ScannerDriver {
  return {
    list: async (signal) => {
      const manual = options.addresses.map((text) => probeBest(parseManualAddress(text), options, signal));
      const discovered = options.useDiscovery ? discoverDevices(signal) : Promise.resolve([]);
      const announced = discovered.then((devices) =>
        Promise.all(devices.map((device) => probeBest(device.addresses, options, signal))),
      );
      const remembered = (options.remembered ?? []).map((id) => {
        const address = fromScannerId(id);
        return address === null ? null : probe(address, options, signal);
      });
      const answering = (await Promise.all([Promise.all(manual), announced, Promise.all(remembered)])).flat();
      return dropTwins(answering.filter((device) => device !== null)).map(describe);
    },
    scan: (scanner, job, signal) => scan(scanner, job, signal, options),
  };
}

async function* scan(
  scanner: Scanner,
  job: Parameters<ScannerDriver['scan']>[1],
  signal: AbortSignal,
  options: EsclDriverOptions,
): ReturnType<typeof runScanJob> {
  const address = fromScannerId(scanner.id);
  if (!address) throw new Failure('scanner-offline', `no address in ${scanner.id}`);
  const connection = new EsclConnection(address, options);
  try {
    yield* runScanJob(connection, job, signal, options.timing ?? USUAL_TIMING);
  } finally {
    connection.close();
  }
}

/** Asks all candidates at once and takes the first of the list that answers. */
async function probeBest(
  candidates: readonly DeviceAddress[],
  options: EsclDriverOptions,
  signal: AbortSignal,
): Promise<AnsweringDevice | null> {
  const answers = await Promise.all(candidates.map((candidate) => probe(candidate, options, signal)));
  return answers.find((answer) => answer !== null) ?? null;
}

async function probe(
  address: DeviceAddress,
  options: EsclDriverOptions,
  signal: AbortSignal,
): Promise<AnsweringDevice | null> {
  const connection = new EsclConnection(address, options);
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PROBE_LIMIT_MS)]);
    const capabilities = await readCapabilities(connection, limit, PROBE_SILENCE_MS);
    return { capabilities, address: { ...address, fingerprint: connection.fingerprint } };
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof Failure || (thrown instanceof Error && thrown.name === 'TimeoutError')) return null; // not there now
    throw thrown;
  } finally {
    connection.close();
  }
}

function dropTwins(devices: readonly AnsweringDevice[]): AnsweringDevice[] {
  const seen = new Set<string>();
  return devices.filter(({ capabilities, address }) => {
    const keys = [toScannerId(address), ...(capabilities.uuid === null ? [] : [capabilities.uuid])];
    const isTwin = keys.some((key) => seen.has(key));
    for (const key of keys) seen.add(key);
    return !isTwin;
  });
}

function describe({ capabilities, address }: AnsweringDevice): Scanner {
  const sources = SOURCES.filter((source) => capabilities.inputs[source] !== undefined);
  const dpis = new Set(sources.flatMap((source) => capabilities.inputs[source]?.dpis ?? []));
  return {
    id: toScannerId(address),
    name: capabilities.model,
    driver: 'escl',
    sources,
    dpis: [...dpis].sort((a, b) => a - b),
    ...(capabilities.uuid === null ? {} : { uuid: capabilities.uuid }),
  };
}
