/** @file Words by which procedures ask for a type of paper, from the same data that recognition reads. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { foldText } from './fold-text.ts';

const TypeWords = z.object({ code: z.string(), componentKeywords: z.array(z.string()).default([]) });

/** Document type code → folded keywords, most telling first as the data has them. */
export function loadDocumentKeywords(resourcesFolder: string): ReadonlyMap<string, readonly string[]> {
  const folder = join(resourcesFolder, 'document-types');
  const types = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => TypeWords.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
  return new Map(types.map(({ code, componentKeywords }) => [code, componentKeywords.map(foldText)]));
}
