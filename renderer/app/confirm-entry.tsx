import { start } from './providers.tsx';
import { Confirm } from '../screens/confirm/confirm.tsx';
import { loadPreferences } from '../state/preferences.ts';

void loadPreferences();
start(<Confirm />);
