import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

/** Small A5-shaped JPEG files at 200 dpi, each different, in name order. */
export async function drawPages(count: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pages-'));
  const paths: string[] = [];
  for (let page = 1; page <= count; page++) {
    const bars = Array.from(
      { length: page },
      (_, bar) => `<rect x="20" y="${20 + bar * 24}" width="${60 + bar * 9}" height="12"/>`,
    );
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="292" height="413"><rect width="292" height="413" fill="#fff"/>${bars.join('')}</svg>`;
    const path = join(folder, `p${String(page).padStart(2, '0')}.jpg`);
    writeFileSync(path, await sharp(Buffer.from(svg)).jpeg({ quality: 90 }).withMetadata({ density: 200 }).toBuffer());
    paths.push(path);
  }
  return paths;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
