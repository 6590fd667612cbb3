/** @file `motcua bridge certificate`: the certificate of 127.0.0.1 as a file for IT to trust; the program installs nothing. */
import { writeFileSync } from 'node:fs';
import { bridgeFolderOf, openLocalCertificate } from '../counter/bridge/local-certificate.ts';
import { secretBoxOf } from '../counter/secret-box.ts';
import { Failure } from '../rooms/failure.ts';
import { loadSettings } from '../settings/settings.ts';
import { nodeMachine } from './node-machine.ts';
import { EXIT, printJson, say, type Where } from './output.ts';

interface CertificateOptions {
  readonly out: string;
  readonly json?: boolean;
}

export function bridgeCertificate(where: Where) {
  return async ({ out, json }: CertificateOptions): Promise<number> => {
    const machine = nodeMachine(where);
    const { settings } = loadSettings(machine.paths.data, machine.paths.resources);
    const box = secretBoxOf(machine, settings);
    if (!box.isAvailable())
      throw new Failure('store-key-missing', `no secret protection on this machine (${box.kind})`);
    const folder = bridgeFolderOf(machine.paths.data);
    const { certificatePem, fingerprint, notAfter } = await openLocalCertificate(folder, box, machine.clock.now());
    try {
      writeFileSync(out, certificatePem, { flag: 'wx' });
    } catch (cause) {
      const isThere = (cause as NodeJS.ErrnoException).code === 'EEXIST';
      throw new Failure(isThere ? 'file-exists' : 'disk-error', out, { cause });
    }
    if (json) printJson({ file: out, fingerprint, notAfter });
    else say(`✔ ${out}\n  SHA-256 ${fingerprint}\n  đến ${notAfter}`);
    return EXIT.done;
  };
}
