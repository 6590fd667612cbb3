/** @file `motcua scan`: what scanners are there, and a stack of paper as image files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asErrorCode } from '../../preload/error-codes.ts';
import { loadSettings } from '../settings/settings.ts';
import { Failure, unwrap } from '../rooms/failure.ts';
import { nodeMachine } from './node-machine.ts';
import { EXIT, printJson, say, sayFailure, type Where } from './output.ts';
import { withImaging } from './with-imaging.ts';

interface ScanOptions {
  readonly list?: boolean;
  readonly device?: string;
  readonly source: 'adf' | 'adf-duplex' | 'flatbed';
  readonly dpi: string;
  readonly grey?: boolean;
  readonly address?: readonly string[];
  readonly discovery: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

export function scan(where: Where) {
  return (options: ScanOptions): Promise<number> => {
    const { paths } = nodeMachine(where);
    const { scanners, mode } = loadSettings(paths.data, paths.resources).settings;
    return withImaging(where, 1, async (imaging) => {
      const found = unwrap(
        await imaging.room.call('listScanners', {
          addresses: [...scanners.addresses, ...(options.address ?? [])],
          useDiscovery: options.discovery,
          useSane: true,
          sampleFolder: mode === 'practice' ? scanners.sampleFolder : null,
        }),
      );
      if (options.list) {
        if (options.json) printJson(found);
        else
          for (const device of found)
            say(
              `${device.id}  ${device.name}  [${device.driver}: ${device.sources.join(', ')}; ${device.dpis.join('/')} dpi]`,
            );
        return EXIT.done;
      }
      const scanner = options.device === undefined ? found[0] : found.find((device) => device.id === options.device);
      if (!scanner) throw new Failure('scanner-offline', options.device);
      if (options.out === undefined) throw new Failure('bad-request', '--out is needed');
      const folder = options.out;
      mkdirSync(folder, { recursive: true });
      const files: string[] = [];
      let writing = Promise.resolve();
      const ended = unwrap(
        await imaging.room.call(
          'scan',
          { scanner, source: options.source, dpi: Number(options.dpi), colour: options.grey !== true },
          {
            onProgress: (page) => {
              const file = join(folder, `page-${String(page.index + 1).padStart(4, '0')}.jpg`);
              files.push(file);
              writing = writing.then(async () => {
                writeFileSync(file, await imaging.bytes(page.image));
                say(file);
              });
            },
          },
        ),
      );
      await writing;
      if (options.json) printJson({ device: scanner.id, files, end: ended.end, code: ended.code });
      if (ended.end !== 'fault') return EXIT.done;
      sayFailure(asErrorCode(ended.code ?? 'scanner-failed'), ended.detail ?? undefined);
      return files.length > 0 ? EXIT.partly : EXIT.failed;
    });
  };
}
