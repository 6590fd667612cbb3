/** The engine is scripted here: what counts is which of several readings becomes the value, and how sure it is said to be. */
import { describe, expect, it } from 'vitest';
import type { InkField } from '../../../../main/imaging/recognition/fields.ts';
import type { PageGeometry } from '../../../../main/imaging/recognition/geometry.ts';
import type { OcrPool } from '../../../../main/imaging/recognition/ocr-pool.ts';
import type { OcrResult } from '../../../../main/imaging/recognition/ocr-rows.ts';
import { lookAgain } from '../../../../main/imaging/recognition/second-look.ts';
import type { TextLine } from '../../../../main/imaging/recognition/lines.ts';
import { readTyped, type ReaderKind } from '../../../../main/imaging/recognition/typed-readers.ts';

const SIZE_PX = 1_000;
const geometry: PageGeometry = {
  storedWidthPx: SIZE_PX,
  storedHeightPx: SIZE_PX,
  rotation: 0,
  skewDeg: 0,
  scale: 1,
  preparedWidthPx: SIZE_PX,
  preparedHeightPx: SIZE_PX,
};
const plane = { data: new Uint8Array(SIZE_PX * SIZE_PX).fill(255), width: SIZE_PX, height: SIZE_PX };
const page = { plane, geometry, dpi: 300, hasDottedZeros: false };
const signal = new AbortController().signal;

function lineOf(text: string, confidence: number): TextLine {
  let x = 100;
  const words = text.split(' ').map((word) => {
    const box = [x, 200, word.length * 20, 40] as const;
    x += word.length * 20 + 15;
    return { text: word, confidence, box };
  });
  return { words, baselineY: 240, heightPx: 40 };
}

function fieldOf(kind: ReaderKind, text: string, confidence: number): InkField {
  const reading = readTyped(kind, text);
  const { words } = lineOf(text, confidence);
  return {
    name: 'value',
    value: reading?.value ?? '',
    confidence,
    box: [100, 200, 500, 40],
    kind,
    isSure: reading?.isSure ?? false,
    words,
  };
}

/** Answers one reading after another. */
class ScriptedPool {
  looks = 0;
  readonly #answers: readonly (readonly [text: string, confidence: number])[];
  constructor(answers: readonly (readonly [text: string, confidence: number])[]) {
    this.#answers = answers;
  }
  recognise(): Promise<OcrResult> {
    const [text = '', confidence = 0] = this.#answers[this.looks++] ?? [];
    const { words } = lineOf(text, confidence);
    return Promise.resolve({ rows: [{ words, baselineY: 240, heightPx: 40 }], confidence });
  }
}

async function settle(
  field: InkField,
  answers: readonly (readonly [string, number])[],
): Promise<{ field: InkField; text: string; looks: number }> {
  const pool = new ScriptedPool(answers);
  const lines = [{ words: field.words, baselineY: 240, heightPx: 40 }];
  const looked = await lookAgain([field], lines, page, pool as unknown as OcrPool, signal);
  const text = looked.lines.flatMap((line) => line.words.map((word) => word.text)).join(' ');
  return { field: looked.fields[0] as InkField, text, looks: pool.looks };
}

describe('a second look at a doubtful value', () => {
  it('leaves alone what was read surely', async () => {
    const { field, looks } = await settle(fieldOf('name', 'NGUYỄN THỊ HOA', 93), []);
    expect(looks).toBe(0);
    expect(field).toMatchObject({ value: 'NGUYỄN THỊ HOA', confidence: 93 });
  });

  it('is surer when the second reading says the same, and looks once', async () => {
    const { field, looks } = await settle(fieldOf('name', 'NGUYỄN THỊ HOA', 70), [['NGUYỄN THỊ HOA', 94]]);
    expect(looks).toBe(1);
    expect(field).toMatchObject({ value: 'NGUYỄN THỊ HOA', confidence: 94 });
    expect(field.candidates).toBeUndefined();
  });

  it('gives a lost mark back when it is read, never surely, with what was read first beside it', async () => {
    const { field, text } = await settle(fieldOf('name', 'NGUYÊN THỊ HOA', 92), [
      ['NGUYỄN THỊ HOA', 94],
      ['NGUYỄN THỊ HOA', 90],
    ]);
    expect(field.value).toBe('NGUYỄN THỊ HOA');
    expect(field.confidence).toBeLessThan(85);
    expect(field.candidates).toEqual(['NGUYÊN THỊ HOA']);
    expect(text).toBe('NGUYỄN THỊ HOA');
  });

  it('never makes a name of a list: an unusual one that is read again and again stays, and the usual one is offered', async () => {
    const { field } = await settle(fieldOf('name', 'NGUYÊN THỊ HOA', 92), [['NGUYÊN THỊ HOA', 95]]);
    expect(field.value).toBe('NGUYÊN THỊ HOA');
    expect(field.confidence).toBeLessThan(85);
    expect(field.candidates).toEqual(['NGUYỄN THỊ HOA']);
  });

  it('writes a choice of the form as the form has it', async () => {
    const level = { ...fieldOf('text', 'Năng', 92), oneOf: ['Đặc biệt nặng', 'Nặng', 'Nhẹ'] };
    expect((await settle(level, [])).field.value).toBe('Nặng');
    const doubtful = { ...fieldOf('text', 'Năng', 50), oneOf: level.oneOf };
    const { field } = await settle(doubtful, [
      ['Nặng', 60],
      ['Năng', 55],
    ]);
    expect(field.value).toBe('Nặng');
    expect(field.candidates ?? []).not.toContain('Nặng');
  });

  it('doubts an ethnic group that is spelled as nothing is, and no listed one', async () => {
    expect((await settle(fieldOf('ethnicity', 'Mườnq', 92), [['Mườnq', 92]])).field.confidence).toBeLessThan(85);
    expect(await settle(fieldOf('ethnicity', 'Hrê', 92), [])).toMatchObject({ looks: 0, field: { confidence: 92 } });
  });

  it('says a low confidence when three readings are three', async () => {
    const { field } = await settle(fieldOf('name', 'TẠ MINH NHÃN', 60), [
      ['TẠ MINH NHẪN', 60],
      ['TA MINH NHẬN', 60],
    ]);
    expect(field.confidence).toBeLessThanOrEqual(60);
    expect(field.candidates?.length).toBeGreaterThan(0);
  });

  it('takes the digits that keep their rules, in the value and in the text', async () => {
    const { field, text } = await settle(fieldOf('personal-number', '638050726730', 74), [
      ['038050726730', 80],
      ['038050726730', 82],
    ]);
    expect(field).toMatchObject({ value: '038050726730', isSure: true });
    expect(field.confidence).toBeLessThan(85);
    expect(text).toBe('038050726730');
  });

  it('does not take digits that break their rules for those that keep them', async () => {
    const { field } = await settle(fieldOf('date', '05/9/1950', 70), [
      ['65/9/1950', 95],
      ['65/9/1950', 95],
    ]);
    expect(field.value).toBe('1950-09-05');
  });

  it('keeps the first reading when nothing can be read the second time', async () => {
    const { field } = await settle(fieldOf('text', 'Thôn Đoà1, xã Tân Phú', 80), [
      ['', 0],
      ['', 0],
    ]);
    expect(field).toMatchObject({ value: 'Thôn Đoà1, xã Tân Phú', confidence: 80 });
  });

  it('reads a value that was no value before, never surely; one that stays none is left out', async () => {
    const { field, text } = await settle(fieldOf('date', '2 24', 84), [
      ['27/02/2024', 93],
      ['27/02/2024', 95],
    ]);
    expect(text).toBe('27/02/2024');
    expect(field).toMatchObject({ value: '2024-02-27', isSure: true });
    expect(field.confidence).toBeLessThanOrEqual(75);
    expect(field.candidates).toBeUndefined();
    const once = await settle(fieldOf('date', '2 24', 84), [['27/02/2024', 93]]);
    expect(once.field.confidence).toBeLessThanOrEqual(60);
    expect((await settle(fieldOf('date', 'chưa có', 84), [['chưa có', 93]])).field).toBeUndefined();
  });

  it('mends a number in the text that belongs to no field', async () => {
    const pool = new ScriptedPool([
      ['038050726730', 90],
      ['038050726730', 90],
    ]);
    const lines = [lineOf('số 0380S0726730.', 60)];
    const before = lineOf('số 938050726730.', 60);
    const looked = await lookAgain([], [before], page, pool as unknown as OcrPool, signal);
    expect(looked.lines[0]?.words.map((word) => word.text)).toEqual(['số', '038050726730.']);
    expect((await lookAgain([], lines, page, pool as unknown as OcrPool, signal)).fields).toEqual([]);
  });
});
