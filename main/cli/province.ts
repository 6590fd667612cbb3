/** @file `motcua province`: the reference gateway on loopback, for practice, tests and pilots. Runs until it is stopped. */
import { join } from 'node:path';
import { Faults } from '../../province/protocol.ts';
import { startProvince } from '../../province/serve.ts';
import { Failure } from '../rooms/failure.ts';
import { nodeMachine } from './node-machine.ts';
import { EXIT, printJson, say, type Where } from './output.ts';

interface ProvinceCommandOptions {
  readonly port: string;
  readonly data?: string;
  readonly fault: readonly string[];
}

export function province(where: Where) {
  return async (options: ProvinceCommandOptions): Promise<number> => {
    const faults = Faults.safeParse(
      Object.fromEntries(options.fault.map((fault) => [fault.split('=')[0] ?? '', Number(fault.split('=')[1] ?? 1)])),
    );
    if (!faults.success) throw new Failure('bad-request', faults.error.message);
    const running = await startProvince(
      {
        folder: options.data ?? join(nodeMachine(where).paths.data, 'province'),
        port: Number(options.port),
        faults: faults.data,
        agencyCode: process.env['MOTCUA_AGENCY'] ?? 'H56.116',
      },
      { log: say },
    );
    printJson({ url: running.url, receiptKeys: running.receiptKeys, enrolmentCode: running.enrolmentCode('Q01') });
    await new Promise<void>((resolve) => {
      process.once('SIGINT', () => resolve());
      process.once('SIGTERM', () => resolve());
    });
    await running.close();
    return EXIT.done;
  };
}
