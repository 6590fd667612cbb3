/** @file A small authority made with openssl, independent of the program's own code: root, issuing CA, signers of any key. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type KeyKind = 'rsa-2048' | 'rsa-3072' | 'p-256';

export interface TestSigner {
  readonly name: string;
  readonly keyPath: string;
  readonly certificatePath: string;
  readonly certificateDer: Buffer;
}

export interface TestPki {
  readonly folder: string;
  readonly rootPath: string;
  readonly rootPem: string;
  readonly issuerPath: string;
  readonly issuerDer: Buffer;
  issue(
    name: string,
    kind: KeyKind,
    options?: { readonly isExpired?: boolean; readonly keyUsage?: string },
  ): TestSigner;
}

const CONFIG = `
[req]
distinguished_name = dn
prompt = no
string_mask = utf8only
utf8 = yes
[dn]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[issuer]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,$ENV::SIGNER_KEY_USAGE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

export function openssl(args: readonly string[], keyUsage = 'digitalSignature,nonRepudiation'): Buffer {
  return execFileSync('openssl', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SIGNER_KEY_USAGE: keyUsage },
  });
}

export function createTestPki(folder: string): TestPki {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'openssl.cnf');
  writeFileSync(config, CONFIG);
  const file = (name: string): string => join(folder, name);
  const newKey = (path: string, kind: KeyKind): void => {
    const parameters =
      kind === 'p-256'
        ? ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'ec_param_enc:named_curve']
        : ['RSA', '-pkeyopt', `rsa_keygen_bits:${kind.slice(4)}`];
    openssl(
      ['genpkey', '-quiet', '-algorithm', ...parameters, '-out', path].filter((argument) => argument !== '-quiet'),
    );
  };
  const request = (key: string, subject: string, out: string): void => {
    openssl(['req', '-new', '-utf8', '-config', config, '-key', key, '-subj', subject, '-out', out]);
  };
  newKey(file('root.key'), 'rsa-2048');
  openssl([
    'req',
    '-x509',
    '-new',
    '-utf8',
    '-config',
    config,
    '-extensions',
    'root',
    '-key',
    file('root.key'),
    '-days',
    '3650',
    '-subj',
    '/C=VN/O=Thử nghiệm/CN=Gốc thử nghiệm',
    '-out',
    file('root.pem'),
  ]);
  newKey(file('issuer.key'), 'rsa-2048');
  request(file('issuer.key'), '/C=VN/O=Thử nghiệm/CN=CA cấp dưới thử nghiệm', file('issuer.csr'));
  openssl([
    'x509',
    '-req',
    '-in',
    file('issuer.csr'),
    '-CA',
    file('root.pem'),
    '-CAkey',
    file('root.key'),
    '-CAcreateserial',
    '-days',
    '1825',
    '-extfile',
    config,
    '-extensions',
    'issuer',
    '-out',
    file('issuer.pem'),
  ]);
  let count = 0;
  return {
    folder,
    rootPath: file('root.pem'),
    rootPem: readFileSync(file('root.pem'), 'utf8'),
    issuerPath: file('issuer.pem'),
    issuerDer: openssl(['x509', '-in', file('issuer.pem'), '-outform', 'DER']),
    issue(name, kind, options = {}) {
      const base = file(`signer-${++count}`);
      newKey(`${base}.key`, kind);
      request(`${base}.key`, `/C=VN/O=UBND xã Thử/CN=${name}`, `${base}.csr`);
      const dates = options.isExpired ? ['-days', '-1'] : ['-days', '365'];
      openssl(
        [
          'x509',
          '-req',
          '-in',
          `${base}.csr`,
          '-CA',
          file('issuer.pem'),
          '-CAkey',
          file('issuer.key'),
          '-CAcreateserial',
          ...dates,
          '-extfile',
          config,
          '-extensions',
          'signer',
          '-out',
          `${base}.pem`,
        ],
        options.keyUsage,
      );
      return {
        name,
        keyPath: `${base}.key`,
        certificatePath: `${base}.pem`,
        certificateDer: openssl(['x509', '-in', `${base}.pem`, '-outform', 'DER']),
      };
    },
  };
}
