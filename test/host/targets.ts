/** @file Keeps account of the browser's pages: ours are taken over while still paused, all others are closed unseen. */
import type { Protocol as Cdp } from 'devtools-protocol';
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
  return new Promise<OpenedTarget>((resolve) => {
    expected.push({ resolve, onGone });
    if (isHeadless) started.connection.root.tell('Target.createTarget', { url: BLANK, newWindow: true, width, height });
    else started.openAppWindow('data:text/html,');
  }).then(async (target) => {
    // A running Chromium ignores the size on the command line of a further window.
    if (!isHeadless) await setBounds(target.targetId, { width, height });
    return target;
  });
}

/**
 * Lets a new page go on. A window that is not headless first loads the empty document it was opened with; asked for, because
 * its load event may come before or after this session sees the page's events.
 */
export async function startBlankPage(session: CdpSession): Promise<void> {
  await session.send('Runtime.runIfWaitingForDebugger');
  if (isHeadless) return;
  const expression = `location.protocol === 'data:' && document.readyState === 'complete'`;
  for (;;) {
    const answer = await session.send('Runtime.evaluate', { expression, returnByValue: true });
    if (answer.result.value === true) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Changes the window around a page: its size (in CSS pixels) or its state. */
export async function setBounds(targetId: string, bounds: Cdp.Browser.Bounds): Promise<void> {
  const { root } = (browser ?? notSupported('a window before the app is ready')).connection;
  const { windowId } = await root.send('Browser.getWindowForTarget', { targetId });
  root.tell('Browser.setWindowBounds', { windowId, bounds });
}
