import { describe, expect, test } from 'vitest';
import { tokenDrivers } from '../../../main/counter/token-drivers.ts';
import type { Supervisor } from '../../../main/rooms/supervisor.ts';
import { practiceSettings, type Settings } from '../../../main/settings/settings.ts';
import type { TokenRoom } from '../../../main/token/protocol.ts';

const practice = practiceSettings('/resources');

/** A token room whose drivers hang when told to. */
function room() {
  let hang: (event: { path: string }) => void = () => {};
  const supervisor = {
    on: (_name: string, listener: typeof hang) => {
      hang = listener;
      return () => {};
    },
  } as unknown as Supervisor<TokenRoom>;
  return { supervisor, hang: (path: string) => hang({ path }) };
}
const searching = (change: Partial<Settings>) =>
  tokenDrivers({ ...practice, ...change }, '/resources').init().discovery?.isSearching;

describe('drivers the token room is started with', () => {
  test('are looked for in production, and in practice only when the settings say so', () => {
    expect(searching({})).toBe(false);
    expect(searching({ mode: 'production' })).toBe(true);
    expect(searching({ tokens: { ...practice.tokens, useDiscovery: true } })).toBe(true);
    expect(searching({ mode: 'production', tokens: { ...practice.tokens, useDiscovery: false } })).toBe(false);
  });

  test('that hang twice are left out, until somebody asks for a check', () => {
    const { supervisor, hang } = room();
    const drivers = tokenDrivers(practice, '/resources');
    drivers.watch(supervisor);
    const suspended = () => drivers.init().discovery?.suspended;
    hang('/a.so');
    hang('/b.so');
    expect(suspended()).toEqual([]);
    hang('/a.so');
    expect(suspended()).toEqual(['/a.so']);
    drivers.forgive();
    expect(suspended()).toEqual([]);
  });
});
