/**
 * @file Every lock on every page, installed in one call: no navigation away, no new windows, no permissions, no network, no
 * webviews. What is allowed stands in page-policy.ts; points of Electron's security checklist in brackets.
 */
import { app, session, type Session } from 'electron';
import { isNavigationAllowed, isPermissionAllowed, isRequestAllowed } from './page-policy.ts';

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
    // Peer connections are not requests: without this they would be a way out past every filter.
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
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
