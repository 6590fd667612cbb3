/** @file What `import … from 'electron'` means on the Chromium host. Importing it starts the browser, as starting Electron does. */
import { startHost } from './app.ts';
import * as members from './members.ts';

export * from './members.ts';
export default members;

startHost();
