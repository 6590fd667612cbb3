/**
 * PDFBox's preflight validates PDF/A-1b, which is narrower than PDF/A-2u in all that these files use; so it must find nothing
 * but that the files call themselves 2u. Fonts, streams, colour, metadata and schema are looked at by code of others.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildReceiptForm } from '../../../main/forms/receipt-form.ts';
import { composeScans } from '../../../main/imaging/pdf/compose-scans.ts';
import { composeFormPdf } from '../../../main/imaging/pdf/form/compose-form.ts';
import { CONTEXT, makeDossier } from '../../fixtures/forms/dossiers.ts';

const JARS = ['preflight', 'pdfbox2', 'fontbox2', 'xmpbox', 'commons-logging', 'commons-io'].map(
  (name) => `/usr/share/java/${name}.jar`,
);
const hasPreflight = [...JARS, '/usr/bin/javac'].every((path) => existsSync(path));
const SOURCES = [
  'CheckArchive',
  'javax/activation/DataSource',
  'javax/activation/FileDataSource',
  'javax/xml/bind/DatatypeConverter',
].map((name) => join(import.meta.dirname, '..', '..', 'stand-ins', 'java', 'preflight', `${name}.java`));
/** What is right in PDF/A-2u and wrong in 1b: the marks themselves, and subset fonts without a `CIDSet` (6.2.11.4.2). */
const OTHER_PART = /^(7\.11\.1 |7\.11\.2 |3\.1\.11 .*The CIDSet entry is missing)/;

const folder = mkdtempSync(join(tmpdir(), 'preflight-'));
const complaints = new Map<string, string[]>();

async function composePage(image: Uint8Array, dpi: number): Promise<Buffer> {
  const box = [200, 400, 300, 40] as [number, number, number, number];
  const { bytes } = await composeScans(
    {
      title: 'Giấy khai sinh',
      metadata: {
        dossierCode: 'H56',
        number: '57/2025',
        digitisedBy: 'Lê Thị Hồng Nhung',
        digitisedAt: '2026-11-21T09:10:05+07:00',
      },
      createdAt: '2026-11-21T09:10:05+07:00',
    },
    (async function* () {
      yield {
        image,
        dpi,
        rotation: 0 as const,
        skewDeg: 0,
        lines: [{ text: 'Họ tên', box, words: [{ text: 'Họ', confidence: 90, box }] }],
      };
    })(),
  );
  return bytes;
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasPreflight)('PDFBox preflight (needs default-jdk-headless, libpdfbox2-java)', () => {
  beforeAll(async () => {
    const stamped = await composePage(readFileSync('test/fixtures/pages/02-giay-khai-sinh.200.stamp.jpg'), 200);
    const files: Record<string, Buffer> = {
      'stamped-page': stamped,
      card: await composePage(readFileSync('resources/samples/the-can-cuoc.jpg'), 300),
      receipt: (await composeFormPdf(buildReceiptForm(makeDossier(), CONTEXT), 'resources')).bytes,
      'no-profile': Buffer.from(stamped.toString('latin1').replace('/OutputIntents', '/OutputIntentz'), 'latin1'),
      'other-title': Buffer.from(stamped.toString('latin1').replace('/Title <FEFF0047', '/Title <FEFF0048'), 'latin1'),
    };
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    const classPath = JARS.join(':');
    execFileSync('javac', ['-nowarn', '-cp', classPath, '-d', join(folder, 'classes'), ...SOURCES], { stdio: 'pipe' });
    const paths = Object.keys(files).map((name) => join(folder, name));
    const lines = execFileSync('java', ['-cp', `${classPath}:${join(folder, 'classes')}`, 'CheckArchive', ...paths], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).split('\n');
    let current: string[] = [];
    for (const line of lines.filter(Boolean)) {
      if (line.startsWith('file ')) complaints.set(line.slice(5), (current = []));
      else current.push(line);
    }
  }, 120_000);

  it.each(['stamped-page', 'card', 'receipt'])(
    'finds nothing wrong with the %s but the part of the standard',
    (name) => {
      const found = complaints.get(name) ?? [];
      expect(found.some((line) => line.startsWith('7.11.2 '))).toBe(true);
      expect(found.filter((line) => !OTHER_PART.test(line))).toEqual([]);
    },
  );

  it.each(['no-profile', 'other-title'])('does find what is wrong with a broken file: %s', (name) => {
    expect(complaints.get(name)?.some((line) => !OTHER_PART.test(line))).toBe(true);
  });
});
