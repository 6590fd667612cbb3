/**
 * @file Whom this counter trusts: roots an administrator put into the data folder's `trust` folder or named in the settings,
 * in practice mode the practice authority too. Read afresh at each use, so that a root put in counts without a restart.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Paths } from '../ports/ports.ts';
import { Failure } from '../rooms/failure.ts';
import type { Settings } from '../settings/settings.ts';
import { readCertificate, readPemCertificates } from '../signing/certificate.ts';
import type { ValidationPolicy } from '../signing/validation/policy.ts';
import { practiceRoots } from './practice-keys.ts';

const CERTIFICATE_FILE = /\.(?:pem|crt|cer|der)$/i;
/** A bundle of roots is far smaller; what is larger is something else that was put there by mistake. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;
const MAX_FILES = 1_000;

/**
 * `trust/*` counts for signers and time-stamps, `trust/time-stamp/*` for time-stamps alone. A folder that is not there
 * holds nothing; a file named in the settings must be there.
 * @throws Failure `settings-unreadable` naming the file that is no certificate: trust is never half of what was meant
 */
export function validationPolicyOf(settings: Settings, paths: Paths): ValidationPolicy {
  const { trustedRootFiles, allowsSha1Issuers, urlRewrites, issuerHosts, isOffline } = settings.signing;
  const folder = join(paths.data, 'trust');
  return {
    trustedRoots: [
      ...readFolder(folder),
      ...trustedRootFiles.flatMap(rootsAt),
      ...(settings.mode === 'practice' ? practiceRoots(paths.data) : []),
    ],
    timeStampRoots: readFolder(join(folder, 'time-stamp')),
    allowsSha1Issuers,
    urlRewrites,
    issuerHosts,
    isOffline,
  };
}

/**
 * PEM texts of the certificates in a file, or in the certificate files of a folder.
 * @throws Failure `settings-unreadable` naming the file that is none
 */
export function rootsAt(path: string): string[] {
  return isFolder(path) ? readFolder(path) : readRoots(path);
}

function readFolder(folder: string): string[] {
  const names = listFiles(folder).filter((name) => CERTIFICATE_FILE.test(name));
  if (names.length > MAX_FILES) throw new Failure('settings-unreadable', `${folder}: more than ${MAX_FILES} files`);
  return names.flatMap((name) => readRoots(join(folder, name)));
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Failure('settings-unreadable', `${folder} cannot be read`, { cause });
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** PEM text of every certificate in a file, which may be PEM or DER whatever its name says. */
function readRoots(path: string): string[] {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) throw new Error('too large for certificates');
    const bytes = readFileSync(path);
    const certificates = bytes[0] === 0x30 ? [readCertificate(bytes)] : readPemCertificates(bytes.toString('latin1'));
    if (certificates.length === 0) throw new Error('no certificate in it');
    return certificates.map((certificate) => certificate.x509.toString());
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('settings-unreadable', `${path}: ${detail}`, { cause });
  }
}
