/**
 * @file What an upload handler answers. Each was written by somebody else: `Status` as a boolean, a number or a text, JSON
 * inside `text/html`, a `FileServer` that is itself JSON. That value belongs to the page and is passed on as it is.
 */
import { Failure } from '../rooms/failure.ts';

export interface HandlerAnswer {
  readonly fileName: string | null;
  readonly fileServer: string;
}

/** @throws Failure `bridge-upload-failed` with what the handler said, unless it took the file */
export function readHandlerAnswer(status: number, body: string): HandlerAnswer {
  const members = findObject(body);
  const said = members === null ? '' : textOf(members['Message']).slice(0, 500);
  if (status < 200 || status > 299)
    throw new Failure('bridge-upload-failed', said === '' ? `HTTP ${status}` : `HTTP ${status}: ${said}`);
  if (members === null) throw new Failure('bridge-upload-failed', 'trả lời không phải JSON');
  const fileServer = textOf(members['FileServer']);
  if (!isSuccess(members['Status'], fileServer)) throw new Failure('bridge-upload-failed', said);
  const fileName = textOf(members['FileName']);
  return { fileName: fileName === '' ? null : fileName, fileServer };
}

/** The kit's handlers say `true`; some say 0 as the service itself does; some say nothing but where the file lies. */
function isSuccess(status: unknown, fileServer: string): boolean {
  const text = String(status).toLowerCase();
  if (status === true || text === 'true' || text === '0') return true;
  if (status === false || text === 'false') return false;
  return fileServer !== '';
}

function findObject(body: string): Readonly<Record<string, unknown>> | null {
  const text = body.replace(/^\uFEFF/, '').trim();
  for (const candidate of [text, text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)]) {
    try {
      const value: unknown = JSON.parse(candidate);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    } catch {
      // perhaps inside a page
    }
  }
  return null;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
