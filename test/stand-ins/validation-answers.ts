/**
 * @file What a responder, a list and a time-stamp authority answer, made by openssl. Where openssl cannot lie (a clock that is
 * off, a certificate that may not stamp) its own answer is changed in place and signed again by the right key.
 */
import { execFile } from 'node:child_process';
import { createHash, randomBytes, sign } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childOf, derSequence, derInteger, readAsn1, readOid, type Asn1Node } from '../../main/signing/asn1.ts';
import { opensslTime, type Holder, type IssuingAuthority } from './certification-authority.ts';

const run = promisify(execFile);

async function inFolder<T>(parent: string, work: (file: (name: string) => string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(parent, 'answer-'));
  try {
    return await work((name) => join(folder, name));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface OcspOptions {
  readonly authority: IssuingAuthority;
  /** Who signs: the authority itself or whom it delegated. */
  readonly responder: Holder;
  /** How wrong the responder's clock is. */
  readonly clockShiftMs: number;
  readonly nonce: 'echoed' | 'wrong' | 'left-out';
  /** Overrides what the data base says. */
  readonly status: 'recorded' | 'revoked' | 'unknown';
  readonly isByKey: boolean;
  readonly hasNextUpdate: boolean;
  readonly leavesCertificatesOut: boolean;
}

/** @param request DER @returns DER of the OCSPResponse */
export async function answerOcsp(folder: string, request: Buffer, options: OcspOptions): Promise<Buffer> {
  return inFolder(folder, async (file) => {
    const { authority, responder } = options;
    let index = await readFile(authority.indexPath, 'utf8');
    if (options.status === 'unknown') index = '';
    if (options.status === 'revoked')
      index = index.replace(/^V\t(\w+)\t\t/gm, `R\t$1\t${opensslTime(Date.now() - 86_400_000).slice(2)},superseded\t`);
    await writeFile(file('index'), index);
    await writeFile(file('index.attr'), 'unique_subject = no\n');
    await writeFile(file('request'), withNonce(request, options.nonce));
    const args = ['ocsp', '-index', file('index'), '-CA', authority.certificatePath, '-rmd', 'sha256'];
    args.push('-rsigner', responder.certificatePath, '-rkey', responder.keyPath);
    if (options.isByKey) args.push('-resp_key_id');
    if (options.hasNextUpdate) args.push('-nmin', '60');
    if (options.leavesCertificatesOut) args.push('-resp_no_certs');
    await run('openssl', [...args, '-reqin', file('request'), '-respout', file('response')]);
    const response = await readFile(file('response'));
    return options.clockShiftMs === 0 ? response : moveOcsp(response, responder, options.clockShiftMs);
  });
}

/** The nonce is the last value of the request, and the only extension anybody sends here. */
function withNonce(request: Buffer, nonce: OcspOptions['nonce']): Buffer {
  const data = childOf(readAsn1(request), 0, 0x30);
  const hasNonce = data.children.at(-1)?.tag === 0xa2;
  if (!hasNonce || nonce === 'echoed') return request;
  if (nonce === 'left-out') return derSequence(derSequence(...data.children.slice(0, -1).map((child) => child.raw)));
  const copy = Buffer.from(request);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 0xff;
  return copy;
}

async function moveOcsp(response: Buffer, responder: Holder, shiftMs: number): Promise<Buffer> {
  const copy = Buffer.from(response);
  const bytes = childOf(childOf(childOf(readAsn1(copy), 1, 0xa0), 0, 0x30), 1, 0x04).content;
  const basic = readAsn1(bytes);
  const data = childOf(basic, 0, 0x30);
  moveTime(
    data.children.find((child) => child.tag === 0x18),
    shiftMs,
  );
  for (const single of data.children.find((child) => child.tag === 0x30)?.children ?? []) {
    moveTime(childOf(single, 2, 0x18), shiftMs);
    moveTime(single.children.find((child) => child.tag === 0xa0)?.children[0], shiftMs);
  }
  const signature = sign('sha256', data.raw, await readFile(responder.keyPath));
  signature.copy(childOf(basic, 2, 0x03).content, 1);
  return copy;
}

function moveTime(node: Asn1Node | undefined, shiftMs: number): void {
  if (!node) return;
  const text = node.content.toString('latin1');
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(text) ?? [];
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) + shiftMs;
  node.content.write(opensslTime(ms).slice(0, 14), 'latin1');
}

export type ListKind =
  'list' | 'list-unknown-critical' | 'list-delta' | 'list-indirect' | 'list-some-reasons' | 'list-authorities-only';

/** @returns DER of the authority's revocation list, valid for a day from its own clock */
export async function makeRevocationList(
  folder: string,
  authority: IssuingAuthority,
  options: { readonly clockShiftMs: number; readonly kind: ListKind },
): Promise<Buffer> {
  return inFolder(folder, async (file) => {
    const nowMs = Date.now() + options.clockShiftMs;
    const times = ['-crl_lastupdate', opensslTime(nowMs), '-crl_nextupdate', opensslTime(nowMs + 86_400_000)];
    const config = (await readFile(authority.configPath, 'utf8')).replace(
      /^crlnumber = .*$/m,
      `crlnumber = ${file('n')}`,
    );
    await writeFile(file('n'), '01\n');
    await writeFile(file('config'), config);
    await run('openssl', [
      'ca',
      '-gencrl',
      '-config',
      file('config'),
      '-crlexts',
      options.kind,
      ...times,
      '-out',
      file('pem'),
    ]);
    await run('openssl', ['crl', '-in', file('pem'), '-outform', 'DER', '-out', file('der')]);
    return readFile(file('der'));
  });
}

export interface StampOptions {
  readonly signer: Holder;
  /** PEM file with the certificates between the signer and the root; null sends the signer's alone. */
  readonly chainPath: string | null;
  readonly clockShiftMs: number;
  readonly imprint: 'right' | 'wrong';
  readonly nonce: 'echoed' | 'wrong';
  /** Hash of the ESS attribute: `sha1` makes it signing-certificate, `sha256` signing-certificate-v2. */
  readonly essDigest: 'sha1' | 'sha256';
  /** Hash of the authority's signature. */
  readonly signerDigest: 'sha1' | 'sha256';
  /** A policy under which the authority does not stamp makes openssl refuse. */
  readonly refuses: boolean;
  /** Lets a signer stamp whom `openssl ts` would not let: the CMS is then made by `openssl cms`. */
  readonly isForced: boolean;
}

/** @param query DER @returns DER of the TimeStampResp */
export async function answerTimeStamp(
  folder: string,
  query: Buffer,
  options: StampOptions,
  usual: Holder,
): Promise<Buffer> {
  return inFolder(folder, async (file) => {
    const digests = options.refuses ? 'sha512' : 'sha1, sha256, sha384, sha512';
    const serial = randomBytes(8).toString('hex').toUpperCase();
    await writeFile(file('serial'), `0${serial.slice(1)}\n`);
    await writeFile(
      file('config'),
      `[tsa]\ndefault_tsa = own\n[own]\nserial = ${file('serial')}\ncrypto_device = builtin\nsigner_digest = ${options.signerDigest}
default_policy = 1.3.6.1.4.1.99999.1\nother_policies = 1.3.6.1.4.1.99999.2\ndigests = ${digests}\naccuracy = secs:1
ordering = no\ntsa_name = yes\ness_cert_id_chain = no\ness_cert_id_alg = ${options.essDigest}\n`,
    );
    await writeFile(file('query'), changedQuery(query, options));
    const signer = options.isForced ? usual : options.signer;
    const args = ['ts', '-reply', '-config', file('config'), '-section', 'own', '-queryfile', file('query')];
    args.push('-signer', signer.certificatePath, '-inkey', signer.keyPath, '-out', file('reply'));
    if (options.chainPath !== null) args.push('-chain', options.chainPath);
    await run('openssl', args);
    let reply: Buffer = await readFile(file('reply'));
    if (options.isForced && !options.refuses) {
      const wrapped = childOf(childOf(readAsn1(reply), 1), 1, 0xa0);
      const info = childOf(childOf(childOf(childOf(wrapped, 0), 2), 1, 0xa0), 0, 0x04).content;
      await writeFile(file('info'), info);
      const form = ['-binary', '-nodetach', '-cades', '-outform', 'DER', '-md', 'sha256', '-nosmimecap'];
      const by = ['-signer', options.signer.certificatePath, '-inkey', options.signer.keyPath];
      const type = ['-econtent_type', '1.2.840.113549.1.9.16.1.4'];
      await run('openssl', ['cms', '-sign', ...form, ...type, ...by, '-in', file('info'), '-out', file('cms')]);
      reply = derSequence(derSequence(derInteger(0)), await readFile(file('cms')));
    }
    return options.clockShiftMs === 0 || options.refuses
      ? reply
      : moveStamp(reply, options.signer, options.clockShiftMs);
  });
}

/** TimeStampReq: version, messageImprint, then whatever is optional; the nonce is the second INTEGER. */
function changedQuery(query: Buffer, options: StampOptions): Buffer {
  const copy = Buffer.from(query);
  const root = readAsn1(copy);
  const imprint = childOf(childOf(root, 1, 0x30), 1, 0x04).content;
  const nonce = root.children.findLast((child) => child.tag === 0x02)?.content;
  if (options.imprint === 'wrong') imprint[0] = (imprint[0] ?? 0) ^ 0xff;
  if (options.nonce === 'wrong' && nonce) nonce[nonce.length - 1] = (nonce.at(-1) ?? 0) ^ 0x01;
  return copy;
}

const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';

async function moveStamp(reply: Buffer, signer: Holder, shiftMs: number): Promise<Buffer> {
  const copy = Buffer.from(reply);
  const signedData = childOf(childOf(childOf(readAsn1(copy), 1), 1, 0xa0), 0, 0x30);
  const content = childOf(childOf(childOf(signedData, 2), 1, 0xa0), 0, 0x04).content;
  moveTime(
    readAsn1(content).children.find((child) => child.tag === 0x18),
    shiftMs,
  );
  const info = childOf(signedData.children.at(-1) as Asn1Node, 0, 0x30);
  const attributes = info.children.find((child) => child.tag === 0xa0);
  const digest = attributes?.children.find((attribute) => readOid(childOf(attribute, 0)) === MESSAGE_DIGEST);
  if (!attributes || !digest) throw new Error('a time-stamp without signed attributes');
  createHash('sha256')
    .update(content)
    .digest()
    .copy(childOf(childOf(digest, 1), 0, 0x04).content);
  const signed = Buffer.from(attributes.raw);
  signed[0] = 0x31;
  const signature = info.children.find((child) => child.tag === 0x04);
  sign('sha256', signed, await readFile(signer.keyPath)).copy(signature?.content ?? Buffer.alloc(0));
  return copy;
}
