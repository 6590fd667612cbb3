/** @file `motcua doctor`: the self check, in words or as JSON. Exit 2 when something needs attention, 1 when it is broken. */
import { checkDevices } from '../counter/devices.ts';
import { vi } from '../../renderer/language/vi.ts';
import { fill, wordFor } from '../../renderer/language/words.ts';
import { nodeMachine } from './node-machine.ts';
import { EXIT, printJson, say, type Where } from './output.ts';
import { withCounter } from './with-counter.ts';

const MARK = { ok: '✔', warning: '!', failed: '✖' } as const;

export function doctor(where: Where, version: string) {
  return (options: { json?: boolean }): Promise<number> =>
    withCounter(where, version, async (counter) => {
      await counter.rooms.sync.call('run', { once: true });
      const checks = await checkDevices(nodeMachine(where), counter);
      const drivers = await counter.rooms.token.call('diagnose', {});
      if (options.json)
        printJson({ version, mode: counter.settings.mode, checks, drivers: drivers.ok ? drivers.value : null });
      else
        for (const check of checks)
          say(`${MARK[check.state]} ${fill(wordFor(vi.checks, check.message), check.values)}`);
      if (checks.some((check) => check.state === 'failed')) return EXIT.failed;
      return checks.some((check) => check.state === 'warning') ? EXIT.partly : EXIT.done;
    });
}
