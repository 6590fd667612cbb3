/**
 * @file A province's web system as the bridge meets it: serves files to sign and takes signed ones, in the many ways such
 * systems do. The handler's behaviour is chosen by its path; query strings and credentials are kept for the test to see.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface PortalUpload {
  readonly path: string;
  readonly query: string;
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
  readonly part: string;
  readonly fileName: string;
  readonly file: Buffer;
}

export interface Portal {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  readonly url: (path: string) => string;
  /** Serves these bytes at a path, beginning now. */
  readonly serve: (path: string, bytes: Buffer, headers?: Record<string, string>) => void;
  /** From now on, handlers answer this. */
  readonly answerUploads: (answer: UploadAnswer) => void;
  readonly uploads: readonly PortalUpload[];
  /** Requests for files, with their credentials. */
  readonly downloads: readonly { readonly path: string; readonly cookie?: string; readonly authorization?: string }[];
  readonly close: () => Promise<void>;
}

export interface UploadAnswer {
  readonly status?: number;
  readonly contentType?: string;
  readonly body?: string;
  readonly delayMs?: number;
  /** Breaks the connection instead of answering. */
  readonly isCut?: boolean;
}

/** What the sample handler of the vendor's kit says. */
export const KIT_ANSWER: UploadAnswer = {
  contentType: 'text/plain; charset=utf-8',
  body: JSON.stringify({ Status: true, Message: '', FileName: 'da-ky.pdf', FileServer: '/Uploads/da-ky.pdf' }),
};

export async function openPortal(): Promise<Portal> {
  const files = new Map<string, { bytes: Buffer; headers: Record<string, string> }>();
  const uploads: PortalUpload[] = [];
  const downloads: { path: string; cookie?: string; authorization?: string }[] = [];
  let answer: UploadAnswer = KIT_ANSWER;

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://portal');
    const { cookie, authorization } = request.headers;
    if (request.method === 'POST') {
      const body = await readBody(request);
      uploads.push({
        path: url.pathname,
        query: url.search,
        cookie,
        authorization,
        ...readForm(body, request.headers['content-type'] ?? ''),
      });
      const now = answer;
      if (now.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, now.delayMs));
      if (now.isCut) return void request.socket.destroy();
      response.writeHead(now.status ?? 200, { 'content-type': now.contentType ?? 'application/json' });
      return void response.end(now.body ?? '');
    }
    downloads.push({
      path: url.pathname + url.search,
      ...(cookie === undefined ? {} : { cookie }),
      ...(authorization === undefined ? {} : { authorization }),
    });
    if (url.pathname === '/redirect') {
      response.writeHead(302, { location: url.searchParams.get('to') ?? '/' });
      return void response.end('<html>moved</html>');
    }
    const found = files.get(url.pathname);
    if (!found) return void response.writeHead(404, { 'content-type': 'text/html' }).end('<html>404</html>');
    response.writeHead(200, { 'content-type': 'application/pdf', ...found.headers });
    response.end(found.bytes);
  }

  const server = createServer((request, response) => void take(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    host,
    url: (path) => `http://${host}${path}`,
    serve: (path, bytes, headers = {}) => void files.set(path, { bytes, headers }),
    answerUploads: (next) => {
      answer = next;
    },
    uploads,
    downloads,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Enough of RFC 7578 to see what came; written apart from the program's own writer. */
function readForm(
  body: Buffer,
  contentType: string,
): { fields: Record<string, string>; part: string; fileName: string; file: Buffer } {
  const boundary = /boundary=(.+)$/.exec(contentType)?.[1] ?? '';
  const fields: Record<string, string> = {};
  let [part, fileName, file] = ['', '', Buffer.alloc(0)];
  const text = body.toString('latin1');
  for (const piece of text.split(`--${boundary}`).slice(1, -1)) {
    const end = piece.indexOf('\r\n\r\n');
    const head = Buffer.from(piece.slice(0, end), 'latin1').toString('utf8');
    const content = Buffer.from(piece.slice(end + 4, -2), 'latin1');
    const name = / name="([^"]*)"/.exec(head)?.[1] ?? '';
    const named = / filename="([^"]*)"/.exec(head)?.[1];
    if (named === undefined) fields[name] = content.toString('utf8');
    else [part, fileName, file] = [name, named, content];
  }
  return { fields, part, fileName, file };
}
