/**
 * @file `app://counter/…`: the built pages, and `blob/<id>` for pictures and PDFs. Nothing else can be reached; a path never
 * names a file outside the renderer's folder, and a blob is served only to a signed-in officer.
 */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { streamBlob, type BlobAccess } from '../blobs/blob-file.ts';
import type { Result } from '../../preload/result.ts';
import { securityHeaders } from './content-policy.ts';
import { parseAppUrl } from './page-policy.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  // what pdf.js asks for when a PDF leaves its fonts out
  '.ttf': 'font/ttf',
  '.pfb': 'application/octet-stream',
};

export interface AppProtocolOptions {
  readonly rendererFolder: string;
  readonly openBlob: (blobId: string) => Promise<Result<BlobAccess>>;
}

export function createAppProtocol(options: AppProtocolOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const target = parseAppUrl(request.url);
    if (!target || request.method !== 'GET') return new Response(null, { status: 404 });
    return target.kind === 'blob' ? serveBlob(target.id) : serveFile(target.path);
  };

  async function serveBlob(id: string): Promise<Response> {
    const access = await options.openBlob(id);
    if (!access.ok) return new Response(null, { status: access.code === 'not-allowed' ? 403 : 404 });
    const { mediaType, sizeBytes } = access.value;
    const body = Readable.toWeb(streamBlob(access.value)) as ReadableStream<Uint8Array>;
    // Blobs never change under their name, but they must not outlive the session in a cache either.
    const headers = { ...securityHeaders(mediaType), 'Content-Length': String(sizeBytes), 'Cache-Control': 'no-store' };
    return new Response(body, { headers });
  }

  async function serveFile(path: string): Promise<Response> {
    const contentType = CONTENT_TYPES[extname(path)];
    if (!contentType) return new Response(null, { status: 404 });
    try {
      return new Response(await readFile(join(options.rendererFolder, path)), {
        headers: securityHeaders(contentType),
      });
    } catch {
      return new Response(null, { status: 404 }); // not part of the bundle
    }
  }
}
