/**
 * @file A practice public-key infrastructure in the shape of the government's, made by openssl alone: a root that signs itself
 * with SHA-1, an issuing authority whose certificate is SHA-1, another with SHA-256, one below that, and whoever they certify.
 * The addresses in the certificates are those of `validation-authorities.ts`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyKind } from './test-pki.ts';

/** `second` stands below `sha256`. `other` is a root of strangers that nobody trusts. */
export type AuthorityName = 'root' | 'sha1' | 'sha256' | 'second' | 'other';

export const AUTHORITY_NAMES: readonly AuthorityName[] = ['root', 'sha1', 'sha256', 'second', 'other'];

export interface Holder {
  readonly name: string;
  readonly keyPath: string;
  readonly certificatePath: string;
  readonly certificateDer: Buffer;
  readonly certificatePem: string;
  /** Hexadecimal capitals. */
  readonly serialNumber: string;
}

export interface IssuingAuthority extends Holder {
  readonly id: AuthorityName;
  /** openssl's data base of what it issued. */
  readonly indexPath: string;
  readonly configPath: string;
}

/** What the certificate says its key is for. */
export type Profile =
  | 'signer'
  | 'signer-wrong-usage'
  | 'signer-no-addresses'
  | 'signer-unknown-critical'
  | 'time-stamping'
  | 'time-stamping-not-critical'
  | 'responder'
  | 'responder-without-usage'
  | 'authority'
  | 'authority-of-names';

export interface IssueOptions {
  /** `sha256` when left out. */
  readonly by?: AuthorityName;
  readonly kind?: KeyKind;
  readonly profile?: Profile;
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  /** Hash of the issuer's signature. */
  readonly digest?: 'sha1' | 'sha256';
  /** Certifies this key again instead of a new one. */
  readonly keyOf?: Holder;
  readonly subject?: string;
}

export interface PracticePki {
  readonly folder: string;
  readonly baseUrl: string;
  readonly rootPem: string;
  readonly authority: (id: AuthorityName) => IssuingAuthority;
  readonly issue: (name: string, options?: IssueOptions) => Holder;
  /** What `openssl x509` signs with any holder's key, whether its owner may certify or not; an authority when `keyOf` is given. */
  readonly signWith: (issuer: Holder, name: string, keyOf?: Holder) => Holder;
  /** @param reason openssl's word, e.g. `keyCompromise`, `certificateHold`, `removeFromCRL` */
  readonly revoke: (holder: Holder, by: AuthorityName, atMs: number, reason?: string) => void;
  /** Takes a suspension back. */
  readonly reinstate: (holder: Holder, by: AuthorityName) => void;
}

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

const OID_CONFIG = `
[req]
distinguished_name = dn
prompt = no
string_mask = utf8only
utf8 = yes
[dn]
`;

/** Each authority has its own file, because the addresses in what it issues name it. */
function configuration(folder: string, id: AuthorityName, baseUrl: string): string {
  const addresses = `authorityInfoAccess = OCSP;URI:${baseUrl}/ocsp/${id},caIssuers;URI:${baseUrl}/ca/${id}.crt
crlDistributionPoints = URI:${baseUrl}/crl/${id}.crl
`;
  const end = (usage: string): string => `basicConstraints = critical,CA:FALSE
keyUsage = critical,${usage}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;
  const authority = `basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign,digitalSignature
subjectKeyIdentifier = hash
`;
  return `${OID_CONFIG}
[ca]
default_ca = own
[own]
database = ${folder}/${id}.index
serial = ${folder}/${id}.serial
crlnumber = ${folder}/${id}.crlnumber
new_certs_dir = ${folder}
certificate = ${folder}/${id}.pem
private_key = ${folder}/${id}.key
default_md = sha256
default_days = 365
policy = any
unique_subject = no
string_mask = utf8only
utf8 = yes
[any]
countryName = optional
organizationName = optional
commonName = supplied
[root-itself]
${authority}
[authority]
${authority}authorityKeyIdentifier = keyid
${addresses}
[authority-of-names]
${authority}authorityKeyIdentifier = keyid
nameConstraints = critical,permitted;dirName:permitted_names
${addresses}
[permitted_names]
C = VN
[signer]
${end('digitalSignature,nonRepudiation')}${addresses}
[signer-wrong-usage]
${end('keyEncipherment')}${addresses}
[signer-no-addresses]
${end('digitalSignature,nonRepudiation')}
[signer-unknown-critical]
${end('digitalSignature,nonRepudiation')}${addresses}1.2.3.4.5 = critical,ASN1:NULL
[time-stamping]
${end('digitalSignature,nonRepudiation')}${addresses}extendedKeyUsage = critical,timeStamping
[time-stamping-not-critical]
${end('digitalSignature,nonRepudiation')}${addresses}extendedKeyUsage = timeStamping
[responder]
${end('digitalSignature')}extendedKeyUsage = OCSPSigning
noCheck = ignored
[responder-without-usage]
${end('digitalSignature')}
[list]
authorityKeyIdentifier = keyid
[list-unknown-critical]
authorityKeyIdentifier = keyid
1.2.3.4.5 = critical,ASN1:NULL
[list-delta]
authorityKeyIdentifier = keyid
2.5.29.27 = critical,ASN1:INTEGER:1
[list-indirect]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical,@indirect
[indirect]
indirectCRL = TRUE
[list-some-reasons]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical,@some_reasons
[some_reasons]
onlysomereasons = keyCompromise
[list-authorities-only]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical,@authorities_only
[authorities_only]
onlyCA = TRUE
`;
}

export function openssl(args: readonly string[]): Buffer {
  return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
}

/** `20261121091005Z`. */
export function opensslTime(ms: number): string {
  return `${new Date(ms)
    .toISOString()
    .replace(/[-:T]|\.\d+Z$/g, '')
    .slice(0, 14)}Z`;
}

export function makeKey(path: string, kind: KeyKind): void {
  const parameters =
    kind === 'p-256'
      ? ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'ec_param_enc:named_curve']
      : ['RSA', '-pkeyopt', `rsa_keygen_bits:${kind.slice(4)}`];
  openssl(['genpkey', '-algorithm', ...parameters, '-out', path]);
}

/** @param baseUrl where the validation authorities answer, without a slash at its end */
export function createPracticePki(folder: string, baseUrl: string, nowMs: number = Date.now()): PracticePki {
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  const authorities = new Map<AuthorityName, IssuingAuthority>();
  let count = 0;

  function request(keyPath: string, subject: string, base: string): string {
    writeFileSync(file('request.cnf'), OID_CONFIG);
    const path = file(`${base}.csr`);
    openssl(['req', '-new', '-utf8', '-config', file('request.cnf'), '-key', keyPath, '-subj', subject, '-out', path]);
    return path;
  }

  function holder(name: string, keyPath: string, certificatePath: string): Holder {
    const certificateDer = openssl(['x509', '-in', certificatePath, '-outform', 'DER']);
    const serial = openssl(['x509', '-in', certificatePath, '-noout', '-serial']).toString('utf8');
    const certificatePem = readFileSync(certificatePath, 'utf8');
    return { name, keyPath, certificatePath, certificateDer, certificatePem, serialNumber: serial.trim().slice(7) };
  }

  function sign(by: AuthorityName, csr: string, section: string, out: string, options: IssueOptions): void {
    const args = ['ca', '-batch', '-notext', '-utf8', '-preserveDN', '-config', file(`${by}.cnf`), '-in', csr];
    const start = opensslTime(options.notBeforeMs ?? nowMs - DAY_MS);
    const end = opensslTime(options.notAfterMs ?? nowMs + YEAR_MS);
    const times = ['-startdate', start, '-enddate', end, '-md', options.digest ?? 'sha256'];
    openssl([
      ...args,
      '-extensions',
      section,
      ...times,
      '-rand_serial',
      '-out',
      out,
      ...(out === file(`${by}.pem`) ? ['-selfsign'] : []),
    ]);
  }

  function establish(id: AuthorityName, name: string, by: AuthorityName, options: IssueOptions): void {
    writeFileSync(file(`${id}.cnf`), configuration(folder, id, baseUrl));
    writeFileSync(file(`${id}.index`), '');
    writeFileSync(file(`${id}.crlnumber`), '01\n');
    makeKey(file(`${id}.key`), 'rsa-2048');
    const csr = request(file(`${id}.key`), `/C=VN/O=Ban Thử nghiệm/CN=${name}`, id);
    sign(by, csr, by === id ? 'root-itself' : 'authority', file(`${id}.pem`), options);
    const own = holder(name, file(`${id}.key`), file(`${id}.pem`));
    authorities.set(id, { ...own, id, indexPath: file(`${id}.index`), configPath: file(`${id}.cnf`) });
  }

  const years = (before: number, after: number): IssueOptions => ({
    notBeforeMs: nowMs - before * YEAR_MS,
    notAfterMs: nowMs + after * YEAR_MS,
  });
  establish('root', 'Gốc chuyên dùng thử nghiệm', 'root', { ...years(15, 15), digest: 'sha1' });
  establish('sha1', 'CA cấp dưới SHA-1 thử nghiệm', 'root', { ...years(12, 10), digest: 'sha1' });
  establish('sha256', 'CA cấp dưới SHA-256 thử nghiệm', 'root', years(10, 10));
  establish('second', 'CA cấp hai thử nghiệm', 'sha256', years(8, 8));
  establish('other', 'Gốc của người lạ', 'other', years(15, 15));

  function authority(id: AuthorityName): IssuingAuthority {
    const found = authorities.get(id);
    if (!found) throw new Error(`no authority ${id}`);
    return found;
  }

  function changeIndex(target: Holder, by: AuthorityName, change: (columns: string[]) => string[]): void {
    const { indexPath } = authority(by);
    const lines = readFileSync(indexPath, 'utf8').split('\n');
    const position = lines.findIndex((line) => line.split('\t')[3] === target.serialNumber);
    if (position < 0) throw new Error(`${by} issued nothing to ${target.name}`);
    lines[position] = change((lines[position] ?? '').split('\t')).join('\t');
    writeFileSync(indexPath, lines.join('\n'));
  }

  return {
    folder,
    baseUrl,
    rootPem: authority('root').certificatePem,
    authority,
    issue(name, options = {}) {
      const base = `holder-${++count}`;
      const keyPath = options.keyOf?.keyPath ?? file(`${base}.key`);
      if (!options.keyOf) makeKey(keyPath, options.kind ?? 'rsa-2048');
      const csr = request(keyPath, options.subject ?? `/C=VN/O=UBND xã Thử/CN=${name}`, base);
      sign(options.by ?? 'sha256', csr, options.profile ?? 'signer', file(`${base}.pem`), options);
      return holder(name, keyPath, file(`${base}.pem`));
    },
    signWith(issuer, name, keyOf) {
      const base = `holder-${++count}`;
      const keyPath = keyOf?.keyPath ?? file(`${base}.key`);
      if (!keyOf) makeKey(keyPath, 'p-256');
      const csr = request(keyPath, keyOf ? `/CN=${name}` : `/C=VN/CN=${name}`, base);
      const extensions = keyOf ? 'authority' : 'signer-no-addresses';
      const by = ['-CA', issuer.certificatePath, '-CAkey', issuer.keyPath, '-CAcreateserial'];
      const form = ['-extfile', file('sha256.cnf'), '-extensions', extensions, '-days', '300'];
      openssl(['x509', '-req', '-in', csr, ...by, ...form, '-out', file(`${base}.pem`)]);
      return holder(name, keyPath, file(`${base}.pem`));
    },
    revoke(target, by, atMs, reason) {
      const when = `${opensslTime(atMs).slice(2)}${reason === undefined ? '' : `,${reason}`}`;
      changeIndex(target, by, ([, expires = '', , ...rest]) => ['R', expires, when, ...rest]);
    },
    reinstate(target, by) {
      changeIndex(target, by, ([, expires = '', , ...rest]) => ['V', expires, '', ...rest]);
    },
  };
}
