import { start } from './providers.tsx';
import { Question } from '../screens/question/question.tsx';

start(<Question />);
