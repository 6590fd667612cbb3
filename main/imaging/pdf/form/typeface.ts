/** @file The printed typeface: Liberation Serif (metrics of Times New Roman, which NĐ 30/2020 asks for) in three cuts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureText } from '../../../pdf/font.ts';
import { readTrueType, type TrueTypeFont } from '../../../pdf/truetype.ts';

export type TextStyle = 'regular' | 'bold' | 'italic';

export interface Cut {
  readonly bytes: Buffer;
  readonly font: TrueTypeFont;
}

export type Typeface = Readonly<Record<TextStyle, Cut>>;

const loaded = new Map<string, Promise<Typeface>>();

/** Read once per folder: a form is drawn in milliseconds, reading three fonts is most of that. */
export function loadTypeface(resourcesFolder: string): Promise<Typeface> {
  const folder = join(resourcesFolder, 'fonts');
  let typeface = loaded.get(folder);
  if (!typeface) {
    typeface = readCuts(folder);
    loaded.set(folder, typeface);
    typeface.catch(() => loaded.delete(folder));
  }
  return typeface;
}

async function readCuts(folder: string): Promise<Typeface> {
  const [regular, bold, italic] = await Promise.all([
    readCut(join(folder, 'LiberationSerif-Regular.ttf')),
    readCut(join(folder, 'LiberationSerif-Bold.ttf')),
    readCut(join(folder, 'LiberationSerif-Italic.ttf')),
  ]);
  return { regular, bold, italic };
}

async function readCut(path: string): Promise<Cut> {
  const bytes = await readFile(path);
  return { bytes, font: readTrueType(bytes) };
}

export function widthOf(typeface: Typeface, style: TextStyle, text: string, sizePt: number): number {
  return measureText(typeface[style].font, text, sizePt);
}
