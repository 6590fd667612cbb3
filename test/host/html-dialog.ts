/** @file Dialogs for people on a visible host: a small window with plain HTML, as Chromium gives programs no system dialogs. */
import type Electron from 'electron';
import type { CdpSession } from './cdp.ts';
import { openTarget, startBlankPage } from './targets.ts';
import { notSupported, refuseUnknownOptions } from './unsupported.ts';

const SIZE = { width: 560, height: 260 };
const CANCEL = '';
const OK_AND_CANCEL = `<p><button value="ok">Đồng ý</button> <button value="${CANCEL}">Hủy</button></p>`;
const STYLE =
  'body { font: 16px sans-serif; margin: 24px } button { font: inherit; padding: 4px 16px } input { font: inherit; width: 100% }';

/** @returns what `read` makes of the button's value, or `cancelled` when the window was closed. */
async function show<T>(
  title: string,
  body: string,
  cancelled: T,
  read: (session: CdpSession, choice: string) => Promise<T>,
): Promise<T> {
  const closed = Promise.withResolvers<string>();
  const { session } = await openTarget(SIZE, () => closed.resolve(CANCEL));
  await Promise.all([session.send('Page.enable'), session.send('Runtime.enable'), session.send('DOM.enable')]);
  await startBlankPage(session);
  await session.send('Runtime.addBinding', { name: 'hostAnswer' });
  const pressed = new Promise<string>((resolve) =>
    session.on('Runtime.bindingCalled', ({ payload }) => resolve(payload)),
  );
  const { frameTree } = await session.send('Page.getFrameTree');
  const html = `<!doctype html><html lang="vi"><meta charset="utf-8"><title>${escape(title)}</title><style>${STYLE}</style><h3>${escape(title)}</h3>${body}</html>`;
  await session.send('Page.setDocumentContent', { frameId: frameTree.frame.id, html });
  await session.send('Runtime.evaluate', {
    expression: `for (const b of document.querySelectorAll('button')) b.onclick = () => hostAnswer(b.value)`,
  });
  const choice = await Promise.race([pressed, closed.promise]);
  if (choice === CANCEL) {
    session.tell('Page.close');
    return cancelled;
  }
  const answer = await read(session, choice);
  session.tell('Page.close');
  return answer;
}

export function askForFiles(options: Electron.OpenDialogOptions): Promise<Electron.OpenDialogReturnValue> {
  refuseUnknownOptions(
    options,
    ['title', 'filters', 'properties', 'buttonLabel', 'message', 'defaultPath'],
    'showOpenDialog',
  );
  const properties = options.properties ?? ['openFile'];
  if (properties.includes('openDirectory')) notSupported('choosing a folder');
  const accept = (options.filters ?? []).flatMap(({ extensions }) =>
    extensions.map((extension) => (extension === '*' ? '*/*' : `.${extension}`)),
  );
  const input = `<input type="file" accept="${escape(accept.join())}" ${properties.includes('multiSelections') ? 'multiple' : ''}>`;
  const cancelled = { canceled: true, filePaths: [] as string[] };
  return show(options.title ?? 'Chọn tệp', input + OK_AND_CANCEL, cancelled, async (session) => {
    const { result } = await session.send('Runtime.evaluate', {
      expression: `[...document.querySelector('input').files]`,
    });
    const { result: files } = await session.send('Runtime.getProperties', {
      objectId: result.objectId ?? '',
      ownProperties: true,
    });
    const filePaths: string[] = [];
    for (const { name, value } of files) {
      if (!/^\d+$/.test(name) || value?.objectId === undefined) continue;
      filePaths.push((await session.send('DOM.getFileInfo', { objectId: value.objectId })).path);
    }
    return filePaths.length === 0 ? cancelled : { canceled: false, filePaths };
  });
}

export function askForPath(options: Electron.SaveDialogOptions): Promise<Electron.SaveDialogReturnValue> {
  refuseUnknownOptions(
    options,
    ['title', 'filters', 'buttonLabel', 'message', 'defaultPath', 'properties'],
    'showSaveDialog',
  );
  const input = `<input type="text" aria-label="Đường dẫn" value="${escape(options.defaultPath ?? '')}">`;
  const cancelled = { canceled: true, filePath: '' };
  return show(options.title ?? 'Lưu tệp', input + OK_AND_CANCEL, cancelled, async (session) => {
    const { result } = await session.send('Runtime.evaluate', { expression: `document.querySelector('input').value` });
    const filePath = String(result.value);
    return filePath.startsWith('/') ? { canceled: false, filePath } : cancelled;
  });
}

export function askForButton(options: Electron.MessageBoxOptions): Promise<Electron.MessageBoxReturnValue> {
  refuseUnknownOptions(
    options,
    ['title', 'message', 'detail', 'buttons', 'type', 'defaultId', 'cancelId', 'noLink'],
    'showMessageBox',
  );
  const buttons = (options.buttons?.length ? options.buttons : ['OK']).map(
    (label, index) => `<button value="${index}">${escape(label)}</button>`,
  );
  const body = `<p>${escape(options.message)}</p><p>${escape(options.detail ?? '')}</p><p>${buttons.join(' ')}</p>`;
  const answer = (response: number): Electron.MessageBoxReturnValue => ({ response, checkboxChecked: false });
  return show(options.title ?? '', body, answer(options.cancelId ?? 0), async (_session, choice) =>
    answer(Number(choice)),
  );
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
