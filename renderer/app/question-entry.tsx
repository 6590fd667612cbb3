import { start } from './providers.tsx';
import { Question } from '../screens/question/question.tsx';
import { loadPreferences } from '../state/preferences.ts';

void loadPreferences();
start(<Question />);
