import { start } from './providers.tsx';
import { Desk } from '../screens/desk/desk.tsx';
import { takeIdentityText } from '../state/actions.ts';
import { hasRole } from '../state/session.ts';
import { listenToKeys } from './keyboard.ts';

// Before anything is drawn: ours has to see a key first, while what it would close is still on screen.
listenToKeys((text) => {
  if (hasRole('counter')) void takeIdentityText(text);
});
start(<Desk />);
