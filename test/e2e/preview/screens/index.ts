/** @file Every screen worth looking at, and how to get there. */
import { aroundScreens } from './around.ts';
import { backlogScreens } from './backlog.ts';
import { confirmScreens } from './confirm.ts';
import { deskScreens } from './desk.ts';
import { signingScreens } from './signing.ts';
import { workbenchScreens } from './workbench.ts';
import type { Screen } from './screen.ts';

export const screens: readonly Screen[] = [
  ...aroundScreens,
  ...deskScreens,
  ...workbenchScreens,
  ...signingScreens,
  ...backlogScreens,
  ...confirmScreens,
];
