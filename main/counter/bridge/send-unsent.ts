/** @file Sends a kept file to its page's handler, once at a time, and forgets it only when the handler has taken it. */
import { refuse, type Result } from '../../../preload/result.ts';
import type { Rooms } from '../rooms.ts';
import type { UnsentFiles } from './unsent-files.ts';

export interface SendUnsent {
  readonly send: (id: string) => Promise<Result<{ readonly fileName: string; readonly fileServer: string }>>;
  readonly isUnderWay: (id: string) => boolean;
}

export function createSendUnsent(rooms: Rooms, unsent: UnsentFiles, onChanged: () => void): SendUnsent {
  const underWay = new Set<string>();
  const send: SendUnsent['send'] = async (id) => {
    if (underWay.has(id)) return refuse('bridge-busy', id);
    const file = unsent.get(id);
    if (!file.ok) return file;
    const { origin, uploadUrl: url, credentials, access: pdf, title: fileName, metaData } = file.value;
    underWay.add(id);
    try {
      const sent = await rooms.bridge.call('upload', { origin, url, credentials, pdf, fileName, metaData });
      if (sent.ok) {
        await unsent.remove(id);
        return sent;
      }
      await unsent.noteFailure(id, sent.code, sent.detail ?? null);
      // Whatever stood in the way, for the page it is a signed file that did not arrive.
      return refuse('bridge-upload-failed', sent.detail);
    } finally {
      underWay.delete(id);
      onChanged();
    }
  };
  return { send, isUnderWay: (id) => underWay.has(id) };
}
