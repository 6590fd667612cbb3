/**
 * @file A virtual eSCL scanner on loopback, fed with picture files: the device of the tests and of demonstrations. It keeps
 * the states a real one has (feeder, job, transfer) and misbehaves on request. Its pages are the files' own bytes when the
 * job asks for the resolution they have, so that a test can compare hashes.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { capabilitiesDocument, hostileDocument, statusDocument, type JobDescription } from './documents.ts';
import type { EsclFaults } from './faults.ts';

export interface EsclScannerOptions {
  /** Picture files in the order they lie in the feeder; on a duplex device front, back, front, back. */
  readonly pages: readonly string[];
  readonly port?: number;
  readonly hasDuplex?: boolean;
  readonly model?: string;
  readonly uuid?: string;
  readonly root?: string;
  readonly faults?: Partial<EsclFaults>;
  /** PEM. With it the device speaks HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Puts the stack back after each job, for demonstrations. */
  readonly reloads?: boolean;
}

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly body: string;
  status: number;
}

export interface EsclScanner {
  /** Root address, for a list of manual addresses. */
  readonly url: string;
  readonly port: number;
  readonly uuid: string;
  readonly log: readonly LoggedRequest[];
  /** Puts the whole stack into the feeder again and clears what went wrong. */
  readonly loadFeeder: () => void;
  readonly stop: () => Promise<void>;
}

interface Job {
  readonly id: string;
  readonly path: string;
  readonly isFeeder: boolean;
  readonly dpi: number;
  readonly isGrey: boolean;
  /** Indexes into `pages`, in the order they come. */
  readonly stack: readonly number[];
  readonly pagesPerSheet: number;
  readonly firstSheet: number;
  delivered: number;
  state: JobDescription['state'];
  isDeleted: boolean;
  notFoundsOfPage: number;
}

const DPIS = [75, 100, 150, 200, 300, 600];

export async function startEsclScanner(options: EsclScannerOptions): Promise<EsclScanner> {
  const device = new VirtualScanner(options);
  const handle = (request: IncomingMessage, response: ServerResponse): void => void device.handle(request, response);
  const server = options.tls ? createSecureServer(options.tls, handle) : createServer(handle);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined); // clients of these tests hang up on purpose
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}${device.root}`,
    port,
    uuid: device.uuid,
    log: device.log,
    loadFeeder: () => device.loadFeeder(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

class VirtualScanner {
  readonly root: string;
  readonly uuid: string;
  readonly log: LoggedRequest[] = [];
  readonly #options: EsclScannerOptions;
  #faults: Partial<EsclFaults>;
  readonly #counts = new Map<string, number>();
  #job: Job | null = null;
  /** Sheets that have left the feeder. */
  #usedSheets = 0;
  #adfTrouble: string | null = null;

  constructor(options: EsclScannerOptions) {
    this.#options = options;
    this.root = options.root ?? '/eSCL';
    this.uuid = options.uuid ?? randomUUID();
    this.#faults = options.faults ?? {};
  }

  loadFeeder(): void {
    this.#usedSheets = 0;
    this.#adfTrouble = null;
    this.#faults = {};
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    const entry: LoggedRequest = {
      method: request.method ?? '',
      path,
      host: request.headers.host ?? '',
      body: await readBody(request),
      status: 0,
    };
    this.log.push(entry);
    response.on('close', () => {
      entry.status = response.statusCode;
    });
    if (this.#faults.wantsLocalhost) response.setHeader('Server', 'HP_Compact_Server');
    const isCapabilities = path === `${this.root}/ScannerCapabilities`;
    const isHostWrong =
      (this.#faults.wantsLocalhost && !isCapabilities && entry.host !== 'localhost') ||
      (this.#faults.wantsPort && !/:\d+$/.test(entry.host));
    if (isHostWrong) return send(response, 400);
    if (request.method === 'GET' && isCapabilities) return this.#capabilities(response);
    if (request.method === 'GET' && path === `${this.root}/ScannerStatus`) return this.#status(response);
    if (request.method === 'POST' && path === `${this.root}/ScanJobs`) return this.#createJob(entry.body, response);
    if (this.#job && path === this.#job.path && request.method === 'DELETE')
      return this.#deleteJob(this.#job, response);
    if (this.#job && path === `${this.#job.path}/NextDocument` && request.method === 'GET')
      return this.#nextDocument(this.#job, response);
    return send(response, 404);
  }

  #capabilities(response: ServerResponse): void {
    const { hostileXml, redirectTo } = this.#faults;
    if (redirectTo !== undefined) return send(response, 302, undefined, { Location: redirectTo });
    if (hostileXml !== undefined)
      return send(response, 200, hostileDocument(hostileXml), { 'Content-Type': 'text/xml' });
    const document = capabilitiesDocument({
      model: this.#options.model ?? 'Virtual eSCL Scanner',
      uuid: this.uuid,
      hasDuplex: this.#options.hasDuplex ?? false,
      dpis: DPIS,
      onlyBlackAndWhite: this.#faults.refuseBlackAndWhite ?? false,
    });
    send(response, 200, document, { 'Content-Type': 'text/xml' });
  }

  #status(response: ServerResponse): void {
    if (this.#faults.noStatus) return send(response, 404);
    const job = this.#job;
    const state = job?.state === 'Processing' ? 'Processing' : 'Idle';
    send(response, 200, statusDocument(state, this.#adfState(), job ? [this.#describe(job)] : []), {
      'Content-Type': 'text/xml',
    });
  }

  #adfState(): string {
    if (this.#faults.staleJam) return 'ScannerAdfJam';
    if (this.#faults.coverOpen) return 'ScannerAdfHatchOpen';
    if (this.#faults.staysLoaded) return 'ScannerAdfLoaded';
    if (this.#adfTrouble !== null) return this.#adfTrouble;
    if (this.#faults.feederEmpty || this.#usedSheets >= this.#sheets()) return 'ScannerAdfEmpty';
    return this.#job?.state === 'Processing' && this.#job.isFeeder ? 'ScannerAdfProcessing' : 'ScannerAdfLoaded';
  }

  #describe(job: Job): JobDescription {
    const surplus = this.#faults.countsOneMore && job.state === 'Completed' ? 1 : 0;
    return {
      path: job.path,
      id: job.id,
      state: job.state,
      imagesCompleted: job.delivered + surplus,
      imagesToTransfer: job.state === 'Processing' ? 1 : 0,
    };
  }

  #createJob(body: string, response: ServerResponse): void {
    const field = (name: string): string => new RegExp(`<(?:\\w+:)?${name}>([^<]*)<`).exec(body)?.[1]?.trim() ?? '';
    const isFeeder = /<pwg:InputSource>Feeder</.test(body);
    if (!/^\s*<\?xml/.test(body) || !body.includes('ScanSettings') || !body.includes('<pwg:InputSource>'))
      return send(response, 400);
    if (this.#count('busyJobs') < (this.#faults.busyJobs ?? 0))
      return this.#once('busyJobs', () => send(response, 503));
    if (this.#job?.state === 'Processing' || (this.#faults.staysBusy && this.#job && !this.#job.isDeleted))
      return send(response, 503);
    const isRefused =
      this.#faults.refuseSettings ||
      this.#faults.coverOpen ||
      (this.#faults.refuseBlackAndWhite && field('ColorMode') === 'BlackAndWhite1');
    if (isRefused || !DPIS.includes(Number(field('XResolution')))) return send(response, 409);
    if (isFeeder && (this.#faults.feederEmpty || this.#usedSheets >= this.#sheets())) return send(response, 409);
    const id = randomUUID();
    const isDuplex = isFeeder && field('Duplex') === 'true' && this.#options.hasDuplex === true;
    this.#job = {
      id,
      path: `${this.root}/ScanJobs/${id}`,
      isFeeder,
      dpi: Number(field('XResolution')),
      isGrey: field('ColorMode') !== 'RGB24',
      stack: isFeeder ? this.#stackFrom(this.#usedSheets, isDuplex) : [0],
      pagesPerSheet: isDuplex ? 2 : 1,
      firstSheet: this.#usedSheets + 1,
      delivered: 0,
      state: 'Processing',
      isDeleted: false,
      notFoundsOfPage: 0,
    };
    if (isFeeder) this.#adfTrouble = null; // the cover was opened and closed again
    const host = this.#faults.wrongLocation ? 'http://192.0.2.7:9' : '';
    send(response, 201, undefined, { Location: `${host}${this.#job.path}` });
  }

  async #nextDocument(job: Job, response: ServerResponse): Promise<void> {
    const page = job.delivered + 1;
    const sheet = job.firstSheet + Math.floor(job.delivered / job.pagesPerSheet);
    const faults = this.#faults;
    if (job.state !== 'Processing') return send(response, job.state === 'Canceled' ? 410 : 404);
    if (faults.hangAtPage === page) return;
    if (faults.cancelledAtPage === page) return this.#end(job, 'Canceled', response, 410);
    if (faults.errorAtPage === page) return send(response, 500);
    if (faults.oneSheetPerJob && job.isFeeder && job.delivered >= job.pagesPerSheet)
      return this.#end(job, 'Completed', response, 404);
    if (faults.busyPage === page && this.#count('busyPage') < (faults.busyPageTimes ?? 3))
      return this.#once('busyPage', () => send(response, 503));
    if (job.notFoundsOfPage++ < (faults.earlyNotFound ?? 0) && job.delivered < job.stack.length)
      return send(response, 404);
    if (job.delivered >= job.stack.length && faults.endlessPage === undefined)
      return this.#end(job, 'Completed', response, 404);
    const trouble = job.isFeeder ? this.#troubleAt(sheet) : null;
    if (trouble !== null) {
      this.#adfTrouble = trouble;
      return this.#end(job, 'Aborted', response, 409);
    }
    await pause(faults.slowPageMs ?? 0);
    await this.#sendPage(job, page, sheet, response);
  }

  async #sendPage(job: Job, page: number, sheet: number, response: ServerResponse): Promise<void> {
    const faults = this.#faults;
    if (faults.sendsPdf) return send(response, 200, '%PDF-1.7 …', { 'Content-Type': 'application/pdf' });
    const bytes = await this.#picture(job, job.stack[Math.min(page, job.stack.length) - 1] ?? 0);
    if (faults.hugePage === page) return sendForEver(response);
    if (faults.shortPage === page && this.#count('shortPage') < 1) {
      return this.#once('shortPage', () =>
        send(response, 200, bytes.subarray(0, bytes.length / 2), { 'Content-Type': 'image/jpeg' }),
      );
    }
    if (faults.cutPage === page && this.#count('cutPage') < (faults.cutTimes ?? 1)) {
      return this.#once('cutPage', () => {
        response.writeHead(200, { 'Content-Type': 'image/jpeg', 'Content-Length': bytes.length });
        response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
      });
    }
    send(response, 200, bytes, { 'Content-Type': 'image/jpeg', 'Content-Location': job.path });
    if (faults.endlessPage === page || (faults.repeatPage === page && this.#count('repeatPage') < 1)) {
      return this.#once('repeatPage', () => undefined);
    }
    job.delivered += 1;
    job.notFoundsOfPage = 0;
    if (job.isFeeder) this.#usedSheets = sheet;
    if (!job.isFeeder) job.state = 'Completed';
  }

  #troubleAt(sheet: number): string | null {
    const troubles = [
      ['jamAtSheet', 'ScannerAdfJam'],
      ['coverOpenAtSheet', 'ScannerAdfHatchOpen'],
      ['doubleFeedAtSheet', 'ScannerAdfMultipickDetected'],
    ] as const;
    for (const [name, state] of troubles) {
      if (this.#faults[name] === sheet && this.#count(name) === 0) {
        this.#counts.set(name, 1);
        return state;
      }
    }
    return null;
  }

  #end(job: Job, state: JobDescription['state'], response: ServerResponse, status: number): void {
    job.state = state;
    send(response, status);
  }

  #deleteJob(job: Job, response: ServerResponse): void {
    if (job.state === 'Processing') job.state = 'Canceled';
    job.isDeleted = true;
    if (this.#options.reloads && this.#usedSheets >= this.#sheets()) this.#usedSheets = 0;
    send(response, 200);
  }

  async #picture(job: Job, index: number): Promise<Buffer> {
    const path = this.#options.pages[index] ?? '';
    const bytes = await readFile(path);
    const { density, format, width } = await sharp(bytes).metadata();
    const own = density ?? 200;
    if (format === 'jpeg' && own === job.dpi && !job.isGrey) return bytes;
    const picture = sharp(bytes).resize({ width: Math.round((width * job.dpi) / own) });
    return (job.isGrey ? picture.toColourspace('b-w') : picture).withDensity(job.dpi).jpeg({ quality: 85 }).toBuffer();
  }

  #sheets(): number {
    return this.#options.hasDuplex ? Math.ceil(this.#options.pages.length / 2) : this.#options.pages.length;
  }

  /** A one-sided job on a duplex device sees the fronts only. */
  #stackFrom(usedSheets: number, isDuplex: boolean): number[] {
    const all = this.#options.pages.map((_, index) => index);
    if (!this.#options.hasDuplex) return all.slice(usedSheets);
    return all.slice(usedSheets * 2).filter((index) => isDuplex || index % 2 === 0);
  }

  #count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  #once(name: string, action: () => void): void {
    this.#counts.set(name, this.#count(name) + 1);
    action();
  }
}

function send(
  response: ServerResponse,
  status: number,
  body?: string | Buffer,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Length': Buffer.byteLength(body ?? ''), ...headers });
  response.end(body);
}

function sendForEver(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'image/jpeg' });
  const chunk = Buffer.alloc(4 * 1024 * 1024, 0xff);
  const more = (): void => {
    if (!response.destroyed) response.write(chunk, more);
  };
  more();
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
