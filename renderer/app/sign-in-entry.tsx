import { start } from './providers.tsx';
import { SignIn } from '../screens/sign-in/sign-in.tsx';

start(<SignIn />);
