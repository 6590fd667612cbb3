/**
 * @file The keys of practice mode, of the demonstration and of tests: a certificate authority that nobody trusts outside
 * practice, and one key file per practice officer. Every file says so in its names.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, randomInt, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import forge from 'node-forge';

/** The password of every practice key file: printed on the screen, protects nothing. */
export const PRACTICE_PIN = '12345678';

export interface PracticeOfficer {
  readonly name: string;
  readonly label: string;
  readonly p12Path: string;
}

export interface PracticeKeys {
  /** PEM of the practice authority: the root to trust in practice mode, nowhere else. */
  readonly caPemPath: string;
  readonly caPem: string;
  readonly officers: readonly PracticeOfficer[];
}

const ORGANISATION = 'Cơ quan thực hành (không có giá trị pháp lý)';
const OFFICERS = [
  {
    file: 'can-bo-tiep-nhan.p12',
    name: 'Nguyễn Thị Lan',
    title: 'Cán bộ tiếp nhận',
    email: 'lan.nguyen@thuchanh.example.vn',
  },
  { file: 'lanh-dao.p12', name: 'Trần Văn Minh', title: 'Lãnh đạo ký duyệt', email: 'minh.tran@thuchanh.example.vn' },
] as const;
const DAY_MS = 86_400_000;

/** Makes the keys once; later calls read what stands there. The folder must be private to the user of the program. */
export function ensurePracticeKeys(folder: string, nowMs: number = Date.now()): PracticeKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const caPemPath = join(folder, 'practice-ca.pem');
  const caKeyPath = join(folder, 'practice-ca.key.pem');
  if (!existsSync(caPemPath) || !existsSync(caKeyPath)) {
    const authority = issueAuthority(nowMs);
    writeWhole(caKeyPath, authority.key.export({ type: 'pkcs8', format: 'pem' }).toString());
    writeWhole(caPemPath, forge.pki.certificateToPem(authority.certificate));
  }
  const caPem = readFileSync(caPemPath, 'utf8');
  const officers = OFFICERS.map((officer): PracticeOfficer => {
    const p12Path = join(folder, officer.file);
    if (!existsSync(p12Path)) {
      const authority = {
        certificate: forge.pki.certificateFromPem(caPem),
        key: createPrivateKey(readFileSync(caKeyPath)),
      };
      writeWhole(p12Path, issueOfficer(authority, officer, nowMs));
    }
    return { name: officer.name, label: `Luyện tập – ${officer.name}`, p12Path };
  });
  return { caPemPath, caPem, officers };
}

export interface PracticeStampKey {
  readonly key: KeyObject;
  /** The stamp's own certificate and the practice authority's, PEM. */
  readonly certificatesPem: string;
}

/** The key of practice mode's time-stamp authority, made on first use. */
export function ensurePracticeStampKey(folder: string, nowMs: number = Date.now()): PracticeStampKey {
  const { caPem } = ensurePracticeKeys(folder, nowMs);
  const keyPath = join(folder, 'dau-thoi-gian.key.pem');
  const pemPath = join(folder, 'dau-thoi-gian.pem');
  if (!existsSync(keyPath) || !existsSync(pemPath)) {
    const authority = {
      certificate: forge.pki.certificateFromPem(caPem),
      key: createPrivateKey(readFileSync(join(folder, 'practice-ca.key.pem'))),
    };
    const issued = issueStampKey(authority, nowMs);
    writeWhole(keyPath, issued.key.export({ type: 'pkcs8', format: 'pem' }).toString());
    writeWhole(pemPath, forge.pki.certificateToPem(issued.certificate));
  }
  return { key: createPrivateKey(readFileSync(keyPath)), certificatesPem: readFileSync(pemPath, 'utf8') + caPem };
}

interface Authority {
  readonly certificate: forge.pki.Certificate;
  readonly key: KeyObject;
}

function issueAuthority(nowMs: number): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = newCertificate(publicKey, nowMs, 3650);
  certificate.setSubject(authorityName());
  certificate.setIssuer(authorityName());
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(toForge(privateKey), forge.md.sha256.create());
  return { certificate, key: privateKey };
}

function issueOfficer(authority: Authority, officer: (typeof OFFICERS)[number], nowMs: number): Buffer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = newCertificate(publicKey, nowMs, 1095);
  certificate.setSubject(
    subject([
      ['countryName', 'VN'],
      ['organizationName', ORGANISATION],
      ['title', officer.title],
      ['commonName', officer.name],
      ['emailAddress', officer.email],
    ]),
  );
  certificate.setIssuer(authorityName());
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, nonRepudiation: true, critical: true },
    { name: 'extKeyUsage', emailProtection: true },
    { name: 'subjectAltName', altNames: [{ type: 1, value: officer.email }] },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: authority.certificate.generateSubjectKeyIdentifier().getBytes() },
  ]);
  certificate.sign(toForge(authority.key), forge.md.sha256.create());
  const file = forge.pkcs12.toPkcs12Asn1(toForge(privateKey), [certificate, authority.certificate], PRACTICE_PIN, {
    algorithm: 'aes256',
    friendlyName: officer.name,
    generateLocalKeyId: true,
  });
  return Buffer.from(forge.asn1.toDer(file).getBytes(), 'latin1');
}

function issueStampKey(authority: Authority, nowMs: number): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = newCertificate(publicKey, nowMs, 1095);
  certificate.setSubject(
    subject([
      ['countryName', 'VN'],
      ['organizationName', ORGANISATION],
      ['commonName', 'Dấu thời gian thực hành Quầy Một Cửa'],
    ]),
  );
  certificate.setIssuer(authorityName());
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, nonRepudiation: true, critical: true },
    // The one purpose, and critical: RFC 3161, 2.3.
    { name: 'extKeyUsage', timeStamping: true, critical: true },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: authority.certificate.generateSubjectKeyIdentifier().getBytes() },
  ]);
  certificate.sign(toForge(authority.key), forge.md.sha256.create());
  return { certificate, key: privateKey };
}

function newCertificate(publicKey: KeyObject, nowMs: number, days: number): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  // Positive, 128 random bits below the sign bit (RFC 5280, 4.1.2.2).
  certificate.serialNumber = Buffer.concat([Buffer.from([randomInt(1, 0x80)]), randomBytes(15)]).toString('hex');
  certificate.validity.notBefore = new Date(nowMs - DAY_MS);
  certificate.validity.notAfter = new Date(nowMs + days * DAY_MS);
  return certificate;
}

function toForge(key: KeyObject): forge.pki.rsa.PrivateKey {
  return forge.pki.privateKeyFromPem(key.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** Built anew each time: node-forge encodes a name it has parsed a second time, which spoils Vietnamese letters. */
function authorityName(): forge.pki.CertificateField[] {
  return subject([
    ['countryName', 'VN'],
    ['organizationName', ORGANISATION],
    ['commonName', 'CA thực hành Quầy Một Cửa'],
  ]);
}

function subject(parts: readonly (readonly [name: string, value: string])[]): forge.pki.CertificateField[] {
  // The typings confuse ASN.1 types with tag classes; the program wants the type's number here.
  const utf8 = forge.asn1.Type.UTF8 as unknown as forge.asn1.Class;
  return parts.map(([name, value]) =>
    name === 'countryName' || name === 'emailAddress' ? { name, value } : { name, value, valueTagClass: utf8 },
  );
}

function writeWhole(path: string, content: string | Buffer): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  writeFileSync(temporary, content, { mode: 0o600, flush: true });
  renameSync(temporary, path);
}
