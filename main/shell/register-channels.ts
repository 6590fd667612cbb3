/**
 * @file The registrar: the only place where a page's message becomes a call. Refuses first: known window, top frame, own
 * origin, right page, right role, strict schema, bounded size. Handlers behind it trust what they get.
 */
import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import { CHANNELS, type Channel, type PageName } from '../../preload/contract.ts';
import { refuse, type Result } from '../../preload/result.ts';
import type { Session } from '../counter/session.ts';
import type { ChannelHandlers } from '../ipc/handlers.ts';
import { SCHEMAS } from '../ipc/schemas.ts';
import { toRefusal } from '../rooms/failure.ts';
import { pageOf, type SenderView } from './page-policy.ts';

const MAX_REQUEST_CHARACTERS = 256 * 1024;

export function registerChannels(
  handlers: ChannelHandlers,
  session: Session,
  pageShownIn: (webContentsId: number) => PageName | undefined,
  log: (text: string) => void,
): void {
  for (const channel of Object.keys(CHANNELS) as Channel[]) {
    ipcMain.handle(channel, (event, request: unknown) => dispatch(channel, view(event, pageShownIn), request));
  }

  async function dispatch(channel: Channel, sender: SenderView, request: unknown): Promise<Result<unknown>> {
    const { page, roles } = CHANNELS[channel];
    const from = pageOf(sender);
    if (from === undefined || (page !== 'any' && page !== from)) {
      log(`${channel} refused for ${sender.url}`);
      return refuse('not-allowed', `${channel} from ${from ?? 'a foreign frame'}`);
    }
    const officer = session.require(roles);
    if (!officer.ok) return officer;
    if (JSON.stringify(request ?? null).length > MAX_REQUEST_CHARACTERS)
      return refuse('bad-request', `${channel}: too large`);
    const parsed = SCHEMAS[channel].safeParse(request);
    if (!parsed.success) return refuse('bad-request', `${channel}: ${parsed.error.message}`);
    try {
      const handle = handlers[channel] as (request: unknown, officer: unknown) => Promise<Result<unknown>>;
      return await handle(parsed.data, officer.value);
    } catch (thrown) {
      const refusal = toRefusal(thrown);
      if (refusal.code === 'internal') log(`${channel}: ${refusal.detail}`);
      return refusal;
    }
  }
}

function view(event: IpcMainInvokeEvent, pageShownIn: (webContentsId: number) => PageName | undefined): SenderView {
  const frame = event.senderFrame;
  return {
    url: frame?.url ?? '',
    isTopFrame: frame !== null && frame.parent === null && !frame.detached,
    shownPage: pageShownIn(event.sender.id),
  };
}
