/** @file What the token room is started with: the drivers policy allows, minus those that have hung it twice since the last check. */
import type { z } from 'zod';
import type { Settings } from '../settings/settings.ts';
import type { TokenRoom } from '../token/protocol.ts';
import type { Supervisor } from '../rooms/supervisor.ts';

const CHANCES = 2;

export interface TokenDrivers {
  readonly init: () => Pick<z.input<TokenRoom['init']>, 'modules' | 'discovery'>;
  /** Counts drivers that hang. */
  readonly watch: (room: Supervisor<TokenRoom>) => void;
  /** Somebody asked for a check: every driver gets its chances again. */
  readonly forgive: () => void;
}

export function tokenDrivers(settings: Settings, resourcesFolder: string): TokenDrivers {
  const hangs = new Map<string, number>();
  const { modules, denied, useDiscovery } = settings.tokens;
  const isAllowed = useDiscovery ?? settings.mode === 'production';
  return {
    init: () => ({
      modules: [...modules],
      discovery: {
        resourcesFolder,
        isSearching: isAllowed,
        denied: [...denied],
        suspended: [...hangs].flatMap(([path, count]) => (count >= CHANCES ? [path] : [])),
      },
    }),
    watch: (room) => {
      room.on('hung', ({ path }) => void hangs.set(path, (hangs.get(path) ?? 0) + 1));
    },
    forgive: () => hangs.clear(),
  };
}
