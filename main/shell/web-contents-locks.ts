/**
 * @file Every lock on every page, installed in one call: no navigation away, no new windows, no permissions, no network, no
 * webviews. The predicates are pure and tested as a table; points of Electron's security checklist in brackets.
 */
import { app, session, type Session } from 'electron';
import { APP_ORIGIN } from './app-protocol.ts';

/** Only our own pages, compared as URLs and never as prefixes [13]. */
export function isNavigationAllowed(url: string): boolean {
  try {
    const { protocol, host, username } = new URL(url);
    return `${protocol}//${host}` === APP_ORIGIN && username === '';
  } catch {
    return false;
  }
}

/** Pages load from `app:` only; the network belongs to the sync room [1]. `blob:` and `devtools:` never leave the page. */
export function isRequestAllowed(url: string): boolean {
  return url.startsWith('blob:app://counter/') || url.startsWith('devtools://') || isNavigationAllowed(url);
}

/** Copying a code to the clipboard is the one thing a page may ask for [5]. */
export function isPermissionAllowed(permission: string, origin: string): boolean {
  return permission === 'clipboard-sanitized-write' && isNavigationAllowed(origin);
}

export function lockEverything(log: (text: string) => void): void {
  lockSession(session.defaultSession);
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: { preventDefault: () => void; url: string }): void => {
      if (isNavigationAllowed(event.url)) return;
      event.preventDefault();
      log(`navigation refused: ${event.url}`);
    };
    contents.on('will-navigate', stay);
    contents.on('will-frame-navigate', stay);
    contents.on('will-redirect', stay);
    contents.on('will-attach-webview', (event) => event.preventDefault()); // [11] [12]
    contents.setWindowOpenHandler(({ url }) => {
      log(`window refused: ${url}`); // [14]
      return { action: 'deny' };
    });
  });
}

function lockSession(target: Session): void {
  target.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(isPermissionAllowed(permission, details.requestingUrl)),
  );
  target.setPermissionCheckHandler((_contents, permission, origin) => isPermissionAllowed(permission, origin));
  target.setDevicePermissionHandler(() => false);
  target.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  target.setSpellCheckerEnabled(false); // would download dictionaries
  target.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isRequestAllowed(details.url) }));
}
