import { start } from './providers.tsx';
import { Desk } from '../screens/desk/desk.tsx';

start(<Desk />);
