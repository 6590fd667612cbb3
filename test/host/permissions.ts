/** @file Puts the program's permission policy into the browser before a page loads: Chromium asks nobody later. */
import type { Protocol as Cdp } from 'devtools-protocol';
import type Electron from 'electron';
import { originOf, toBrowserAddress } from './addresses.ts';
import type { CdpSession } from './cdp.ts';
import { defaultSession, type Permission } from './session.ts';

/** Electron's permission → names that Chromium's DevTools know. Permissions without a name there are refused by Chromium itself. */
const NAMES: Partial<Record<Permission, readonly string[]>> = {
  'background-fetch': ['background-fetch'],
  'background-sync': ['background-sync'],
  'clipboard-read': ['clipboard-read'],
  'clipboard-sanitized-write': ['clipboard-write'],
  'display-capture': ['display-capture'],
  geolocation: ['geolocation'],
  'idle-detection': ['idle-detection'],
  keyboardLock: ['keyboard-lock'],
  'local-fonts': ['local-fonts'],
  media: ['camera', 'microphone'],
  midi: ['midi'],
  notifications: ['notifications'],
  'payment-handler': ['payment-handler'],
  'persistent-storage': ['persistent-storage'],
  pointerLock: ['pointer-lock'],
  'screen-wake-lock': ['screen-wake-lock'],
  sensors: ['accelerometer', 'gyroscope', 'magnetometer'],
  'storage-access': ['storage-access'],
  'window-management': ['window-management'],
};

const settled = new Set<string>();

/** @throws when Chromium no longer knows one of the names. */
export async function applyPermissions(page: CdpSession, contents: Electron.WebContents, url: string): Promise<void> {
  const origin = originOf(url);
  const address = toBrowserAddress(`${origin}/`);
  if (address === undefined || settled.has(address)) return;
  settled.add(address);
  for (const [permission, names] of Object.entries(NAMES) as [Permission, readonly string[]][]) {
    const setting: Cdp.Browser.PermissionSetting = (await defaultSession.decidePermission(
      contents,
      permission,
      url,
      `${origin}/`,
    ))
      ? 'granted'
      : 'denied';
    for (const name of names) {
      await page.send('Browser.setPermission', { permission: { name }, setting, origin: new URL(address).origin });
    }
  }
}
