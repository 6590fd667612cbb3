import { start } from './providers.tsx';
import { Confirm } from '../screens/confirm/confirm.tsx';

start(<Confirm />);
