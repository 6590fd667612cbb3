/**
 * @file Responder, revocation lists, time-stamp authority and certificates of the practice PKI on loopback, all real protocols
 * with openssl behind them, and every way in which such servers fail: by the network, by HTTP, by their clock, by their content.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  AUTHORITY_NAMES,
  createPracticePki,
  openssl,
  type AuthorityName,
  type Holder,
  type IssuingAuthority,
  type PracticePki,
} from './certification-authority.ts';
import { answerOcsp, answerTimeStamp, makeRevocationList, type ListKind } from './validation-answers.ts';

export type Service = 'ocsp' | 'crl' | 'tsa' | 'ca';

export interface AuthorityFaults {
  readonly delayMs: number;
  /** Takes the request and never answers. */
  readonly isHanging: boolean;
  readonly httpStatus: number;
  readonly body: 'whole' | 'html' | 'truncated' | 'endless' | 'garbage' | 'empty';
  readonly isRedirectLoop: boolean;
  /** How wrong the service's clock is; −30 days makes every answer outdated. */
  readonly clockShiftMs: number;
  readonly nonce: 'echoed' | 'wrong' | 'left-out';
  /** TSA only. */
  readonly imprint: 'right' | 'wrong';
  readonly essDigest: 'sha1' | 'sha256';
  readonly signerDigest: 'sha1' | 'sha256';
  readonly sendsChain: boolean;
  /** OCSP `tryLater`; TSA rejection. */
  readonly refuses: boolean;
  /**
   * `no-usage`: may neither stamp nor answer. `not-critical`: a TSA whose purpose is not marked so. `stranger`: the right
   * usage, issued by a root nobody trusts.
   */
  readonly signer: 'usual' | 'no-usage' | 'not-critical' | 'stranger';
  /** OCSP only. */
  readonly status: 'recorded' | 'revoked' | 'unknown';
  readonly isByKey: boolean;
  /** Old responders: `get-only` takes no POST, `no-nonce` answers a nonce with malformedRequest. */
  readonly asks: 'anything' | 'get-only' | 'no-nonce';
  readonly hasNextUpdate: boolean;
  readonly leavesCertificatesOut: boolean;
  /** CRL only. `other` sends the list of a stranger. */
  readonly list: ListKind | 'other';
  /** How `/ca` hands over a certificate: alone, as PEM, or as a certificates-only SignedData. */
  readonly certificateForm: 'der' | 'pem' | 'p7c';
}

const NO_FAULTS: AuthorityFaults = {
  delayMs: 0,
  isHanging: false,
  httpStatus: 200,
  body: 'whole',
  isRedirectLoop: false,
  clockShiftMs: 0,
  nonce: 'echoed',
  imprint: 'right',
  essDigest: 'sha256',
  signerDigest: 'sha256',
  sendsChain: true,
  refuses: false,
  signer: 'usual',
  status: 'recorded',
  isByKey: false,
  asks: 'anything',
  hasNextUpdate: true,
  leavesCertificatesOut: false,
  list: 'list',
  certificateForm: 'der',
};

export interface ValidationAuthorities {
  readonly pki: PracticePki;
  /** `http://127.0.0.1:<port>`, also the prefix of every address in the certificates. */
  readonly url: string;
  /** Address of the time-stamp authority. */
  readonly tsaUrl: string;
  readonly timeStampSigner: Holder;
  /** `GET /crl/root.crl` and so on, in order of arrival. */
  readonly log: readonly string[];
  readonly clearLog: () => void;
  /** Stays until changed or `heal`. */
  readonly fail: (service: Service, faults: Partial<AuthorityFaults>) => void;
  readonly heal: () => void;
  readonly stop: () => Promise<void>;
}

const MEDIA_TYPES: Readonly<Record<Service, string>> = {
  ocsp: 'application/ocsp-response',
  crl: 'application/pkix-crl',
  tsa: 'application/timestamp-reply',
  ca: 'application/pkix-cert',
};
const TRY_LATER = Buffer.from('30030a0103', 'hex');
const MALFORMED_REQUEST = Buffer.from('30030a0101', 'hex');
const MAX_REQUEST_BYTES = 64 * 1024;

/** @param parent an existing folder; the PKI gets a new one inside it */
export async function startValidationAuthorities(parent: string): Promise<ValidationAuthorities> {
  const folder = mkdtempSync(join(parent, 'authorities-'));
  const faults = new Map<Service, AuthorityFaults>();
  const log: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch((cause: unknown) => {
      response.statusCode = 500;
      response.end(String(cause));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pki = createPracticePki(join(folder, 'pki'), url);
  const timeStampSigner = pki.issue('Máy chủ dấu thời gian thử nghiệm', { profile: 'time-stamping' });
  const chainPath = join(folder, 'tsa-chain.pem');
  writeFileSync(chainPath, pki.authority('sha256').certificatePem);

  const issued = new Map<string, Holder>();
  function once(key: string, issue: () => Holder): Holder {
    const known = issued.get(key) ?? issue();
    issued.set(key, known);
    return known;
  }

  /** The SHA-256 authority delegates; the others answer themselves. */
  function responderOf(id: AuthorityName, kind: AuthorityFaults['signer']): Holder {
    if (kind === 'stranger')
      return once('responder-stranger', () => pki.issue('OCSP của người lạ', { by: 'other', profile: 'responder' }));
    if (kind === 'no-usage')
      return once(`responder-without-usage-${id}`, () =>
        pki.issue('OCSP không được ủy quyền', { by: id, profile: 'responder-without-usage' }),
      );
    if (id !== 'sha256') return pki.authority(id);
    return once('responder', () => pki.issue('OCSP thử nghiệm', { by: id, profile: 'responder' }));
  }

  function stampSigner(kind: AuthorityFaults['signer']): Holder {
    if (kind === 'stranger')
      return once('tsa-stranger', () => pki.issue('TSA của người lạ', { by: 'other', profile: 'time-stamping' }));
    if (kind === 'not-critical')
      return once('tsa-not-critical', () =>
        pki.issue('TSA có mục đích không critical', { profile: 'time-stamping-not-critical' }),
      );
    if (kind === 'no-usage')
      return once('tsa-without-usage', () => pki.issue('TSA không được cấp quyền', { profile: 'signer' }));
    return timeStampSigner;
  }

  async function makeBody(
    service: Service,
    id: string,
    request: Buffer,
    active: AuthorityFaults,
  ): Promise<Buffer | null> {
    if (service === 'tsa') {
      const options = {
        signer: stampSigner(active.signer),
        chainPath: active.sendsChain && active.signer !== 'stranger' ? chainPath : null,
        clockShiftMs: active.clockShiftMs,
        imprint: active.imprint,
        nonce: active.nonce === 'wrong' ? ('wrong' as const) : ('echoed' as const),
        essDigest: active.essDigest,
        signerDigest: active.signerDigest,
        refuses: active.refuses,
        isForced: active.signer === 'no-usage' || active.signer === 'not-critical',
      };
      return answerTimeStamp(folder, request, options, timeStampSigner);
    }
    if (!isAuthority(id)) return null;
    if (service === 'ca') return certificateAs(pki.authority(id), active.certificateForm);
    if (service === 'crl') {
      const isOther = active.list === 'other';
      const kind = active.list === 'other' ? 'list' : active.list;
      return makeRevocationList(folder, pki.authority(isOther ? 'other' : id), {
        clockShiftMs: active.clockShiftMs,
        kind,
      });
    }
    if (active.refuses) return TRY_LATER;
    if (active.asks === 'no-nonce' && hasNonce(request)) return MALFORMED_REQUEST;
    return answerOcsp(folder, request, {
      authority: pki.authority(id),
      responder: responderOf(id, active.signer),
      clockShiftMs: active.clockShiftMs,
      nonce: active.nonce,
      status: active.status,
      isByKey: active.isByKey,
      hasNextUpdate: active.hasNextUpdate,
      leavesCertificatesOut: active.leavesCertificatesOut,
    });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    // Tests hold the event loop for seconds; a kept connection would be closed under their next request.
    response.setHeader('connection', 'close');
    log.push(`${request.method} ${path}`);
    const [, service = '', name = '', encoded] = path.split('/');
    const sent = await readRequest(request);
    if (!isService(service)) return void response.writeHead(404).end();
    const active = faults.get(service) ?? NO_FAULTS;
    if (active.isHanging) return;
    if (active.delayMs > 0) await pause(active.delayMs);
    if (active.isRedirectLoop) return void response.writeHead(302, { location: path }).end();
    if (active.asks === 'get-only' && request.method === 'POST') return void response.writeHead(405).end();
    if (service === 'tsa' && request.method !== 'POST') return void response.writeHead(403).end();
    if (active.body === 'html') {
      response.writeHead(active.httpStatus, { 'content-type': 'text/html; charset=utf-8' });
      return void response.end('<html><body>Vui lòng đăng nhập mạng</body></html>');
    }
    const body = encoded === undefined ? sent : Buffer.from(decodeURIComponent(encoded), 'base64');
    const whole =
      active.httpStatus === 200 ? await makeBody(service, name.replace(/\..*$/, ''), body, active) : Buffer.from('lỗi');
    if (!whole) return void response.writeHead(404).end();
    response.writeHead(active.httpStatus, { 'content-type': MEDIA_TYPES[service] });
    if (active.body === 'endless') return writeEndlessly(response, whole);
    if (active.body === 'garbage') return void response.end(Buffer.alloc(whole.length, 0x5a));
    if (active.body === 'empty') return void response.end();
    response.end(active.body === 'truncated' ? whole.subarray(0, whole.length - 40) : whole);
  }

  return {
    pki,
    url,
    tsaUrl: `${url}/tsa`,
    timeStampSigner,
    log,
    clearLog: () => void log.splice(0),
    fail: (service, changed) => void faults.set(service, { ...NO_FAULTS, ...changed }),
    heal: () => faults.clear(),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function hasNonce(request: Buffer): boolean {
  return request.includes(Buffer.from('06092b0601050507300102', 'hex'));
}

function certificateAs(authority: IssuingAuthority, form: AuthorityFaults['certificateForm']): Buffer {
  if (form === 'der') return authority.certificateDer;
  if (form === 'pem') return Buffer.from(authority.certificatePem);
  return openssl(['crl2pkcs7', '-nocrl', '-certfile', authority.certificatePath, '-outform', 'DER']);
}

function isService(name: string): name is Service {
  return name in MEDIA_TYPES;
}

function isAuthority(name: string): name is AuthorityName {
  return (AUTHORITY_NAMES as readonly string[]).includes(name);
}

async function readRequest(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES) throw new Error('a request beyond every use');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function writeEndlessly(response: ServerResponse, start: Buffer): void {
  const chunk = Buffer.alloc(64 * 1024);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  response.write(start);
  more();
}
