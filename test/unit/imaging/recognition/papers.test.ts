/**
 * One page of text lines for every document type, in `test/fixtures/papers`: what it is taken for, and every value on it.
 * `\t` is a wide gap; `text@700` begins 700 pixels from the margin.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findDocumentType, loadDocumentTypes } from '../../../../main/imaging/recognition/document-types.ts';
import { readFields } from '../../../../main/imaging/recognition/fields.ts';
import { pageOf } from './page-of.ts';

/** Points of a hundred between the right type and the next. */
const MIN_LEAD = 8;

const Paper = z.strictObject({
  type: z.string(),
  lines: z.array(z.string()).min(1),
  fields: z.record(z.string(), z.string()),
});

const fixtures = new URL('../../../fixtures/papers/', import.meta.url);
const papers = readdirSync(fixtures).map((file) =>
  Paper.parse(JSON.parse(readFileSync(new URL(file, fixtures), 'utf8'))),
);
const types = await loadDocumentTypes(fileURLToPath(new URL('../../../../resources/document-types/', import.meta.url)));

describe('the papers of the counter', () => {
  it('are thirty types at least, each with a page here', () => {
    expect(types.length).toBeGreaterThanOrEqual(30);
    expect(papers.map((paper) => paper.type).sort()).toEqual(types.map((type) => type.code).sort());
  });

  it.each(papers)('$type is taken for itself, with or without marks', ({ type, lines }) => {
    expect(findDocumentType(pageOf(lines), types)?.type.code).toBe(type);
    const worn = lines.map((line) =>
      line
        .normalize('NFD')
        .replace(/[\u0300\u0301\u0303\u0309\u0323]/gu, '')
        .normalize('NFC'),
    );
    expect(findDocumentType(pageOf(worn), types)?.type.code).toBe(type);
  });

  it.each(papers)('$type is claimed by no other type as surely', ({ type, lines }) => {
    const own = findDocumentType(pageOf(lines), types)?.confidence ?? 0;
    const other = findDocumentType(
      pageOf(lines),
      types.filter((candidate) => candidate.code !== type),
    );
    // "Trích lục khai tử" and "trích lục khai sinh" are two letters of fourteen apart, and each is known.
    expect(other?.confidence ?? 0, other?.type.code).toBeLessThanOrEqual(own - MIN_LEAD);
  });

  it.each(papers)('$type gives every value exactly', ({ type, lines, fields }) => {
    const rules = types.find((candidate) => candidate.code === type);
    if (!rules) throw new Error(type);
    const read = readFields(pageOf(lines), rules).map((field) => [field.name, field.value]);
    expect(Object.fromEntries(read)).toEqual(fields);
    expect(read.length, 'a value is given once').toBe(Object.keys(fields).length);
  });

  it.each(papers)(
    '$type has each of its fields on its page, but for those only other editions have',
    ({ type, fields }) => {
      const rules = types.find((candidate) => candidate.code === type);
      const names = new Set(rules?.sections.flatMap((section) => section.fields.map((field) => field.name)));
      const untested = [...names].filter((name) => name !== 'members' && !(name in fields));
      expect(untested.length, untested.join(', ')).toBeLessThanOrEqual(names.size * 0.25);
    },
  );
});
