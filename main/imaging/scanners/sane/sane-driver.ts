/** @file Scanners of Linux that speak no eSCL: SANE's backends, driven through `scanimage`. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Failure } from '../../../rooms/failure.ts';
import type { Scanner } from '../../protocol.ts';
import type { ScanJob, ScannedImage, ScannerDriver } from '../scanner.ts';
import { dpisOf, parseDeviceOptions, scanArguments, sourcesOf, type DeviceOptions } from './device-options.ts';
import { asScanimageFailure, runScanimage, type ScanimageOptions } from './scanimage.ts';

export interface SaneDriverOptions extends ScanimageOptions {
  /** Where a page lies between scanimage and us; memory by default, so that no plain page touches the disk. */
  readonly temporaryFolder?: string | undefined;
}

const ID_PREFIX = 'sane:';
/** Cameras, and devices that our own eSCL client serves better. */
const NOT_OURS = /^(v4l|escl:|airscan:e)/;
const MOST_DEVICES = 8;
const DESCRIBE_LIMIT_MS = 6_000;
const NO_DOCUMENTS = 7;
const MEMORY_FOLDER = '/dev/shm';

export function createSaneDriver(options: SaneDriverOptions = {}): ScannerDriver {
  return {
    list: async (signal) => {
      const lines = await readLines(['--formatted-device-list=%d\t%v %m%n'], options, signal).catch(
        (thrown: unknown) => {
          if (thrown instanceof Failure && thrown.code === 'scanner-offline') return []; // no SANE on this computer
          throw thrown;
        },
      );
      const devices = lines
        .map((line) => line.split('\t'))
        .filter(([device = '']) => device !== '' && !NOT_OURS.test(device));
      const scanners: Scanner[] = [];
      // One after the other: opening two devices of one backend at the same time makes some of them busy.
      for (const [device = '', name = device] of devices.slice(0, MOST_DEVICES)) {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(DESCRIBE_LIMIT_MS)]);
        const described = await describeDevice(device, options, limit).catch(() => null); // gone or in use: not for now
        signal.throwIfAborted();
        if (described)
          scanners.push({
            id: ID_PREFIX + device,
            name: name.trim(),
            driver: 'sane',
            sources: sourcesOf(described),
            dpis: dpisOf(described),
          });
      }
      return scanners;
    },
    scan: (scanner, job, signal) => scan(scanner, job, signal, options),
  };
}

async function* scan(
  scanner: Scanner,
  job: ScanJob,
  signal: AbortSignal,
  options: SaneDriverOptions,
): AsyncGenerator<ScannedImage> {
  const device = scanner.id.slice(ID_PREFIX.length);
  const settings = scanArguments(await describeDevice(device, options, signal), job);
  if (!settings) throw new Failure('scanner-settings-refused', `${scanner.name} has no ${job.source}`);
  const folder = await mkdtemp(
    join(options.temporaryFolder ?? (existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir()), 'scan-'),
  );
  let arrived = 0;
  try {
    const args = [
      `--device-name=${device}`,
      ...settings.arguments,
      // Not PNG: its writer aborts when a page ends early. Not JPEG: scanimage fixes a low quality.
      '--format=tiff',
      `--batch=${join(folder, 'p%04d.tif')}`,
      '--batch-print',
      '--progress',
      // Glass never reports "no documents": without a count the batch would go on for ever.
      ...(job.source === 'flatbed' ? ['--batch-count=1'] : []),
    ];
    const run = runScanimage(args, options, signal);
    let step = await run.next();
    try {
      for (; !step.done; step = await run.next()) {
        const file = join(folder, basename(step.value));
        const bytes = await readFile(file);
        await rm(file);
        arrived += 1;
        yield { bytes, dpi: settings.dpi };
      }
    } finally {
      await run.return({ exitCode: null, stderr: '' });
    }
    const end = step.value;
    const isEnd = end.exitCode === 0 || (end.exitCode === NO_DOCUMENTS && arrived > 0);
    if (!isEnd) throw asScanimageFailure(end);
    if (arrived === 0) throw new Failure('scanner-feeder-empty');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function describeDevice(device: string, options: SaneDriverOptions, signal: AbortSignal): Promise<DeviceOptions> {
  return parseDeviceOptions(
    (await readLines([`--device-name=${device}`, '--all-options'], options, signal)).join('\n'),
  );
}

async function readLines(args: readonly string[], options: SaneDriverOptions, signal: AbortSignal): Promise<string[]> {
  const lines: string[] = [];
  const run = runScanimage(args, options, signal);
  for (;;) {
    const step = await run.next();
    if (!step.done) {
      lines.push(step.value);
    } else if (step.value.exitCode === 0) {
      return lines;
    } else {
      throw asScanimageFailure(step.value);
    }
  }
}
