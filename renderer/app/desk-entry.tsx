import { start } from './providers.tsx';
import { Desk } from '../screens/desk/desk.tsx';
import { takeCode } from '../state/wedge-actions.ts';
import { hasRole } from '../state/session.ts';
import { listenToKeys } from './keyboard.ts';

// Before anything is drawn: ours has to see a key first, while what it would close is still on screen.
listenToKeys((code) => {
  if (hasRole('counter')) void takeCode(code);
});
start(<Desk />);
