/** @file `motcua officer add`: how a store gets its officers; the window has no way to do this. */
import type { Role } from '../../preload/types.ts';
import { Failure, unwrap } from '../rooms/failure.ts';
import { EXIT, printJson, say, type Where } from './output.ts';
import { withCounter } from './with-counter.ts';

interface AddOptions {
  readonly name: string;
  readonly title: string;
  readonly role: Role[];
  readonly pinEnv: string;
  readonly json?: boolean;
}

export function officerAdd(where: Where, version: string) {
  return async ({ name, title, role: roles, pinEnv, json }: AddOptions): Promise<number> => {
    const pin = process.env[pinEnv];
    if (pin === undefined) throw new Failure('pin-cancelled', `environment variable ${pinEnv} is not set`);
    return withCounter(where, version, async (counter) => {
      const officer = unwrap(await counter.rooms.store.call('addOfficer', { name, title, roles, pin }));
      if (json) printJson(officer);
      else say(`✔ ${officer.name}, ${officer.title} (${officer.roles.join(', ')})  ${officer.id}`);
      return EXIT.done;
    });
  };
}
