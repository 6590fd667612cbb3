/** @file Opens the counter for one command and closes it again, whatever happens. */
import { openCounter, type Counter, type CounterChoices } from '../counter/open-counter.ts';
import type { Authoriser } from '../ports/ports.ts';
import { refuse } from '../../preload/result.ts';
import { unwrap } from '../rooms/failure.ts';
import { nodeMachine } from './node-machine.ts';
import type { Where } from './output.ts';

/** The officer on whose behalf the command works: the first who may. */
export interface CommandOfficer {
  readonly id: string;
  readonly name: string;
}

export const noPin: Authoriser = { authorise: async () => refuse('pin-cancelled') };

/** Takes the PIN from an environment variable, once: a wrong one is never tried again. */
export function pinFromEnvironment(variable: string): Authoriser {
  return {
    authorise: async (_request, attempt) => {
      const pin = process.env[variable];
      if (pin === undefined) return refuse('pin-cancelled', `environment variable ${variable} is not set`);
      const { outcome } = await attempt(new TextEncoder().encode(pin));
      return outcome.ok ? { ok: true, value: null } : outcome;
    },
  };
}

export async function withCounter(
  where: Where,
  version: string,
  work: (counter: Counter, officer: CommandOfficer) => Promise<number>,
  choices: Partial<CounterChoices> & { readonly authoriser?: Authoriser } = {},
): Promise<number> {
  const { authoriser = noPin, ...rest } = choices;
  const machine = nodeMachine(where);
  const counter = openCounter(machine, authoriser, {
    host: 'command-line',
    version,
    isSyncAutomatic: false,
    hasPracticeOffice: false,
    ...rest,
  });
  try {
    unwrap(await counter.rooms.store.start());
    const officers = unwrap(await counter.rooms.store.call('listOfficers', {}));
    const officer = officers.find((candidate) => candidate.roles.includes('counter')) ?? {
      id: 'command-line',
      name: 'motcua',
    };
    return await work(counter, officer);
  } finally {
    await counter.stop();
  }
}
