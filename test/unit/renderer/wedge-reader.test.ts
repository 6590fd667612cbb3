import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WedgeReader, type WedgeVerdict } from '../../../renderer/app/wedge-reader.ts';

const CODE = '038324011586|123456789|Phạm Ngọc Thảo Vy|19111984|Nữ|Thôn Phú Đa, xã Quảng Lưu, tỉnh Thanh Hóa|10052023';

/** Types `text` and Enter with a pause of `gapMs` before each key. */
function type(
  reader: WedgeReader,
  text: string,
  gapMs: number,
  startMs = 0,
): { readonly verdicts: readonly WedgeVerdict[]; readonly endMs: number } {
  const keys = [...text, 'Enter'];
  return {
    verdicts: keys.map((key, index) => reader.key(key, startMs + index * gapMs)),
    endMs: startMs + keys.length * gapMs,
  };
}

describe('a keyboard-wedge QR reader', () => {
  it.each([1, 8, 20, 40])('is recognised at %d ms a key, and its whole text is taken', (gapMs) => {
    const { verdicts } = type(new WedgeReader(), CODE, gapMs);
    expect(verdicts.at(-1)).toMatchObject({ kind: 'code', text: CODE, isComposed: false });
  });

  it('keeps everything after the first bar out of the field, and says how much got in before', () => {
    const { verdicts } = type(new WedgeReader(), CODE, 10);
    expect(verdicts.slice(0, 12).every((verdict) => verdict.kind === 'pass')).toBe(true);
    expect(verdicts[12]).toEqual({ kind: 'hold', landed: 12 });
    expect(verdicts.slice(13, -1).every((verdict) => verdict.kind === 'hold')).toBe(true);
  });

  it('is recognised right after somebody typed', () => {
    const reader = new WedgeReader();
    const { endMs } = type(reader, 'Phạm', 150);
    expect(type(reader, CODE, 10, endMs + 200).verdicts.at(-1)).toMatchObject({
      kind: 'code',
      text: CODE,
      isComposed: false,
    });
  });

  it('may pause inside a code once it is recognised', () => {
    const reader = new WedgeReader();
    [...CODE].forEach((key, index) => reader.key(key, index * 10 + (index > 40 ? 200 : 0)));
    expect(reader.key('Enter', CODE.length * 10 + 200)).toMatchObject({ kind: 'code', text: CODE, isComposed: false });
  });

  it('may be slow: digits that come at a typist’s pace are a code all the same once their bar comes', () => {
    expect(type(new WedgeReader(), CODE, 120).verdicts.at(-1)).toMatchObject({ kind: 'code', text: CODE });
  });

  it.each([['Tab'], ['Enter']])('may end with %s, and a second end right behind it goes nowhere', (end) => {
    const reader = new WedgeReader();
    [...CODE].forEach((key, index) => reader.key(key, index * 10));
    expect(reader.key(end, CODE.length * 10)).toMatchObject({ kind: 'code', text: CODE });
    expect(reader.key('Tab', CODE.length * 10 + 5)).toEqual({ kind: 'hold', landed: 0 });
    expect(reader.key('Tab', CODE.length * 10 + 900)).toEqual({ kind: 'pass' });
  });

  it('is told from typing when a keyboard program works on its keys', () => {
    const reader = new WedgeReader();
    [...'038324011586|123456789|Pham'].forEach((key, index) => reader.key(key, index * 10));
    expect(reader.composed(270)).toBe(true);
    expect(reader.key('Enter', 280)).toMatchObject({ kind: 'code', isComposed: true });
  });

  it('is noticed even when a keyboard program swallows every key', () => {
    const reader = new WedgeReader();
    for (let index = 0; index < 40; index++) reader.composed(index * 10);
    expect(reader.key('Enter', 400)).toMatchObject({ kind: 'code', text: '', isComposed: true });
  });

  it('may send something long without any bar', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.'.padEnd(90, 'abcDEF012');
    expect(type(new WedgeReader(), token, 10).verdicts.at(-1)).toMatchObject({ kind: 'code', text: token, landed: 90 });
  });

  it('gives its text back when it stops without Enter', () => {
    const reader = new WedgeReader();
    [...'038324011586|12'].forEach((key, index) => reader.key(key, index * 10));
    expect(reader.giveUp()).toEqual({ text: '038324011586|12', isComposed: false });
    expect(reader.giveUp()).toBeNull();
  });
});

describe('a person at the keyboard', () => {
  it('is never taken for a reader, whatever she types', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 60 }), fc.integer({ min: 61, max: 400 }), (text, gapMs) => {
        expect(type(new WedgeReader(), text, gapMs).verdicts.every((verdict) => verdict.kind === 'pass')).toBe(true);
      }),
    );
  });

  it('may compose words with a keyboard program as quickly as she can', () => {
    const reader = new WedgeReader();
    for (let index = 0; index < 40; index++) expect(reader.composed(index * 90)).toBe(false);
    expect(reader.key('Enter', 3_700)).toEqual({ kind: 'pass' });
  });

  it('may press a command right behind a space: no code begins with one', () => {
    const reader = new WedgeReader();
    reader.key(' ', 1_000);
    reader.key('1', 1_015);
    expect(reader.length).toBe(1);
  });

  it('may press keys quickly: without a bar after nine characters nothing is held', () => {
    expect(
      type(new WedgeReader(), 'Nguyễn Thị Ngọc Lan', 15).verdicts.every((verdict) => verdict.kind === 'pass'),
    ).toBe(true);
    expect(type(new WedgeReader(), 'a|b|c', 15).verdicts.every((verdict) => verdict.kind === 'pass')).toBe(true);
  });
});
