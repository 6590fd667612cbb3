/**
 * @file Practice and real work never share a store: fictional officers, practice keys and made-up numbers must not end up
 * beside citizens' dossiers. The mode is written when a store is created and never changed.
 */
import { Failure } from '../rooms/failure.ts';
import { readSetting, writeSetting, type StoreContext } from './context.ts';
import { hasPracticeOfficers } from './officers.ts';

const MODE = 'mode';

/** @throws Failure `store-other-mode`, before anything was written */
export function requireStoreMode(context: StoreContext): void {
  const wanted = context.settings.isPractice ? 'practice' : 'production';
  const recorded = readSetting(context, MODE);
  // A store from before the mode was written shows by its officers that it was used for practice.
  const actual = recorded ?? (hasPracticeOfficers(context) ? 'practice' : wanted);
  if (actual !== wanted)
    throw new Failure('store-other-mode', `the store is for ${actual}, the settings say ${wanted}`);
  if (recorded === null) writeSetting(context, MODE, wanted);
}
