/**
 * @file One eSCL job from settings to DELETE. The rules are those that real devices made necessary; where a number has a
 * precedent it is the one of sane-airscan.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ErrorCode } from '../../../../preload/error-codes.ts';
import { Failure } from '../../../rooms/failure.ts';
import { sniffFormat } from '../../import/sniff-format.ts';
import type { ScanJob, ScannedImage } from '../scanner.ts';
import { parseCapabilities, type EsclCapabilities } from './capabilities.ts';
import { TransferBroken, type EsclAnswer, type EsclConnection } from './connection.ts';
import { buildScanSettings, type ScanSettings } from './scan-settings.ts';
import { adfFault, parseStatus, toPath, type EsclJob, type EsclStatus } from './status.ts';
import { isWholePicture } from './whole-picture.ts';
import { MAX_XML_BYTES } from './xml.ts';

export interface ScanJobTiming {
  /** Pause before asking a busy device again, when it does not name one itself. */
  readonly busyPauseMs: number;
  /** First pause after "no page" while the job still runs; each further one is this much longer. */
  readonly earlyPauseMs: number;
}

export const USUAL_TIMING: ScanJobTiming = { busyPauseMs: 1000, earlyPauseMs: 250 };
const MAX_PICTURE_BYTES = 150 * 1024 * 1024;
const JOB_BUSY_TRIES = 10;
const PAGE_BUSY_TRIES = 30;
const EARLY_TRIES = 10;
const BROKEN_TRIES = 5;
/** The longest `Retry-After` we obey; the call around the scan has a deadline of its own. */
const LONGEST_PAUSE_MS = 5_000;
const STATUS_SILENCE_MS = 10_000;
const DELETE_LIMIT_MS = 5_000;
const MOST_PAGES = 2_000;

export async function readCapabilities(
  connection: EsclConnection,
  signal: AbortSignal,
  silenceMs?: number,
): Promise<EsclCapabilities> {
  const path = `${connection.address.root}/ScannerCapabilities`;
  const answer = await orBroken(
    connection.request({
      method: 'GET',
      path,
      maxBytes: MAX_XML_BYTES,
      signal,
      ...(silenceMs === undefined ? {} : { silenceMs }),
    }),
  );
  if (answer.status !== 200) throw new Failure('scanner-offline', `${path} answers ${answer.status}`);
  return parseCapabilities(answer.body);
}

/** Pages until the feeder is empty; one from the glass. @see ScannerDriver.scan for what is thrown. */
export async function* runScanJob(
  connection: EsclConnection,
  job: ScanJob,
  signal: AbortSignal,
  timing: ScanJobTiming = USUAL_TIMING,
): AsyncGenerator<ScannedImage> {
  const capabilities = await readCapabilities(connection, signal);
  const device = new RunningDevice(connection, job, signal, timing);
  const before = await device.waitUntilIdle();
  device.failBeforeJob(before);
  for (let arrived = 0; ;) {
    const { path, settings } = await device.start(capabilities).catch((thrown: unknown) => {
      if (arrived > 0 && isEndOfStack(thrown)) return { path: null, settings: null };
      throw thrown;
    });
    if (path === null) return;
    let pages = 0;
    try {
      for await (const page of device.collect(path, settings.dpi, before)) {
        pages += 1;
        yield page;
      }
    } catch (thrown) {
      if (arrived > 0 && pages === 0 && isEndOfStack(thrown)) return;
      throw thrown;
    } finally {
      await deleteJob(connection, path);
    }
    arrived += pages;
    if (arrived >= MOST_PAGES || !(await device.leftPaper(pages))) return;
  }
}

/** What a further job is answered with when the sensor said paper and there was none. */
function isEndOfStack(thrown: unknown): boolean {
  return (
    thrown instanceof Failure &&
    ['scanner-feeder-empty', 'scanner-settings-refused', 'scanner-busy'].includes(thrown.code)
  );
}

/** Always, also after the end: some devices stay busy until the job is gone. */
async function deleteJob(connection: EsclConnection, path: string): Promise<void> {
  const signal = AbortSignal.timeout(DELETE_LIMIT_MS);
  // Its answer changes nothing: the pages are in, and a device that is gone has no job either.
  await connection.request({ method: 'DELETE', path, maxBytes: MAX_XML_BYTES, signal }).catch(() => undefined);
}

class RunningDevice {
  readonly #connection: EsclConnection;
  readonly #job: ScanJob;
  readonly #signal: AbortSignal;
  readonly #timing: ScanJobTiming;

  constructor(connection: EsclConnection, job: ScanJob, signal: AbortSignal, timing: ScanJobTiming) {
    this.#connection = connection;
    this.#job = job;
    this.#signal = signal;
    this.#timing = timing;
  }

  /** The status once the last job has let go of the device; null for a device that has none to give. */
  async waitUntilIdle(): Promise<EsclStatus | null> {
    for (let tries = 0; ; tries++) {
      const status = await this.#status();
      if (status === null || (status.state !== 'Processing' && status.state !== 'Testing')) return status;
      if (tries >= JOB_BUSY_TRIES) throw new Failure('scanner-busy', `state ${status.state}`);
      await this.#pause(this.#timing.busyPauseMs);
    }
  }

  /**
   * What can be known without paper moving. Empty is asked here because some devices call an empty feeder a jam once the
   * job runs; a jam is not believed here because some devices go on reporting the last one.
   */
  failBeforeJob(status: EsclStatus | null): void {
    if (status?.state === 'Down') throw new Failure('scanner-offline', 'state Down');
    if (this.#job.source === 'flatbed' || status === null) return;
    if (status.adfState === 'ScannerAdfEmpty') throw new Failure('scanner-feeder-empty');
    if (adfFault(status) === 'scanner-cover-open') throw new Failure('scanner-cover-open', status.adfState ?? '');
  }

  /**
   * Some devices end the job after every sheet and keep the rest of the stack in the feeder (Epson WF-2930): they get a job a
   * sheet. Only after a job of one sheet, so that a stack somebody lays in afterwards is not taken for the rest.
   */
  async leftPaper(pages: number): Promise<boolean> {
    const sheet = { flatbed: 0, adf: 1, 'adf-duplex': 2 }[this.#job.source];
    if (pages === 0 || pages > sheet) return false;
    return (await this.waitUntilIdle())?.adfState === 'ScannerAdfLoaded';
  }

  async start(capabilities: EsclCapabilities): Promise<{ path: string; settings: ScanSettings }> {
    const { root } = this.#connection.address;
    let settings = buildScanSettings(capabilities, this.#job);
    for (let tries = 0; ;) {
      const answer = await orBroken(
        this.#connection.request({
          method: 'POST',
          path: `${root}/ScanJobs`,
          body: settings.xml,
          maxBytes: MAX_XML_BYTES,
          signal: this.#signal,
        }),
      );
      if (answer.status === 201) {
        const path = toPath(answer.headers.location ?? '', `${root}/`);
        if (path === '' || path === root) throw new Failure('scanner-failed', 'no address of the job');
        return { path, settings };
      }
      if (answer.status === 503) {
        if (++tries >= JOB_BUSY_TRIES) throw new Failure('scanner-busy', 'no job accepted');
        await this.#pause(retryAfterMs(answer) ?? this.#timing.busyPauseMs);
      } else if (answer.status === 409 && settings.colourMode === 'BlackAndWhite1') {
        settings = buildScanSettings(capabilities, this.#job, 'Grayscale8');
      } else {
        throw await this.#refusal(answer.status);
      }
    }
  }

  async *collect(path: string, dpi: number, before: EsclStatus | null): AsyncGenerator<ScannedImage> {
    let arrived = 0;
    let brokenSheet: number | null = null;
    const tries = { busy: 0, early: 0, broken: 0 };
    while (arrived < MOST_PAGES) {
      const answer = await this.#next(path);
      if (answer instanceof TransferBroken) {
        brokenSheet = arrived + 1;
        if (++tries.broken > BROKEN_TRIES) throw await this.#lost(path, arrived, answer);
        await this.#pause(this.#timing.earlyPauseMs);
      } else if (answer.status === 200) {
        arrived += 1;
        Object.assign(tries, { busy: 0, early: 0, broken: 0 });
        yield { bytes: answer.body, dpi };
        if (this.#job.source === 'flatbed') return;
      } else if (answer.status === 503) {
        const status = await this.#status();
        if (hasEnded(jobOf(status, path))) return this.#settle(status, path, arrived, before, brokenSheet);
        if (++tries.busy > PAGE_BUSY_TRIES) throw new Failure('scanner-busy', `page ${arrived + 1} does not come`);
        await this.#pause(retryAfterMs(answer) ?? this.#timing.busyPauseMs);
      } else if (answer.status === 404 || answer.status === 410) {
        const status = await this.#status();
        if (!isStillScanning(status, path) || ++tries.early > EARLY_TRIES)
          return this.#settle(status, path, arrived, before, brokenSheet);
        await this.#pause(this.#timing.earlyPauseMs * tries.early);
      } else {
        throw afterPage(await this.#refusal(answer.status, 'scanner-failed'), arrived);
      }
    }
    throw new Failure('scanner-failed', `more than ${MOST_PAGES} pages`);
  }

  /** The next picture, whole and of a kind we read, or the device's answer that there is none. */
  async #next(path: string): Promise<EsclAnswer | TransferBroken> {
    const request = {
      method: 'GET',
      path: `${path}/NextDocument`,
      maxBytes: MAX_PICTURE_BYTES,
      signal: this.#signal,
    } as const;
    const answer = await this.#connection.request(request).catch((thrown: unknown) => {
      if (thrown instanceof TransferBroken) return thrown;
      throw thrown;
    });
    if (answer instanceof TransferBroken || answer.status !== 200 || isWholePicture(answer.body)) return answer;
    if (sniffFormat(answer.body) === 'pdf')
      throw new Failure('scanner-failed', 'sends PDF although JPEG was asked for');
    return new TransferBroken(`the picture breaks off after ${answer.body.length} bytes`);
  }

  /** The device has no more pages: was that the end of the stack, or did something go wrong? */
  #settle(
    status: EsclStatus | null,
    path: string,
    arrived: number,
    before: EsclStatus | null,
    brokenSheet: number | null,
  ): void {
    const job = jobOf(status, path);
    const fault = adfFault(status);
    if (job?.state === 'Canceled') throw new Failure('cancelled', 'stopped at the device');
    if (job?.state === 'Aborted')
      throw afterPage(new Failure(fault ?? 'scanner-failed', job.reasons.join(', ') || 'job aborted'), arrived);
    if (arrived === 0)
      throw this.#job.source === 'flatbed'
        ? new Failure('scanner-failed', 'no page came')
        : new Failure(fault ?? 'scanner-feeder-empty');
    const completed = job?.imagesCompleted ?? arrived;
    if (brokenSheet !== null && completed > arrived) {
      throw new Failure(
        'scanner-failed',
        `the device counts ${completed} pages, ${arrived} arrived: compare page ${brokenSheet}`,
      );
    }
    // A jam that was there before and did not keep any page back is an old one.
    if (job?.state !== 'Completed' && fault !== null && status?.adfState !== before?.adfState) {
      throw afterPage(new Failure(fault, status?.adfState ?? ''), arrived);
    }
  }

  async #refusal(status: number, otherwise: ErrorCode = 'scanner-settings-refused'): Promise<Failure> {
    const now = await this.#status();
    const fault = adfFault(now);
    if (fault !== null) return new Failure(fault, now?.adfState ?? '');
    if (status === 409 && this.#job.source !== 'flatbed' && now?.adfState === 'ScannerAdfEmpty')
      return new Failure('scanner-feeder-empty');
    return new Failure(status === 400 || status === 409 ? otherwise : 'scanner-failed', `HTTP ${status}`);
  }

  async #lost(path: string, arrived: number, cause: TransferBroken): Promise<Failure> {
    const completed = jobOf(await this.#status(), path)?.imagesCompleted;
    const counted = completed === null || completed === undefined ? '' : `; the device counts ${completed} pages`;
    return new Failure('scanner-failed', `page ${arrived + 1} broke off ${BROKEN_TRIES + 1} times${counted}`, {
      cause,
    });
  }

  /** Null when the device gives none: its silence about itself must not end a job that works. */
  async #status(): Promise<EsclStatus | null> {
    try {
      const path = `${this.#connection.address.root}/ScannerStatus`;
      const answer = await this.#connection.request({
        method: 'GET',
        path,
        maxBytes: MAX_XML_BYTES,
        silenceMs: STATUS_SILENCE_MS,
        signal: this.#signal,
      });
      return answer.status === 200 ? parseStatus(answer.body) : null;
    } catch (thrown) {
      this.#signal.throwIfAborted();
      if (thrown instanceof TransferBroken || (thrown instanceof Failure && thrown.code === 'scanner-failed'))
        return null;
      throw thrown;
    }
  }

  async #pause(ms: number): Promise<void> {
    await pause(Math.min(ms, LONGEST_PAUSE_MS), undefined, { signal: this.#signal });
  }
}

function jobOf(status: EsclStatus | null, path: string): EsclJob | undefined {
  return status?.jobs.find((job) => job.path === path || (job.path !== '' && path.endsWith(job.path)));
}

function hasEnded(job: EsclJob | undefined): boolean {
  return job !== undefined && ['Completed', 'Canceled', 'Aborted'].includes(job.state);
}

/** 404 can mean "too early" (Brother, Xerox) as well as "no more". */
function isStillScanning(status: EsclStatus | null, path: string): boolean {
  const job = jobOf(status, path);
  const isAtRest = status?.state === 'Idle' && status.adfState === 'ScannerAdfEmpty';
  return (
    job !== undefined &&
    (job.state === 'Pending' || job.state === 'Processing') &&
    job.imagesToTransfer !== 0 &&
    !isAtRest
  );
}

function retryAfterMs(answer: EsclAnswer): number | null {
  const seconds = Number(answer.headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}

function afterPage(failure: Failure, arrived: number): Failure {
  return new Failure(failure.code, `${failure.detail ?? ''} after page ${arrived}`.trim(), { cause: failure });
}

/** Outside of page transfers a broken answer means that nobody reliable is there. */
async function orBroken(answer: Promise<EsclAnswer>): Promise<EsclAnswer> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof TransferBroken) throw new Failure('scanner-offline', thrown.message, { cause: thrown });
    throw thrown;
  }
}
