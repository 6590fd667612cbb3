/** @file Keeps account of the browser's pages: ours are taken over while still paused, all others are closed unseen. */
import { isHeadless, type Browser } from './chromium.ts';
import type { CdpSession } from './cdp.ts';
import { notSupported } from './unsupported.ts';

interface OpenedTarget {
  readonly session: CdpSession;
  readonly targetId: string;
}

interface Expected {
  readonly resolve: (target: OpenedTarget) => void;
  readonly onGone: () => void;
}

const BLANK = 'about:blank';
const expected: Expected[] = [];
const ours = new Map<string, () => void>();
let browser: Browser | undefined;

/** Must be called once, before the first window. */
export async function watchTargets(started: Browser): Promise<void> {
  browser = started;
  const { root } = started.connection;
  root.on('Target.attachedToTarget', ({ sessionId, targetInfo: { targetId, type, openerId, openerFrameId, url } }) => {
    if (type !== 'page') return;
    const session = started.connection.session(sessionId);
    const isFromPage = openerId !== undefined || openerFrameId !== undefined || (isHeadless && url !== BLANK);
    const claim = isFromPage ? undefined : expected.shift();
    if (claim) {
      ours.set(targetId, claim.onGone);
      claim.resolve({ session, targetId });
      return;
    }
    // Closing it while it waits would leave the page that opened it waiting too; its request is refused by interception.
    session.tell('Runtime.runIfWaitingForDebugger');
    root.tell('Target.closeTarget', { targetId });
  });
  root.on('Target.targetDestroyed', ({ targetId }) => {
    ours.get(targetId)?.();
    ours.delete(targetId);
  });
  await root.send('Target.setDiscoverTargets', { discover: true });
  await root.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
    filter: [{ type: 'page' }],
  });
}

/** Opens a window of the given size (in CSS pixels) with an empty page that still waits for its debugger. */
export function openTarget(
  { width, height }: { width: number; height: number },
  onGone: () => void,
): Promise<OpenedTarget> {
  const started = browser ?? notSupported('a window before the app is ready');
  return new Promise((resolve) => {
    expected.push({ resolve, onGone });
    if (isHeadless) started.connection.root.tell('Target.createTarget', { url: BLANK, newWindow: true, width, height });
    else started.openAppWindow('data:text/html,', width, height);
  });
}
