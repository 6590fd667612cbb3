/**
 * @file A PKCS#12 file as a token: the practice key, or one named on the command line. Behaves as hardware does, tries
 * included. The key stays encrypted in the file until the login and leaves memory at the logout.
 */
import { constants, createHash, createPrivateKey, privateEncrypt, type KeyObject } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import forge from 'node-forge';
import { z } from 'zod';
import { Failure } from '../rooms/failure.ts';
import type { Certificate } from '../signing/certificate.ts';
import { digestInfo, signEcdsaDigest, verifiesDigest } from './digest-signatures.ts';
import type { Token } from './protocol.ts';
import { chooseCertificate, describeCertificates, tryReadCertificate } from './signing-certificates.ts';
import type { TokenSignature, TokenSource, ToSign, Tries } from './token-source.ts';

export interface KeyFile {
  readonly path: string;
  readonly label: string;
  readonly isPractice: boolean;
}

const MAX_TRIES = 5;
const MAX_FILE_BYTES = 1024 * 1024;
const TriesFile = z.object({ wrong: z.int().min(0) });

export class KeyFileSource implements TokenSource {
  readonly path: string;
  readonly isBusy = false;
  readonly isHung = false;
  readonly #file: KeyFile;
  readonly #id: string;
  #key: KeyObject | null = null;
  /** Those in the clear part of the file, and after a login all. */
  #certificates: readonly Certificate[] = [];
  #fileHash = '';
  /** Counts on when the counter's file cannot be written. */
  #wrong = 0;

  constructor(file: KeyFile) {
    this.path = file.path;
    this.#file = file;
    this.#id = `file-${createHash('sha256').update(file.path).digest('hex').slice(0, 24)}`;
  }

  get hasLogin(): boolean {
    return this.#key !== null;
  }

  owns(tokenId: string): boolean {
    return tokenId === this.#id;
  }

  list(): Promise<readonly Token[]> {
    const bytes = this.#read();
    if (!bytes) {
      this.#forget();
      return Promise.resolve([]);
    }
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (hash !== this.#fileHash) {
      this.#forget();
      this.#certificates = clearCertificates(parseStructure(bytes, this.path));
      this.#fileHash = hash;
    }
    return Promise.resolve(this.lastSeen());
  }

  lastSeen(): readonly Token[] {
    if (this.#fileHash === '') return [];
    return [
      {
        id: this.#id,
        label: this.#file.label,
        serialNumber: this.#fileHash.slice(0, 16).toUpperCase(),
        model: 'PKCS#12',
        isPractice: this.#file.isPractice,
        tries: this.#tries(),
        minPinLength: 1,
        maxPinLength: 255,
        hasProtectedPath: false,
        asksPinPerSignature: false,
        mustChangePin: false,
        certificates: describeCertificates(this.#certificates, Date.now()),
      },
    ];
  }

  /** The try is written down before it is made: ending the program does not give it back. */
  async login(_tokenId: string, pin: Buffer | null): Promise<Tries> {
    try {
      if (!pin || pin.length === 0 || pin.length > 255) throw new Failure('pin-length', '1–255');
      const bytes = this.#read();
      if (!bytes) throw new Failure('token-removed', this.path);
      if (this.#tries() === 'locked')
        throw new Failure('pin-locked', `${MAX_TRIES} wrong tries; counted in ${this.#triesPath()}`);
      this.#forget();
      this.#countTo(this.#wrongTries() + 1);
      const opened = openKeyFile(parseStructure(bytes, this.path), pin.toString('utf8'));
      if (!opened)
        throw new Failure(
          this.#tries() === 'locked' ? 'pin-locked' : 'pin-wrong',
          'the password does not open the file',
        );
      this.#countTo(0);
      this.#key = opened.key;
      this.#certificates = opened.certificates;
      this.#fileHash = createHash('sha256').update(bytes).digest('hex');
      return this.#tries();
    } finally {
      pin?.fill(0);
    }
  }

  sign(_tokenId: string, certificateId: string, { digest }: ToSign): Promise<TokenSignature> {
    if (!this.#read()) {
      this.#forget();
      throw new Failure('token-removed', this.path);
    }
    const certificate = chooseCertificate(this.#certificates, certificateId, Date.now());
    if (!this.#key) throw new Failure('not-allowed', 'signature without login');
    const isRsa = this.#key.asymmetricKeyType === 'rsa';
    const signature = isRsa
      ? privateEncrypt({ key: this.#key, padding: constants.RSA_PKCS1_PADDING }, digestInfo(digest))
      : signEcdsaDigest(this.#key, digest);
    if (!signature || !verifiesDigest(certificate.publicKey, digest, signature))
      throw new Failure('signature-does-not-verify', certificate.subject);
    return Promise.resolve({
      signature: signature.toString('base64'),
      algorithm: isRsa ? 'rsa-sha256' : 'ecdsa-sha256',
    });
  }

  logout(): Promise<void> {
    this.#key = null;
    return Promise.resolve();
  }

  #forget(): void {
    this.#key = null;
    this.#fileHash = '';
    this.#certificates = [];
  }

  #read(): Buffer | undefined {
    try {
      const bytes = readFileSync(this.path);
      return bytes.length <= MAX_FILE_BYTES ? bytes : undefined;
    } catch {
      return undefined; // gone or unreadable: like a token that is not plugged in
    }
  }

  #triesPath(): string {
    return `${this.path}.tries`;
  }

  #wrongTries(): number {
    try {
      return Math.max(this.#wrong, TriesFile.parse(JSON.parse(readFileSync(this.#triesPath(), 'utf8'))).wrong);
    } catch {
      return this.#wrong; // no file yet, or a damaged one: what this process saw still counts
    }
  }

  #countTo(wrong: number): void {
    this.#wrong = wrong;
    try {
      if (wrong === 0) {
        rmSync(this.#triesPath(), { force: true });
        return;
      }
      writeFileSync(`${this.#triesPath()}.new`, JSON.stringify({ wrong }), { mode: 0o600, flush: true });
      renameSync(`${this.#triesPath()}.new`, this.#triesPath());
    } catch {
      // A key on a read-only medium: the count lives as long as this process.
    }
  }

  #tries(): Tries {
    const wrong = this.#wrongTries();
    if (wrong >= MAX_TRIES) return 'locked';
    if (wrong === MAX_TRIES - 1) return 'final';
    return wrong > 0 ? 'low' : 'ok';
  }
}

function parseStructure(bytes: Buffer, path: string): forge.asn1.Asn1 {
  try {
    return forge.asn1.fromDer(bytes.toString('latin1'));
  } catch (cause) {
    throw new Failure('file-damaged', `${path} is no PKCS#12 file`, { cause });
  }
}

/** Certificates that stand unencrypted in the file, as those of the practice keys do. */
function clearCertificates(structure: forge.asn1.Asn1): Certificate[] {
  const found: Certificate[] = [];
  const visit = (node: forge.asn1.Asn1, depth: number): void => {
    if (depth > 24) return;
    if (typeof node.value === 'string') {
      // CertBag and SafeContents are DER inside OCTET STRINGs.
      if (node.type !== forge.asn1.Type.OCTETSTRING || node.value.charCodeAt(0) !== 0x30) return;
      const bytes = Buffer.from(node.value, 'latin1');
      const certificate = tryReadCertificate(bytes);
      if (certificate) found.push(certificate);
      else {
        const inner = tryFromDer(node.value);
        if (inner) visit(inner, depth + 1);
      }
      return;
    }
    for (const child of node.value) visit(child, depth + 1);
  };
  visit(structure, 0);
  return found;
}

function tryFromDer(bytes: string): forge.asn1.Asn1 | undefined {
  try {
    return forge.asn1.fromDer(bytes);
  } catch {
    return undefined; // an encrypted or opaque octet string
  }
}

/**
 * Undefined when the password is wrong. node-forge takes it as a string, which cannot be wiped: acceptable for a file
 * whose password protects practice, not for hardware, where the PIN stays bytes.
 */
function openKeyFile(
  structure: forge.asn1.Asn1,
  password: string,
): { key: KeyObject; certificates: Certificate[] } | undefined {
  const file =
    tryDecrypt(structure, password) ??
    tryDecrypt(withoutMac(structure), Buffer.from(password, 'utf8').toString('latin1'));
  if (!file) return undefined;
  const certificates: Certificate[] = [];
  let key: KeyObject | undefined;
  for (const bag of file.safeContents.flatMap((contents) => contents.safeBags)) {
    if (bag.type === forge.pki.oids.certBag) {
      const certificate = tryReadCertificate(toDer(bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1));
      if (certificate) certificates.push(certificate);
    } else if (bag.type === forge.pki.oids.pkcs8ShroudedKeyBag || bag.type === forge.pki.oids.keyBag) {
      const info = bag.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key)) : bag.asn1;
      key ??= createPrivateKey({ key: toDer(info), format: 'der', type: 'pkcs8' });
    }
  }
  if (!key) throw new Failure('certificate-missing', 'the file has no private key');
  return { key, certificates };
}

function tryDecrypt(structure: forge.asn1.Asn1, password: string): forge.pkcs12.Pkcs12Pfx | undefined {
  try {
    return forge.pkcs12.pkcs12FromAsn1(structure, password);
  } catch {
    return undefined; // MAC or padding does not fit: wrong password
  }
}

/**
 * The MAC takes the password as UTF-16, the encryption of newer files (PBES2) as UTF-8, and node-forge uses one string for
 * both: a password with Vietnamese letters opens such a file only when the MAC is left out. The padding and the
 * check of every signature against the certificate stand in for it.
 */
function withoutMac(structure: forge.asn1.Asn1): forge.asn1.Asn1 {
  return typeof structure.value === 'string' ? structure : { ...structure, value: structure.value.slice(0, 2) };
}

function toDer(structure: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(structure).getBytes(), 'latin1');
}
