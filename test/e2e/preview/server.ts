/** @file Serves the built pages with the program's own content policy, and sample papers as blobs. Loopback, random port. */
import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import sharp from 'sharp';
import { buildPracticeResultForm } from '../../../main/forms/practice-result.ts';
import { composeFormPdf } from '../../../main/imaging/pdf/form/compose-form.ts';
import { CONTEXT, makeDossier } from '../../fixtures/forms/dossiers.ts';
import { ROOT } from './build.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; " +
  "frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
};

const STACK = join(ROOT, 'resources/samples/stack-thuong-tru');

/** Blue ink, and a red ring of 36 mm, both transparent. */
async function drawPicture(name: 'signature' | 'seal'): Promise<Buffer> {
  const shapes = {
    signature:
      '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="240"><path d="M40 170c60-160 120-160 110-20s60 40 90-40 60-60 50 20 60 20 80-20 70-40 60 0 60 20 130-40" fill="none" stroke="#1a3fb0" stroke-width="9" stroke-linecap="round"/></svg>',
    seal: '<svg xmlns="http://www.w3.org/2000/svg" width="425" height="425"><g fill="none" stroke="#d01818"><circle cx="212" cy="212" r="204" stroke-width="10"/><circle cx="212" cy="212" r="140" stroke-width="4"/><path d="M212 120l24 66h70l-56 42 20 68-58-42-58 42 20-68-56-42h70z" stroke-width="5"/></g></svg>',
  };
  return sharp(Buffer.from(shapes[name])).png().toBuffer();
}

const thumbnails = new Map<string, Promise<Buffer>>();

/** As small as the scanner's room makes them. */
function thumbnail(name: string): Promise<Buffer> {
  const known =
    thumbnails.get(name) ??
    sharp(join(STACK, `${name}.jpg`))
      .resize({ width: 300 })
      .jpeg()
      .toBuffer();
  thumbnails.set(name, known);
  return known;
}

async function decision(times = 1): Promise<Buffer> {
  const context = { ...CONTEXT, signerTitle: 'KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH', signerName: 'Nguyễn Thị Ngọc Lan' };
  const form = buildPracticeResultForm(makeDossier(), { ...context, issuedAt: '2026-11-21T08:00:00Z' });
  const blocks = Array.from({ length: times }, () => form.blocks).flat();
  return (await composeFormPdf({ ...form, blocks }, join(ROOT, 'resources'))).bytes;
}

/** One A5 page holding a JPEG: enough of a PDF to be previewed. */
function pdfAround(jpeg: Buffer, entries = '', smallPage = false): Buffer {
  const content = 'q 420 0 0 595 0 0 cm /P Do Q';
  const objects: Buffer[] = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Kids[3 0 R${smallPage ? ' 6 0 R' : ''}]/Count ${smallPage ? 2 : 1}>>`,
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]/Resources<</XObject<</P 5 0 R>>>>/Contents 4 0 R '.concat(
      entries,
      '>>',
    ),
    `<</Length ${content.length}>>stream\n${content}\nendstream`,
  ].map((text) => Buffer.from(text));
  objects.push(
    Buffer.concat([
      Buffer.from(
        `<</Type/XObject/Subtype/Image/Width 1654/Height 2339/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length ${jpeg.length}>>stream\n`,
      ),
      jpeg,
      Buffer.from('\nendstream'),
    ]),
  );
  if (smallPage) objects.push(Buffer.from('<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Resources<<>>>>'));
  const parts = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let at = parts[0]?.length ?? 0;
  objects.forEach((body, index) => {
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')]);
    offsets.push(at);
    at += part.length;
    parts.push(part);
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

export async function serve(folder: string): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const pdf = pdfAround(readFileSync(join(STACK, '03-giay-khai-sinh.jpg')));
  const smaller = pdfAround(readFileSync(join(STACK, '03-giay-khai-sinh.jpg')), '', true);
  const turned = pdfAround(readFileSync(join(STACK, '03-giay-khai-sinh.jpg')), '/Rotate 90');
  const server: Server = createServer((request, response) => {
    void answer(request.url ?? '/').then(
      ({ body, type }) =>
        response
          .writeHead(200, {
            'Content-Type': type,
            'Content-Security-Policy': POLICY,
            'X-Content-Type-Options': 'nosniff',
          })
          .end(body),
      () => response.writeHead(404).end(),
    );
  });

  async function answer(url: string): Promise<{ body: Buffer; type: string }> {
    const path = normalize(decodeURIComponent(new URL(url, 'http://preview').pathname));
    if (path === '/blob/pdf') return { body: pdf, type: 'application/pdf' };
    if (path === '/blob/smaller') return { body: smaller, type: 'application/pdf' };
    if (path === '/blob/turned') return { body: turned, type: 'application/pdf' };
    if (path === '/blob/pages') return { body: await decision(2), type: 'application/pdf' };
    if (path === '/blob/decision') return { body: await decision(), type: 'application/pdf' };
    if (path === '/blob/signature' || path === '/blob/seal')
      return { body: await drawPicture(path === '/blob/seal' ? 'seal' : 'signature'), type: 'image/png' };
    if (path.startsWith('/blob/thumb-'))
      return { body: await thumbnail(path.slice('/blob/thumb-'.length)), type: 'image/jpeg' };
    if (path.startsWith('/blob/'))
      return { body: await readFile(join(STACK, `${path.slice('/blob/'.length)}.jpg`)), type: 'image/jpeg' };
    return { body: await readFile(join(folder, path)), type: TYPES[extname(path)] ?? 'application/octet-stream' };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The preview server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
