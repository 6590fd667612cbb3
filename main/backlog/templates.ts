/** @file Kinds of old records the program knows: which paper begins one, and what it is found by. Data, one file each. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SeriesTemplate } from '../../preload/backlog-types.ts';
import { IndexField, SplitRule } from './series.ts';

export const SeriesTemplateSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  documentTypes: z.array(z.string()),
  split: SplitRule,
  fields: z.array(IndexField).min(1),
});

/** In the order of their names. */
export function loadSeriesTemplates(resourcesFolder: string): readonly SeriesTemplate[] {
  const folder = join(resourcesFolder, 'backlog');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => SeriesTemplateSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))))
    .sort((a, b) => a.name.localeCompare(b.name, 'vi'));
}
